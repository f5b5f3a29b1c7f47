"""What the summary of a DAG adds up."""

from __future__ import annotations

from pipeline.airflow.counts import Counts, Slow, total


def part(run: str, published: int, **more: list[Slow]) -> Counts:
    return Counts(runs=[run], ended=["at-the-ends"], discovered=0, outcomes={"published": published}, **more)


def test_slowest_hosts_of_several_workers_are_weighed_together():
    one = part("a", 3, slowest=[Slow(host="x.example", pages=1, cpu_ms=90.0)])
    other = part("b", 4, slowest=[Slow(host="x.example", pages=2, cpu_ms=30.0)])
    summary = total([1, 2], [one, other])
    assert summary["outcomes"] == {"published": 7}
    assert summary["slowest"] == [{"host": "x.example", "pages": 3, "cpu_ms": 50.0}]


def test_runs_that_extract_nothing_name_no_hosts():
    assert "slowest" not in total([1], [part("a", 1)])


def test_sources_that_changed_are_named_by_every_part():
    one, other = part("a", 1), part("b", 1)
    one["changes"], other["changes"] = (
        ["source x was healthy, is silent"],
        ["source y was silent, is healthy"],
    )
    assert total([1, 2], [one, other])["changes"] == [*one["changes"], *other["changes"]]
    assert "changes" not in total([1], [part("a", 1)])
