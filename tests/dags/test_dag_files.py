"""What an operator finds in Airflow, and what the DAG files must not cost."""

from __future__ import annotations

from typing import Any

import pytest

STAGES = ("news_scrape", "news_clean", "news_index")
MOST_TASKS = 6
MOST_SECONDS = 0.2
"""CPU seconds to parse a file: every parse and every task instance pays it."""

HEAVY = ("aiohttp", "elasticsearch", "kafka", "lxml", "numpy", "trafilatura")


def test_every_file_parses(facts):
    assert {} == facts["errors"]


def test_the_three_stages_are_there(facts):
    assert set(STAGES) <= set(facts["dags"])


def test_parsing_a_file_is_cheap(facts):
    assert {} == {file: spent for file, spent in facts["seconds"].items() if spent > MOST_SECONDS}


@pytest.mark.parametrize("module", HEAVY)
def test_parsing_imports_nothing_heavy(facts, module):
    assert module not in facts["modules"]


def test_every_dag_says_what_it_is(facts):
    for dag_id, dag in facts["dags"].items():
        assert dag["display_name"] != dag_id
        assert dag["description"]
        assert "news" in dag["tags"]
        assert 2 <= len(dag["tags"]) <= 3


@pytest.mark.parametrize(
    "heading", ["What it does", "When it runs", "When to run it by hand", "When it is red"]
)
def test_every_dag_tells_its_operator(facts, heading):
    assert {} == {dag_id: heading for dag_id, dag in facts["dags"].items() if heading not in dag["doc"]}


def test_every_dag_is_small_and_runs_once_at_a_time(facts):
    for dag in facts["dags"].values():
        assert len(dag["tasks"]) <= MOST_TASKS
        assert 1 == dag["max_active_runs"]
        assert dag["catchup"] is False


def test_every_task_has_an_owner_a_name_and_an_end(facts):
    for task in _tasks(facts):
        assert "copydesk" == task["owner"]
        assert " " in task["display_name"] or task["display_name"] == "Summarize"
        assert 0 < task["timeout"] < 600
        assert task["retry_policy"]


def test_every_task_tells_its_operator_what_it_does(facts):
    assert [] == [task["display_name"] for task in _tasks(facts) if not task["doc"]]


def test_counts_are_stored_once(facts):
    """Airflow would store every field of a dictionary a second time, under its own key."""
    assert [] == [task for task in _tasks(facts) if task["multiple_outputs"]]


def test_every_param_has_a_title_and_says_what_it_does(facts):
    for dag in facts["dags"].values():
        for param in dag["params"].values():
            assert param["schema"]["title"]
            assert param["description"]


def test_an_empty_form_is_the_normal_run(facts):
    params = facts["dags"]["news_scrape"]["params"]
    defaults = {name: param["value"] for name, param in params.items()}
    assert {"sources": None, "force": False, "dry_run": False, "limit": None} == defaults


def test_health_looks_twice_an_hour_beside_the_other_schedules(facts):
    assert "7,37 * * * *" == _variables(facts, "news_health")["expression"]


def test_maintenance_runs_every_night(facts):
    assert "40 2 * * *" == _variables(facts, "news_maintenance")["expression"]


def test_replay_runs_by_hand_and_an_empty_form_does_nothing(facts):
    assert facts["dags"]["news_replay"]["schedule"]["__type"].endswith("NullTimetable")
    assert facts["dags"]["news_replay"]["params"]["dry_run"]["value"] is True


def test_scrape_runs_every_five_minutes(facts):
    assert "*/5 * * * *" == _variables(facts, "news_scrape")["expression"]


@pytest.mark.parametrize(
    ("dag_id", "asset"), [("news_clean", "news_raw"), ("news_index", "news_clean")], ids=["clean", "index"]
)
def test_consuming_stage_runs_on_its_asset_and_after_a_quarter_of_an_hour_in_any_case(facts, dag_id, asset):
    schedule = _variables(facts, dag_id)
    assert [asset] == [part["name"] for part in schedule["asset_condition"]["objects"]]
    assert "*/15 * * * *" == schedule["timetable"]["__var"]["expression"]


def test_each_stage_announces_its_asset_once(facts):
    announced = {
        dag_id: [asset for task in facts["dags"][dag_id]["tasks"].values() for asset in task["outlets"]]
        for dag_id in STAGES
    }
    assert {
        "news_scrape": ["news_raw"],
        "news_clean": ["news_clean"],
        "news_index": ["news_stories"],
    } == announced


def test_what_announces_comes_after_all_parts_even_failed_ones(facts):
    for dag_id in ("news_scrape", "news_clean"):
        assert "all_done" == facts["dags"][dag_id]["tasks"]["summarize"]["trigger_rule"]


def test_assets_have_doorbells_on_what_their_consumer_is_behind(facts):
    trigger = "pipeline.airflow.trigger.LagTrigger"
    rings = {
        watcher["asset"]: [(path, given["topic"], given["group"]) for path, given in watcher["triggers"]]
        for watcher in facts["watchers"]
    }
    assert {
        "news_raw": [(trigger, "news.articles.raw.v1", "copydesk-clean")],
        "news_clean": [(trigger, "news.articles.clean.v1", "copydesk-index")],
        "news_stories": [],
    } == rings


def test_doorbells_watch_groups_and_topics_of_the_contract(facts):
    from schemas import topics

    for watcher in facts["watchers"]:
        for _, given in watcher["triggers"]:
            assert given["group"] in topics()[given["topic"]].groups


def test_trigger_is_made_again_from_what_it_says_of_itself(facts):
    assert all(watcher["round_trip"] for watcher in facts["watchers"])


def test_mapped_tasks_are_labelled(facts):
    labels = {
        name: task["map_index_template"]
        for dag_id in ("news_scrape", "news_clean", "news_replay")
        for name, task in facts["dags"][dag_id]["tasks"].items()
        if task["map_index_template"]
    }
    assert {"fetch_and_publish", "extract_and_publish", "send_again"} == set(labels)


def _tasks(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [task for dag in facts["dags"].values() for task in dag["tasks"].values()]


def _variables(facts: dict[str, Any], dag_id: str) -> dict[str, Any]:
    return dict(facts["dags"][dag_id]["schedule"]["__var"])
