"""One extractor in a process of its own, so that CPU time and memory are its alone.

Reads page numbers on standard input; answers each with one JSON line: CPU seconds, text, metadata and the
peak memory so far. The first pass, which the parent does not count, pays for imports, models and caches.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import asdict

from bench.clean.extractors import EXTRACTORS, Found
from bench.clean.pages import samples


def main() -> None:
    """The argument is the extractor's name."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    pages = samples()
    run = EXTRACTORS[sys.argv[1]][1]()
    for line in sys.stdin:
        page = pages[int(line)]
        started = time.process_time()
        try:
            found = run(page.body, page.url)
        except Exception as error:  # another library's failure on a page is its result on that page
            print(f"{sys.argv[1]}: {page.url}: {error!r}", file=sys.stderr)
            found = Found("")
        spent = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answers.write(json.dumps({"cpu": spent, "peak": peak, **asdict(found)}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
