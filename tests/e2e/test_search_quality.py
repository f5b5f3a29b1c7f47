"""The judged queries on a real Elasticsearch: invented stories in six languages among distractors.

`bench/search/judged.py` says what is measured; the figures are in docs/benchmarks.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from bench.search import judged
from pipeline.core.search import Query
from pipeline.settings import Settings
from tests.contract.shelves import shelf

WANTED = 0.90
"""nDCG@10 that the mean must reach."""
WANTED_OF_A_LANGUAGE = 0.85


def test_set_is_large_and_varied_enough() -> None:
    stories = judged.stories(datetime(2026, 11, 24, tzinfo=UTC))
    queries = list(judged.queries())
    languages = Counter(story.content.language for story in stories.values() if story.content)
    assert len(queries) >= 60
    assert len(languages) == 6
    assert min(languages.values()) >= 7
    assert all(each.grades.keys() <= stories.keys() for each in queries)
    assert {grade for each in queries for grade in each.grades.values()} == {1, 2, 3}


@pytest.mark.parametrize(
    ("found", "grades", "value"),
    [
        (["a", "b"], {"a": 3, "b": 2}, 1.0),
        ([], {"a": 3}, 0.0),
        (["x", "a"], {"a": 3}, 0.6309),
        (["b", "a"], {"a": 3, "b": 2}, 0.8340),
        (["x"] * 10 + ["a"], {"a": 3}, 0.0),
    ],
    ids=["best first", "nothing", "second", "turned round", "beyond the tenth"],
)
def test_gain_is_less_the_further_down_an_answer_stands(found, grades, value) -> None:
    assert judged.ndcg(found, grades) == pytest.approx(value, abs=1e-4)


@pytest.mark.servers
def test_best_answers_come_first(settings: Settings) -> None:
    now = datetime.now(UTC)
    stories = judged.stories(now)
    names = {story.story_id: name for name, story in stories.items()}
    with shelf(settings) as made:
        made.put([*stories.values(), *judged.distractors(now)])

        def search(query: Query) -> list[str]:
            return [names.get(hit.story_id, "") for hit in made.searcher.search(query).hits]

        results = judged.judge(search)
    by_language: defaultdict[str, list[float]] = defaultdict(list)
    for each, _, value in results:
        best = max(each.grades, key=lambda name: each.grades[name])
        by_language[best[:2]].append(value)
    means = {language: sum(values) / len(values) for language, values in by_language.items()}
    worst = [
        (round(value, 3), each.query.text) for each, _, value in sorted(results, key=lambda row: row[2])
    ][:9]
    assert sum(value for *_, value in results) / len(results) >= WANTED, worst
    assert min(means.values()) >= WANTED_OF_A_LANGUAGE, (means, worst)
