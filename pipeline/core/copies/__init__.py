"""The copy test: when two articles are copies of one another (`copies.v1`).

    text ─ tokenize ─► Document ─ prepare(furniture) ─► Prepared ─┬─ sketch ─► terms that find candidates
                                                                 └─ relate ─► Verdict on a pair

Pure and stateless: nothing here knows a corpus, a clock or an order of arrival. The version covers
tokens, shingles, sketches and the edge test; a change to any of them is a new version and a rebuild.
"""

from __future__ import annotations

from typing import Final

from pipeline.core.copies.document import Document, Prepared, prepare, primary_language
from pipeline.core.copies.furniture import Furniture
from pipeline.core.copies.relation import relate
from pipeline.core.copies.sketch import WINDOW, LookupRule, is_candidate, lookup_rule, sketch
from pipeline.core.copies.tokens import Tokens, tokenize, words
from pipeline.core.copies.verdict import Evidence, Kind, Link, Rule, Verdict

COPIES_VERSION: Final = "copies.v1"

__all__ = [
    "COPIES_VERSION",
    "WINDOW",
    "Document",
    "Evidence",
    "Furniture",
    "Kind",
    "Link",
    "LookupRule",
    "Prepared",
    "Rule",
    "Tokens",
    "Verdict",
    "is_candidate",
    "lookup_rule",
    "prepare",
    "primary_language",
    "relate",
    "sketch",
    "tokenize",
    "words",
]
