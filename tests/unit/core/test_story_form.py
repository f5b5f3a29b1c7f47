"""How a story looks to its readers."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.core.model import Content, Member, Story
from pipeline.core.story_form import flat, search_document, story_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def member(number: int, source: str, **changes: Any) -> Member:
    made = Member(
        article_id=f"a-{number:020x}",
        revision="0" * 16,
        fetched_at=NOON,
        event_at=NOON,
        url=f"https://{source}.example/{number}",
        source_id=source,
        title="Harbour opens",
        word_count=3,
        extraction_version="1",
        joined=1,
    )
    return replace(made, **changes)


def story(*members: Member, language: str = "en", title: str = "Harbour opens", **changes: Any) -> Story:
    content = Content(
        url="https://desk.example/1",
        source_id="desk",
        source_name="Desk",
        source_country="IE",
        title=title,
        text="The harbour opens.",
        language=language,
        word_count=3,
        first_fetched_at=NOON,
    )
    made = Story(
        story_id="s-" + "0" * 20,
        version=4,
        status="active",
        change="joined",
        changed_at=NOON,
        event_at=NOON,
        members=members or (member(1, "desk"),),
        content=content,
    )
    return replace(made, **changes)


def test_content_stands_at_top_level() -> None:
    written = flat(story())
    assert "content" not in written
    assert (written["title"], written["source_country"]) == ("Harbour opens", "IE")


def test_story_without_content_has_no_words_at_all() -> None:
    written = flat(story(status="removed", content=None, members=(member(1, "desk", title=None),)))
    assert not {"title", "text", "description", "url", "authors"} & written.keys()


def test_facets_are_derived_from_the_members() -> None:
    written = flat(
        story(
            member(1, "desk", country="IE", agency="NWD"),
            member(2, "echo", country="GB", revisions=("1" * 16, "0" * 16), corrections=1),
            member(3, "echo", country="GB", agency="NWD", revisions=("0" * 16,)),
            more_member_ids=("a-" + "9" * 20,),
        )
    )
    facets = ("article_count", "source_count", "source_ids", "countries", "agencies", "revision_count")
    assert [written[name] for name in facets] == [4, 2, ["desk", "echo"], ["GB", "IE"], ["NWD"], 4]
    assert (written["correction_count"], written["revised"]) == (1, True)


def test_new_text_by_new_rules_alone_is_no_correction() -> None:
    written = flat(story(member(1, "desk", revisions=("1" * 16, "0" * 16))))
    assert (written["revision_count"], written["revised"]) == (2, False)


COPIED = "en:en de:de ar:ar fa:fa pt-BR:pt zh-Hans:cjk ja:cjk ko:cjk"


@pytest.mark.parametrize(("language", "suffix"), [pair.split(":") for pair in COPIED.split()])
def test_text_is_copied_into_the_fields_of_its_language(language: str, suffix: str) -> None:
    document = search_document(story(language=language))
    copies = {name for name in document if name.startswith(("title_", "text_"))}
    assert copies == {f"title_{suffix}", f"text_{suffix}"}
    assert document[f"text_{suffix}"] == document["text"]


@pytest.mark.parametrize("language", ["und", "ga", "enm"])
def test_language_without_an_analyser_stays_in_the_neutral_fields(language: str) -> None:
    document = search_document(story(language=language))
    assert not {name for name in document if name.startswith(("title_", "text_"))}
    assert document["text"] == "The harbour opens."


def test_active_story_suggests_its_title_in_its_language() -> None:
    suggest = search_document(story(language="de", title="Hafen\x1f öffnet\x00 "))["suggest"]
    assert suggest["input"] == ["Hafen öffnet", "öffnet"]
    assert suggest["contexts"] == {"language": ["de", "any"]}


def test_title_may_be_typed_from_any_of_its_first_words_on() -> None:
    inputs = search_document(story(title="a b a b c d e f g h"))["suggest"]["input"]
    assert inputs[:3] == ["a b a b c d e f g h", "b a b c d e f g h", "a b c d e f g h"]
    assert inputs[-1] == "f g h"
    assert search_document(story(title="go go"))["suggest"]["input"] == ["go go", "go"]


def test_more_copies_are_suggested_first() -> None:
    assert search_document(story(member(1, "desk"), member(2, "echo")))["suggest"]["weight"] == 2


@pytest.mark.parametrize("status", ["merged", "gone", "removed"])
def test_hidden_story_suggests_nothing_and_has_no_copies(status: Any) -> None:
    document = search_document(story(status=status, content=None))
    assert not {name for name in document if name == "suggest" or name.startswith(("title_", "text_"))}


def test_title_of_control_characters_suggests_nothing() -> None:
    assert "suggest" not in search_document(story(title="\x1f\x00"))


def test_search_document_holds_the_story() -> None:
    active = story(member(1, "desk"), member(2, "echo", edits=("gone",)))
    assert active == story_of(search_document(active))
