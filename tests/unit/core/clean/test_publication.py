"""Revisions, content hashes and the decision to publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.clean import extract, revision_of
from pipeline.core.clean.characters import count_words, one_line
from pipeline.core.clean.publication import content_hash, decide, is_removed, is_superseded
from pipeline.core.ledger import CleanSection, EditSection, LedgerEntry
from pipeline.core.model import RecordPointer
from tests.unit.core.clean.pages import NOON, raw

PAGE = "<html lang=en><title>Office</title><h1>Office</h1><article>" + "".join(
    f"<p>The office opens window {n} in March, the council said after the long debate.</p>" for n in range(6)
)
ARTICLE = extract(raw(PAGE))


def entry(edit: EditSection | None = None, **changes: object) -> LedgerEntry:
    section = CleanSection(
        fetched_at=NOON,
        outcome="published",
        run_id="r",
        published_fetch=NOON,
        content_hash=content_hash(ARTICLE),
    )
    return LedgerEntry(article_id=ARTICLE.article_id, clean=replace(section, **changes), edit=edit)


def test_revision_is_the_one_of_the_design():
    assert revision_of("Title", "Text") == "2c21b2810f4dce98"
    assert revision_of(" A  title", "One\n\ntwo") == revision_of("A title", "One two ")
    assert revision_of("Caf\u00e9", "x") == revision_of("Cafe\u0301", "x")
    assert revision_of("a", "b") != revision_of("a b", "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_revision_does_not_see_white_space(title: str, text: str):
    assert revision_of(title, text) == revision_of(f"\t{title} ", f"\n{text}\n\n")


def test_hash_sees_text_and_metadata_but_not_the_fetch():
    later = NOON + timedelta(hours=1)
    pointer = RecordPointer(topic="news.articles.raw.v1", partition=0, offset=9)
    assert content_hash(replace(ARTICLE, fetched_at=later, raw=pointer)) == content_hash(ARTICLE)
    assert content_hash(replace(ARTICLE, extraction_version="other")) == content_hash(ARTICLE)
    assert content_hash(replace(ARTICLE, section="World")) != content_hash(ARTICLE)
    assert content_hash(replace(ARTICLE, text=ARTICLE.text + ".")) != content_hash(ARTICLE)


def test_what_is_new_or_differs_is_published_and_the_same_is_not():
    assert decide(None, content_hash(ARTICLE)) == "publish"
    assert decide(entry(), content_hash(ARTICLE)) == "unchanged"
    assert decide(entry(), "other") == "publish"


def test_an_edit_since_the_last_publication_lets_the_same_text_pass_once():
    restored = EditSection(position=2, at=NOON + timedelta(minutes=1))
    assert decide(entry(restored), content_hash(ARTICLE)) == "publish"
    shown_again = entry(restored, published_fetch=NOON + timedelta(minutes=2))
    assert decide(shown_again, content_hash(ARTICLE)) == "unchanged"


def test_earlier_fetch_is_superseded_and_the_same_is_not():
    assert is_superseded(entry(), NOON - timedelta(seconds=1))
    assert not is_superseded(entry(), NOON)
    assert not is_superseded(None, NOON)


def test_only_a_removal_in_force_removes():
    assert is_removed(entry(EditSection(position=1, removed=True)))
    assert not is_removed(entry(EditSection(position=1, gone=True)))
    assert not is_removed(None)


def test_words_are_counted_as_readers_count_them():
    assert count_words("It's a well-known 3.5% rise.") == 5
    assert count_words("島の議会は火曜日") == 4
    assert count_words("섬 의회는 화요일에") == 3
    assert count_words("द्वीप की परिषद ने फैसला किया।") == 6
    assert count_words("இலங்கை அரசு இன்று அறிவித்தது") == 4
    assert count_words("دَوْلَة كبيرة") == 2
    assert count_words("") == 0


def test_characters_that_nobody_sees_are_dropped():
    assert one_line("a\u00ad\u200bb\x00\x07 \u00a0 c\r\nd\ufeff") == "ab c d"
    assert one_line("e\u0301") == "\u00e9"
    assert one_line("می\u200cخواهم") == "می\u200cخواهم"
