"""Revisions: written once, found by shared terms under the lookup rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pipeline.core.copies.lookup import sketched
from pipeline.core.model import Revision
from pipeline.errors import InvalidRecord
from pipeline.ports import CandidateQuery, Revisions
from tests.contract.stores import HOUR, NOW, InMemory, OnElasticsearch, Stores, revision, sketch_of

DAY = 24 * HOUR
ALWAYS, NEVER = 10**9, 0
"""What a lookup is said to be worth, so that a window in memory is filled at once, or never."""


@pytest.fixture(
    params=[
        "memory",
        pytest.param(NEVER, marks=pytest.mark.servers, id="elasticsearch, by search"),
        pytest.param(ALWAYS, marks=pytest.mark.servers, id="elasticsearch, by a window in memory"),
    ]
)
def store(request: pytest.FixtureRequest) -> Iterator[Stores]:
    made: Stores
    if request.param == "memory":
        made = InMemory()
    else:
        made = OnElasticsearch(request.getfixturevalue("settings"), request.param)
    yield made
    made.close()


def query(terms: str = "a b c d", **fields: Any) -> CandidateQuery:
    given: dict[str, Any] = {
        "article_id": "a-own",
        "language": "de",
        "event_from": NOW - 7 * DAY,
        "event_to": NOW + 7 * DAY,
        "terms": sketch_of(terms),
        "minimum": 2,
        "short_below": 72,
        "before": 1_000_000,
    }
    return CandidateQuery(**{**given, **fields})


def found_by(revisions: Revisions, *queries: CandidateQuery) -> list[list[Revision]]:
    """The candidates of each query, as the index stage sorts them out."""
    answers = []
    for asked, keys in zip(queries, revisions.candidates(queries), strict=True):
        texts = {text.key: text for text in revisions.of(keys)}
        assert keys == sorted(keys)
        answers.append([texts[key] for key in keys if key in texts and asked.matches(sketched(texts[key]))])
    return answers


def added(store, *made):
    revisions = store.revisions()
    revisions.add(made)
    revisions.refresh()
    return revisions


def test_revision_comes_back_as_it_was_added(store):
    made = revision(1, position=2**40 + 7, event_at=NOW + timedelta(microseconds=123456))
    assert added(store, made).of([made.article_id]) == [made]


def test_removed_text_leaves_its_tokens(store):
    made = revision(1, title=None, article=None, tokens="AAECAw==", terms="")
    assert added(store, made).of([made.article_id]) == [made]


def test_first_write_of_a_key_wins(store):
    first, second = revision(1, "a b"), revision(1, "c d")
    revisions = added(store, first)
    revisions.add([second, revision(2)])
    revisions.refresh()
    assert revisions.of([first.article_id]) == [first]
    assert len(revisions.of([revision(2).article_id])) == 1


def test_first_of_two_in_one_call_wins(store):
    first, second = revision(1, "a b"), revision(1, "c d")
    assert added(store, first, second).of([first.article_id]) == [first]


def test_replace_overwrites(store):
    made = revision(1, "a b")
    revisions = added(store, made)
    stripped = revision(1, "a b", title=None, article=None, tokens="AAECAw==")
    revisions.replace([stripped])
    revisions.refresh()
    assert revisions.of([made.article_id]) == [stripped]
    assert found_by(revisions, query()) == [[stripped]]


def test_replaced_terms_are_found_no_more(store):
    revisions = added(store, revision(1, "a b"))
    revisions.replace([revision(1, "x y")])
    revisions.refresh()
    assert found_by(revisions, query("a b"), query("x y")) == [[], [revision(1, "x y")]]


def test_terms_replaced_after_a_lookup_are_found_no_more(store):
    revisions = added(store, revision(1, "a b"))
    assert found_by(revisions, query("a b")) == [[revision(1, "a b")]]
    revisions.replace([revision(1, "x y")])
    revisions.refresh()
    assert found_by(revisions, query("a b"), query("x y")) == [[], [revision(1, "x y")]]


def test_what_came_between_two_lookups_is_found_whoever_wrote_it(store):
    revisions, others = added(store, revision(1)), store.revisions()
    assert found_by(revisions, query()) == [[revision(1)]]
    revisions.add([revision(2)])
    others.add([revision(3)])
    assert found_by(revisions, query()) == [[revision(1)]]
    revisions.refresh()
    assert found_by(revisions, query()) == [[revision(1), revision(2), revision(3)]]


def test_older_articles_are_found_by_a_lookup_that_reaches_further_back_than_those_before(store):
    old = revision(1, event_at=NOW - 20 * DAY)
    revisions = added(store, old, revision(2))
    assert found_by(revisions, query()) == [[revision(2)]]
    late = query(event_from=NOW - 24 * DAY, event_to=NOW)
    assert found_by(revisions, query(), late) == [[revision(2)], [old, revision(2)]]


def test_texts_are_read_as_of_the_last_refresh(store):
    revisions = added(store, revision(1))
    revisions.replace([revision(1, title="Neue Häuser")])
    key = revision(1).key
    assert revisions.of([key, "a-none#none"]) == [revision(1)]
    revisions.refresh()
    assert revisions.of([key]) == [revision(1, title="Neue Häuser")]


def test_a_single_text_may_be_named_by_its_key(store):
    texts = [revision(1, revision=text) for text in ("a" * 16, "b" * 16)]
    revisions = added(store, *texts, revision(2))
    assert revisions.of([texts[1].key]) == [texts[1]]
    assert revisions.of([texts[1].key, revision(2).article_id]) == [texts[1], revision(2)]


def test_nothing_is_found_before_a_refresh(store):
    revisions = store.revisions()
    revisions.add([revision(1)])
    assert (revisions.of([revision(1).article_id]), found_by(revisions, query())) == ([], [[]])
    revisions.refresh()
    assert found_by(revisions, query()) == [[revision(1)]]


def test_every_text_of_the_articles_is_returned_by_key(store):
    texts = [revision(number, revision=text) for number in (2, 1) for text in ("b" * 16, "a" * 16)]
    revisions = added(store, *texts, revision(3))
    found = revisions.of([texts[0].article_id, texts[2].article_id, "a-none"])
    assert [one.key for one in found] == sorted(text.key for text in texts)
    assert revisions.of([]) == []


@pytest.mark.parametrize(
    ("stored", "asked", "found"),
    [
        pytest.param(revision(1, "a b x"), query("a b c"), True, id="two shared terms"),
        pytest.param(revision(1, "a x y"), query("a b c"), False, id="one shared term of a long text"),
        pytest.param(revision(1, "a x", net_shingles=71), query("a b"), True, id="one of a short text"),
        pytest.param(revision(1, "a x", net_shingles=72), query("a b"), False, id="one, no longer short"),
        pytest.param(revision(1, "a x"), query("a b", minimum=1), True, id="one, as the asker is short"),
        pytest.param(revision(1, "x y"), query("a b", minimum=1), False, id="no shared term"),
        pytest.param(revision(1, ""), query("a b"), False, id="a text without terms"),
        pytest.param(revision(1), query(""), False, id="an asker without terms"),
        pytest.param(revision(1, language="en"), query(), False, id="another language"),
        pytest.param(revision(1), query(article_id=revision(1).article_id), False, id="the article itself"),
        pytest.param(revision(1, position=5), query(before=5), False, id="itself and what comes after"),
        pytest.param(revision(1, position=4), query(before=5), True, id="what lies before"),
        pytest.param(revision(1, position=2**40), query(before=2**40 + 1), True, id="in a later epoch"),
        pytest.param(revision(1, event_at=NOW - 7 * DAY), query(), True, id="at the start of the window"),
        pytest.param(revision(1, event_at=NOW + 7 * DAY), query(), True, id="at the end of the window"),
        pytest.param(revision(1, event_at=NOW - 7 * DAY - HOUR), query(), False, id="before the window"),
        pytest.param(revision(1, event_at=NOW + 7 * DAY + HOUR), query(), False, id="after the window"),
    ],
)
def test_candidate_is_who_the_lookup_rule_says(store, stored, asked, found):
    assert found_by(added(store, stored), asked) == [[stored] if found else []]


def test_several_lookups_are_answered_in_their_order(store):
    revisions = added(store, revision(1, "a b"), revision(2, "c d"), revision(3, "a b c d"))
    numbers = [
        [one.position for one in found]
        for found in found_by(revisions, query("c d"), query("x y"), query("a b"), query("a b c d"))
    ]
    assert numbers == [[2, 3], [], [1, 3], [1, 2, 3]]
    assert revisions.candidates([]) == []


def test_all_candidates_are_found_however_many(store):
    made = [revision(number) for number in range(650)]
    assert found_by(added(store, *made), query(), query("x y")) == [made, []]


def test_long_text_may_ask_with_thousands_of_terms(store):
    many = " ".join(f"{number:x}" for number in range(6000))
    revisions = added(store, revision(1, many), revision(2, many.split()[5]))
    [found] = found_by(revisions, query(many))
    assert [one.position for one in found] == [1]


def test_overlong_term_is_rejected_and_the_others_are_stored(store):
    revisions = store.revisions()
    bad = revision(2, "t" * 40_000)  # no sketch has one, but an index may reject anything
    with pytest.raises(InvalidRecord) as rejected:
        revisions.add([revision(1), bad, revision(3)])
    assert rejected.value.facts["id"] == bad.key
    revisions.refresh()
    assert len(revisions.of([made.article_id for made in (revision(1), bad, revision(3))])) == 2
