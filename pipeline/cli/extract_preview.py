"""The readable form of an extraction: what a person needs to judge it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.adapters.extraction import Explained
from pipeline.core.clean import Extracted
from pipeline.core.model import CleanArticle, RawArticle
from pipeline.errors import Discard

_FIELDS = [
    "title",
    "subtitle",
    "authors",
    "agency",
    "published_at",
    "modified_at",
    "language",
    "section",
    "tags",
    "site_name",
    "image_url",
    "declared_url",
    "access",
    "opt_outs",
    "description",
]


def show(raw: RawArticle, result: Explained) -> None:
    """Print to standard output: a table of metadata, the text, and what was removed by which rule."""
    console = Console(highlight=False, soft_wrap=True)
    if not isinstance(result, Extracted):
        kind = "discarded" if isinstance(result, Discard) else "dead-lettered"
        console.print(f"[bold red]{kind}[/] {result.reason}: {escape(result.message)}  {escape(raw.url)}")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("field", "value", "from"):
        table.add_column(heading, style="dim" if heading != "value" else None)
    for row in _rows(result):
        table.add_row(*map(escape, row))
    console.print(table)
    console.print()
    console.print(escape(result.article.text))
    if result.removed:
        console.print("\n[bold]removed[/]")
    for removal in result.removed:
        console.print(f"  [yellow]{removal.rule}[/]  {escape(_short(removal.text))}")


def _rows(result: Extracted) -> Iterator[tuple[str, str, str]]:
    article = result.article
    for name in _FIELDS:
        value = getattr(article, name)
        if value:
            yield name, _shown(article, name), article.provenance.get(name, "")
    yield "words", str(article.word_count), "text"
    yield "encoding", result.encoding, ""
    yield "revision", article.revision, ""


def _shown(article: CleanArticle, name: str) -> str:
    value = getattr(article, name)
    if name == "published_at":
        return f"{value.isoformat()} (to the {article.published_precision})"
    if name == "language":
        return f"{value} (declared {article.language_declared}, confidence {article.language_confidence})"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:97] + "..."
