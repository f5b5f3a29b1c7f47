"""How people name articles and stories on the command line: by id or by URL."""

from __future__ import annotations

import click

from pipeline.core.urls import InvalidUrl, article_id, canonical


def article_named(text: str) -> str:
    """The article id that a URL or an id stands for. Raises BadParameter for neither."""
    if text.startswith("a-"):
        return text
    try:
        return article_id(canonical(text))
    except InvalidUrl as error:
        raise click.BadParameter(
            f"{text!r} is no id (a-… of an article, s-… of a story) and no URL: {error}"
        ) from error


def named(text: str) -> str:
    """As `article_named`, or a story id as it is."""
    return text if text.startswith("s-") else article_named(text)
