"""`copydesk extract`: the forms that are contracts (DESIGN.md §7)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.extract import extract
from pipeline.core.codec import from_document
from pipeline.core.model import CleanArticle

URL = "https://daily.example/world/ferry-office?utm_source=feed"
TEXT = "".join(
    f"<p>The ferry office will open window {n} in March, the council decided after a long debate.</p>"
    for n in range(1, 6)
)
PAGE = (
    "<html lang=en><head><title>Ferry office grows</title></head><body><article><h1>Ferry office grows</h1>"
    f'{TEXT}<p><a href="/x">Harbour town votes for a new line</a></p>'
    f"{TEXT.replace('window', 'counter')}</article>"
)


def line(**fields: Any) -> str:
    return json.dumps({"id": 1, "url": URL, "content_type": "text/html", **fields})


def page_line(identity: object, body: str | bytes = PAGE, url: str = URL) -> str:
    data = body.encode() if isinstance(body, str) else body
    return line(id=identity, url=url, body_base64=base64.b64encode(data).decode())


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(extract, list(arguments), input=given)


@pytest.fixture
def page_file(tmp_path: Path) -> str:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return str(path)


def test_one_page_prints_one_clean_article(page_file: str):
    result = run(page_file, "--url", URL)
    article = from_document(CleanArticle, json.loads(result.stdout))
    assert result.exit_code == 0
    assert article.title == "Ferry office grows"
    assert article.canonical_url == "https://daily.example/world/ferry-office"
    assert len(article.text.split("\n\n")) == 10


def test_one_discarded_page_prints_its_reason(tmp_path: Path):
    path = tmp_path / "file.pdf"
    path.write_bytes(b"%PDF-1.7")
    result = run(str(path), "--url", URL)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"outcome": "discarded", "reason": "not-html", "article": None}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not-html: the body is empty"),
        (b"\x1f\x8b\x08\x00", "compressed, unpack it first"),
        (b"<html><body><p>Hi.</p></body></html>", "too-short"),
    ],
)
def test_one_page_without_article_is_explained_beside_the_json(tmp_path: Path, body: bytes, said: str):
    path = tmp_path / "page"
    path.write_bytes(body)
    result = run(str(path), "--url", URL)
    assert json.loads(result.stdout)["outcome"] == "discarded"
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("https://daily.example/a", "--url", URL), "nothing is fetched here"),
        (("/nowhere/page.html", "--url", URL), "No such file"),
        (("--jsonl", "--preview"), "has no --preview"),
        ((), "give FILE and --url"),
    ],
)
def test_wrong_arguments_are_told_what_would_be_right(arguments: tuple[str, ...], said: str):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_file_without_its_address_asks_for_it(page_file: str):
    result = run(page_file)
    assert result.exit_code == 2
    assert "give --url too" in result.stderr


def test_preview_shows_text_origins_and_what_was_removed(page_file: str):
    output = run(page_file, "--url", URL, "--preview").stdout
    assert "Ferry office grows" in output
    assert "open window 3 in March" in output
    assert "removed" in output
    assert "Harbour town votes for a new line" in output
    assert "link" in output


def test_lines_are_answered_one_by_one_in_input_order():
    lines = [
        page_line("a"),
        "no json",
        page_line(["any", "id"], b"%PDF-1.7"),
        json.dumps({"id": 3}),
        line(id=4, body_base64="*"),
        page_line(5, url="no url"),
        "",
        page_line(None),
    ]
    result = run("--jsonl", "--workers", "2", given="\n".join(lines) + "\n")
    answers = [json.loads(answer) for answer in result.stdout.splitlines()]
    assert ["a", None, ["any", "id"], 3, 4, 5, None, None] == [answer["id"] for answer in answers]
    assert [(answer["outcome"], answer["reason"]) for answer in answers] == [
        ("published", None),
        ("dead-lettered", "not-json"),
        ("discarded", "not-html"),
        ("dead-lettered", "schema"),
        ("dead-lettered", "schema"),
        ("dead-lettered", "schema"),
        ("dead-lettered", "not-json"),
        ("published", None),
    ]
    assert all((answer["article"] is None) == (answer["outcome"] != "published") for answer in answers)
    assert all(set(answer) == {"id", "outcome", "reason", "article"} for answer in answers)


def test_no_input_gives_no_output():
    result = run("--jsonl", given="")
    assert (result.exit_code, result.stdout) == (0, "")


def test_file_without_address_is_refused_with_the_way_out(page_file: str):
    result = run(page_file)
    assert result.exit_code == 2
    assert "--url" in result.output
