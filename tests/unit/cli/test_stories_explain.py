"""`copydesk stories explain --files`: two articles on disk, no server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.stories import stories
from pipeline.core.codec import to_document
from pipeline.core.model import CleanArticle
from tests.stages.articles import article, prose


def explained(tmp_path: Path, one: CleanArticle, other: CleanArticle, *options: str) -> Result:
    paths = []
    for name, made in (("one", one), ("other", other)):
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(to_document(made), indent=2), encoding="utf-8")
    arguments = ["explain", "--files", *map(str, paths), *options]
    return CliRunner().invoke(stories, arguments, catch_exceptions=False)


def test_copy_is_explained_to_programs(tmp_path):
    wire = prose("wire")
    one, other = article("one", wire), article("other", wire, source="post")
    found = json.loads(explained(tmp_path, one, other, "--json").stdout)
    assert (True, "copy", "cover") == (found["copies"], found["kind"], found["rule"])
    assert [one.article_id, other.article_id] == [side["article_id"] for side in found["articles"]]
    assert 1.0 == found["evidence"]["containment"]
    assert [220] == [passage["length"] for passage in found["passages"]]


def test_copy_is_explained_to_people(tmp_path):
    wire = prose("wire")
    printed = explained(tmp_path, article("one", wire), article("other", wire, source="post")).stdout
    assert "\ncopies: 100% of the shorter text's phrases" in printed
    assert " ".join(wire.split()[:8]) in " ".join(printed.split())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"language": "de"}, "different languages"),
        ({"minutes": 60 * 24 * 8}, "more than seven days apart"),
        ({"text": prose("something else")}, "0%"),
    ],
    ids=["another language", "another week", "another text"],
)
def test_reason_against_is_given(tmp_path, changes, why):
    wire = prose("wire")
    other = article("other", changes.pop("text", wire), source="post", **changes)
    printed = explained(tmp_path, article("one", wire), other).stdout
    assert "\nno copies: " in printed
    assert why in printed
    assert "does not compare them" in printed


def test_file_that_holds_no_article_is_named(tmp_path):
    good = tmp_path / "good.json"
    good.write_text(json.dumps(to_document(article("one"))))
    for content in ("{", "[]", '{"article_id": "a-1"}'):
        bad = tmp_path / "bad.json"
        bad.write_text(content)
        result = CliRunner().invoke(stories, ["explain", "--files", str(good), str(bad)])
        assert 0 != result.exit_code
        assert "bad.json" in str(result.exception)
