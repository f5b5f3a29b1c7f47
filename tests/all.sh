#!/usr/bin/env bash
# All tests in two halves side by side, since those of the whole system mostly wait for servers.
# BIN names the folder with pytest.
set -uo pipefail
cd "$(dirname "$0")/.."

parts=$(mktemp)
"$BIN/pytest" --ignore=tests/e2e >"$parts" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null; wait; rm -f "$parts"' EXIT  # TERM: a job in the background is deaf to Ctrl-C
trap 'exit 130' INT TERM

"$BIN/pytest" tests/e2e
whole=$?
echo "The other half, run meanwhile:"
wait "$beside"
rest=$?
cat "$parts"
echo "tests/e2e ended with $whole, the other tests with $rest (0: all passed)."
exit $((whole > rest ? whole : rest))
