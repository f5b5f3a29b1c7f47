"""`copydesk run STAGE --follow` in processes of its own, and nothing left of them afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 30
_COMMAND = "from pipeline.cli.main import main; main()"


@contextmanager
def following(
    stages: Iterable[str], environment: Mapping[str, str], logs: Path
) -> Iterator[Callable[[], None]]:
    """A worker a stage while the block runs; what is given raises RuntimeError when one has ended."""
    with ExitStack() as stack:
        workers = {stage: stack.enter_context(_worker(stage, environment, logs)) for stage in stages}

        def check() -> None:
            for stage, worker in workers.items():
                if worker.poll() is not None:
                    told = (logs / f"{stage}.log").read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"the {stage} worker ended: {told[-2000:]}")

        yield check


@contextmanager
def _worker(stage: str, environment: Mapping[str, str], logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (
        (logs / f"{stage}.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "run", stage, "--follow"],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as worker,
    ):
        try:
            yield worker
        finally:
            worker.terminate()
            try:
                worker.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
