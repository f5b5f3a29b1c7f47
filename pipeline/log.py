"""Logs: a constant event name and `key=value` facts, one line per record and one summary per run."""

from __future__ import annotations

import logging
import sys

NOISY = ("kafka", "elastic_transport", "trafilatura", "htmldate", "aiohttp.access")
"""Libraries that narrate at INFO; a warning of theirs still shows."""


def configure(level: str = "INFO") -> None:
    """Send our logs to standard error; standard output belongs to results."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    quiet()


def quiet() -> None:
    """Keep chatty libraries at WARNING, also inside hosts that configure logging themselves."""
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def event(logger: logging.Logger, name: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Log `name key=value …`; values with white space are quoted. Never pass bodies or secrets."""
    if logger.isEnabledFor(level):
        logger.log(level, "%s%s", name, "".join(f" {key}={_shown(value)}" for key, value in facts.items()))


def _shown(value: object) -> str:
    text = str(value)
    return repr(text) if not text or any(character.isspace() for character in text) else text
