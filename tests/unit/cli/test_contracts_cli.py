"""`copydesk topics` and `copydesk index`, as far as they need no server."""

import json

import pytest
from click.testing import CliRunner, Result

import schemas
from pipeline.cli import contracts, reach
from pipeline.core.contracts import Difference, Plan


@pytest.fixture(autouse=True)
def _servers_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "require", lambda *_: None)


def run(group: str, *arguments: str) -> Result:
    return CliRunner().invoke(getattr(contracts, group), arguments)


def test_topics_are_shown_without_a_broker() -> None:
    shown = json.loads(run("topics", "show", "--json").output)
    assert [topic["name"] for topic in shown] == list(schemas.topics())
    assert "30 days" in run("topics", "show").output


def test_indices_are_shown_without_elasticsearch() -> None:
    shown = json.loads(run("index", "show", "--json").output)
    assert [index["name"] for index in shown] == list(schemas.indices())
    assert "news-stories" in run("index", "show").output


def test_one_index_is_shown_whole() -> None:
    (shown,) = json.loads(run("index", "show", "news-runs").output)
    assert shown["mappings"]["dynamic"] == "strict"


NEW = Difference(path="field x", found=None, wanted={"type": "long"})
OTHER = Difference(path="field y [type]", found="text", wanted="long")
PLANS = [Plan(name="a", verdict="create"), Plan(name="b", verdict="extend", additions=(NEW,))]
REFUSED = Plan(name="c", verdict="refuse", refused=(OTHER,))


@pytest.mark.parametrize(
    ("plans", "dry_run", "said", "code"),
    [
        (PLANS, False, ["created", "extended"], 0),
        (PLANS, True, ["would be created", "would be extended"], 0),
        ([*PLANS, REFUSED], False, ["would be created", "would be extended", "refused"], 1),
    ],
    ids=["applied", "dry run", "one refused, so nothing done"],
)
def test_outcome_is_said_and_told_by_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, plans: list[Plan], dry_run: bool, said: list[str], code: int
) -> None:
    monkeypatch.setattr("pipeline.adapters.apply_index.apply_indices", lambda *_, **__: plans)
    result = run("index", "apply", "--json", *(["--dry-run"] if dry_run else []))
    assert code == result.exit_code
    assert said == [plan["said"] for plan in json.loads(result.stdout)]


def test_refusal_shows_the_difference_down_to_the_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.adapters.apply_index.apply_indices", lambda *_, **__: [REFUSED])
    result = run("index", "apply")
    assert "field y [type]: text → long" in result.stdout
    assert "nothing was changed" in result.stderr
