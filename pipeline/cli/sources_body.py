"""`copydesk sources body`: the last document a source sent, to look at or to read again."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from pipeline.cli import local
from pipeline.core import evidence
from pipeline.core.evidence import SourceBody
from pipeline.errors import PipelineError


@click.command()
@click.argument("source_id")
def body(source_id: str) -> None:
    """Print the last document of SOURCE_ID as received, its first 256 KiB; where it came from goes to stderr.

    A document that did not change is not kept again. `copydesk feed parse - --url URL` reads it as runs do.
    """
    from pipeline.world import World

    with closing(World(local.load("elasticsearch"))) as world:
        stored = world.source_bodies.get([source_id]).get(source_id)
    if stored is None:
        raise PipelineError(
            f"no document of {source_id!r} is kept: it was never read, or is none of `copydesk sources list`"
        )
    click.echo(_told(stored.value), err=True)
    sys.stdout.buffer.write(evidence.unpacked(stored.value))


def _told(held: SourceBody) -> str:
    cut = f", of which the first {evidence.LARGEST:,} follow" if held.size > evidence.LARGEST else ""
    fault = f"; {held.fault}" if held.fault else ""
    kind = held.content_type or "no content type"
    at = f"{held.fetched_at:%Y-%m-%d %H:%M} UTC"
    return f"{held.url} on {at}: HTTP {held.status}, {kind}, {held.size:,} bytes{cut}{fault}"
