"""The news agencies we know and how their credit looks in a text.

A credit is an author or source that is the agency, a dateline such as `BERLIN (dpa) –` or `(Reuters) -`, or
a last line such as `© AFP`. A mention in running text is none.
"""

from __future__ import annotations

import re

from pipeline.core.clean.characters import one_line

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
_SAYS_AGENCY = re.compile(
    r"\b(?:news|press|wire|information) ?(?:agency|service|wire)s?$|\bnewswires?$|nachrichtenagentur|"
    r"presseagentur|"
    r"\bagence de presse|\bagencia de noticias|\bagenzia di stampa|\bagência de notícias|\bpersbureau|"
    r"agencja prasowa|haber ajansı|информационное агентство|информагентство|інформагентство|kantor berita|"
    r"^وكالة|^خبرگزاری|通讯社$|通訊社$|通信社$|통신사$",
    re.IGNORECASE,
)
_STAFF = re.compile(r"\s+(?:staff|news|news agency|newswires?|wire|agency|reporter)s?$", re.IGNORECASE)


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


def says_agency(name: str) -> bool:
    """Whether a name says that its bearer is a news agency: `Tideline News Agency`, `潮汐通讯社`."""
    return len(name) <= 60 and _SAYS_AGENCY.search(name) is not None
