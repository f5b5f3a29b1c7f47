"""`copydesk sources` over a catalogue on disk, and a look at a web on loopback."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsroom import serve
from pipeline.cli.sources import sources
from pipeline.core import catalogue
from pipeline.errors import ConfigError, PipelineError

ROW = "# ours\nversion: 1\nsources:\n- id: desk\n  name: The Desk\n  kind: feed\n  url: https://desk.example/feed\n"


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(ROW, encoding="utf-8")
    monkeypatch.setenv("COPYDESK_SOURCES", str(path))
    return path


def run(*arguments: str) -> str:
    return CliRunner().invoke(sources, arguments, catch_exceptions=False).stdout


def test_check_counts_what_is_right_and_names_what_is_wrong(file):
    assert run("check") == f"{file}: 1 sources in 0 languages, 0 of them unverified\n"
    file.write_text(ROW.replace("kind: feed", "kind: feeds"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sources.yaml:6: sources\[0\].kind"):
        run("check")


def test_list_as_json(file):
    (row,) = json.loads(run("list", "--json"))
    assert (row["id"], row["url"]) == ("desk", "https://desk.example/feed")


def test_added_row_is_appended_unverified_and_comments_stay(file):
    run("add", "https://börse.example/rss", "--language", "de", "--name", "Die Börse")
    text = file.read_text(encoding="utf-8")
    assert text.startswith(ROW)
    added = catalogue.read(text)[1]
    assert (added.id, added.name, added.language, added.unverified) == ("die-borse", "Die Börse", "de", True)


@pytest.mark.parametrize("command", ["add", "discover"])
@pytest.mark.parametrize("given", ["desk.example/feed", "ftp://desk.example/feed", ""])
def test_address_that_cannot_be_asked_is_refused_with_an_example(file, command, given):
    result = CliRunner().invoke(sources, [command, given])
    assert result.exit_code == 2
    assert "https://paper.example/feed" in result.stderr
    assert file.read_text(encoding="utf-8") == ROW


def test_catalogue_that_is_not_there_is_called_by_how_it_was_named(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match=r"--file .*nowhere.yaml cannot be read"):
        run("list", "--file", str(tmp_path / "nowhere.yaml"))
    monkeypatch.setenv("COPYDESK_SOURCES", str(tmp_path / "gone.yaml"))
    with pytest.raises(ConfigError, match="COPYDESK_SOURCES"):
        run("list")


def test_row_that_would_spoil_the_catalogue_is_not_written(file):
    with pytest.raises(ConfigError, match="the same address"):
        run("add", "https://desk.example/feed")
    assert file.read_text(encoding="utf-8") == ROW


def test_opml_goes_out_and_comes_in_again(file, tmp_path):
    exported = tmp_path / "subscriptions.opml"
    exported.write_text(run("export-opml"), encoding="utf-8")
    assert run("import-opml", str(exported)).endswith("added 0 sources, 1 were there\n")
    exported.write_text(
        '<opml version="2.0"><body><outline text="Folder"><outline text="Ö &amp; Ä" xmlUrl="https://oa.example/rss"/>'
        '<outline text="The Desk" xmlUrl="https://desk.example/feed"/><outline text="x" xmlUrl="ftp://x"/>'
        "</outline></body></opml>",
        encoding="utf-8",
    )
    result = CliRunner().invoke(sources, ["import-opml", str(exported)], catch_exceptions=False)
    assert result.stdout.endswith("added 1 sources, 1 were there\n")
    assert result.stderr == "left out, cannot be fetched: ftp://x\n"
    assert [row.id for row in catalogue.read(file.read_text(encoding="utf-8"))] == ["desk", "o-a"]


@pytest.mark.parametrize(
    "exported",
    [
        '<opml><body><outline text="Q & A" XMLURL="https://a.example/?x=1&y=2"/></body></opml>'.encode(
            "utf-16"
        ),
        b'<opml><body><outline title="Q &amp; A" xmlurl="https://a.example/?x=1&amp;y=2"></body>',
        b"\xef\xbb\xbf\n<!-- mine --><opml><OUTLINE text='Q &amp; A' xmlUrl='https://a.example/?x=1&#38;y=2'/></opml>",
    ],
    ids=["in utf-16 with bare ampersands", "cut at its end", "with a mark, in capitals"],
)
def test_opml_as_readers_really_write_it_comes_in(file, tmp_path, exported):
    path = tmp_path / "subscriptions.opml"
    path.write_bytes(exported)
    assert "added 1 sources" in run("import-opml", str(path))
    added = catalogue.read(file.read_text(encoding="utf-8"))[1]
    assert (added.name, added.url) == ("Q & A", "https://a.example/?x=1&y=2")


@pytest.mark.parametrize(
    "before",
    [
        "version: 1\nsources: []\n",
        "version: 1\nsources:\n\n# none yet\n",
        "version: 1\nsources:\n  # ours\n  - id: desk\n    name: D\n    kind: feed\n    url: https://d.example/\n\n\n",
    ],
    ids=["an empty list", "nothing yet", "indented rows"],
)
def test_row_is_added_whatever_the_catalogue_looks_like(file, before):
    file.write_text(before, encoding="utf-8")
    if "none yet" in before:
        with pytest.raises(ConfigError):
            run("add", "https://b.example/rss")
        return
    run("add", "https://b.example/rss", "--language", "no", "--country", "NO")
    *_, added = catalogue.read(file.read_text(encoding="utf-8"))
    assert (added.id, added.language, added.country) == ("b-example", "no", "NO")
    assert file.read_text(encoding="utf-8").startswith(before.split("[]")[0].rstrip())


def test_catalogue_that_is_no_text_is_named_with_its_line(file):
    file.write_bytes(ROW.encode() + b"- id: \xff\n")
    with pytest.raises(ConfigError, match=rf"{file}:8: not UTF-8"):
        run("check")


def test_file_that_is_no_opml_is_refused(file, tmp_path):
    wrong = tmp_path / "wrong.opml"
    wrong.write_text("<rss/>", encoding="utf-8")
    with pytest.raises(ConfigError, match="no OPML"):
        run("import-opml", str(wrong))


def test_preview_and_discovery_show_what_a_site_gives(file, monkeypatch):
    with serve() as room:
        monkeypatch.setenv("COPYDESK_HOST_TABLE", f"*.example=127.0.0.1:{room.port}")
        monkeypatch.setenv("COPYDESK_PACE_SECONDS", "0.01")
        shown = run("preview", "http://harbourherald.example/feed/")
        assert shown.startswith("rss ")
        assert re.search(r"^\d+ entries, newest 20", shown, re.MULTILINE)
        assert "http://harbourherald.example/feed/" in run("discover", "http://harbourherald.example/")
        with pytest.raises(PipelineError, match=r"not-a-feed(.|\n)*sources discover"):
            run("preview", "http://harbourherald.example/")
        with pytest.raises(PipelineError, match="address"):
            run("preview", "http://127.0.0.1/")


def test_catalogue_that_comes_with_the_project_is_right_and_says_what_was_not_seen():
    rows = catalogue.read((Path(__file__).parents[3] / "sources.yaml").read_text(encoding="utf-8"))
    assert len(rows) >= 40
    assert len({row.language for row in rows}) >= 10
    assert all(row.unverified for row in rows)
