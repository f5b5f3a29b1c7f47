"""News agencies and how their credit looks: who wrote a wire copy, so that it can lead its story.

A credit is an author or source that is the agency, a dateline such as `BERLIN (dpa) –` or `(Reuters) -`, or
a last line such as `© AFP`. A mention in running text is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.core.clean.body import Body
from pipeline.core.clean.characters import one_line
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.jsonld import Node, texts_of, types
from pipeline.core.clean.page import Page
from pipeline.core.clean.titles import key

_TABLE = """
Reuters = Thomson Reuters = رويترز = Рейтер = 路透社 = 路透 = ロイター = 로이터
AP = Associated Press = The Associated Press = أسوشيتد برس = 美联社 = AP通信
AFP = Agence France-Presse = Agence France Presse = أ ف ب = فرانس برس = 法新社
dpa = Deutsche Presse-Agentur = dpa-AFX = dpa infocom
EFE = Agencia EFE
ANSA
Adnkronos
AGI
Europa Press
Lusa = Agência Lusa
APA
SDA = Keystone-SDA
KNA
epd
SID
AFX
Belga
ANP
TT = TT Nyhetsbyrån
NTB
Ritzau
STT
PAP
ČTK = CTK
MTI
TASS = ТАСС
Interfax = Интерфакс
RIA Novosti = РИА Новости
Ukrinform = Укринформ = Укрінформ
Anadolu = Anadolu Agency = Anadolu Ajansı = AA
DHA
İHA = IHA
IRNA = ایرنا
ISNA = ایسنا
Fars = Fars News Agency = فارس
MENA
WAM = وام
SPA = واس
PTI = Press Trust of India
ANI
IANS
UNI
APP
Antara = ANTARA
Bernama
VNA = TTXVN
Xinhua = 新华社 = 新華社
CNA = 中央社
Kyodo = Kyodo News = 共同通信 = 共同
Jiji = Jiji Press = 時事通信 = 時事
Yonhap = 연합뉴스
PA Media = PA = Press Association
AAP = Australian Associated Press
The Canadian Press = Canadian Press
UPI
Bloomberg
Dow Jones = Dow Jones Newswires
Notimex
Télam = Telam
Agência Brasil
Estadão Conteúdo
Folhapress
Agerpres
BTA = БТА
Tanjug
HINA
BNS
LETA
ELTA
"""
AGENCIES: dict[str, tuple[str, ...]] = {
    names[0]: names for row in _TABLE.strip().splitlines() if (names := tuple(row.split(" = ")))
}
"""The agency's name as we show it, and the spellings it is credited by."""

_NAMES = {name.casefold(): agency for agency, names in AGENCIES.items() for name in names}
_SPELLINGS = "|".join(
    re.escape(name) for names in AGENCIES.values() for name in sorted(names, key=len, reverse=True)
)
_DATELINE = re.compile(
    rf"^[^.!?。]{{0,60}}?[(（\[]\s*(?P<one>{_SPELLINGS})(?:\s*[/,&+-]\s*[\w .]+|\s+-\s*\w+)?\s*[)）\]]"
    rf"|^[^.!?。a-z]{{2,40}},?\s[^.!?。]{{0,25}}(?P<two>{_SPELLINGS})\s*[)）]?\s*(?:[-–—:]{{1,2}}|\.-)\s"
    rf"|^\[?(?P<three>新华社|新華社|路透社|中央社|共同通信|ТАСС)"
)
_CREDIT_WORDS = (
    "©|\\(c\\)|copyright|sources?|quelle|fonte|fuente|kaynak|with|mit|avec|con|com|bron|källa|источник"
)
_CREDIT = re.compile(
    rf"^(?:[(\[—–-]\s*)?(?:(?:{_CREDIT_WORDS})\s*:?\s*)?(?:\d{{4}}\s+)?(?P<name>{_SPELLINGS})"
    rf"(?:\s*/\s*[\w ]{{2,20}})*\s*[)\]]?\.?$",
    re.IGNORECASE,
)
_METAS = ("source", "article:source", "original-source", "dc.source", "news_source")
_UNKNOWN = re.compile(
    r"(?P<place>[^\W\d_][^()\n.!?]{1,40}?)\s*[(（](?P<name>[^\W\d_][^()（）\d]{1,40})[)）]\s*[-–—:]"
)
_STAFF_ONLY = re.compile(
    r"\b(?:staff|desk|team|editors?|editorial|newsroom|redaktion|redacci[oó]n|reda[cç][aã]o|rédaction|redazione|"
    r"redactie|redakcja|redaksi|bureau|reporters?)\b|редакция|編集部|编辑部|편집부|تحریریه|التحرير",
    re.IGNORECASE,
)
"""Institutions that are only the publisher's own people."""
_STAFF = re.compile(r"\s+(?:staff|news|news agency|newswires?|wire|agency|reporter)s?$", re.IGNORECASE)


