"""`copydesk index rebuild` as a process that dies right after one chosen call of the next index.

python -m tests.e2e.mortal_rebuild SIGKILL ElasticReindex.put 12
"""

from __future__ import annotations

import signal
import sys

from pipeline.cli.main import copydesk
from tests.e2e import mortal

PLACE = "pipeline.adapters.elastic_reindex"

if __name__ == "__main__":
    number, place, nth = sys.argv[1:]
    mortal.PLACES[place] = PLACE
    mortal.die_after(place, int(nth), signal.Signals[number])
    copydesk(["index", "rebuild", "--json"])
