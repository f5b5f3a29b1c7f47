"""Maintenance over the in-memory world: deleted when due and counted, learnt once, rebuilt once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.adapters.memory import Crash, MemoryWorld
from pipeline.core import evidence
from pipeline.core.codec import from_record
from pipeline.core.copies.furniture import decode
from pipeline.core.http import Response
from pipeline.core.ledger import FetchSection, LedgerEntry, apply
from pipeline.core.maintenance import PARTS, Part
from pipeline.core.model import CleanArticle, Edit, Revision, Story
from pipeline.core.positions import Standing
from pipeline.core.reports import RunReport, Tally
from pipeline.errors import ConfigError, IndexUnavailable
from pipeline.ports import Where, Write
from pipeline.stages.maintenance import MaintenancePorts, maintain
from tests.stages.articles import NOON, article, prose
from tests.stages.indexing import GROUP, LOG, active, drain, publish
from tests.stages.rebuilding import prepare, write

DAY = timedelta(days=1)
LATER = NOON + 20 * DAY
BLOCK = " ".join(prose("newsletter pitch", 70).split())
"""What the newsroom's pages repeat."""


class Rebuilder:
    """Rebuilds over the world, and counts how often it was asked to."""

    def __init__(self, world: MemoryWorld) -> None:
        self.world, self.asked = world, 0

    def __call__(self) -> str:
        self.asked += 1
        assert "ready" == prepare(self.world)
        write(self.world)
        return "in-force"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(now=lambda: LATER)


@pytest.fixture
def rebuilder(world: MemoryWorld) -> Rebuilder:
    return Rebuilder(world)


@pytest.fixture
def run(world, rebuilder):
    def maintained(*parts: Part, now: datetime = LATER, dry_run: bool = False) -> dict[str, int]:
        tally = Tally()
        ports = MaintenancePorts(
            texts=world.texts(),
            bodies=world.old_bodies(),
            old_runs=world.old_runs(),
            ledger=world.articles,
            reader=world.reader(),
            publisher=world.publisher(),
            snapshots=world.snapshots,
            rebuild=rebuilder,
            index_group=GROUP,
        )
        maintain(ports, parts or PARTS, tally, now, dry_run=dry_run)
        return dict(tally.outcomes)

    return maintained


def discovered(world: MemoryWorld, found: CleanArticle, **changed: object) -> None:
    """Let the ledger know that fetch found the article, and when."""
    section = FetchSection(
        source_id=found.source_id,
        url=found.url,
        canonical_url=found.canonical_url,
        host="herald.example",
        run_id="fetch-1",
        discovered_at=found.fetched_at,
        attempted_at=found.fetched_at,
        outcome="fetched",
        fetched_at=found.fetched_at,
    )
    held = world.articles.get([found.article_id]).get(found.article_id)
    entry = apply(
        held.value if held else LedgerEntry(article_id=found.article_id), replace(section, **changed)
    )  # type: ignore[arg-type]
    world.articles.put([Write(id=found.article_id, value=entry)])
    world.refresh()


def newsroom(world: MemoryWorld, count: int = 24) -> list[CleanArticle]:
    """Pages of their own over two days that all carry the same block: without a list they chain."""
    pages = [
        article(
            f"page-{number}",
            f"{BLOCK}\n\n{prose(f'page {number}', 90)}",
            minutes=number * 100,
            source=f"s{number}",
        )
        for number in range(count)
    ]
    publish(world, *pages)
    drain(world)
    for page in pages:
        discovered(world, page)
    return pages


def texts(world: MemoryWorld) -> list[Revision]:
    world.refresh()
    return list(world.texts().find(Where(), order="article_id"))


def lists(world: MemoryWorld) -> list[Edit]:
    values = [from_record(record) for record in world.records(LOG)]
    return [value for value in values if isinstance(value, Edit) and value.kind == "furniture"]


def standing(world: MemoryWorld) -> Standing:
    return Standing.read(world.reader().committed(GROUP, LOG)[0][1])


def assignments(stories: Collection[Story]) -> dict[str, str]:
    return {member.article_id: story.story_id for story in stories for member in story.members}


def test_expired_texts_are_deleted_and_counted(world, run):
    publish(world, article("old"), article("young", minutes=10 * 24 * 60))
    drain(world)
    assert {"deleted(text-expired)": 1} == run("texts", now=NOON + 46 * DAY)
    assert [article("young").article_id] == [kept.article_id for kept in texts(world)]
    assert {} == run("texts", now=NOON + 46 * DAY)


