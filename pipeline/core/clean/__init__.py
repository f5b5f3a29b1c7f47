"""From a page as received to a clean article: text, metadata with provenance, or the reason why not."""

from pipeline.core.clean.extraction import EXTRACTION_VERSION, Extracted, explain, extract
from pipeline.core.clean.reasons import DISCARD_REASONS, DiscardReason
from pipeline.core.clean.revision import revision_of

__all__ = [
    "DISCARD_REASONS",
    "EXTRACTION_VERSION",
    "DiscardReason",
    "Extracted",
    "explain",
    "extract",
    "revision_of",
]
