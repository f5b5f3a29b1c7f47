"""`python -m newsroom --port 8099`: the demo newsroom as a process of its own, until it is interrupted."""

import argparse
import asyncio
import signal
from pathlib import Path

from newsroom.server import listen, open_room
from newsroom.sources import write_catalogue


def main() -> None:
    """Parse the options, serve, and stop on SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="newsroom", description="A small hostile demo newsroom.")
    parser.add_argument("--port", type=int, default=8099, help="loopback port (default: 8099)")
    parser.add_argument("--access-log", type=Path, help="write one JSON line per request to this file")
    parser.add_argument("--write-sources", action="store_true", help="write newsroom/sources.yaml and exit")
    options = parser.parse_args()
    if options.write_sources:
        write_catalogue()
        return
    asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> None:
    room = open_room(access_log=options.access_log)
    runner = await listen(room, options.port)
    print(f"newsroom: {len(room.desk.articles())} articles on http://{room.host}:{room.port}/", flush=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    await runner.cleanup()
    room.close()


if __name__ == "__main__":
    main()
