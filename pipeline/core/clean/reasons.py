"""Why a page does not become an article: the closed list, in one place, with what each means.

A *discard* is an expected and final end. What should have worked is a dead letter instead; those reasons are
`core.dead_letters.DeadLetterReason` (`too-large` and the three that begin with `extraction-` are ours).
"""

from __future__ import annotations

from typing import Literal, get_args

DiscardReason = Literal[
    "not-html",  # the bytes are no HTML page: binary, JSON, plain text, an empty body
    "error-page",  # the server's or the publisher's "not found", a bot check, a consent wall
    "index-page",  # a front page, a section or a list of teasers
    "live-blog",  # a running list of updates: it has no one text that could be a copy of another
    "gallery",  # pictures with captions, no text of their own
    "media-page",  # a video or audio player with a line or two about it
    "paywalled",  # declared as paid, and what is shown is only the first lines
    "no-text",  # no block of the page reads like prose
    "too-short",  # prose, but fewer words than MIN_WORDS
]
DISCARD_REASONS: frozenset[str] = frozenset(get_args(DiscardReason))

MIN_WORDS = 25
"""Below this a text cannot be told from a caption or a teaser; the shortest agency flashes have about 30."""
