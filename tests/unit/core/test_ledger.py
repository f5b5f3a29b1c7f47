"""The ledger's rules: whose word counts, and which state follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.ledger import (
    CleanSection,
    EditSection,
    FetchSection,
    IndexSection,
    LedgerEntry,
    Section,
    apply,
    derive_state,
)
from pipeline.core.model import Entry

T0 = datetime(2026, 11, 20, 12, tzinfo=UTC)
T1, T2 = T0 + timedelta(hours=1), T0 + timedelta(hours=2)


def fetch(outcome: str = "fetched", at: datetime = T0, fetched: datetime | None = T0, **more) -> FetchSection:
    return FetchSection(
        source_id="herald",
        url="https://herald.example/1",
        canonical_url="https://herald.example/1",
        host="herald.example",
        run_id=more.pop("run_id", "fetch-1"),
        discovered_at=more.pop("discovered_at", T0),
        attempted_at=at,
        outcome=outcome,
        fetched_at=fetched,
        **more,
    )


def clean(outcome: str = "published", about: datetime = T0, published: datetime | None = T0) -> CleanSection:
    return CleanSection(fetched_at=about, outcome=outcome, run_id="clean-1", published_fetch=published)


def index(position: int = 5, about: datetime = T0, story: str | None = "s-1", error: str | None = None):
    return IndexSection(position=position, fetched_at=about, story_id=story, error=error)


def entry(*sections: Section) -> LedgerEntry:
    made = LedgerEntry(article_id="a-1")
    for section in sections:
        made = apply(made, section)
    return made


@pytest.mark.parametrize(
    ("state", "sections"),
    [
        ("discovered", [fetch("discovered", fetched=None)]),
        ("discovered", [fetch("deferred", fetched=None, reason="hold")]),
        ("discarded", [fetch("discarded", fetched=None, reason="robots")]),
        ("fetched", [fetch()]),
        ("cleaned", [fetch(), clean()]),
        ("cleaned", [fetch(), clean("unchanged")]),
        ("discarded", [fetch(), clean("discarded", published=None)]),
        ("dead-lettered", [fetch(), clean("dead-lettered", published=None)]),
        ("fetched", [fetch(at=T1, fetched=T1), clean("dead-lettered", published=None)]),
        ("indexed", [fetch(), clean(), index()]),
        ("indexed", [fetch(at=T1, fetched=T1), clean(), index()]),
        ("indexed", [fetch(at=T1, fetched=T1), clean("discarded", about=T1), index()]),
        ("dead-lettered", [fetch(), clean(), index(story=None, error="schema")]),
        (
            "dead-lettered",
            [fetch(at=T1, fetched=T1), clean("unchanged", about=T1), index(story=None, error="x")],
        ),
        ("cleaned", [fetch(at=T1, fetched=T1), clean(about=T1, published=T1), index(story=None, error="x")]),
        (
            "parked",
            [fetch(), clean("dead-lettered", published=None), EditSection(position=9, parked_fetch=T0)],
        ),
        ("fetched", [fetch(at=T1, fetched=T1), EditSection(position=9, parked_fetch=T0)]),
        ("gone", [fetch(), clean(), index(), EditSection(position=9, gone=True)]),
        ("removed", [fetch(), clean(), index(), EditSection(position=9, gone=True, removed=True)]),
        ("removed", [EditSection(position=9, removed=True)]),
        ("indexed", [fetch(), clean(), index(), EditSection(position=9, awaiting=True)]),
    ],
    ids=[
        "announced, not asked for yet",
        "put off",
        "refused before it was asked for",
        "page received",
        "text extracted",
        "text as before",
        "page holds no article",
        "page cannot be extracted",
        "a later page is in flight after a dead letter",
        "in a story",
        "in a story while a later page is in flight",
        "in a story although a later page held no article",
        "text the index stage cannot take",
        "an equal page does not revive what the index stage could not take",
        "a later text after the index stage's dead letter",
        "set aside by an operator",
        "set aside, but a later page came",
        "gone at its publisher",
        "removed beats gone",
        "removed before it was ever found",
        "restored, waiting for its next record",
    ],
)
def test_state_follows_from_the_sections(state, sections):
    for order in permutations(sections):
        assert state == entry(*order).state


def test_older_section_does_not_replace_a_newer_one():
    newer = fetch("not-modified", at=T2)
    assert newer == entry(newer, fetch(at=T1)).fetch
    assert index(7) == entry(index(7), index(6)).index


def test_equal_section_replaces():
    assert "unchanged" == entry(clean(), clean("unchanged")).clean.outcome


def test_first_discovery_stays_whichever_run_writes_later():
    held = entry(fetch("discovered", fetched=None), fetch(at=T1, run_id="fetch-2", discovered_at=T1))
    assert ("fetch-1", T0) == (held.fetch.run_id, held.fetch.discovered_at)


ANNOUNCED = Entry(
    url="https://herald.example/1",
    title="The words of it",
    published_at=T0,
    summary="The words",
    authors=("A. Word",),
    categories=("words",),
    guid="the-words-of-it",
)


@pytest.mark.parametrize(
    "sections", permutations([fetch(entry=ANNOUNCED), EditSection(position=1, removed=True)])
)
def test_account_of_a_removed_article_holds_no_word_of_it(sections):
    held = entry(*sections)
    assert Entry(url=ANNOUNCED.url, published_at=T0) == held.fetch.entry
    assert Entry(url=ANNOUNCED.url, published_at=T0) == apply(held, fetch(at=T1, entry=ANNOUNCED)).fetch.entry


def test_account_of_an_article_shown_again_holds_what_is_announced_next():
    held = entry(
        fetch(entry=ANNOUNCED), EditSection(position=1, removed=True), EditSection(position=2, awaiting=True)
    )
    assert held.fetch.entry.title is None
    assert ANNOUNCED == apply(held, fetch(at=T1, entry=ANNOUNCED)).fetch.entry


SECTIONS = st.one_of(
    st.builds(
        fetch,
        st.sampled_from(["discovered", "fetched", "deferred", "discarded"]),
        st.sampled_from([T0, T1, T2]),
    ),
    st.builds(clean, st.sampled_from(["published", "unchanged", "discarded"]), st.sampled_from([T0, T1, T2])),
    st.builds(index, st.integers(0, 9)),
    st.builds(EditSection, position=st.integers(0, 9), gone=st.booleans(), removed=st.booleans()),
)


@given(st.lists(SECTIONS, max_size=8))
def test_applying_twice_is_applying_once(sections):
    once = entry(*sections)
    assert once == entry(*sections, *(s for s in (once.fetch, once.clean, once.index, once.edit) if s))


@given(st.lists(SECTIONS, max_size=8))
def test_state_is_never_anything_but_derived(sections):
    made = entry(*sections)
    assert derive_state(made) == made.state
    assert derive_state(replace(made, state="discovered")) == made.state
