"""Language, access, opt-outs, agency and the other declared facts of a page, each with its origin."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipeline.core.clean import extract
from pipeline.core.clean.agencies import in_text, named
from pipeline.core.clean.language import detect, primary
from pipeline.core.model import CleanArticle
from tests.unit.core.clean.pages import raw

ENGLISH = "The ferry office opens window {} in March, the council of the island decided after a long debate."
GERMAN = "Das Fährbüro öffnet im März den Schalter {}, beschloss der Rat der Insel nach einer langen Debatte."


def page(
    data: dict[str, Any] | None = None,
    *,
    head: str = "",
    lang: str = "en",
    line: str = ENGLISH,
    first: str = "",
) -> str:
    structured = {"@type": "NewsArticle", "headline": "Ferry office", **(data or {})}
    text = "".join(f"<p>{first if n == 0 else ''}{line.format(n)}</p>" for n in range(8))
    script = f"<script type='application/ld+json'>{json.dumps(structured)}</script>"
    return (
        f"<html lang='{lang}'><head>{script}{head}</head><body><h1>Ferry office</h1><article>{text}</article>"
    )


def of(
    data: dict[str, Any] | None = None, headers: dict[str, str] | None = None, **given: Any
) -> CleanArticle:
    return extract(raw(page(data, **given), headers=headers or {}))


def test_sure_detection_beats_a_wrong_declaration():
    article = of(lang="en-GB", line=GERMAN)
    assert (article.language, article.language_declared) == ("de", "en-GB")
    assert article.provenance["language"] == "text"


def test_declaration_is_reduced_to_its_primary_subtag():
    codes = {"pt-BR": "pt", "en_US": "en", "nb": "no", "iw": "he", "zh-Hant-TW": "zh", "und": None, "": None}
    assert codes == {tag: primary(tag) for tag in codes}


def test_short_text_is_not_guessed():
    assert detect("Hola") == (None, None)


ACCESS = {
    "free by structured data": ({"isAccessibleForFree": True}, "", "free"),
    "paid by a text value": ({"isAccessibleForFree": "False"}, "", "paywalled"),
    "metered by its tier": (
        {"isAccessibleForFree": False}, '<meta property="article:content_tier" content="metered">', "metered",
    ),
    "locked by its tier alone": ({}, '<meta property="article:content_tier" content="locked">', "paywalled"),
    "nothing said": ({}, "", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCESS)
def test_access_is_what_the_page_declares(name: str):
    data, head, access = ACCESS[name]
    assert access == of(data, head=head).access


OPT_OUTS = {
    "a robots tag": ('<meta name="robots" content="index, NOAI, noimageai">', {}, ("noai", "noimageai")),
    "a header": ("", {"X-Robots-Tag": "googlebot: noarchive"}, ("noarchive",)),
    "a TDM tag": ('<meta name="tdm-reservation" content="1">', {}, ("tdm-reservation",)),
    "a TDM header": ("", {"TDM-Reservation": "1"}, ("tdm-reservation",)),
    "none in robots": ('<meta name="robots" content="none">', {}, ("noindex",)),
    "nothing": ('<meta name="robots" content="index, follow">', {"tdm-reservation": "0"}, ()),
}


def test_collectors_that_robots_turned_away_are_opt_outs_too():
    given = raw(page(head='<meta name="robots" content="noai">'))
    article = extract(replace(given, http=replace(given.http, opt_outs=("gptbot", "ccbot"))))
    assert ("ccbot", "gptbot", "noai") == article.opt_outs
    assert "meta" == article.provenance["opt_outs"]
    silent = raw(page())
    article = extract(replace(silent, http=replace(silent.http, opt_outs=("gptbot",))))
    assert (("gptbot",), "robots") == (article.opt_outs, article.provenance["opt_outs"])


@pytest.mark.parametrize("name", OPT_OUTS)
def test_signals_against_machine_use_are_recorded(name: str):
    head, headers, signals = OPT_OUTS[name]
    assert signals == of(head=head, headers=headers).opt_outs


AGENCIES = {
    "an author that is an agency": ({"author": {"name": "Reuters Staff"}}, "", "Reuters"),
    "a dateline": ({}, "BERLIN (dpa) - ", "dpa"),
    "a dateline with two agencies": ({}, "PARIS (AFP/Reuters) – ", "AFP"),
    "a source beside the publisher": ({"sourceOrganization": {"name": "The Associated Press"}}, "", "AP"),
    "an institution we do not know": (
        {"author": {"@type": "Organization", "name": "Meridian Wire"}, "publisher": {"name": "Daily"}},
        "",
        "Meridian Wire",
    ),
    "a dateline we do not know": ({}, "ALDERMERE (Meridian Wire) - ", "Meridian Wire"),
    "the publisher's own desk": ({"author": {"@type": "Organization", "name": "Sports Desk"}}, "", None),
    "a bracket that is no dateline": ({}, "The council (of nine) - ", None),
    "a mention": ({"author": {"name": "Ada Penn"}}, "Reuters reported first: ", None),
}


@pytest.mark.parametrize("name", AGENCIES)
def test_agency_is_credited_or_not(name: str):
    data, first, agency = AGENCIES[name]
    assert agency == of(data, first=first).agency


def test_credit_in_the_last_line_counts():
    assert in_text(["A long paragraph.", "© AFP"]) == "AFP"
    assert in_text(["A long paragraph.", "Quelle: dpa"]) == "dpa"
    assert in_text(["AFP is an agency that has existed for a long time in France."]) is None
    assert named("The Associated Press") == "AP"


def test_address_of_another_site_is_no_canonical_address():
    own = '<link rel="canonical" href="/world/other">'
    assert of(head=own).declared_url == "https://daily.example/world/other"
    assert of(head='<link rel="canonical" href="https://copycat.test/world">').declared_url is None


def test_other_facts_come_with_their_origin():
    article = of(
        {"articleSection": "World", "keywords": "ferry, Harbour ,ferry", "image": [{"url": "/a.jpg"}]},
        head='<meta property="og:site_name" content="Daily"><meta name="description" content="In short.">',
    )
    assert (article.section, article.tags) == ("World", ("ferry", "Harbour"))
    assert (article.image_url, article.site_name) == ("https://daily.example/a.jpg", "Daily")
    assert article.description == "In short."
    assert {"section": "json-ld", "tags": "json-ld", "image_url": "json-ld", "site_name": "meta"}.items() <= (
        article.provenance.items()
    )
    assert "access" not in article.provenance


def test_headline_of_an_embedded_article_is_not_taken_for_the_pages_own():
    other = {"@type": "NewsArticle", "headline": "Museum of tides opens", "author": {"name": "Joe Quill"}}
    own = {"@type": "NewsArticle", "headline": "Ferry office", "author": {"name": "Ada Penn"}}
    body = page().replace(
        json.dumps({"@type": "NewsArticle", "headline": "Ferry office"}), json.dumps([other, own])
    )
    assert extract(raw(body)).authors == ("Ada Penn",)
