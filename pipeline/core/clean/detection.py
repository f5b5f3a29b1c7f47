"""Which encoding unlabelled bytes are in: decode with each candidate and see whose text looks like writing.

Every candidate has the characters that are most frequent in the languages written with it. The share of
non-ASCII characters among those tells right from wrong readings: a wrong one yields rare letters, capitals
inside words, or symbols. UTF-8 and ISO-2022-JP show themselves by their structure.
"""

from __future__ import annotations

import re

import webencodings

SAMPLE_BYTES = 65536
MIN_SHARE = 0.5
"""The winner must explain at least half of the non-ASCII characters."""

_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйжшхюцщіїєґ"
_HAN_SIMPLIFIED = (
    "的一是不了在人有我他这中大来上国和说们为到会要个时就出生对也可年以后地那而发工日部成学过经现作新"
)
_HAN_TRADITIONAL = (
    "的一是不了在人有我他這中大來上國和說們為到會要個時就出生對也可年以後地那而發工日部成學過經現作新"
)
_KANA = (
    "のにるたをはとがしでてなあいうかきくけこさすせそちつまみもやよらりれろわんっ"
    "アイウカクスタトフラリルレロンー。、"
)
_FREQUENT = {
    "windows-1252": "éèàâçêëîïôùûäöüßñáíóúãõåæøìò’“”–—«»€…‘°",
    "windows-1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűöüșțăâîŕľĺ„”–",
    "iso-8859-2": "ąćęłńóśźżáčďéěíňřšťúůýžőűöüşţăâî",
    "windows-1254": "ışğçöüİŞÇÖÜâî’“”",
    "windows-1257": "āčēģīķļņšūžąęėįųõäöü„“–",
    "windows-1251": _CYRILLIC + "«»–—№",
    "koi8-r": _CYRILLIC,
    "windows-1253": "αοιετσνηυρπκλμςάέίόύήθωδγβφχώ",
    "windows-1255": "יוהלאמרתבשנדחעפקכגטםסזצןך",
    "windows-1256": "اليمنوترباهدسعكفقحجةىئشطصخأضغزثءآإ،پچگکی",
    "windows-874": "านรอกเงมยลวดทสตะปบคหแจพชไใโ่้ิีัุู์",
    "shift_jis": _KANA,
    "euc-jp": _KANA,
    "euc-kr": "이다는의에을가고한하은로기지를사도인대자있리해그어아정시서나수",
    "gb18030": _HAN_SIMPLIFIED + "，。、“”",
    "big5": _HAN_TRADITIONAL + "，。、「」",
}
_EAST_ASIAN = frozenset({"shift_jis", "euc-jp", "euc-kr", "gb18030", "big5"})
_EAST_ASIAN_WEIGHT = 3.0
"""The frequent characters above cover about a third of East Asian text, nearly all of an alphabet's."""
_LATIN = frozenset({"windows-1252", "windows-1250", "iso-8859-2", "windows-1254", "windows-1257"})
_MAX_LATIN_RUN = 1.6
"""In Latin alphabets accented letters stand alone between plain ones; runs of them are another script."""
_MARKUP = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)|<[^>]*>", re.DOTALL | re.IGNORECASE)
_RUN = re.compile("[\x80-\x9f\xa1-\U0010ffff]+")
_MULTIBYTE_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")


def detect(body: bytes) -> str | None:
    """The WHATWG name of the likeliest encoding; None where nothing is likely enough."""
    wide = _wide(body[:512])
    if wide is not None:
        return wide
    if b"\x1b$" in body[:SAMPLE_BYTES] or b"\x1b(J" in body[:SAMPLE_BYTES]:
        return "iso-2022-jp"
    if body.isascii() or _looks_utf8(body):
        return "utf-8"
    sample = _MARKUP.sub(b" ", body)[:SAMPLE_BYTES]
    if sample.isascii():
        sample = body[:SAMPLE_BYTES]
    scores = {name: _score(sample, name) for name in _FREQUENT}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= MIN_SHARE else None


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of the markup is zero, and only every other."""
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if half >= 8 and even > 0.7 * half > 2 * odd:
        return "utf-16be"
    return "utf-16le" if half >= 8 and odd > 0.7 * half > 2 * even else None


def _looks_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        damaged = body.decode("utf-8", errors="replace").count("\ufffd")
    else:
        return True
    return damaged <= 0.05 * len(_MULTIBYTE_UTF8.findall(body))


def _score(sample: bytes, name: str) -> float:
    encoding = webencodings.lookup(name)
    assert encoding is not None, name
    text = str(encoding.codec_info.decode(sample, "replace")[0])
    foreign = [character for character in text if character > "\x7f" and character != "\xa0"]
    if not foreign:
        return 0.0
    if name in _LATIN and len(foreign) > _MAX_LATIN_RUN * len(_RUN.findall(text)):
        return 0.0
    frequent = _FREQUENT[name]
    hits = sum(1 for character in foreign if character in frequent)
    share = hits / len(foreign) * (_EAST_ASIAN_WEIGHT if name in _EAST_ASIAN else 1.0)
    return min(share, 1.0) - 4 * text.count("\ufffd") / len(foreign)
