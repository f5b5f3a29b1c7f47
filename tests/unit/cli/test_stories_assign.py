"""`copydesk stories assign`: one answer a line, by the code of the index stage."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.stories import stories
from pipeline.errors import ConfigError
from tests.stages.articles import prose

NOON = "2026-11-20T12:00:00Z"


def line(number: int, text: object, **changes: object) -> dict[str, object]:
    return {
        "article_id": f"a-{number:020x}",
        "url": f"https://herald.example/{number}",
        "source_id": "herald",
        "title": f"Title {number}",
        "text": text,
        "language": "en",
        "published_at": NOON,
        "fetched_at": NOON,
        **changes,
    }


def run(lines: list[object], *options: str) -> Result:
    text = "".join((given if isinstance(given, str) else json.dumps(given)) + "\n" for given in lines)
    return CliRunner().invoke(
        stories, ["assign", "--jsonl", *options], input=text.encode(), catch_exceptions=False
    )


def answers(lines: list[object], *options: str) -> list[dict[str, object]]:
    result = run(lines, *options)
    assert 0 == result.exit_code
    return [json.loads(answer) for answer in result.stdout.splitlines()]


def homes(lines: list[object], *options: str) -> list[object]:
    return [answer["story_id"] for answer in answers(lines, *options)]


def test_copies_share_a_story_named_after_the_smallest_and_others_do_not():
    wire = prose("wire")
    found = answers([line(7, wire), line(3, wire, source_id="post"), line(5, prose("other"))])
    assert [f"a-{number:020x}" for number in (7, 3, 5)] == [answer["article_id"] for answer in found]
    assert [f"s-{number:020x}" for number in (3, 3, 5)] == [answer["story_id"] for answer in found]
    assert all([] == answer["relations"] for answer in found)


@pytest.mark.parametrize("batch", ["1", "7", "500"])
def test_batch_size_changes_nothing(batch):
    texts = [prose(f"t{number % 5}") for number in range(20)]
    lines = [line(number, text) for number, text in enumerate(texts, 1)]
    assert answers(lines, "--batch", "3") == answers(lines, "--batch", batch)


def test_round_up_is_told_to_contain_what_it_quotes():
    quoted = prose("quoted", 160)
    around = prose("before", 600) + "\n\n" + quoted + "\n\n" + prose("after", 600)
    quoter, quote = answers([line(1, around), line(2, quoted, source_id="post")])
    assert quoter["story_id"] != quote["story_id"]
    (relation,) = quoter["relations"]
    assert ("contains", quoter["article_id"], quote["article_id"]) == (
        relation["kind"],
        relation["article_id"],
        relation["other_id"],
    )
    assert relation["why"]
    assert [] == quote["relations"]


def test_article_given_twice_is_answered_twice_with_one_story():
    first, again = answers(
        [line(1, prose("a")), line(1, prose("a, corrected"), fetched_at="2026-11-20T14:00Z")]
    )
    assert first == again


@pytest.mark.parametrize(
    "changes",
    [
        {"language": None},
        {"language": "und"},
        {"language": "English"},
        {"published_at": None},
        {"fetched_at": "2026-11-20T13:00:00+01:00"},
        {"fetched_at": "2026-11-20 12:00"},
        {"url": "about:blank"},
        {"title": ""},
        {"title": None},
        {"extra": [1]},
    ],
    ids=str,
)
def test_what_an_article_may_lack_changes_no_answer(changes):
    wire = prose("wire")
    one, two = homes([line(1, wire, **changes), line(2, wire, **changes)])
    assert one == two == f"s-{1:020x}"


def test_articles_more_than_a_week_apart_are_no_copies_and_the_earlier_of_both_times_counts():
    wire = prose("wire")
    late, published_early = "2026-12-20T12:00:00Z", line(2, wire, fetched_at="2026-12-20T12:00:00Z")
    assert 1 == len(set(homes([line(1, wire), published_early])))
    assert 2 == len(set(homes([line(1, wire), line(2, wire, published_at=late, fetched_at=late)])))


@pytest.mark.parametrize(
    ("bad", "names", "says"),
    [
        ("{", None, "line 2"),
        ("[]", None, "line 2"),
        ('"text"', None, "line 2"),
        (line(9, 7), f"a-{9:020x}", "text"),
        (line(9, "x", fetched_at=None), f"a-{9:020x}", "fetched_at"),
        (line(9, "x", fetched_at="noon"), f"a-{9:020x}", "noon"),
        (line(9, "x", source_id=""), f"a-{9:020x}", "source_id"),
        (line(9, "x", title="t" * 3000), f"a-{9:020x}", "title"),
        ({"article_id": "a-1"}, "a-1", "source_id"),
    ],
    ids=[
        "no JSON",
        "no object",
        "a string",
        "no text",
        "no time",
        "not a time",
        "no source",
        "long",
        "lacking",
    ],
)
def test_line_that_is_no_article_is_answered_in_its_place_and_the_rest_goes_on(bad, names, says):
    wire = prose("wire")
    result = run([line(1, wire), bad, line(2, wire)])
    first, broken, last = (json.loads(answer) for answer in result.stdout.splitlines())
    assert first["story_id"] == last["story_id"]
    assert (names, None, []) == (broken["article_id"], broken["story_id"], broken["relations"])
    assert says in broken["error"]
    assert "1 of 3 lines" in result.stderr


def test_empty_texts_are_stories_of_their_own():
    assert 2 == len(set(homes([line(1, ""), line(2, "")])))


def test_ids_of_another_form_are_taken_as_they_are():
    wire = prose("wire")
    found = answers([line(1, wire, article_id="x-9"), line(2, wire, article_id="a-one"), line(3, prose("b"))])
    assert ["x-9", "a-one", f"a-{3:020x}"] == [answer["article_id"] for answer in found]
    assert ["s-one", "s-one", f"s-{3:020x}"] == [answer["story_id"] for answer in found]


def test_empty_input_and_empty_lines_have_no_answers():
    assert [] == answers([])
    assert 1 == len(answers([line(1, prose("a")), "", "  "]))


def furnished(count: int) -> list[object]:
    """Short articles of many outlets over weeks that share one long rights line."""
    rights = prose("rights", 80)
    return [
        line(
            number,
            prose(f"own {number}", 70) + "\n\n" + rights,
            source_id=f"o{number % 30}",
            published_at=f"2026-11-{1 + number % 28:02}T12:00:00Z",
        )
        for number in range(1, count + 1)
    ]


def test_furniture_is_learnt_from_the_whole_input_unless_told_otherwise(tmp_path: Path):
    lines = furnished(90)
    assert 90 == len(set(homes(lines)))
    assert 1 == len(set(homes(lines, "--cold")))
    text = "\n".join(json.dumps(given) for given in lines)
    learnt = CliRunner().invoke(stories, ["learn", "--jsonl"], input=text.encode(), catch_exceptions=False)
    (tmp_path / "list").write_text(learnt.stdout)
    few = lines[:2]
    assert 1 == len(set(homes(few)))
    assert 2 == len(set(homes(few, "--furniture", str(tmp_path / "list"))))


def test_order_of_arrival_changes_no_story():
    lines = [line(number, prose(f"t{number % 7}") + prose(f"o{number}", 30)) for number in range(1, 30)]
    expected = {answer["article_id"]: answer["story_id"] for answer in answers(lines)}
    shuffled = random.Random(5).sample(lines, len(lines))
    assert expected == {answer["article_id"]: answer["story_id"] for answer in answers(shuffled)}


@pytest.mark.parametrize("options", [["--cold", "--furniture", "x"], []], ids=["both", "no --jsonl"])
def test_options_that_make_no_sense_are_refused(options):
    arguments = ["assign", *(["--jsonl"] if options else []), *options]
    assert 2 == CliRunner().invoke(stories, arguments, input=b"").exit_code


def test_input_packed_with_gzip_is_unpacked():
    lines = [line(1, prose("wire")), line(2, prose("wire"), source_id="post")]
    packed = gzip.compress("\n".join(json.dumps(given) for given in lines).encode())
    result = CliRunner().invoke(stories, ["assign", "--jsonl"], input=packed, catch_exceptions=False)
    assert [f"s-{1:020x}"] * 2 == [json.loads(answer)["story_id"] for answer in result.stdout.splitlines()]


@pytest.mark.parametrize("kept", [3, 20, 60])
def test_broken_gzip_is_named_as_such(kept):
    packed = gzip.compress(json.dumps(line(1, prose("wire"))).encode())[:kept]
    with pytest.raises(ConfigError, match="cannot be unpacked"):
        CliRunner().invoke(stories, ["assign", "--jsonl"], input=packed, catch_exceptions=False)


def test_text_too_long_for_a_record_is_answered_in_its_place():
    large, wire = "word " * 1_600_000, prose("wire")
    first, broken, last = answers([line(1, wire), line(2, large), line(3, wire, source_id="post")])
    assert first["story_id"] == last["story_id"]
    assert (None, True) == (broken["story_id"], "error" in broken)
