"""The title: the one headline of the page, without the site's name.

The visible `<h1>` is what readers see and is taken when it is alone and agrees with what the page declares
about itself; a headline in structured data is next (it is often cut or rewritten for search engines).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from pipeline.core.clean.characters import one_line
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.wordlists import words

MAX_TITLE = 400
_READ = 1_000
"""Characters read of what is declared as a title: broken markup can put a whole page into one."""
_SEPARATORS = re.compile(r"\s+[|\-–—·•»›:/~]{1,2}\s+|\s*[|｜]\s*|\s+::\s+")
_FIRM_SEPARATORS = re.compile(r"\s*[|｜]\s*|\s+::\s+|\s+[»›]\s+")
_TIGHT = re.compile(r"\s*[_|｜:：·/–—-]\s*")
"""Signs that part the site's name from a title without any space, in scripts that have none."""
_GENERAL = words(
    """the news online magazine magazin blog forum community live tv radio com org net de nachrichten noticias
    media daily today now actualités notizie notícias новости haber haberler"""
)
_LETTERS = re.compile(r"[\W_]+")


def choose_title(
    *, h1s: list[str], headlines: list[str], metas: list[str], html_titles: list[str], feed: str | None,
    site_names: Iterable[str], headings: Iterable[str] = (),
) -> Choice[str] | None:  # fmt: skip
    """The title and its source. `headlines` from JSON-LD, `metas` og:title and its like, best first.

    `headings` are lower headings of the page, one of which is the title where the `<h1>` names the site.
    """
    names = frozenset(key(name) for name in site_names if name)
    if not (headlines or metas) and (named := _beside_site(h1s, html_titles, headings)):
        return Choice(named, "html")
    headlines = [without_site(html.unescape(title), names) for title in headlines]
    metas = [without_site(html.unescape(title), names) for title in metas]
    pages = [without_site(html.unescape(title), names, firm=True) for title in html_titles]
    h1s = [without_site(title, names) for title in h1s if len(title) <= MAX_TITLE]
    h1s = [title for title in h1s if title and key(title) not in names]
    declared = [title for title in (*headlines, *metas, *pages, feed or "") if key(title)]
    if h1 := _shown(h1s, declared):
        return _without_kicker(h1, headlines, metas)
    for source, titles in (("json-ld", headlines), ("meta", metas), ("html", pages), ("html", h1s)):
        for title in titles:
            if key(title) and key(title) not in names:
                return Choice(one_line(title)[:MAX_TITLE], source)
    return Choice(one_line(feed)[:MAX_TITLE], "feed") if feed and key(feed) else None


def without_site(title: str, names: frozenset[str], *, firm: bool = False) -> str:
    """The title without leading or trailing pieces that are the site's name.

    With `firm`, also without what follows a bar: nobody puts one into a headline.
    """
    title = title[:_READ]
    while pieces := _split(title):
        head, tail = pieces
        if key(tail) in names or _is_made_of(tail, names):
            title = head
        elif key(first := _SEPARATORS.split(title)[0]) in names:
            title = title[len(first) :].lstrip(" |-–—·•»›:/~｜")
        else:
            break
    for match in _TIGHT.finditer(title):
        if match.start() > 0 and key(title[match.end() :]) in names:
            title = title[: match.start()]
            break
    if firm and (bar := _FIRM_SEPARATORS.search(title)) and bar.start() > 0:
        title = title[: bar.start()]
    return title.strip()


def _is_made_of(tail: str, names: frozenset[str]) -> bool:
    """Whether a piece is a name of the site and general words: `CNET Japan` on japan.cnet.example."""
    parts = [key(part) for part in tail.split()]
    own = [part for part in parts if len(part) >= 3 and part in names]
    return bool(own) and len(parts) <= 4 and all(part in own or part in _GENERAL for part in parts)


def key(title: str) -> str:
    """What two spellings of one title share: letters and digits, case folded."""
    return _LETTERS.sub("", title).casefold()


def agreement(one: str, other: str) -> float:
    """Share of the smaller title's words found in the other, 0 to 1; characters where there are no spaces."""
    a, b = _units(one), _units(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _split(title: str) -> tuple[str, str] | None:
    last = None
    for match in _SEPARATORS.finditer(title):
        last = match
    return (title[: last.start()], title[last.end() :]) if last and last.start() else None


def _units(title: str) -> set[str]:
    words = set(re.findall(r"\w+", title.casefold()))
    return words if len(words) > 2 else set(key(title))


def _goes_on_apart(h1: str, title: str) -> bool:
    """Whether the heading is the title with something after a bar, a bullet or a date that is not its own."""
    rest = h1[len(title) :].lstrip()
    return h1.startswith(title) and bool(rest) and (rest[0] in "|•·｜" or rest[:2].isdigit())


def _shown(h1s: list[str], declared: list[str]) -> str | None:
    """The heading that is the title: the one that agrees best with what is declared, or the only one."""
    distinct = list(dict.fromkeys(h1s))
    if not distinct:
        return None
    if not declared:
        return distinct[0] if len(distinct) == 1 else None
    scored = [(max(agreement(h1, title) for title in declared), h1) for h1 in distinct]
    best, h1 = max(scored, key=lambda pair: pair[0])
    return h1 if best >= (0.5 if len(distinct) == 1 else 0.8) else None


def _beside_site(h1s: list[str], html_titles: list[str], headings: Iterable[str]) -> str | None:
    """The lower heading that a `<title>` of two parts names beside the `<h1>`, when that part is longer."""
    if len(set(h1s)) != 1 or not html_titles:
        return None
    shown = {key(heading): heading for heading in headings}
    for match in _SEPARATORS.finditer(html_titles[0][:_READ]):
        parts = html_titles[0][: match.start()], html_titles[0][match.end() : _READ]
        for site, title in (parts, parts[::-1]):
            if key(site) == key(h1s[0]) and key(title) in shown and len(title.split()) > len(site.split()):
                return one_line(shown[key(title)])[:MAX_TITLE]
    return None


def _without_kicker(h1: str, headlines: list[str], metas: list[str]) -> Choice[str]:
    """A heading with a label before or a note after it is given without, if the declared title shows how."""
    for source, titles in (("json-ld", headlines), ("meta", metas)):
        for title in titles:
            inside = key(h1).endswith(key(title)) or _goes_on_apart(h1, title)
            if inside and key(h1) != key(title) and len(title.split()) >= 3:
                return Choice(one_line(title), source)
    return Choice(one_line(h1), "html")
