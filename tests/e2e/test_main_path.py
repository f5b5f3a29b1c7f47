"""The README's main job on real servers: pages become searchable stories, by the DAGs in Airflow."""

from __future__ import annotations

import pytest

from tests.e2e.newsday import Look, Newsday, article_id

pytestmark = [pytest.mark.e2e, pytest.mark.servers, pytest.mark.timeout(900)]

ROUNDS = ("talks-second-round", "talks-next-round")
"""Two rounds of one affair, in the newsroom's words."""


@pytest.fixture(params=["first edition", "after corrections"])
def look(newsday: Newsday, request: pytest.FixtureRequest) -> Look:
    return newsday.first if request.param == "first edition" else newsday.second


def test_every_article_is_searchable(look):
    assert {article_id(url) for url in look.truth.articles} == {
        member.article_id for story in look.active for member in story.members
    }


def test_each_wire_copy_group_is_one_story_listing_all_its_members(look):
    groups = look.truth.copies()
    assert len(groups) >= 7
    told = {name: {article_id(url) for url in members} for name, members in groups.items()}
    found = {
        name: {member.article_id for member in look.story_of(members[0]).members}
        for name, members in groups.items()
    }
    assert told == found


def test_articles_that_are_not_copies_stay_apart(look):
    assert len(look.truth.groups) == len(look.active)


def test_two_rounds_of_one_affair_are_two_stories(look):
    stories = {look.story_of(look.truth.groups[name][0]).story_id for name in ROUNDS}
    assert 2 == len(stories)


def test_corrected_article_is_one_article_with_two_revisions(newsday):
    assert newsday.corrected
    for name in newsday.corrected:
        article = newsday.second.truth.article(name)
        held = newsday.second.revisions[article_id(article.url)]
        (member,) = [
            member
            for member in newsday.second.story_of(article.url).members
            if member.article_id == article_id(article.url)
        ]
        assert 2 == len(held) == len(member.revisions)
        assert 1 == member.corrections


def test_story_shows_the_corrected_text(newsday):
    for name in newsday.corrected:
        article = newsday.second.truth.article(name)
        story = newsday.second.story_of(article.url)
        assert story.content is not None
        assert article.title == story.content.title
        assert article.paragraphs[-1].split()[-5:] == story.content.text.split()[-5:]


def test_correction_does_not_move_the_article(newsday):
    for name in newsday.corrected:
        url = newsday.second.truth.article(name).url
        assert newsday.first.story_of(url).story_id == newsday.second.story_of(url).story_id


def test_no_furniture_in_any_indexed_text(look):
    found = [
        (article.id, line)
        for article in look.truth.articles.values()
        for revision in look.revisions[article_id(article.url)]
        for line in article.furniture
        if revision.article and line in revision.article.text
    ]
    assert [] == found


def test_every_discard_has_the_reason_it_deserves(look):
    told = {}
    for url in look.truth.discards:
        entry = look.ledger[article_id(url)]
        assert "discarded" == entry.state
        told[url] = (entry.clean and entry.clean.reason) or (entry.fetch and entry.fetch.reason)
    assert look.truth.discards == told


def test_ledger_knows_exactly_what_was_announced(look):
    announced = {article_id(url) for url in (*look.truth.articles, *look.truth.discards)}
    assert announced == set(look.ledger)


def test_search_finds_the_story_by_its_words_and_lists_its_copies(newsday):
    (hit, *_) = newsday.found.hits
    assert "ferry" in hit.title.lower()
    assert hit.article_count >= 4
    assert any("<em>" in fragment for fragments in hit.highlights.values() for fragment in fragments)


def test_ledger_balances(newsday):
    assert [] == newsday.status["problems"]
    assert 0 == newsday.exit_code
    assert newsday.status["ledger"]["balanced"]
    assert 0 == newsday.status["ledger"]["in_flight"]


def test_every_run_says_which_dag_run_it_was_part_of(newsday):
    triggers = {report.trigger or "" for report in newsday.reports}
    assert {"news_scrape", "news_clean", "news_index"} == {name.partition("/")[0] for name in triggers}


def test_runs_ended_well(newsday):
    assert {"finished"} == {report.status for report in newsday.reports}


def test_dags_rang_one_another(newsday):
    """Only news_scrape was triggered; the others came by doorbell or by the event of the stage before."""
    for dag_id in ("news_clean", "news_index"):
        runs = newsday.airflow.get(f"/dags/{dag_id}/dagRuns")["dag_runs"]
        assert "asset_triggered" in {run["run_type"] for run in runs}
        assert "manual" not in {run["run_type"] for run in runs}


def test_asset_events_carry_the_counts(newsday):
    events = newsday.airflow.get("/assets/events?limit=100")["asset_events"]
    counted = [event["extra"]["outcomes"] for event in events if "outcomes" in event["extra"]]
    fetched = sum(counts.get("fetched", 0) for counts in counted)
    assert fetched == sum(report.outcomes.get("fetched", 0) for report in newsday.reports)
