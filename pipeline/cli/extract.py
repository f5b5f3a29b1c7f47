"""`copydesk extract`: one page, or many, through the clean stage's extraction, without any server."""

from __future__ import annotations

import binascii
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, BinaryIO

import click
import msgspec

from pipeline.adapters.extraction import Explained, ProcessPool
from pipeline.cli import extract_preview
from pipeline.core import urls
from pipeline.core.clean import Extracted
from pipeline.core.codec import to_document
from pipeline.core.model import HttpFacts, RawArticle, SourceFacts
from pipeline.errors import Discard, InvalidRecord

_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""How gzip, zip, bzip2, xz and zstd begin."""
LINES_AT_ONCE = 32
"""Per worker: enough to keep all busy, few enough that results keep coming."""


class _File(click.File):
    """A file to read; an address in its place is told apart from a wrong path."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            self.fail("nothing is fetched here: save the page to a file and give the address with --url")
        return super().convert(value, param, ctx)


@click.command()
@click.argument("file", type=_File("rb"), required=False)
@click.option("--url", help="The address the page was found at.")
@click.option("--content-type", help="The Content-Type header it came with.")
@click.option("--preview", is_flag=True, help="For people: text, metadata, origins, and what was removed.")
@click.option("--jsonl", is_flag=True, help="Many pages: one JSON object a line in, one a line out.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes for --jsonl."
)
def extract(
    file: BinaryIO | None, url: str | None, content_type: str | None, preview: bool, jsonl: bool, workers: int
) -> None:
    """Extract the article from a page.

    FILE and --url: prints the clean article as JSON, or the discard with its reason. --jsonl: reads lines
    {"id","url","content_type","body_base64"} and prints {"id","outcome","reason","article"} in input order.
    """
    if jsonl and (preview or url or content_type):
        raise click.UsageError(
            "--jsonl takes addresses and content types from its lines, and has no --preview"
        )
    if jsonl:
        _many(file or sys.stdin.buffer, workers)
        return
    if file is None:
        raise click.UsageError("give FILE and --url, or --jsonl")
    if url is None:
        raise click.UsageError("give --url too, the address the page was found at")
    body = file.read()
    raw = _raw(url, content_type, body, datetime.now(UTC))
    pool = ProcessPool(1)
    try:
        result = pool.explain_all([raw])[0]
    finally:
        pool.close()
    if preview:
        extract_preview.show(raw, result)
    else:
        click.echo(json.dumps(_one(result), ensure_ascii=False, indent=2))
        _explain(result, body)
    if isinstance(result, InvalidRecord):
        sys.exit(1)


def _explain(result: Explained, body: bytes) -> None:
    """Say in words, beside the JSON, why there is no article."""
    if isinstance(result, Extracted):
        return
    hint = "; the file is compressed, unpack it first" if body.startswith(_COMPRESSED) else ""
    click.echo(f"{result.reason}: {result.message.strip() or 'no text was found'}{hint}", err=True)


class _Line(msgspec.Struct):
    """One input line; `id` may be any JSON value."""

    id: Any
    url: str
    body_base64: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """A line read: its id and either the page or why there is none."""

    id: Any
    page: RawArticle | InvalidRecord


def _many(stream: BinaryIO, workers: int) -> None:
    now = datetime.now(UTC)
    jobs = (_job(line, now) for line in stream)
    pool = ProcessPool(workers)
    try:
        while batch := list(islice(jobs, LINES_AT_ONCE * workers)):
            pages = (job.page for job in batch if isinstance(job.page, RawArticle))
            results = iter(pool.explain_all(pages))
            for answer in _answers(batch, results):
                sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
            sys.stdout.buffer.flush()
    finally:
        pool.close()


def _job(line: bytes, now: datetime) -> _Job:
    given: Any = None
    try:
        given = msgspec.json.decode(line)
        parsed = msgspec.convert(given, _Line)
        body = binascii.a2b_base64(parsed.body_base64.encode("ascii"), strict_mode=True)
        return _Job(parsed.id, _raw(parsed.url, parsed.content_type, body, now))
    except (msgspec.ValidationError, binascii.Error, UnicodeEncodeError, urls.InvalidUrl) as error:
        return _Job(given.get("id") if isinstance(given, dict) else None, InvalidRecord("schema", str(error)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _Job(None, InvalidRecord("not-json", str(error)))


def _raw(url: str, content_type: str | None, body: bytes, now: datetime) -> RawArticle:
    canonical = urls.canonical(url)
    return RawArticle(
        article_id=urls.article_id(canonical),
        source_id=urls.host(canonical) or "preview",
        url=url,
        canonical_url=canonical,
        run_id="preview",
        fetched_at=now,
        first_fetched_at=now,
        source=SourceFacts(name=urls.site(canonical) or "preview"),
        http=HttpFacts(final_url=canonical, status=200, content_type=content_type),
        body=body,
    )


def _answers(batch: list[_Job], results: Iterator[Explained]) -> Iterable[dict[str, Any]]:
    for job in batch:
        result = next(results) if isinstance(job.page, RawArticle) else job.page
        yield {"id": job.id, **_outcome(result)}


def _one(result: Explained) -> dict[str, Any]:
    return to_document(result.article) if isinstance(result, Extracted) else _outcome(result)


def _outcome(result: Explained) -> dict[str, Any]:
    match result:
        case Extracted():
            return {"outcome": "published", "reason": None, "article": to_document(result.article)}
        case Discard():
            return {"outcome": "discarded", "reason": result.reason, "article": None}
        case InvalidRecord():
            return {"outcome": "dead-lettered", "reason": result.reason, "article": None}
