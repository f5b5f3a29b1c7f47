"""Documents: real time by id, as of the last refresh by search, compare-and-set when asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.core.hosts import HostState, RobotsCopy
from pipeline.errors import IndexUnavailable, InvalidRecord
from pipeline.ports import Where, Write
from tests.contract.stores import HOUR, NOW, OnElasticsearch, Stores, cleaned, entry

EVERYTHING = Where()


def put(store: Stores, *entries):
    documents = store.ledger()
    assert documents.put([Write(id=made.article_id, value=made) for made in entries]) == []
    return documents


def ids(found) -> list[str]:
    return [stored.id for stored in found]


def test_document_comes_back_as_it_was_put(store):
    made = cleaned(entry(1, due_at=NOW + timedelta(microseconds=123456), etag='W/"ü"'))
    documents = put(store, made)
    assert documents.get([made.article_id])[made.article_id].value == made


def test_only_existing_documents_are_returned(store):
    made = entry(1)
    documents = put(store, made)
    assert set(documents.get([made.article_id, "a-none", ""])) == {made.article_id}
    assert documents.get([]) == {}


def test_get_sees_a_write_at_once_and_find_only_after_a_refresh(store):
    made = entry(1)
    documents = put(store, made)
    assert set(documents.get([made.article_id])) == {made.article_id}
    assert ids(documents.find(EVERYTHING)) == []
    assert documents.counts("state", EVERYTHING) == {}
    documents.refresh()
    assert ids(documents.find(EVERYTHING)) == [made.article_id]
    assert documents.counts("state", EVERYTHING) == {"discovered": 1}


def test_find_gives_the_state_of_the_last_refresh_with_its_tag(store):
    made = entry(1)
    documents = put(store, made)
    documents.refresh()
    put(store, cleaned(made))
    [found] = documents.find(EVERYTHING)
    assert found.value.state == "discovered"
    assert documents.put([Write(id=made.article_id, value=made, tag=found.tag)]) == [made.article_id]


def test_create_is_refused_when_the_document_exists(store):
    made = entry(1)
    documents = store.ledger()
    assert documents.put([Write(id=made.article_id, value=made, tag="")]) == []
    second = Write(id=made.article_id, value=cleaned(made), tag="")
    assert documents.put([second]) == [made.article_id]
    assert documents.get([made.article_id])[made.article_id].value.state == "discovered"


def test_write_over_a_state_that_is_gone_is_refused_and_the_others_are_stored(store):
    one, two = entry(1), entry(2)
    documents = put(store, one, two)
    held = documents.get([one.article_id, two.article_id])
    put(store, replace(one, state="fetched"))
    writes = [
        Write(id=made.article_id, value=cleaned(made), tag=held[made.article_id].tag) for made in (one, two)
    ]
    assert documents.put(writes) == [one.article_id]
    states = {stored.value.state for stored in documents.get([one.article_id, two.article_id]).values()}
    assert states == {"fetched", "cleaned"}


def test_write_over_the_present_state_is_stored_once(store):
    made = entry(1)
    documents = put(store, made)
    tag = documents.get([made.article_id])[made.article_id].tag
    write = Write(id=made.article_id, value=cleaned(made), tag=tag)
    assert documents.put([write]) == []
    assert documents.put([write]) == [made.article_id]


def test_tag_of_a_document_that_does_not_exist_is_refused(store):
    made = entry(1)
    documents = put(store, made)
    tag = documents.get([made.article_id])[made.article_id].tag
    assert documents.put([Write(id="a-other", value=entry(2), tag=tag)]) == ["a-other"]


def test_two_writes_of_one_call_over_one_state_do_not_both_win(store):
    made = entry(1)
    documents = store.ledger()
    write = Write(id=made.article_id, value=made, tag="")
    assert documents.put([write, write]) == [made.article_id]


def test_id_over_512_bytes_is_rejected_and_the_others_are_stored(store):
    documents = store.ledger()
    long = "ü" * 257
    writes = [
        Write(id="before", value=entry(1)),
        Write(id=long, value=entry(2)),
        Write(id="after", value=entry(3)),
    ]
    with pytest.raises(InvalidRecord) as rejected:
        documents.put(writes)
    assert rejected.value.facts["id"] == long
    assert set(documents.get(["before", "after"])) == {"before", "after"}


def test_id_of_512_bytes_is_stored(store):
    id = "ü" * 256
    documents = store.ledger()
    assert documents.put([Write(id=id, value=entry(1))]) == []
    assert set(documents.get([id])) == {id}


def test_keyword_longer_than_a_term_may_be_is_rejected_and_the_others_are_stored(store):
    documents = store.ledger()
    bad = entry(2, host="h" * 40_000)
    with pytest.raises(InvalidRecord) as rejected:
        documents.put([Write(id=made.article_id, value=made) for made in (entry(1), bad, entry(3))])
    assert (rejected.value.reason, rejected.value.facts["id"]) == ("document-rejected", bad.article_id)
    assert len(documents.get([entry(1).article_id, bad.article_id, entry(3).article_id])) == 2


def test_text_that_is_only_stored_may_be_long(store):
    robots = RobotsCopy(
        origin="https://h.example",
        verdict="parsed",
        fetched_at=NOW,
        status=200,
        body=b"Disallow: /\n" * 20_000,
    )
    state = HostState(host="h.example", robots=(robots,))
    hosts = store.hosts()
    assert hosts.put([Write(id="h.example", value=state)]) == []
    assert hosts.get(["h.example"])["h.example"].value == state


def test_more_documents_than_one_request_takes_are_stored_and_found(store):
    documents = put(store, *(entry(number) for number in range(1234)))
    documents.refresh()
    assert len(set(ids(documents.find(EVERYTHING)))) == 1234
    assert len(documents.get([f"a-{number:020}" for number in range(1234)])) == 1234


def test_found_documents_come_in_order_and_those_without_the_field_last(store):
    dues = {1: NOW + 2 * HOUR, 2: NOW, 3: None, 4: NOW + HOUR}
    documents = put(store, *(entry(number, due_at=due) for number, due in dues.items()))
    documents.refresh()

    def order(by: str) -> list[int]:
        return [int(id.removeprefix("a-")) for id in ids(documents.find(EVERYTHING, order=by))]

    assert order("fetch.due_at") == [2, 4, 1, 3]
    assert order("-fetch.due_at") == [1, 4, 2, 3]
    assert [
        int(id.removeprefix("a-")) for id in ids(documents.find(EVERYTHING, order="fetch.due_at", limit=2))
    ] == [2, 4]


def test_limit_beyond_a_page_and_limit_of_nothing(store):
    documents = put(store, *(entry(number, due_at=NOW + number * HOUR) for number in range(700)))
    documents.refresh()
    found = ids(documents.find(EVERYTHING, order="fetch.due_at", limit=600))
    assert found == [f"a-{number:020}" for number in range(600)]
    assert ids(documents.find(EVERYTHING, limit=0)) == []


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param(Where(terms={"state": ["cleaned"]}), {2}, id="one value"),
        pytest.param(Where(terms={"state": ["cleaned", "discovered"]}), {1, 2, 3}, id="one of several"),
        pytest.param(Where(terms={"state": []}), set(), id="none of nothing"),
        pytest.param(Where(terms={"fetch.attempts": [4]}), {3}, id="a number"),
        pytest.param(Where(terms={"fetch.due_at": [NOW]}), {1}, id="a time"),
        pytest.param(Where(ranges={"fetch.due_at": (None, NOW + HOUR)}), {1}, id="before, exclusive"),
        pytest.param(Where(ranges={"fetch.due_at": (NOW, None)}), {1, 2}, id="from, inclusive"),
        pytest.param(Where(ranges={"fetch.due_at": (NOW, NOW + 2 * HOUR)}), {1, 2}, id="between"),
        pytest.param(Where(ranges={"fetch.attempts": (1, 5)}), {3}, id="numbers between"),
        pytest.param(Where(present=["clean"]), {2}, id="has a section"),
        pytest.param(Where(present=["fetch.due_at"]), {1, 2}, id="has a field"),
        pytest.param(Where(absent=["fetch.due_at"]), {3}, id="lacks a field"),
        pytest.param(Where(absent=["clean"], present=["fetch.due_at"]), {1}, id="one and not the other"),
        pytest.param(
            Where(terms={"state": ["discovered"]}, ranges={"fetch.due_at": (NOW, None)}),
            {1},
            id="all parts hold",
        ),
    ],
)
def test_filter_finds_and_counts_what_it_says(store, where, expected):
    documents = put(store, entry(1, due_at=NOW), cleaned(entry(2, due_at=NOW + HOUR)), entry(3, attempts=4))
    documents.refresh()
    assert {int(id.removeprefix("a-")) for id in ids(documents.find(where))} == expected
    assert sum(documents.counts("fetch.host", where).values()) == len(expected)


def test_times_are_compared_in_milliseconds(store):
    documents = put(store, entry(1, due_at=NOW + timedelta(microseconds=1700)))
    documents.refresh()
    same = Where(ranges={"fetch.due_at": (NOW + timedelta(microseconds=1900), None)})
    assert len(ids(documents.find(same))) == 1
    later = Where(ranges={"fetch.due_at": (NOW + timedelta(microseconds=2000), None)})
    assert ids(documents.find(later)) == []


def test_counts_are_per_value_and_leave_out_documents_without_one(store):
    documents = put(
        store, *(entry(n, run_id=f"run-{n % 3}") for n in range(7)), cleaned(entry(9, run_id="run-0"))
    )
    documents.refresh()
    assert documents.counts("fetch.run_id", EVERYTHING) == {"run-0": 4, "run-1": 2, "run-2": 2}
    assert documents.counts("clean.outcome", EVERYTHING) == {"published": 1}


def test_every_value_is_counted_however_many_there_are(store):
    documents = put(store, *(entry(number, run_id=f"run-{number}") for number in range(1100)))
    documents.refresh()
    assert len(documents.counts("fetch.run_id", EVERYTHING)) == 1100


@pytest.mark.servers
def test_search_whose_point_in_time_is_gone_is_unavailable_and_no_wrong_configuration(settings, monkeypatch):
    store = OnElasticsearch(settings)
    points: list[str] = []
    opened = store.client.open_point_in_time

    def noting(**options):
        answer = opened(**options)
        points.append(answer.body["id"])
        return answer

    monkeypatch.setattr(store.client, "open_point_in_time", noting)
    documents = put(store, *(entry(number) for number in range(1100)))
    documents.refresh()
    found = documents.find(EVERYTHING)
    next(found)
    store.client.close_point_in_time(id=points[0])
    with pytest.raises(IndexUnavailable):
        list(found)
    store.close()
