"""In which scripts a text is written, as far as the languages of the index tell scripts apart."""

from __future__ import annotations

import re
from typing import Literal

Script = Literal["latin", "cyrillic", "arabic", "cjk"]

_SCRIPTS: dict[Script, re.Pattern[str]] = {
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"),
    "cjk": re.compile(
        r"[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
        r"\U00020000-\U0003ffff]"
    ),
}
"""Unicode blocks: letters that a word of the script has at least one of."""


def scripts_of(text: str) -> set[Script]:
    """The scripts that occur; none for digits and signs alone."""
    return {script for script, letters in _SCRIPTS.items() if letters.search(text)}
