"""Names out of bylines: split, freed of "By", roles, addresses, dates and places, one entry per person.

    text ──► addresses and dates off ──► split at signs and "and" ──► each piece: what stands around it

What a piece says of itself decides: "Photos: …" names nobody who wrote. Nothing here knows the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from urllib.parse import urlsplit

from pipeline.core.clean import agencies
from pipeline.core.clean.byline_words import (
    ADJECTIVES,
    BY,
    DATED,
    DAYS,
    GLUED_AFTER,
    GLUED_BEFORE,
    LABELS,
    OF,
    OTHERS,
    ROLES,
)
from pipeline.core.clean.characters import one_line
from pipeline.core.clean.titles import key
from pipeline.core.clean.wordlists import words

MAX_AUTHORS = 20
MAX_NAME = 80
MAX_BYLINE = 1000
"""Characters; what a page declares beyond that is no byline, and pages declare megabytes."""
NO_NAMES: frozenset[str] = frozenset()


def _any(phrases: Iterable[str]) -> str:
    return "|".join(map(re.escape, phrases))


BEGINNING = rf"(?:{_any(BY)})(?:\s*[:：]\s*|\s*[-–—・]\s+|・|\s+)"
"""What stands before the names of a byline, as a regular expression without regard to case."""
_BY = re.compile(rf"^{BEGINNING}", re.IGNORECASE)
_LABEL = re.compile(rf"^(?:{_any(LABELS)})\s*[:：]\s*", re.IGNORECASE)
_SPOKEN = re.compile(r"^(?:[Aa]uthors?|[Aa]utor(?:in)?|[Aa]uteure?|[Aa]utore)\s+(?=[^\W\d_a-z])")
"""A label for screen readers, without a colon."""
_OTHER = re.compile(
    rf"^(?:{_any(OTHERS)})(?:\s*[:：]\s*|\s+(?<=by )|\s+(?<=von )|\s+(?<=par ))", re.IGNORECASE
)
_JOINED = re.compile(
    r"\s*(?:;|\||/|、|，|\n|•|·(?!\w))\s*|\s+(?:&|-?und|and|And|AND|UND|et|y|och|og|en|e|ja|и|та|й|ve|dan|și|si|"
    r"oraz|i|és|va|và|a|και|و|और|及|와|과)\s+"
)
"""A lone capital is an initial, but for those that join two names in capitals; see `_pieces`."""
_ADDRESS = re.compile(r"\(?\S+@\S+\.\w+\)?|https?://\S+|www\.\S+|(?<!\w)@\w+")
_DATE = re.compile(
    rf"[,\s]*(?:[|•·–—-]\s*)?(?:(?:\b(?:{DATED})\b\.?:?\s*)+)?\d{{1,4}}\D.*$",
    re.IGNORECASE,
)
_ROLE_AFTER = re.compile(
    rf"\s*(?:,|\s[-–—|]\s|\()\s*(?:[\w ]*\b(?:{ROLES}|ph\.?d|m\.?d|esq)\b.*)$", re.IGNORECASE
)
_TITLED = re.compile(rf"(?<=\w{{2}})(?:\s+(?:{ADJECTIVES}))*\s+(?:{ROLES})\.?$", re.IGNORECASE)
_ROLE = re.compile(rf"\b(?:{ROLES})\.?$", re.IGNORECASE)
_PLACED = re.compile(rf"^(\S+\s+\S.*?)\s+(?:[-–—]\s+.*|(?:{OF})\s+(?:[Tt]he\s+)?[A-ZÀ-ÞА-Я].*)$")
_GLUED = re.compile(rf"^(?:{GLUED_BEFORE})[\s・:：]*(?=\S{{2}})|\s*(?:{GLUED_AFTER})$")
_NO_NAME = re.compile(
    r"^(?:.{0,4}admin(?:istrator)?|editor(?:s|ial)?|staff|web ?desk|news ?desk|online|unknown|none|null|n/?a|"
    r"author|name|redaktion|redacción|redação|rédaction|redazione|redactie|redakcja|редакция|guest|user|root|"
    r"test|anonymous|by|von|par|por|di|гость|true|false|no author|(?:see |view )?(?:full )?(?:bio|profile)|"
    r"follow|more|read more|weitere artikel|mehr|alle artikel|contributors?|written by|"
    r"people|text|texte|words|photos?|fotos?|interview|opinion|politik|news|copy link|link copied)$|©|"
    r"https?:|[{}<>=]|\d{4,}|^\d+$|\.(?:php|html?|jpe?g|png)$",
    re.IGNORECASE,
)
_LEFT = re.compile(rf"(?<=\w)[,:\s|•·–—-]+(?:{_any(DAYS)}|le|am|on|at|den|del|de)[.,:]?$", re.IGNORECASE)
"""What a date that was cut off leaves behind a name: its month, a weekday, a word before them."""
_ENDS_WITH_DAY = re.compile(rf"\s(?:{_any(DAYS)})[.,]?$")
_SHOUTED = re.compile(r"(?<=[^\W\d_A-Z])(?:\s+[A-Z]{2,}){2,}$")
_PARTICLES = words("von van der de da di del la le al el bin ibn den ter ten dos das du zu af")
_WITH = re.compile(r"\s+(?:with|and|mit|und|avec|et|con|y|com|e|med|och|i)$")
_SENTENCE = re.compile(r"(?<=\w{4})\. ")
_ACCOUNT = re.compile(r"^[a-z0-9._-]+$")
_PROFILE = re.compile(
    r"/(?:authors?|people|person|profiles?|staff|team|autor(?:es|en)?|auteurs?|by|writers?)/", re.I
)


def begins_byline(text: str) -> bool:
    """Whether a label is one that stands before an author: "Written by", "Autor"."""
    return _BY.match(f"{text} X") is not None or _LABEL.match(f"{text}: X") is not None


def without_day(name: str) -> str:
    """Without the words of a date whose figures are gone: `Ada Penn, Posted: Nov` → `Ada Penn`."""
    while (shorter := _LEFT.sub("", name)) != name:
        name = shorter
    return name


def clean_names(
    texts: Iterable[str], sites: Set[str] = NO_NAMES, others: Set[str] = NO_NAMES
) -> tuple[str, ...]:
    """The names in the texts, each once; institutions only where there is nobody else.

    `sites` are the keys of the site's names, `others` those of names known to be institutions.
    """
    names: dict[str, str] = {}
    for text in texts:
        for piece in _pieces(text):
            if name := _clean(piece):
                names.setdefault(key(name), name)
    people = [name for same, name in names.items() if same not in others and not is_institution(name, sites)]
    return tuple((people or list(names.values()))[:MAX_AUTHORS])


def credited(texts: Iterable[str]) -> tuple[str, ...]:
    """Every part of the bylines by itself, however long its list of signs: where an agency may be named."""
    parts = (
        part for text in texts for piece in _JOINED.split(_strip(text)) for part in re.split("[,(]", piece)
    )
    found = (_WITHIN.sub("", _BY.sub("", part)).strip(" .)") for part in parts)
    return tuple(dict.fromkeys(name for name in found if 1 < len(name) <= MAX_NAME))


_WITHIN = re.compile(r"^.*\s(?:with|mit|avec|con|com|met|med|z|с)\s+|^(?:with|mit|avec|con|com|met|med)\s+")


def looks_like_name(text: str) -> bool:
    """Whether an element's text is short enough, and has no digits, to be a byline."""
    stripped = _strip(text)
    return 2 < len(stripped) <= MAX_NAME and not re.search(r"\d", stripped) and len(stripped.split()) <= 8


