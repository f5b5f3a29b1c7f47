"""How a run ends, by `dag.test()`: real DAGs on a migrated database, stages replaced (see `run_dags`)."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.timeout(1500)  # the first migrates a database and runs every scenario


def test_scrape_counts_all_shards_on_one_event(runs):
    run = runs["scrape, everything well"]
    assert "success" == run["state"]
    assert [("news_raw", {"fetched": 4})] == _outcomes(run)
    assert 6 == run["events"][0]["extra"]["discovered"]


def test_scrape_labels_its_shards(runs):
    labels = [task["label"] for task in runs["scrape, everything well"]["tasks"] if task["label"]]
    assert ["shard 1: one.example", "shard 2: two.example"] == labels


def test_scrape_names_itself_to_the_runs_it_starts(runs):
    triggers = {call[2] for call in runs["scrape, everything well"]["calls"]["scrape"]}
    assert {"1", "2"} == {trigger.rpartition("#")[2] for trigger in triggers}
    assert all(trigger.startswith("news_scrape/manual__") for trigger in triggers)


def test_form_reaches_the_plan(runs):
    (given,) = runs["scrape, options given"]["calls"]["plan_scrape"]
    assert [{"sources": ["harbour-herald"], "force": False, "dry_run": True, "limit": None}] == given


def test_empty_plan_ends_green_and_rings_nobody(runs):
    for name in ("scrape, options given", "clean, nothing waits"):
        assert "success" == runs[name]["state"]
        assert [] == runs[name]["events"]
        assert "skipped" == _states(runs[name])["summarize"]


def test_one_failed_shard_leaves_the_run_green_and_the_rest_counted(runs):
    run = runs["scrape, one shard fails"]
    assert "success" == run["state"]
    assert ["failed", "success"] == [
        task["state"] for task in run["tasks"] if task["id"] == "fetch_and_publish"
    ]
    assert [("news_raw", {"fetched": 2})] == _outcomes(run)


def test_run_is_red_when_every_shard_failed(runs):
    run = runs["scrape, all shards fail"]
    assert "failed" == run["state"]
    assert [] == run["events"]


def test_run_is_red_when_there_was_no_plan(runs):
    assert "failed" == runs["scrape, no plan"]["state"]


def test_wrong_configuration_is_not_tried_again(runs):
    assert {"plan_shards": 1} == _tries(runs["scrape, no plan"], "plan_shards")


def test_broker_that_does_not_answer_is_tried_again(runs):
    run = runs["index, fails once"]
    assert "success" == run["state"]
    assert {"find_copies_and_index": 2} == _tries(run, "find_copies_and_index")


def test_clean_without_anything_new_rings_nobody(runs):
    run = runs["clean, nothing new"]
    assert "success" == run["state"]
    assert [] == run["events"]


def test_clean_adds_up_its_workers(runs):
    assert [("news_clean", {"published": 8})] == _outcomes(runs["clean, two workers"])


def test_index_announces_stories(runs):
    assert [("news_stories", {"created": 2, "unchanged": 1})] == _outcomes(runs["index, stories made"])


def test_health_is_red_exactly_when_something_was_found(runs):
    assert "success" == runs["health, all well"]["state"]
    assert "failed" == runs["health, findings"]["state"]
    assert {"check": 1} == _tries(runs["health, findings"], "check")


def test_rebuild_that_is_not_in_force_is_gone_on_with(runs):
    run = runs["maintenance, rebuild goes on"]
    assert "success" == run["state"]
    assert {"rebuild_once": 2} == _tries(run, "rebuild_once")


def test_each_part_of_maintenance_is_asked_for_once_and_named(runs):
    calls = runs["maintenance, rebuild goes on"]["calls"]["maintain"]
    parts = [part for asked, _ in calls for part in asked]
    assert ["furniture", "rebuild", "rebuild", "runs", "snapshot", "texts"] == sorted(parts)
    assert all(trigger.startswith("news_maintenance/manual__") for _, trigger in calls)


def test_failed_snapshot_makes_maintenance_red_and_stops_nothing_else(runs):
    run = runs["maintenance, no snapshot"]
    assert "failed" == run["state"]
    assert {"success"} == {state for task, state in _states(run).items() if task != "take_snapshot"}


def test_empty_replay_form_is_a_dry_run_of_dead_letters(runs):
    (given,) = runs["replay, empty form"]["calls"]["plan_replay"]
    assert {"what": "dead letters", "dry_run": True} == {name: given[0][name] for name in ("what", "dry_run")}
    assert "success" == runs["replay, empty form"]["state"]
    assert [] == runs["replay, empty form"]["calls"]["replay"]


def test_replay_hands_its_form_to_every_share_and_labels_it(runs):
    run = runs["replay, pages"]
    assert "success" == run["state"]
    assert ["partition 0", "partition 3"] == [task["label"] for task in run["tasks"] if task["label"]]
    for _, options, trigger in run["calls"]["replay"]:
        assert (["herald"], "2026-11-20T00:00:00Z") == (options["sources"], options["since"])
        assert trigger.startswith("news_replay/manual__")


def _outcomes(run: dict[str, Any]) -> list[tuple[str, dict[str, int]]]:
    return [(event["asset"], event["extra"]["outcomes"]) for event in run["events"]]


def _states(run: dict[str, Any]) -> dict[str, str]:
    return {task["id"]: task["state"] for task in run["tasks"]}


def _tries(run: dict[str, Any], task_id: str) -> dict[str, int]:
    return {task["id"]: task["tries"] for task in run["tasks"] if task["id"] == task_id}
