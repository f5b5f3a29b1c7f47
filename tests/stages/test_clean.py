"""The clean stage edge to edge: topics, ledger, dead letters, and a death at every write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from pipeline.adapters.memory import Crash, MemoryWorld
from pipeline.core.codec import read_dead_letter
from pipeline.core.ledger import EditSection, apply
from pipeline.core.model import Changed, RawArticle
from pipeline.core.records import Message
from pipeline.ports import Write
from tests.stages import cleaning
from tests.stages.cleaning import NOON, drain, entry, fetched, logged, page, raw

EXAMPLE = Path(__file__).parents[1] / "unit" / "core" / "clean" / "site_rules.yaml"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def dead_letters(world: MemoryWorld) -> list[tuple[str, bytes | None]]:
    letters = (read_dead_letter(record) for record in world.records("news.dead-letters.v1"))
    return [(letter.reason, letter.value) for letter in letters]


def edited(world: MemoryWorld, article: str, section: EditSection) -> None:
    held = entry(world, article)
    assert held is not None
    world.articles.put([Write(id=article, value=apply(held, section))])


def test_new_page_is_published_with_pointer_and_ledger_names_its_fetch(world):
    fetched(world, raw())
    report = drain(world)
    (article,) = logged(world)
    held = entry(world, article.article_id)
    assert report.outcomes == {"published": 1}
    assert (article.raw.topic, article.raw.offset) == (cleaning.RAW, 0)
    assert held.state == "cleaned"
    assert (held.clean.outcome, held.clean.published_fetch) == ("published", NOON)
    assert held.clean.revision == article.revision
    assert held.clean.offset == 0


def test_report_names_the_slowest_hosts(world):
    fetched(world, raw())
    report = drain(world)
    assert [(cost.host, cost.cpu_ms) for cost in report.slowest] == [("herald.example", 12.5)]
    assert world.runs.get([report.run_id])[report.run_id].value.slowest == report.slowest


def test_report_counts_how_often_a_rule_for_a_site_was_used_and_missed(world):
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["board-of-notices"]
    known, moved = raw("a", body=example["page"].encode()), raw("b")
    host = "https://north.notices.example/n"
    fetched(world, *(at(one, f"{host}/{number}") for number, one in enumerate((known, moved))))
    details = drain(world).details
    assert details["site_rule.board-of-notices"] == 2
    assert details["site_rule_missed.board-of-notices"] == 1


def at(page: RawArticle, url: str) -> RawArticle:
    return replace(page, url=url, canonical_url=url, http=replace(page.http, final_url=url))


def test_same_page_fetched_again_is_unchanged_and_names_the_new_fetch(world):
    fetched(world, raw())
    drain(world)
    fetched(world, raw(minutes=30))
    report = drain(world)
    held = entry(world, raw().article_id)
    assert report.outcomes == {"unchanged": 1}
    assert len(logged(world)) == 1
    assert held.clean.fetched_at == NOON + timedelta(minutes=30)
    assert held.clean.published_fetch == NOON
    assert held.state == "cleaned"


def test_furniture_around_the_text_is_no_change(world):
    fetched(world, raw())
    drain(world)
    other = page().replace(b"<article>", b"<nav><a href=/x>Latest storm news</a></nav>  <article>\n")
    fetched(world, raw(minutes=30, body=other))
    assert drain(world).outcomes == {"unchanged": 1}


def test_corrected_text_is_a_second_revision_under_the_same_version(world):
    fetched(world, raw(), raw(minutes=30, body=page(days=cleaning.DAYS[:5])))
    report = drain(world)
    first, second = logged(world)
    assert report.outcomes == {"published": 2}
    assert first.article_id == second.article_id
    assert first.revision != second.revision
    assert first.extraction_version == second.extraction_version


def test_revision_says_what_changed_and_a_first_text_nothing(world):
    fetched(world, raw(), raw(minutes=30, body=page(days=[*cleaning.DAYS[:6], "Doomsday"])))
    fetched(world, raw(minutes=60, body=page("Council mends bridge", days=[*cleaning.DAYS[:6], "Doomsday"])))
    drain(world)
    first, second, third = logged(world)
    assert first.changed is None
    assert second.changed is not None
    assert (second.changed.since, second.changed.title) == (first.revision, False)
    assert second.changed.text == pytest.approx(1 / 7, abs=0.01)
    assert third.changed == Changed(since=second.revision, title=True, text=0.0)


def test_new_metadata_with_the_same_text_is_no_change_of_the_text(world):
    section = b'<head><meta property="article:section" content="World">'
    fetched(world, raw(), raw(minutes=30, body=page().replace(b"<title>", section + b"<title>", 1)))
    drain(world)
    first, second = logged(world)
    assert (first.revision, second.section, second.changed) == (second.revision, "World", None)


def test_revision_published_twice_after_a_death_says_the_same_both_times(world):
    fetched(world, raw())
    drain(world)
    before = entry(world, raw().article_id)
    fetched(world, raw(minutes=30, body=page(days=cleaning.DAYS[:6])))
    drain(world)
    world.articles.put([Write(id=before.article_id, value=before)])
    fetched(world, raw(minutes=30, body=page(days=cleaning.DAYS[:6])))
    drain(world)
    _, once, again = logged(world)
    assert once.changed is not None
    assert (once.revision, once.changed) == (again.revision, again.changed)


def test_two_equal_fetches_in_one_batch_are_published_once(world):
    fetched(world, raw(), raw(minutes=30))
    assert drain(world).outcomes == {"published": 1, "unchanged": 1}


def test_discard_is_counted_with_its_reason_and_keeps_the_last_publication(world):
    fetched(world, raw())
    drain(world)
    fetched(world, raw(minutes=30, body=b"%PDF-1.7 binary"))
    report = drain(world)
    held = entry(world, raw().article_id)
    assert report.outcomes == {"discarded(not-html)": 1}
    assert (held.state, held.clean.reason) == ("discarded", "not-html")
    assert held.clean.published_fetch == NOON
    assert held.clean.content_hash is not None


def test_record_that_is_no_json_is_dead_lettered_untouched_and_the_stage_goes_on(world):
    key = raw("other").article_id
    world.publisher().publish([Message(topic=cleaning.RAW, key=key, value=b"{broken", headers={})])
    fetched(world, raw())
    report = drain(world)
    assert report.outcomes == {"dead-lettered(not-json)": 1, "published": 1}
    assert dead_letters(world) == [("not-json", b"{broken")]


def test_unreadable_record_that_fetch_knows_is_dead_lettered_in_the_ledger_too(world):
    fetched(world, raw())
    article = raw().article_id
    broken = MemoryWorld()
    message = Message(topic=cleaning.RAW, key=article, value=b"{broken", headers={})
    placed = broken.publisher().publish([message])[0]
    held = entry(world, article)
    assert (held.fetch.partition, held.fetch.offset) == (placed.partition, placed.offset)
    broken.articles.put([Write(id=article, value=held)])
    drain(broken)
    assert entry(broken, article).state == "dead-lettered"


def test_page_that_hangs_is_dead_lettered_and_its_replay_succeeds(world):
    fetched(world, raw())
    assert drain(world, cleaning.Failing()).outcomes == {"dead-lettered(extraction-timeout)": 1}
    assert entry(world, raw().article_id).state == "dead-lettered"
    fetched(world, raw())
    assert drain(world).outcomes == {"published": 1}
    assert entry(world, raw().article_id).state == "cleaned"


def test_replay_that_a_later_fetch_has_overtaken_is_unchanged(world):
    fetched(world, raw(minutes=30))
    drain(world)
    fetched(world, raw(body=page("An older title")))
    assert drain(world).outcomes == {"unchanged": 1}
    assert len(logged(world)) == 1
    assert entry(world, raw().article_id).clean.fetched_at == NOON + timedelta(minutes=30)


def test_removed_article_is_not_published_and_comes_back_when_restored(world):
    fetched(world, raw())
    drain(world)
    article = raw().article_id
    edited(world, article, EditSection(position=1, removed=True, at=NOON + timedelta(minutes=10), by="desk"))
    fetched(world, raw(minutes=20, body=page("A new title")))
    assert drain(world).outcomes == {"discarded(removed)": 1}
    assert entry(world, article).state == "removed"
    edited(world, article, EditSection(position=2, removed=False, at=NOON + timedelta(minutes=30), by="desk"))
    fetched(world, raw(minutes=40))
    assert drain(world).outcomes == {"published": 1}
    fetched(world, raw(minutes=50))
    assert drain(world).outcomes == {"unchanged": 1}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["publisher.publish", "articles.put", "consumer.commit"])
def test_death_at_any_write_neither_loses_nor_doubles(world, step, when):
    fetched(world, raw("a"), raw("b"), raw("b", minutes=5, body=page("Bridge repaired")), raw("c", body=b"x"))
    getattr(world, f"crash_{when}")(step)
    with pytest.raises(Crash):
        drain(world)
    world.restart()
    drain(world)
    found = [(article.article_id, article.revision, article.fetched_at) for article in logged(world)]
    assert len(set(found)) == 3
    between_log_and_ledger = (("publisher.publish", "after"), ("articles.put", "before"))
    assert len(found) == (6 if (step, when) in between_log_and_ledger else 3)
    states = {name: entry(world, raw(name).article_id).state for name in "abc"}
    assert states == {"a": "cleaned", "b": "cleaned", "c": "discarded"}
    assert entry(world, raw("b").article_id).clean.published_fetch == NOON + timedelta(minutes=5)
