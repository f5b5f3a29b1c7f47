"""Both commands promise one line out per line in, whatever the line holds."""

import base64
import json

from click.testing import CliRunner

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
