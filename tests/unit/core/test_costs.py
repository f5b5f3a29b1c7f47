"""Whose pages are slow."""

from __future__ import annotations

from pipeline.core.costs import MOST_HOSTS, Costs, HostCost, together


def test_slowest_is_whose_pages_cost_most_each_and_not_together():
    costs = Costs()
    for _ in range(100):
        costs.add("busy.example", 0.01)
    costs.add("heavy.example", 0.2)
    costs.add("heavy.example", 0.4)
    assert costs.slowest() == (
        HostCost(host="heavy.example", pages=2, cpu_ms=300.0),
        HostCost(host="busy.example", pages=100, cpu_ms=10.0),
    )


def test_only_a_few_hosts_are_told_of():
    costs = Costs()
    for number in range(40):
        costs.add(f"h{number}.example", number / 1000)
    assert [cost.cpu_ms for cost in costs.slowest()] == [39.0, 38.0, 37.0, 36.0, 35.0]
    assert len(costs.slowest()) == MOST_HOSTS


def test_several_runs_are_weighed_by_their_pages():
    one = [HostCost(host="a.example", pages=1, cpu_ms=100.0)]
    other = [
        HostCost(host="a.example", pages=3, cpu_ms=20.0),
        HostCost(host="b.example", pages=1, cpu_ms=30.0),
    ]
    assert together([one, other]) == (
        HostCost(host="a.example", pages=4, cpu_ms=40.0),
        HostCost(host="b.example", pages=1, cpu_ms=30.0),
    )
    assert together([]) == ()
