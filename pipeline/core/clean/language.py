"""The language of an article: declared by the page, detected in its text, and the one we go by.

Detection wins when it is sure, since templates declare the wrong language more often than a sure detector
errs on an article; otherwise the declaration stands; without either it is `und`. Copies are only looked for
within one language, so the code is always the primary subtag of BCP 47, never a regional variant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from pipeline.core.clean.page import Page
from pipeline.core.clean.wordlists import words

UNKNOWN = "und"
SURE = 0.95
MIN_CHARACTERS = 60
"""Shorter texts are names and numbers as often as language."""
SAMPLE_CHARACTERS = 600
"""Enough for an answer above 99% where one is possible; a longer sample costs a tenth of all our time."""
_PAIRS = """nb=no nn=no iw=he in=id ji=yi sh=sr mo=ro fil=tl cmn=zh yue=zh arb=ar pes=fa prs=fa jp=ja cz=cs
ua=uk gr=el kr=ko cn=zh dk=da se=sv"""
SAME = {pair[: pair.index("=")]: pair[pair.index("=") + 1 :] for pair in words(_PAIRS)}
"""Old, regional or mistaken codes and what they mean here: a country's code in `lang` is a common slip, and
`se` is Northern Sami by the book, but Swedish on every page that says it."""
DETECTABLE = words(
    """af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja
    ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms mt nb ne nl nn no or pa pl ps pt ro ru si sk sl sq sr
    sv sw ta te th tl tr ug uk ur vi xh zh zu"""
)
"""What the detector may answer; the rest of its list are languages no newspaper is printed in."""
_TAG = re.compile(r"[A-Za-z]{2,3}(?=$|[-_,;\s])")


@dataclass(frozen=True, slots=True)
class Language:
    """`code` is what we go by, with where it comes from; `declared` is as written on the page.

    `confidence` is the detector's, 0 to 1, and None for a text too short to ask it.
    """

    code: str
    origin: str
    declared: str | None
    confidence: float | None


def choose_language(page: Page, structured: str | None, header: str | None, text: str) -> Language:
    """The language of a page whose article reads `text`; `structured` is JSON-LD's word, `header` HTTP's."""
    written = _declared(page, structured, header)
    declared = primary(written)
    detected, confidence = detect(text)
    if detected is not None and detected != declared and confidence is not None and confidence >= SURE:
        return Language(detected, "text", written, confidence)
    return Language(declared or UNKNOWN, "html" if declared else "guess", written, confidence)


def detect(text: str) -> tuple[str | None, float | None]:
    """The likeliest language of a text and how sure that is, rounded; nothing for short texts."""
    sample = text[:SAMPLE_CHARACTERS]
    if len(sample) < MIN_CHARACTERS:
        return None, None
    code, confidence = _identifier().classify(sample)
    return SAME.get(code, code), round(float(confidence), 3)


def primary(tag: str | None) -> str | None:
    """The primary subtag of a language tag as written on pages: `pt-BR`, `en_US` → `pt`, `en`."""
    match = _TAG.match((tag or "").strip())
    if not match:
        return None
    code = match[0].lower()
    return None if code in (UNKNOWN, "mul", "zxx") else SAME.get(code, code)


def _declared(page: Page, structured: str | None, header: str | None) -> str | None:
    root = page.dom.root
    attributes = root.attributes if root else {}
    tags = (
        attributes.get("lang"),
        attributes.get("xml:lang"),
        structured,
        page.first_meta("og:locale", "content-language", "dc.language", "inlanguage", "language"),
        header,
    )
    return next((tag.strip()[:100] for tag in tags if tag and primary(tag)), None)


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.labels)
    identifier.set_languages(sorted(DETECTABLE & known))
    return identifier
