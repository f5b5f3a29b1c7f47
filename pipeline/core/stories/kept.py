"""Kept revisions: the form in which a text waits for later articles to be compared with."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.copies.document import Document, Prepared, primary_language
from pipeline.core.copies.sketch import sketch
from pipeline.core.copies.titles import is_update, is_update_or_correction
from pipeline.core.copies.tokens import Tokens, tokenize
from pipeline.core.model import CleanArticle, Revision
from pipeline.core.stories.order import kept_until


def document_of(article: CleanArticle) -> Document:
    """A clean article as the copy test sees it."""
    return Document(
        article_id=article.article_id,
        source_id=article.source_id,
        title=article.title,
        language=article.language,
        event_at=article.event_at,
        tokens=tokenize(article.text),
    )


def kept_document(kept: Revision) -> Document:
    """A kept revision as the copy test sees it: from its text, or from the hashes a removal left."""
    if kept.article is not None:
        return document_of(kept.article)
    tokens = Tokens.from_base64(kept.tokens or "")
    return Document(kept.article_id, kept.source_id, kept.title or "", kept.language, kept.event_at, tokens)


def revision_of(article: CleanArticle, prepared: Prepared, position: int, *, erased: bool) -> Revision:
    """What is kept of the article that the record at `position` brought."""
    revision = Revision(
        article_id=article.article_id,
        revision=article.revision,
        position=position,
        source_id=article.source_id,
        title=article.title,
        language=primary_language(article.language),
        event_at=article.event_at,
        kept_until=kept_until(article.event_at, article.fetched_at),
        terms=sketch(prepared),
        net_shingles=prepared.n_net,
        furniture=prepared.furniture,
        article=article,
    )
    return without_text(revision) if erased else revision


def without_text(kept: Revision) -> Revision:
    """A revision without its words: hashes and what the copy test reads from a title, so that it still works.

    Of the title only the word that makes it an update or a correction stays.
    """
    if kept.article is None:
        return kept
    title = kept.title or ""
    word = "UPDATE" if is_update(title) else "CORRECTION" if is_update_or_correction(title) else None
    return replace(kept, article=None, title=word, tokens=tokenize(kept.article.text).to_base64())
