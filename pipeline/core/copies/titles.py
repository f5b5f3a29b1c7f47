"""What a title says about its article: whether it announces a new version of an earlier one.

The only place where the copy test reads a title, and never its words: agencies mark updates and corrections
by a fixed word in front ("UPDATE 2-", "CORRECTED:").
"""

from __future__ import annotations

import re


def is_update(title: str) -> bool:
    """Whether the title begins with the word for an update: in capitals, or set off from the headline."""
    return _UPDATE.match(title) is not None


def is_update_or_correction(title: str) -> bool:
    """As `is_update`, or with the word for a correction."""
    return is_update(title) or _CORRECTION.match(title) is not None


def _announces(words: str) -> re.Pattern[str]:
    # "Update on the harbour bridge" is a headline, "UPDATE harbour bridge closed" and "Update 2: …" announce.
    number = r"(?:\s*(?:no\.?\s*)?\d+)?"
    capitals = rf"(?:{words.upper()})\b"
    set_off = rf"(?i:{words})\b{number}\s*[:\-–—|\])]"
    return re.compile(rf"\s*[\[(*]*\s*(?:{capitals}|{set_off})")


_UPDATE = _announces("update|updated")
_CORRECTION = _announces("correction|corrected|correct|corrects|refile")
