"""A source falls silent, is blocked and comes back: each is seen in one run, with the time and the evidence.

Seen where people look: the run's report and its summary, `copydesk sources health`, why `news_health` is red.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.airflow import tasks
from pipeline.airflow.counts import total
from pipeline.cli.run import run as run_command
from pipeline.cli.sources import sources
from pipeline.core.evidence import LARGEST
from pipeline.core.reports import RunReport
from pipeline.errors import PipelineError
from pipeline.ports import Write
from pipeline.stages.checkup import unusual_volumes
from pipeline.stages.fetch import FetchPorts
from tests.stages.fetching import FEED, Desk, rss, source

A, B = "https://herald.example/a", "https://herald.example/b"
CATALOGUE = f"version: 1\nsources:\n- {{id: herald, name: Herald, kind: feed, url: {FEED}}}\n"


class Watch(Desk):
    """A desk and the places where people look, over the same memory and clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
        super().__init__()
        catalogue = tmp_path / "sources.yaml"
        catalogue.write_text(CATALOGUE, encoding="utf-8")
        monkeypatch.setenv("COPYDESK_SOURCES", str(catalogue))
        self.patch = monkeypatch
        world = SimpleNamespace(
            settings=SimpleNamespace(sources=catalogue),
            sources=self.world.sources,
            source_bodies=self.world.source_bodies,
            ledger=self.world.articles,
            runs=self.world.runs,
            reader=self.world.reader(),
            close=lambda: None,
        )
        monkeypatch.setattr("pipeline.cli.reach.require", lambda *_: None)
        monkeypatch.setattr("pipeline.world.World", lambda *_: world)
        monkeypatch.setattr(tasks, "World", lambda: world)
        monkeypatch.setattr("pipeline.bootstrap.now", self.clock.now)

    def ports(self) -> FetchPorts:
        return replace(super().ports(), bodies=self.world.source_bodies)

    def health(self, *arguments: str) -> str:
        return CliRunner().invoke(sources, ["health", *arguments], catch_exceptions=False).stdout

    def fact(self, name: str) -> Any:
        return json.loads(self.health("herald", "--json"))[name]

    def findings(self) -> list[str]:
        """The lines about sources by which `news_health` is red."""
        try:
            tasks.check()
        except tasks.NeedsAttention as error:
            return [line for line in str(error).splitlines() if line.startswith("source ")]
        return []

    def summary(self, report: RunReport) -> list[str]:
        """What `news_scrape` says at its end."""
        return total([1], [tasks._counts("at-the-ends", report)]).get("changes", [])

    def printed(self, report: RunReport) -> str:
        """What `copydesk run fetch` prints of this run."""
        self.patch.setattr("pipeline.bootstrap.run_fetch", lambda *_: ("at-the-ends", report))
        return CliRunner().invoke(run_command, ["fetch"], catch_exceptions=False).stdout

    def is_seen(self, report: RunReport, change: str, *, alarm: bool) -> None:
        """The change is told by the run, to the person who looks, and raises or ends the alarm."""
        assert [str(told) for told in report.changes] == [change]
        assert self.world.runs.get([report.run_id])[report.run_id].value.changes == report.changes
        assert self.summary(report) == [f"source {change}"]
        assert f"source {change}\n" in self.printed(report)
        _, _, now = change.partition(", is ")
        assert self.findings() == ([f"source herald is {now}"] if alarm else [])
        word, _, rest = now.partition(" since ")
        since, _, why = rest.partition(" UTC: ")
        (line,) = [line for line in self.health("--all").splitlines() if line.startswith("herald ")]
        for part in (word, since.removesuffix(" UTC"), why):
            assert part in line
        assert self.fact("health") == word


@pytest.fixture
def watch(monkeypatch, tmp_path) -> Watch:
    return Watch(monkeypatch, tmp_path)


