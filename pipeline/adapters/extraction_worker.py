"""The process that extracts one page after another, started by the extraction pool.

It reads pages on standard input and writes replies on what was its standard output; anything a library
prints goes to standard error. Whatever a page provokes is an answer about that page, never the end of the
process, except for lack of memory: after that its state cannot be trusted and it asks to be replaced.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pipeline import log
from pipeline.adapters.extraction_frames import Reply, decode_page, encode, length_of
from pipeline.core.clean import explain
from pipeline.core.model import HttpFacts, RawArticle, SourceFacts
from pipeline.errors import Discard, InvalidRecord

_PAGE = "<html lang=en><head><title>Warm-up</title></head><body><article><h1>Warm-up</h1>{}</article>"
_SENTENCE = (
    "<p>The council met on Tuesday and agreed, after two hours of debate, to repair the old bridge first.</p>"
)


def main() -> None:
    """Warm up, then serve until standard input ends. The argument is the memory limit in bytes."""
    pages, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    log.quiet()
    answer(_warm_up_page())
    _limit_memory(int(sys.argv[1]))
    replies.write(b"!")
    replies.flush()
    while (raw := _next(pages)) is not None:
        started = time.process_time()
        reply = answer(raw)
        replies.write(encode(replace(reply, seconds=time.process_time() - started)))
        replies.flush()


def answer(raw: RawArticle) -> Reply:
    """The page's end, whatever it was."""
    try:
        return Reply(extracted=explain(raw))
    except Discard as error:
        return Reply(discard=error.reason, message=error.message)
    except InvalidRecord as error:
        return Reply(invalid=error.reason, message=error.message)
    except MemoryError:
        return Reply(invalid="extraction-crashed", message="out of memory", broken=True)
    except Exception as error:  # the page is a stranger's; its dead letter keeps the traceback
        where = traceback.format_exception(error)[-3:]
        return Reply(invalid="extraction-failed", message="".join(where)[-1500:])


def _warm_up_page() -> RawArticle:
    """Loads every table and model once, so that no real page pays for it."""
    now = datetime(2024, 1, 1, tzinfo=UTC)
    url = "https://warm-up.example/a"
    return RawArticle(
        article_id="a-" + "0" * 20,
        source_id="warm-up",
        url=url,
        canonical_url=url,
        run_id="warm-up",
        fetched_at=now,
        first_fetched_at=now,
        source=SourceFacts(name="Warm-up"),
        http=HttpFacts(final_url=url, status=200),
        body=_PAGE.format(_SENTENCE * 20).encode(),
    )


def _limit_memory(gain: int) -> None:
    present = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (present + gain, resource.RLIM_INFINITY))


def _next(pages: BinaryIO) -> RawArticle | None:
    prefix = pages.read(8)
    return decode_page(pages.read(length_of(prefix))) if len(prefix) == 8 else None


if __name__ == "__main__":
    main()
