#!/bin/sh
# Make .venv from requirements.lock, with a pinned installer that is fetched if it is not there.
#
#   usage: infra/local/setup.sh install | lock        (called by make)
#
# PYTHON chooses the interpreter (3.11 to 3.13); without it the first one on the PATH that fits is taken.
set -eu
cd "$(dirname "$0")/../.."

tools=.run/installer
bootstrap=infra/local/bootstrap.lock
wanted=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$bootstrap")

say() { printf '%s\n' "$*" >&2; }

die() { say "error: $1"; say "       $2"; exit 1; }

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python python3.13 python3.12 python3.11 /usr/bin/python3}; do
        if command -v "$candidate" >/dev/null && fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    die "no Python 3.11, 3.12 or 3.13 was found${PYTHON:+ at $PYTHON}." \
        "Install one (for example the package python3), or name it: make PYTHON=/path/to/python3 setup"
}

is_wanted() { [ "$("$1" --version 2>/dev/null | cut -d' ' -f2)" = "$wanted" ]; }

# In a virtual environment of its own, or, where Python comes without venv, in a plain folder.
fetch_uv() {
    say "Fetching the installer, uv $wanted ..."
    rm -rf "$tools"
    if "$python" -m venv "$tools" >/dev/null 2>&1; then
        "$tools/bin/python" -m pip install --quiet --no-deps --require-hashes -r "$bootstrap"
    elif rm -rf "$tools" && "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install --quiet --no-deps --require-hashes --target "$tools" -r "$bootstrap"
    else
        die "$python has neither venv nor pip, so uv $wanted cannot be fetched." \
            "Install the package python3-venv, or uv $wanted itself, then run the same command again."
    fi
}

find_uv() {
    for candidate in uv "$tools/bin/uv"; do
        if is_wanted "$candidate"; then
            uv=$candidate
            return
        fi
    done
    fetch_uv
    uv=$tools/bin/uv
    is_wanted "$uv" || die "uv $wanted was installed but does not start." "Remove $tools and run it again."
}

# uv has its own names for what pip and requests call otherwise.
translate_environment() {
    certificates=${REQUESTS_CA_BUNDLE:-${PIP_CERT:-}}
    if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "$certificates" ]; then export SSL_CERT_FILE="$certificates"; fi
    if [ -z "${UV_DEFAULT_INDEX:-}" ] && [ -n "${PIP_INDEX_URL:-}" ]; then
        export UV_DEFAULT_INDEX="$PIP_INDEX_URL"
    fi
}

install() {
    if ! fits .venv/bin/python; then
        rm -rf .venv
        "$uv" venv --quiet --python "$python" .venv
    fi
    say "Installing $(grep -c '^[a-z0-9]' requirements.lock) locked Python packages into .venv (450 MB) ..."
    export UV_COMPILE_BYTECODE=1 # without it every process of Airflow would compile for itself: seconds each
    "$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
    "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --offline --editable .
}

lock() {
    "$uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras \
        --custom-compile-command "make lock" pyproject.toml --output-file requirements.lock "$@"
}

python=$(find_python)
translate_environment
find_uv
command=$1
shift
case $command in
install) install ;;
lock) lock "$@" ;;
*) die "unknown command $command" "usage: infra/local/setup.sh install | lock" ;;
esac
