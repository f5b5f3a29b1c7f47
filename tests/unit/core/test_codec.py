"""What goes into a topic or an index comes out again, and what must not go in does not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from pipeline.core.codec import from_document, from_record, key_of, to_document, to_message
from pipeline.core.model import (
    CleanArticle,
    Content,
    Edit,
    Entry,
    HttpFacts,
    Member,
    RawArticle,
    RecordPointer,
    Relation,
    SourceFacts,
    Story,
)
from pipeline.core.records import Message, Record
from pipeline.errors import InvalidRecord

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "https://desk.example/a"
ID = "a-" + "0" * 19 + "1"
SOURCE = SourceFacts(name="Desk", country="IE", language="en")
CLEAN = CleanArticle(
    article_id=ID,
    source_id="desk",
    url=URL,
    canonical_url=URL,
    revision="0" * 16,
    extraction_version="1",
    fetched_at=NOON,
    first_fetched_at=NOON,
    event_at=NOON,
    source=SOURCE,
    title="Harbour opens",
    text="The harbour opens.",
    language="en",
    word_count=3,
)
RAW = RawArticle(
    article_id=ID,
    source_id="desk",
    url=URL,
    canonical_url=URL,
    run_id="r1",
    fetched_at=NOON,
    first_fetched_at=NOON,
    source=SOURCE,
    http=HttpFacts(final_url=URL, status=200),
    body=b"<p>\xe4\x00",
)
STORY = Story(
    story_id="s" + ID[1:],
    version=1,
    status="active",
    change="created",
    changed_at=NOON,
    event_at=NOON,
    lead=ID,
    members=(
        Member(
            article_id=ID,
            revision="0" * 16,
            fetched_at=NOON,
            event_at=NOON,
            url=URL,
            source_id="desk",
            title="Harbour opens",
            word_count=3,
            extraction_version="1",
            joined=1,
        ),
    ),
    content=Content(
        url=URL,
        source_id="desk",
        source_name="Desk",
        source_country=None,
        title="Harbour opens",
        text="The harbour opens.",
        language="en",
        word_count=3,
        first_fetched_at=NOON,
    ),
)
REMOVAL = Edit(kind="removed", at=NOON, by="op", article_id=ID, with_copies=True)


def lying(message: Message, **changes: Any) -> Record:
    """The record a message becomes."""
    record = Record(
        topic=message.topic,
        partition=0,
        offset=41,
        key=message.key,
        value=message.value,
        headers=message.headers,
        timestamp=NOON,
    )
    return replace(record, **changes)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
times = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
facts = st.builds(SourceFacts, name=texts, country=st.none() | texts, language=st.none() | texts)
entries = st.builds(
    Entry, url=st.just(URL), title=st.none() | texts, published_at=st.none() | times, authors=st.tuples(texts)
)
raws = st.builds(
    replace,
    st.just(RAW),
    fetched_at=times,
    source=facts,
    body=st.binary(max_size=300),
    entry=st.none() | entries,
    headlines=st.lists(texts, max_size=3).map(tuple),
)
cleans = st.builds(
    replace,
    st.just(CLEAN),
    title=texts,
    text=texts,
    published_at=st.none() | times,
    tags=st.lists(texts, max_size=3).map(tuple),
    provenance=st.dictionaries(texts, texts, max_size=3),
    raw=st.none() | st.just(RecordPointer(topic="t", partition=0, offset=2**40)),
)
edits = st.builds(replace, st.just(REMOVAL), at=times, by=texts, reason=st.none() | texts)
contents = st.builds(replace, st.just(STORY.content), title=texts, text=texts, published_at=st.none() | times)
stories = st.builds(
    replace,
    st.just(STORY),
    version=st.integers(1, 2**50),
    changed_at=times,
    content=contents,
    more_member_ids=st.sampled_from([(), (ID,)]),
    relations=st.sampled_from(
        [(), (Relation(kind="contains", article_id=ID, other_id=ID, containment=0.5, why="quoted"),)]
    ),
)
hidden = st.builds(replace, st.just(STORY), status=st.just("gone"), lead=st.none(), content=st.none())
values = raws | cleans | edits | stories | hidden


@given(values)
def test_value_survives_its_topic(value: Any) -> None:
    assert value == from_record(lying(to_message(value, source="/stages/test")))


@given(cleans | edits | stories | hidden)
def test_value_survives_its_document(value: Any) -> None:
    document = json.loads(json.dumps(to_document(value)))
    assert value == from_document(type(value), document)


@given(values)
def test_same_value_is_the_same_message(value: Any) -> None:
    assert to_message(value, source="/stages/test") == to_message(value, source="/stages/test")


@settings(max_examples=300)
@given(st.sampled_from([RAW, CLEAN, REMOVAL, STORY]), st.binary(max_size=60) | st.just(b"[" * 100_000))
def test_no_bytes_make_reading_fail_otherwise_than_as_an_invalid_record(value: Any, junk: bytes) -> None:
    with pytest.raises(InvalidRecord):
        from_record(lying(to_message(value, source="/stages/test"), value=junk))


def test_headers_are_cloud_events_in_binary_mode() -> None:
    headers = dict(to_message(CLEAN, source="/stages/clean").headers)
    assert len(headers.pop("ce_id")) == 32
    assert headers == {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_source": "/stages/clean",
        "ce_type": "news.article.clean.v1",
        "ce_time": "2026-11-24T12:00:00.000000Z",
        "ce_subject": ID,
        "ce_dataschema": "https://copydesk.example/schemas/v1/clean_article.schema.json",
    }


def test_event_id_tells_another_text_from_a_duplicate() -> None:
    first = to_message(CLEAN, source="/stages/clean").headers["ce_id"]
    assert first == to_message(CLEAN, source="/stages/rerun").headers["ce_id"]
    assert first != to_message(replace(CLEAN, text="It closes."), source="/stages/clean").headers["ce_id"]


@pytest.mark.parametrize(
    ("value", "topic", "key"),
    [
        (RAW, "news.articles.raw.v1", ID),
        (CLEAN, "news.articles.clean.v1", ID),
        (REMOVAL, "news.articles.clean.v1", ID),
        (
            Edit(kind="furniture", at=NOON, by="maintenance", furniture="AA=="),
            "news.articles.clean.v1",
            "furniture",
        ),
        (STORY, "news.stories.v1", STORY.story_id),
    ],
    ids=["raw article", "clean article", "edit", "furniture list", "story"],
)
def test_value_goes_into_its_topic_under_its_key(value: Any, topic: str, key: str) -> None:
    message = to_message(value, source="/stages/test")
    assert (topic, key) == (message.topic, message.key)
    assert key == key_of(value)


def test_text_is_written_as_utf8_without_escapes() -> None:
    message = to_message(replace(CLEAN, title="Häfen öffnen — 港口"), source="/stages/clean")
    assert "Häfen öffnen — 港口".encode() in (message.value or b"")


def test_page_of_four_mebibytes_fits() -> None:
    page = replace(RAW, body=b"\x00" * 4 * 2**20)
    assert page == from_record(lying(to_message(page, source="/sources/desk")))


def test_page_over_four_mebibytes_does_not() -> None:
    with pytest.raises(InvalidRecord) as refused:  # base64 goes by threes
        to_message(replace(RAW, body=b"\x00" * (4 * 2**20 + 3)), source="/sources/desk")
    assert refused.value.reason == "schema"


def test_value_over_the_topic_limit_is_too_large_however_it_is_made_up() -> None:
    wide = "\u0002" * 1_100_000  # six bytes each in JSON
    with pytest.raises(InvalidRecord) as refused:
        to_message(replace(CLEAN, text=wide), source="/stages/clean")
    assert refused.value.reason == "too-large"
    assert refused.value.facts["key"] == ID


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"text": ""}, "text"),
        ({"title": "\ud800"}, "Unicode"),
        ({"site_name": "\ud800"}, "Unicode"),
        ({"provenance": {"\ud800": "h1"}}, "Unicode"),
        ({"language": "\ud800"}, "Unicode"),
        ({"article_id": "a-1"}, "article_id"),
        ({"tags": ("x" * 201,)}, "tags.0"),
        ({"image_url": "data:,"}, "image_url"),
        ({"authors": ("",)}, "authors.0"),
    ],
    ids=[
        "empty text",
        *(f"half a surrogate pair, {n}" for n in "1234"),
        "id of another form",
        "long tag",
        "no web address",
        "nobody",
    ],
)
def test_what_readers_must_not_see_is_not_published(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRecord, match=named) as refused:
        to_message(replace(CLEAN, **changes), source="/stages/clean")
    assert refused.value.reason == "schema"


def test_text_never_appears_in_the_error() -> None:
    with pytest.raises(InvalidRecord) as refused:
        to_message(replace(CLEAN, language="secret words"), source="/stages/clean")
    assert "secret" not in str(refused.value)


def test_time_without_a_zone_is_a_bug_and_no_record() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        to_message(replace(CLEAN, fetched_at=datetime(2026, 1, 1)), source="/stages/clean")


def test_time_in_another_zone_is_written_in_utc() -> None:
    east = replace(CLEAN, published_at=NOON.astimezone(timezone(timedelta(hours=9))))
    assert to_document(east)["published_at"] == "2026-11-24T12:00:00.000000Z"


@given(times, times)
def test_written_times_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    first, second = (to_document(replace(CLEAN, event_at=time))["event_at"] for time in (one, other))
    assert (one < other) == (first < second)


def without_type(message: Message) -> dict[str, str]:
    return {name: value for name, value in message.headers.items() if name != "ce_type"}


@pytest.mark.parametrize("value", [RAW, CLEAN, STORY], ids=["raw", "clean", "story"])
def test_record_without_a_type_is_its_topics_first_kind(value: Any) -> None:
    message = to_message(value, source="/stages/test")
    assert value == from_record(lying(message, headers=without_type(message)))


def test_edit_without_a_type_is_refused_rather_than_guessed() -> None:
    message = to_message(REMOVAL, source="/stages/test")
    with pytest.raises(InvalidRecord):
        from_record(lying(message, headers=without_type(message)))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"headers": {"ce_type": "news.article.clean.v2"}}, "a later version"),
        ({"headers": {"ce_type": "weather.v1"}, "value": b"\xff"}, "another kind, whatever its value"),
        ({"headers": {"ce_type": "weather.v1"}, "value": None}, "another kind without a value"),
        ({"headers": {}, "topic": "weather"}, "no type on a topic we do not know"),
        ({"headers": {"ce_type": "news.dead-letter.v1"}, "topic": "news.dead-letters.v1"}, "a dead letter"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_kind_we_do_not_know_is_skipped(changes: dict[str, Any], why: str) -> None:
    assert from_record(lying(to_message(CLEAN, source="/stages/test"), **changes)) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": None}, "tombstone"),
        ({"value": b""}, "not-json"),
        ({"value": b"\xef\xbb\xbf{}"}, "not-json"),
        ({"value": b'"\xed\xa0\x80"'}, "not-json"),
        ({"value": b'{"a": NaN}'}, "not-json"),
        ({"value": b"null"}, "not-json"),
        ({"value": b"{}"}, "schema"),
        ({"headers": {"ce_type": "news.story.v1"}}, "schema"),
        ({"key": "a-" + "9" * 20}, "key"),
        ({"key": None}, "key"),
    ],
    ids=[
        "no value",
        "empty value",
        "byte order mark",
        "surrogate in UTF-8",
        "not a number",
        "null",
        "empty object",
        "kind of another topic",
        "key of another article",
        "no key",
    ],
)
def test_poison_is_refused_with_its_place(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        from_record(lying(to_message(CLEAN, source="/stages/test"), **changes))
    assert reason == refused.value.reason
    assert refused.value.facts == {"topic": "news.articles.clean.v1", "partition": 0, "offset": 41}


def test_unknown_fields_are_ignored_and_absent_ones_take_their_default() -> None:
    message = to_message(CLEAN, source="/stages/test")
    written = json.loads(message.value or b"")
    required = schemas.message_schema("clean_article")["required"]
    thinned = {name: written[name] for name in required} | {"mood": "calm"}
    assert CLEAN == from_record(lying(message, value=json.dumps(thinned).encode()))
