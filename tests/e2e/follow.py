"""`copydesk run STAGE --follow` as a process of the tests."""

from __future__ import annotations

import sys

from pipeline.cli.main import copydesk

if __name__ == "__main__":
    copydesk(["run", sys.argv[1], "--follow"])
