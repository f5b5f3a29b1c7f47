"""The extractors that are compared: each takes a page's bytes and address and gives text and metadata.

All but ours and trafilatura are optional; what is not installed is left out of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec

MOMENT = datetime(2019, 12, 31, tzinfo=UTC)
"""The pages of the benchmark were fetched before this."""


@dataclass(frozen=True)
class Found:
    """What an extractor made of a page. `day` is the day of publication as YYYY-MM-DD."""

    text: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    day: str | None = None


Extractor = Callable[[bytes, str], Found]


def ours() -> Extractor:
    from pipeline.core.clean import extract
    from pipeline.core.model import HttpFacts, RawArticle, SourceFacts
    from pipeline.core.urls import article_id, canonical, host
    from pipeline.errors import Discard, InvalidRecord

    def run(body: bytes, url: str) -> Found:
        form = canonical(url)
        raw = RawArticle(
            article_id=article_id(form),
            source_id="bench",
            url=url,
            canonical_url=form,
            run_id="bench",
            fetched_at=MOMENT,
            first_fetched_at=MOMENT,
            source=SourceFacts(name=host(form)),
            http=HttpFacts(final_url=form, status=200, content_type="text/html"),
            body=body,
        )
        try:
            article = extract(raw)
        except (Discard, InvalidRecord):
            return Found("")
        day = article.published_at.strftime("%Y-%m-%d") if article.published_at else None
        return Found(article.text, article.title, article.authors, day)

    return run


def trafilatura() -> Extractor:
    from trafilatura import bare_extraction

    def run(body: bytes, url: str) -> Found:
        document = bare_extraction(body, url=url, with_metadata=True, include_comments=False)
        if document is None:
            return Found("")
        authors = tuple(filter(None, (document.author or "").split("; ")))
        return Found(document.text or "", document.title, authors, document.date)

    return run


def newspaper4k() -> Extractor:
    from tldextract import TLDExtract, tldextract

    tldextract.TLD_EXTRACTOR = TLDExtract(suffix_list_urls=())  # it would ask the network for a list first
    from newspaper import Article

    def run(body: bytes, url: str) -> Found:
        article = Article(url, fetch_images=False)
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        day = article.publish_date.strftime("%Y-%m-%d") if article.publish_date else None
        return Found(article.text, article.title, tuple(article.authors), day)

    return run


def readability() -> Extractor:
    from lxml.html import fromstring
    from readability import Document

    def run(body: bytes, url: str) -> Found:
        document = Document(body, url=url)
        text = fromstring(document.summary()).text_content()
        return Found(str(text), document.title())

    return run


def resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def run(body: bytes, _: str) -> Found:
        tree = HTMLTree.parse(body.decode("utf-8", "replace"))
        return Found(extract_plain_text(tree, main_content=True, comments=False), tree.title)

    return run


EXTRACTORS: dict[str, tuple[str, Callable[[], Extractor]]] = {
    "copydesk": ("pipeline", ours),
    "trafilatura": ("trafilatura", trafilatura),
    "newspaper4k": ("newspaper", newspaper4k),
    "readability-lxml": ("readability", readability),
    "resiliparse": ("resiliparse", resiliparse),
}
"""By name: the module that must be installed and the function that makes the extractor."""


def installed() -> list[str]:
    """The names of the extractors that can run here."""
    return [name for name, (module, _) in EXTRACTORS.items() if find_spec(module) is not None]