def test_text_of_an_article_its_source_still_shows_is_kept(world, run):
    followed, left = article("followed"), article("left")
    publish(world, followed, left)
    drain(world)
    discovered(world, followed, attempted_at=NOON + 40 * DAY, outcome="not-modified")
    discovered(world, left)
    now = NOON + 46 * DAY
    assert {"deleted(text-expired)": 1, "kept(still-listed)": 1} == run("texts", now=now)
    assert [followed.article_id] == [kept.article_id for kept in texts(world)]
    assert {"kept(still-listed)": 1} == run("texts", now=now)


def test_all_texts_of_one_article_expire_each_by_its_own_time(world, run):
    first = article("page", prose("first"))
    second = article("page", prose("second"), minutes=10 * 24 * 60)
    publish(world, first, second)
    drain(world)
    assert {"deleted(text-expired)": 1} == run("texts", now=NOON + 46 * DAY)
    assert [second.revision] == [kept.revision for kept in texts(world)]


def test_last_documents_of_sources_go_after_two_weeks(world, run):
    for days in (13, 15):
        answer = Response(url=f"https://{days}.example/feed", status=200, body=b"<rss/>")
        at = LATER - days * DAY
        kept = evidence.kept(f"s{days}", answer, answer.url, fault=None, at=at, run_id="fetch-1")
        world.source_bodies.put([Write(id=kept.source_id, value=kept)])
    assert {"deleted(body-expired)": 1} == run("texts", dry_run=True)
    assert {"deleted(body-expired)": 1} == run("texts")
    assert ["s13"] == list(world.source_bodies.all())


def test_ledger_and_stories_are_never_pruned(world, run):
    newsroom(world, 3)
    before = world.articles.counts("state", Where())
    run(now=NOON + 400 * DAY)
    world.refresh()
    assert before == world.articles.counts("state", Where())
    assert active(world)


def test_reports_go_after_ninety_days_unless_open(world, run):
    ages = {"finished": 91, "failed": 91, "dead": 91, "open": 91}
    reports = [
        RunReport(
            run_id=f"clean-{status}",
            stage="clean",
            status=status,
            started_at=LATER - days * DAY,
            heard_at=LATER - days * DAY,
        )
        for status, days in ages.items()
    ]
    young = replace(reports[0], run_id="clean-young", started_at=LATER - 89 * DAY)
    world.runs.put([Write(id=report.run_id, value=report) for report in [*reports, young]])
    assert {"deleted(run-expired)": 3} == run("runs")
    ids = [report.run_id for report in [*reports, young]]
    assert {"clean-open", "clean-young"} == set(world.runs.get(ids))


def test_one_snapshot_a_day_is_kept_for_two_weeks(world, run):
    days = iter(range(17))
    made = MemoryWorld(now=lambda: NOON + next(days) * DAY)
    world.snapshots = made.snapshots
    done = [run("snapshot", now=NOON + day * DAY) for day in range(17)]
    assert {"snapshot(complete)": 1} == done[0]
    assert {"snapshot(complete)": 1, "deleted(snapshot-expired)": 1} == done[16]
    assert 15 == len(world.snapshots.held())
    assert {} == run("snapshot", now=NOON + 16 * DAY)


def test_snapshot_that_is_not_whole_is_an_error_and_taken_again(world, run):
    world.snapshots.becomes = "partial"
    with pytest.raises(IndexUnavailable):
        run("snapshot")
    world.snapshots.becomes = "complete"
    assert {"snapshot(complete)": 1} == run("snapshot", now=LATER + timedelta(seconds=1))


def test_first_list_is_learnt_once_and_comes_into_force_by_its_edit_alone(world, run):
    pages = newsroom(world)
    before = assignments(active(world))
    assert {"list(first)": 1} == run("furniture")
    (edit,) = lists(world)
    assert ("maintenance", LATER) == (edit.by, edit.at)
    assert decode(edit.furniture or "", 1).size > 0
    assert Standing() == standing(world)
    assert {} == run("furniture")
    drain(world)
    assert standing(world).furniture
    assert {} == run("furniture")
    assert before == assignments(active(world))
    assert 1 == len(lists(world))
    late = article("late", f"{BLOCK}\n\n{prose('late', 90)}", minutes=24 * 100, source="late")
    publish(world, late)
    drain(world)
    assert before == {id: story for id, story in assignments(active(world)).items() if id != late.article_id}
    assert len(pages) + 1 == len(assignments(active(world)))


def test_nothing_is_learnt_from_too_little_too_early(world, run):
    newsroom(world)
    assert {} == run("furniture", now=NOON + 13 * DAY)
    assert [] == lists(world)


def test_first_list_that_would_be_empty_is_none(world, run):
    publish(world, article("one"))
    drain(world)
    discovered(world, article("one"))
    assert {} == run("furniture")
    assert [] == lists(world)