def is_full_name(name: str) -> bool:
    """Whether the name is beyond doubt a person's: two to four words that begin like names."""
    parts = [word for word in name.split() if word not in _PARTICLES]
    return (
        2 <= len(parts) <= 4
        and parts[0].lower() not in ("the", "die", "der", "la", "le", "el")
        and all(word[0].isupper() or not word[0].islower() for word in parts)
    )


def is_short(name: str) -> bool:
    """Whether the name is a single word in a script that parts words."""
    return " " not in name and name.isascii()


def starts_with(names: Sequence[str], short: Sequence[str]) -> bool:
    """Whether the names spell out the short ones: `Ada Penn` for `Ada`."""
    return {name.split()[0].casefold() for name in names} >= {name.casefold() for name in short}


def is_institution(name: str, sites: Set[str]) -> bool:
    """Whether the name is an agency's, the site's own, a role without a person, or a mere account's."""
    same = key(name)
    return (
        agencies.named(name) is not None
        or agencies.says_agency(name)
        or any(site in same or (len(same) > 3 and same in site) for site in sites)
        or _ROLE.search(name) is not None
        or _ACCOUNT.match(name) is not None
    )


def in_profile(url: str) -> str | None:
    """The name that the address of an author's page spells: `/people/ada-penn` → `Ada Penn`."""
    path = urlsplit(url).path.rstrip("/")
    parts = path.rsplit("/", 1)[-1].split("-")
    if not _PROFILE.search(path) or not 2 <= len(parts) <= 4 or not all(map(str.isalpha, parts)):
        return None
    return " ".join(parts).title()


