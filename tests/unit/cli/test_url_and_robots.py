"""The commands that need no server promise one line out per line in, whatever the line holds."""

import base64
import json

import pytest
from click.testing import CliRunner

from pipeline.cli.feed import feed
from pipeline.cli.robots import robots
from pipeline.cli.url import url


def canonical(stdin: bytes) -> list[dict]:
    result = CliRunner().invoke(url, ["canonical"], input=stdin, catch_exceptions=False)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def test_one_line_out_for_every_line_in_even_of_control_characters():
    lines = [
        b"https://d.example/a?utm_source=x",
        b"",
        b"http://d.example/\x0b\x0c\x1c\xc2\x85\xe2\x80\xa8b",
        b"\xff\xfe",
        b"https://d.example/\r",
    ]
    answers = canonical(b"\n".join(lines))
    assert [("error" in answer) for answer in answers] == [False, True, False, True, False]
    assert answers[0]["canonical_url"] == "https://d.example/a"
    assert answers[0]["article_id"].startswith("a-")
    assert answers[4] == {**answers[4], "url": "https://d.example/\r", "canonical_url": "https://d.example/"}


def test_the_last_line_needs_no_line_feed_and_a_final_one_adds_none():
    assert len(canonical(b"https://d.example/a\nhttps://d.example/b")) == 2
    assert len(canonical(b"https://d.example/a\nhttps://d.example/b\n")) == 2
    assert canonical(b"") == []


def test_octets_that_are_no_text_become_replacement_characters_as_in_browsers():
    answer, surrogate = canonical(b"https://d.example/\xff\nhttps://d.example/\xed\xa0\x80\n")
    assert answer["canonical_url"] == surrogate["canonical_url"] == "https://d.example/%EF%BF%BD"


def test_robots_check_reads_a_file_and_answers_per_url(tmp_path):
    file = tmp_path / "robots.txt"
    file.write_bytes(b"User-agent: *\nDisallow: /a\nCrawl-delay: 2\n")
    arguments = [
        "check",
        "--robots",
        str(file),
        "--agent",
        "Copydesk",
        "https://d.example/a",
        "https://d.example/b",
    ]
    result = CliRunner().invoke(robots, arguments, catch_exceptions=False)
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"url": "https://d.example/a", "allowed": False, "crawl_delay": 2.0},
        {"url": "https://d.example/b", "allowed": True, "crawl_delay": 2.0},
    ]


def test_robots_check_answers_questions_by_id_and_names_what_is_none():
    body = base64.b64encode(b"User-agent: *\nDisallow: /\n").decode()
    question = json.dumps({"id": 7, "robots_base64": body, "agent": "x", "url": "https://d.example/"})
    result = CliRunner().invoke(
        robots, ["check", "--jsonl"], input=f"{question}\nnonsense\n", catch_exceptions=False
    )
    first, second = map(json.loads, result.stdout.splitlines())
    assert first == {"id": 7, "allowed": False, "crawl_delay": None}
    assert second["allowed"] is None
    assert "error" in second


@pytest.mark.parametrize(
    "arguments", [[], ["--robots", "-"], ["--robots", "-", "--agent", "x"], ["--jsonl", "https://d.example/"]]
)
def test_robots_check_without_all_it_needs_says_what_to_give(arguments):
    result = CliRunner().invoke(robots, ["check", *arguments], input="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "give" in result.stderr


RSS = base64.b64encode(b"<rss><channel><item><link>a</link></item></channel></rss>").decode()
QUESTIONS = [
    ({"id": 1, "url": "https://d.example/x/", "body_base64": RSS}, None),
    ({"id": 2, "url": "https://d.example/", "content_type": None, "body_base64": "aGVsbG8="}, "text: "),
    ({"id": 3, "url": "https://d.example/", "content_type": 7, "body_base64": RSS}, "not a question: "),
    ({"id": 4, "url": None, "body_base64": RSS}, "not a question: "),
    ({"id": 5, "url": "https://d.example/", "body_base64": "###"}, "not a question: "),
    ({"id": 6, "url": "https://d.example/"}, "not a question: "),
    ({"id": {"any": [7]}, "url": "", "body_base64": RSS}, None),
    ([8], "not a question: "),
]


def test_feed_parse_answers_every_line_whatever_stands_in_it():
    stdin = "\n".join([*(json.dumps(question) for question, _ in QUESTIONS), "", "{", '"\\ud800"'])
    result = CliRunner().invoke(feed, ["parse", "--jsonl"], input=stdin, catch_exceptions=False)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(QUESTIONS) + 2
    for (question, error), answer in zip(QUESTIONS, answers, strict=False):
        assert answer["id"] == (question["id"] if isinstance(question, dict) else None)
        assert (answer["error"] or "").startswith(error or "")
        assert (answer["feed"] is None) == (error is not None)
    assert answers[0]["feed"]["entries"][0]["url"] == "https://d.example/x/a"
    assert all(answer["error"].startswith("not a question: ") for answer in answers[-2:])


def test_feed_parse_of_a_file_prints_it_and_refuses_an_address_that_is_none(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_bytes(base64.b64decode(RSS))
    read = CliRunner().invoke(feed, ["parse", str(file), "--url", "https://d.example/x/"])
    assert json.loads(read.stdout)["entries"][0]["url"] == "https://d.example/x/a"
    refused = CliRunner().invoke(feed, ["parse", str(file), "--url", "d.example/x"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "whole URL" in refused.stderr
    wrong = CliRunner().invoke(feed, ["parse", str(file), "--url", "https://d.example/x/", "--links", "a["])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "'a[' is no CSS selector" in wrong.stderr