def test_list_is_renewed_after_a_week_and_not_before(world, run):
    newsroom(world)
    run("furniture")
    drain(world)
    assert {} == run("furniture", now=LATER + 6 * DAY)
    assert {"list(renewed)": 1} == run("furniture", now=LATER + 7 * DAY)
    assert {} == run("furniture", now=LATER + 7 * DAY)
    drain(world)
    assert {} == run("furniture", now=LATER + 13 * DAY)
    assert 2 == len(lists(world))


def test_list_the_log_forgot_is_learnt_anew(world, run):
    newsroom(world)
    run("furniture")
    drain(world)
    world.broker.forget(LOG, 0, before=world.reader().ends(LOG)[0][1])
    assert {"list(renewed)": 1} == run("furniture", now=LATER + DAY)


def test_article_corrected_daily_counts_as_one_document(world, run):
    """Thirty texts of one page share everything, and are no evidence of furniture."""
    texts_of_one = [
        article("ticker", f"{prose('ticker')}\n\n{prose(f'news {number}', 60)}", minutes=number * 60)
        for number in range(30)
    ]
    publish(world, *texts_of_one)
    drain(world)
    discovered(world, texts_of_one[0])
    assert {} == run("furniture")


def test_rebuild_waits_until_the_list_is_in_force(world, run, rebuilder):
    newsroom(world)
    assert {"list(first)": 1, "rebuild(waits-for-list)": 1} == run("furniture", "rebuild")
    assert 0 == rebuilder.asked


def test_first_list_causes_exactly_one_rebuild_which_undoes_the_chains(world, run, rebuilder):
    pages = newsroom(world)
    assert 1 == len(active(world))
    run("furniture")
    drain(world)
    assert {"rebuild(in-force)": 1} == run("rebuild")
    assert len(pages) == len(active(world))
    assert {} == run("rebuild")
    assert {"list(renewed)": 1} == run("furniture", "rebuild", now=LATER + 7 * DAY)
    drain(world)
    assert {} == run("rebuild", now=LATER + 8 * DAY)
    assert 1 == rebuilder.asked


def test_interrupted_rebuild_is_gone_on_with(world, run):
    newsroom(world)
    run("furniture")
    drain(world)
    world.crash_before("generations.swap")
    with pytest.raises(Crash):
        run("rebuild")
    world.restart()
    assert {"rebuild(in-force)": 1} == run("rebuild")
    assert 24 == len(active(world))
    assert {} == run("rebuild")


def test_no_rebuild_without_a_list(world, run, rebuilder):
    newsroom(world, 3)
    assert {} == run("rebuild")
    assert 0 == rebuilder.asked


def test_second_run_on_a_day_does_nothing(world, run):
    newsroom(world)
    assert {"snapshot(complete)": 1, "list(first)": 1, "rebuild(waits-for-list)": 1} == run()
    drain(world)
    assert {"rebuild(in-force)": 1} == run()
    assert {} == run()


def test_dry_run_counts_what_is_due_and_does_nothing(world, run, rebuilder):
    newsroom(world)
    now = NOON + 46 * DAY
    due = {"deleted(text-expired)": 1, "kept(still-listed)": 14, "snapshot(due)": 1, "list(first-due)": 1}
    for number in range(14):
        page = article(f"page-{number}", source=f"s{number}")
        discovered(world, page, attempted_at=NOON + 5 * DAY, outcome="not-modified")
    assert due == run(now=now, dry_run=True)
    assert due == run(now=now, dry_run=True)
    assert 24 == len(texts(world))
    assert [] == lists(world)
    assert [] == world.snapshots.held()
    assert 0 == rebuilder.asked


def test_index_stage_whose_list_the_log_lost_waits_for_another_and_goes_on_under_it(world, run):
    """Maintenance rested for more than thirty days."""
    newsroom(world)
    run("furniture")
    drain(world)
    world.broker.forget(LOG, 0, before=world.reader().ends(LOG)[0][1])
    pages = [article(f"new-{number}", f"{BLOCK}\n\n{prose(number, 90)}", source="new") for number in "ab"]
    publish(world, *pages)
    with pytest.raises(ConfigError, match="maintenance run --only furniture"):
        drain(world)
    assert {"list(renewed)": 1} == run("furniture", now=LATER + 40 * DAY)
    lost = standing(world).furniture
    drain(world)
    assert standing(world).furniture > lost
    known = assignments(active(world))
    assert known[pages[0].article_id] != known[pages[1].article_id]
    assert {"rebuild(in-force)": 1} == run("furniture", "rebuild", now=LATER + 41 * DAY)
