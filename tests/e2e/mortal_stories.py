"""`copydesk stories rebuild` as a process that dies right after one chosen write.

python -m tests.e2e.mortal_stories SIGKILL ElasticGenerations.swap 1
"""

from __future__ import annotations

import signal
import sys

from pipeline.cli.main import copydesk
from tests.e2e import mortal

GENERATIONS = "pipeline.adapters.elastic_generations"

if __name__ == "__main__":
    number, place, nth = sys.argv[1:]
    mortal.PLACES.setdefault(place, GENERATIONS)
    mortal.die_after(place, int(nth), signal.Signals[number])
    copydesk(["stories", "rebuild", "--json"])