def test_silent_then_blocked_then_back_is_each_seen_in_one_run(watch):
    watch.feed(A)
    assert watch.run().changes == ()
    assert watch.findings() == []

    watch.later(days=3, hours=1)
    watch.is_seen(
        watch.run(),
        "herald was healthy, is silent since 2026-11-23 12:00 UTC:"
        " nothing new since 2026-11-20 12:00 UTC, expected within 3 d",
        alarm=True,
    )
    assert watch.run(force=True).changes == ()

    watch.web.page(FEED, status=403)
    watch.later(days=1)
    at = f"{watch.clock.at:%Y-%m-%d %H:%M} UTC"
    watch.is_seen(
        watch.run(),
        f"herald was silent, is blocked since {at}: forbidden (HTTP 403), 1 in a row since {at}",
        alarm=True,
    )

    watch.feed(A, B)
    watch.later(days=2)
    at = f"{watch.clock.at:%Y-%m-%d %H:%M} UTC"
    watch.is_seen(watch.run(), f"herald was blocked, is healthy since {at}", alarm=False)
    assert watch.fact("health_why") is None


def test_robots_that_shut_us_out_block_a_source_and_opening_brings_it_back(watch):
    watch.feed(A)
    watch.run()
    watch.web.page("https://herald.example/robots.txt", "User-agent: *\nDisallow: /feed\n")
    watch.later(days=1, minutes=1)
    at = f"{watch.clock.at:%Y-%m-%d %H:%M} UTC"
    watch.is_seen(
        watch.run(), f"herald was healthy, is blocked since {at}: robots, 1 in a row since {at}", alarm=True
    )
    watch.web.page("https://herald.example/robots.txt", "User-agent: *\nDisallow: /elsewhere\n")
    watch.later(days=1, hours=3)
    at = f"{watch.clock.at:%Y-%m-%d %H:%M} UTC"
    watch.is_seen(watch.run(), f"herald was blocked, is healthy since {at}", alarm=False)


def test_silence_shows_between_polls_and_is_dated_by_when_it_began(watch):
    watch.feed(A)
    watch.run()
    began = watch.clock.at + timedelta(hours=72)
    watch.later(hours=70)
    watch.run(force=True)
    watch.later(hours=4)
    assert watch.findings()[0].startswith(f"source herald is silent since {began:%Y-%m-%d} 12:00 UTC")
    assert watch.state().health == "healthy"


def test_one_source_is_told_in_full_and_an_unknown_one_is_refused(watch):
    watch.feed(A, "ftp://herald.example/x")
    watch.run()
    shown = watch.health("herald")
    for part in ("healthy", "2026-11-20 12:00 UTC", "new-items", "1 scheme", "silent from", "2026-11-23"):
        assert part in shown
    result = CliRunner().invoke(sources, ["health", "nobody"])
    assert "no source is called 'nobody'" in str(result.exception)


def test_last_document_that_differed_is_kept_for_whoever_asks_why(watch):
    def body(*arguments: str) -> tuple[bytes, str]:
        result = CliRunner().invoke(sources, ["body", *arguments], catch_exceptions=False)
        return result.stdout_bytes, result.stderr

    watch.feed(A)
    watch.run()
    assert body("herald") == (
        rss(A).encode(),
        f"{FEED} on 2026-11-20 12:00 UTC: HTTP 200, application/rss+xml, {len(rss(A))} bytes\n",
    )
    watch.later(hours=1)
    watch.run()
    assert "12:00 UTC" in body("herald")[1], "the same once more is not kept again"
    apology = "<!doctype html><title>Sorry</title>" + "x" * LARGEST
    watch.web.page(FEED, apology)
    watch.later(hours=1)
    watch.run()
    document, told = body("herald")
    assert document == apology.encode()[:LARGEST]
    assert "2026-11-20 14:00 UTC" in told
    assert "262,179 bytes, of which the first 262,144 follow; html: a web page where a feed should be" in told
    with pytest.raises(PipelineError, match="no document of 'nobody' is kept"):
        body("nobody")


def test_day_far_below_the_usual_is_remarked_and_alarms_nobody(watch):
    watch.feed(A)
    watch.run()
    (held,) = watch.world.sources.get(["herald"]).values()
    four_weeks = replace(held.value, daily_new=(10,) * 28 + (1, 0), daily_quiet=(3600,) * 30)
    watch.world.sources.put([Write(id="herald", value=four_weeks, tag=held.tag)])
    assert watch.findings() == []
    assert watch.fact("unusual_volume") == "1 new on Thursday 2026-11-19, usually 4 to 16"
    assert "1 new on Thursday 2026-11-19" in watch.health()
    remarks = unusual_volumes([source()], watch.world.sources, watch.clock.at)
    assert remarks == ["source herald: 1 new on Thursday 2026-11-19, usually 4 to 16"]
