"""A small hostile demo newsroom: invented outlets on invented `.example` hosts, behind one loopback port.

It exists so that the pipeline can be run, shown and tested without the network: the outlets publish
feeds, sitemaps and pages with the troubles real sites have, and `Room.truth` says what a good pipeline
makes of them.

    with serve() as room:
        room.port, room.sources, room.truth, room.log
"""

from newsroom.room import Room
from newsroom.server import serve

__all__ = ["Room", "serve"]
