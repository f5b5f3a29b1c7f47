"""`python -m newsroom --port 8099`: the demo newsroom as a process of its own, until it is interrupted."""

import argparse
import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path

from newsroom.farm import Farm
from newsroom.room import Annex, open_room
from newsroom.server import Pace, listening
from newsroom.sources import write_catalogue
from newsroom.teeth.annex import Hostile


def main() -> int:
    """Parse the options, serve, and stop on SIGINT or SIGTERM; 1 when the port is taken."""
    options = _parser().parse_args()
    if options.write_sources:
        write_catalogue()
        return 0
    try:
        asyncio.run(_run(options))
    except OSError as error:
        print(f"newsroom: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="newsroom", description="A small hostile demo newsroom.")
    parser.add_argument("--port", type=int, default=8099, help="loopback port (default: 8099)")
    parser.add_argument("--live", action="store_true", help="publish a new article every few seconds")
    parser.add_argument(
        "--every", type=float, default=5.0, metavar="SECONDS", help="pace of --live (default: 5)"
    )
    parser.add_argument(
        "--correct-after", type=float, metavar="SECONDS", help="bring out the waiting corrections then"
    )
    parser.add_argument(
        "--opened",
        type=datetime.fromisoformat,
        metavar="TIME",
        help="when the first edition came out, such as 2026-11-24T09:00:00+00:00 (default: now)",
    )
    parser.add_argument("--hostile", action="store_true", help="also serve every hostile case")
    parser.add_argument("--farm", type=int, nargs=2, metavar=("HOSTS", "ARTICLES"), help="also serve a farm")
    parser.add_argument("--access-log", type=Path, metavar="FILE", help="append one JSON line per request")
    parser.add_argument("--write-sources", action="store_true", help="write newsroom/sources.yaml and exit")
    return parser


async def _run(options: argparse.Namespace) -> None:
    annexes: list[Annex] = [Hostile()] if options.hostile else []
    if options.farm:
        annexes.append(Farm(*options.farm))
    room = open_room(options.opened, options.access_log, annexes=tuple(annexes))
    pace = Pace(options.every if options.live else None, options.correct_after)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with listening(room, options.port, pace):
        print(
            f"newsroom: {len(room.desk.articles())} articles on http://{room.host}:{room.port}/", flush=True
        )
        await stop.wait()
    room.close()


if __name__ == "__main__":
    sys.exit(main())