def _pieces(text: str) -> list[str]:
    stripped = _strip(text)
    parts = re.split(r"\s+(?:AND|UND|ET|Y|E|I|EN|OG|OCH)\s+", stripped) if stripped.isupper() else [stripped]
    return [piece for part in parts for one in _JOINED.split(part) if one for piece in _by_commas(one)]


def _by_commas(text: str) -> list[str]:
    """Whole names between commas are several authors; after one name a single word is where they work."""
    parts = [part.strip() for part in re.split(r"[,،]", text) if part.strip()]
    written = [part for part in parts if not _OTHER.match(part)]
    if not written:
        return [_OTHER.sub("", parts[0])] if parts and _LABEL.match(parts[0]) else []
    if len(written) > 1 and all(map(agencies.named, written)):
        return written
    if len(written) < len(parts):
        return written
    if len(parts) < 2 or len(parts[0].split()) < 2:
        return [text]
    return [part for part in parts if len(part.split()) >= 2 and not _ROLE.search(part)]


def _strip(text: str) -> str:
    text = one_line(_ADDRESS.sub(" ", one_line(text[:MAX_BYLINE])))
    return _begun(_undated(text)).strip(" ,;:|·•-–—*\"'")


def _undated(text: str) -> str:
    """Without a date at the end: all from its first figure on, and the words that belong to it before."""
    name = _DATE.sub("", text)
    return text if name == text and not _ENDS_WITH_DAY.search(text) else without_day(name)


def _begun(text: str) -> str:
    """Without what a byline begins with; `Di Maria` alone is a name."""
    text = _SPOKEN.sub("", _LABEL.sub("", text))
    match = _BY.match(text)
    if match is None:
        return text
    rest = text[match.end() :]
    is_particle = match[0].strip().lower() in _PARTICLES and match[0][0].isupper() and text[1:2].islower()
    return text if is_particle and " " not in rest.strip() else rest


def _clean(piece: str) -> str | None:
    name = _SENTENCE.split(_ROLE_AFTER.sub("", _begun(piece)))[0]
    name = _SHOUTED.sub("", _GLUED.sub("", _GLUED.sub("", name)).strip(" ,;:|·•-–—*.\"'()・→»›"))
    name = _without_agency(_PLACED.sub(r"\1", _untitled(name)))
    parts = name.split()
    if not 1 < len(name) <= MAX_NAME or name.casefold() in DAYS or _NO_NAME.search(name) or len(parts) > 8:
        return None
    if not any(character.isalpha() for character in name):
        return None
    return name.title() if name.isupper() and len(parts) > 1 else name


def _untitled(name: str) -> str:
    """`Ada Penn Political Editor` → `Ada Penn`; `Political Editor` stays."""
    shorter = _TITLED.sub("", name)
    return shorter if len(shorter.split()) >= 2 else name


def _without_agency(name: str) -> str:
    """`Ada Penn Associated Press` → `Ada Penn`; an agency alone stays."""
    parts = name.split()
    for length in (3, 2, 1):
        if len(parts) >= length + 2 and agencies.named(" ".join(parts[-length:])):
            return _WITH.sub("", " ".join(parts[:-length]))
    return name
