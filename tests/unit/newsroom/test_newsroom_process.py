"""The newsroom as a process: what `python -m newsroom` says, serves and returns."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import newsroom

ROOT = Path(newsroom.__file__).parents[1]
COMMAND = (sys.executable, "-m", "newsroom")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the line it prints once it listens."""
    command = [*COMMAND, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def test_process_says_where_it_listens_serves_and_ends_quietly(tmp_path):
    log = tmp_path / "access.jsonl"
    with running("--live", "--every", "60", "--farm", "2", "1", "--access-log", str(log)) as (process, line):
        address = line.split()[-1]
        with urlopen(f"{address}_newsroom/sources") as answer:
            catalogue = answer.read()

    assert line.startswith("newsroom: 70 articles on http://127.0.0.1:")
    assert b'"h001"' in catalogue
    assert process.returncode == 0
    assert '"/_newsroom/sources"' in log.read_text()


def test_taken_port_is_said_and_returned():
    with newsroom.serve(demo=False) as room:
        command = [*COMMAND, "--port", str(room.port)]
        ended = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=ROOT, env=ENVIRONMENT, timeout=120
        )

    assert ended.returncode == 1
    assert ended.stderr.startswith("newsroom: ")
