"""What README and the documents tell people to type exists, and their links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipeline.cli.main import copydesk

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "infra").rglob("*.md")])
CODE = re.compile(r"```.*?```|`[^`\n]+`|^    .+$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"(?<![\w./-])(?:\.venv/bin/)?copydesk((?: +[^\s`#|;,]+)+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
OTHER_WORDS = {"…", "-m"}
MADE = re.compile(r"^[` $]*make ((?:[A-Z]+=\S+ )*)([a-z][a-z-]*)", re.MULTILINE)
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands(text: str) -> Iterator[list[str]]:
    for code in CODE.findall(text):
        for line in code.strip("`").splitlines():
            for match in NAMED.finditer(line):
                words = match[1].split()
                if words[0] not in OTHER_WORDS:
                    yield words


def wrong(words: list[str]) -> str | None:
    """What is not right about a command; arguments are not judged, options are."""
    command: click.Command = copydesk
    context = click.Context(command)
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        names = rest.pop(0)
        found = [command.get_command(context, name) for name in names.split("|")]
        if None in found:
            return f"no command {names}"
        command = found[0] or command
    known = {"--help", "-h", *(option for parameter in command.params for option in parameter.opts)}
    unknown = [word for word in rest if re.fullmatch(r"--[a-z-]+", word) and word not in known]
    return f"no option {unknown[0]}" if unknown else None


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_commands_named_in_a_document_exist_with_their_options(document: Path) -> None:
    found = {" ".join(words): wrong(words) for words in commands(document.read_text(encoding="utf-8"))}
    assert {} == {words: fault for words, fault in found.items() if fault}


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_targets_of_make_named_in_a_document_exist(document: Path) -> None:
    code = "\n".join(CODE.findall(document.read_text(encoding="utf-8")))
    assert set() == {target for _, target in MADE.findall(code)} - TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_relative_links_of_a_document_resolve(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path) if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert [] == broken


def test_the_runbook_names_every_command_an_operator_needs() -> None:
    told = {words[0] for words in commands((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))}
    assert {
        "status",
        "sources",
        "dead-letters",
        "trace",
        "restore",
        "topics",
        "index",
        "run",
        "stories",
    } <= told


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("`copydesk status --json`", None),
        ("`copydesk dead-letters list|show|park`", None),
        ("`copydesk dead-letters burn NUMBER`", "no command burn"),
        ("    copydesk status --loud", "no option --loud"),
    ],
    ids=["an option it has", "several commands at once", "a command it has not", "an option it has not"],
)
def test_a_command_is_judged_by_its_name_and_options(text: str, fault: str | None) -> None:
    assert [fault] == [wrong(words) for words in commands(text)]
