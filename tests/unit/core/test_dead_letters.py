"""A record that cannot succeed is kept as it was, with its cause, and can go back as it was."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from pipeline.core.dead_letters import (
    ERROR_LIMIT,
    HEADERS_LIMIT,
    attempts_before,
    dead_letter,
    read_dead_letter,
    replayed,
)
from pipeline.core.records import Message, Record
from pipeline.errors import InvalidRecord

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ERROR = InvalidRecord("schema", "text is missing", offset=41)
RECORD = Record(
    topic="news.articles.clean.v1",
    partition=0,
    offset=41,
    key="a-1",
    value=b'{"title": 1}',
    headers={"ce_type": "news.article.clean.v1", "trace": "77"},
    timestamp=NOON,
)


def buried(record: Record = RECORD, error: InvalidRecord = ERROR) -> Message:
    return dead_letter(record, stage="index", error=error, failed_at=NOON)


def lying(message: Message, offset: int = 3) -> Record:
    return Record(
        topic=message.topic,
        partition=0,
        offset=offset,
        key=message.key,
        value=message.value,
        headers=message.headers,
        timestamp=NOON,
    )


records = st.builds(
    replace,
    st.just(RECORD),
    key=st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    value=st.none() | st.binary(),
    headers=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4),
)


@given(records)
def test_original_comes_back_as_it_was(record: Record) -> None:
    letter = read_dead_letter(lying(buried(record)))
    again = replayed(letter)
    assert (record.topic, record.key or "", record.value) == (again.topic, again.key, again.value)
    assert record.headers == {
        name: value for name, value in again.headers.items() if name != "replay_attempts"
    }


def test_cause_is_told() -> None:
    letter = read_dead_letter(lying(buried(), offset=9))
    assert (letter.stage, letter.reason, letter.failed_at) == ("index", "schema", NOON)
    assert (letter.topic, letter.partition, letter.offset, letter.offset_here) == (RECORD.topic, 0, 41, 9)
    assert letter.error == "text is missing (offset=41)"


def test_dead_letter_is_a_cloud_event_of_its_own() -> None:
    message = buried()
    assert message.topic == "news.dead-letters.v1"
    assert message.headers["ce_type"] == "news.dead-letter.v1"
    assert message.headers["ce_source"] == "/stages/index"
    assert message.headers["original_ce_type"] == "news.article.clean.v1"


def test_attempts_count_on_through_replays() -> None:
    record, counts = RECORD, []
    for _ in range(3):
        letter = read_dead_letter(lying(buried(record)))
        counts.append(letter.attempts)
        record = lying(replayed(letter), offset=record.offset + 1)
    assert counts == [1, 2, 3]
    assert attempts_before(record) == 3


@pytest.mark.parametrize("text", ["", "-1", "many", "²", "9" * 40])
def test_count_that_is_none_counts_as_none(text: str) -> None:
    assert attempts_before(replace(RECORD, headers={"replay_attempts": text})) == 0


def test_long_error_is_cut() -> None:
    letter = read_dead_letter(lying(buried(error=InvalidRecord("schema", "x" * 9000))))
    assert len(letter.error) == ERROR_LIMIT


def test_value_too_large_even_for_a_dead_letter_is_dropped_and_said_to_be() -> None:
    limit = schemas.topics()["news.dead-letters.v1"].max_value_bytes
    message = buried(replace(RECORD, value=b"x" * (limit + 1)))
    letter = read_dead_letter(lying(message))
    assert (message.value, letter.value_state) == (None, "dropped")
    with pytest.raises(InvalidRecord, match="too large"):
        replayed(letter)


def test_tombstone_stays_one() -> None:
    letter = read_dead_letter(lying(buried(replace(RECORD, value=None))))
    assert letter.value_state == "none"
    assert replayed(letter).value is None


def test_headers_that_would_crowd_out_the_value_are_left_behind() -> None:
    crowd = {f"h{number}": "x" * 1000 for number in range(100)}
    message = buried(replace(RECORD, headers={**RECORD.headers, **crowd}))
    kept = [value for name, value in message.headers.items() if name.startswith("original_")]
    assert sum(map(len, kept)) <= HEADERS_LIMIT
    assert message.headers["original_trace"] == "77"


def test_reason_outside_the_list_is_a_bug() -> None:
    with pytest.raises(ValueError, match="bad-luck"):
        buried(error=InvalidRecord("bad-luck", "?"))
