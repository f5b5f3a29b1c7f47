"""A small hostile demo newsroom: invented outlets on invented `.example` hosts, behind one loopback port.

It exists so that the pipeline can be run, shown and tested without the network: the outlets publish
feeds, sitemaps and pages with the troubles real sites have, and `Room.truth` says what a good pipeline
makes of them. `Hostile` adds hosts that bite, `Farm` many hosts that only have to be fast.

    with serve(annexes=(Hostile(), Farm(200, 10))) as room:
        room.port, room.sources, room.truth, room.log
"""

from newsroom.farm import Farm
from newsroom.room import Room
from newsroom.server import serve
from newsroom.teeth.annex import Hostile
from newsroom.traffic import traffic

__all__ = ["Farm", "Hostile", "Room", "serve", "traffic"]