def choose_agency(
    page: Page,
    article: list[Node],
    authors: tuple[str, ...],
    body: Body,
    site_names: Iterable[str],
) -> Choice[str] | None:
    """The agency credited for the article, under one name however it is spelt; None without a credit.

    One we do not know is an institution beside the publisher that structured data calls the author, or a
    name in the brackets of a dateline. The lines above the text count as credits.
    """
    for node in article:
        for field in ("sourceOrganization", "provider", "creditText", "copyrightHolder", "creator"):
            if found := _first(texts_of(node.get(field))):
                return Choice(found, "json-ld")
    if found := _first(list(authors)):
        return Choice(found, "html")
    metas = (value for name in _METAS for value in page.meta.get(name, ()))
    if found := _first(list(metas)):
        return Choice(found, "meta")
    if found := in_text(body.paragraphs):
        return Choice(found, "text")
    sites = {key(name) for name in site_names}
    for name in _institutions(article):
        if not _is_own(name, sites) and not _STAFF_ONLY.search(name):
            return Choice(one_line(name)[:100], "json-ld")
    unknown = _in_dateline(body.paragraphs[0], (*authors, *body.head))
    return Choice(unknown, "text") if unknown and not _is_own(unknown, sites) else None


def _is_own(name: str, sites: set[str]) -> bool:
    """Whether the name is one the site goes by, or is made from one."""
    same = key(name)
    return any(site == same or (len(site) > 3 and site in same) for site in sites)


def _in_dateline(text: str, credits: Iterable[str]) -> str | None:
    """A name we do not know in brackets after the place a text begins with, in capitals or credited above."""
    match = _UNKNOWN.match(text)
    if match is None:
        return None
    name = match["name"].strip()
    return name if match["place"].isupper() or any(key(name) in key(line) for line in credits) else None


def _institutions(article: list[Node]) -> list[str]:
    """Authors that structured data declares to be organisations."""
    found: list[str] = []
    for node in article:
        authors = node.get("author")
        for author in authors if isinstance(authors, list) else [authors]:
            if isinstance(author, dict) and any("Organization" in kind for kind in types(author)):
                found += texts_of(author.get("name"))
    return found


def in_text(paragraphs: list[str]) -> str | None:
    """The agency in the dateline of the first two paragraphs or in a credit among the last two lines."""
    for paragraph in paragraphs[:2]:
        if match := _DATELINE.match(paragraph[:200]):
            return named(next(name for name in match.groups() if name))
    for paragraph in paragraphs[-2:]:
        if len(paragraph) <= 60 and (match := _CREDIT.match(paragraph)):
            return named(match["name"])
    return None


def named(text: str) -> str | None:
    """The agency a whole name stands for: `Reuters Staff`, `The Associated Press` → `Reuters`, `AP`."""
    name = one_line(text).strip(" .()[]").casefold()
    return _NAMES.get(name) or _NAMES.get(_STAFF.sub("", name))


def _first(texts: list[str]) -> str | None:
    pieces = (
        piece for text in texts for piece in (text, *re.split(r"\s*[/,;]\s*|\s+and\s+|\s+with\s+", text))
    )
    return next((agency for piece in pieces if (agency := named(piece))), None)
