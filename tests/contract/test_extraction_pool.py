"""The Extractor port over its process pool: pages that hang, explode or kill harm nobody but themselves."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.extraction import ProcessPool
from pipeline.core.model import CleanArticle
from pipeline.errors import Discard, InvalidRecord
from tests.unit.core.clean.pages import raw

SENTENCE = (
    "The ferry office will open window {} in March, the council decided on Tuesday after a long debate."
)
HANGING = "<html>" + "<div>" * 150_000 + "<p>text</p>"
HUGE = "<html>" + "<b><i>" * 400_000 + "<p>text</p>"


def page(number: int) -> str:
    text = "".join(f"<p>{SENTENCE.format(f'{number} of {total}')}</p>" for total in range(2, 9))
    return f"<html lang=en><title>Office {number}</title><article><h1>Office {number}</h1>{text}</article>"


@pytest.fixture
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(2)
    yield made
    made.close()


def titles(results: list[object]) -> list[str]:
    return [result.title if isinstance(result, CleanArticle) else type(result).__name__ for result in results]


def test_results_come_in_the_order_of_the_pages(pool: ProcessPool):
    results = pool.extract_all([raw(page(number)) for number in range(12)])
    assert [f"Office {number}" for number in range(12)] == titles(results)


def test_pool_tells_what_the_pages_of_each_host_cost():
    pool = ProcessPool(1, seconds=1.0)
    try:
        pool.extract_all([raw(page(1)), raw(page(2)), raw(HANGING, url="https://slow.example/a")])
        slow, daily = pool.slowest()
    finally:
        pool.close()
    assert (slow.host, slow.pages, slow.cpu_ms) == ("slow.example", 1, 1000.0)
    assert (daily.host, daily.pages) == ("daily.example", 2)
    assert daily.cpu_ms > 0


def test_discards_and_dead_letters_keep_their_reasons(pool: ProcessPool):
    pdf, large, good = pool.extract_all([raw(b"%PDF-1.7"), raw(b"<html>" + b" " * 5_000_000), raw(page(1))])
    assert isinstance(pdf, Discard)
    assert pdf.reason == "not-html"
    assert isinstance(large, InvalidRecord)
    assert large.reason == "too-large"
    assert isinstance(good, CleanArticle)


def test_page_that_hangs_is_cut_off_alone():
    pool = ProcessPool(1, seconds=3.0)
    try:
        before, hanging, after = pool.extract_all([raw(page(1)), raw(HANGING), raw(page(2))])
    finally:
        pool.close()
    assert isinstance(hanging, InvalidRecord)
    assert hanging.reason == "extraction-timeout"
    assert ["Office 1", "Office 2"] == titles([before, after])


def test_page_that_needs_too_much_memory_is_lost_alone():
    pool = ProcessPool(1, memory=96 * 2**20)
    try:
        before, huge, after = pool.extract_all([raw(page(1)), raw(HUGE), raw(page(2))])
    finally:
        pool.close()
    assert isinstance(huge, InvalidRecord)
    assert huge.reason in ("extraction-crashed", "extraction-failed")
    assert ["Office 1", "Office 2"] == titles([before, after])


def test_worker_that_died_while_idle_costs_no_page():
    pool = ProcessPool(1)
    try:
        pool.extract_all([raw(page(0))])
        (worker,) = pool.pids()
        os.kill(worker, signal.SIGKILL)
        os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
        assert ["Office 1", "Office 2"] == titles(pool.extract_all([raw(page(1)), raw(page(2))]))
        assert [worker] != pool.pids()
    finally:
        pool.close()


def test_worker_that_is_killed_over_a_page_loses_that_page_alone():
    pool = ProcessPool(1, seconds=60.0)
    pool.extract_all([raw(page(1))])
    killer = threading.Timer(1.0, os.kill, (pool.pids()[0], signal.SIGKILL))
    killer.start()
    try:
        killed, next_one = pool.extract_all([raw(HANGING), raw(page(2))])
    finally:
        killer.join()
        pool.close()
    assert isinstance(killed, InvalidRecord)
    assert killed.reason == "extraction-crashed"
    assert ["Office 2"] == titles([next_one])


def test_closed_pool_leaves_no_process_and_may_be_used_again(pool: ProcessPool):
    pool.extract_all([raw(page(1)), raw(page(2))])
    workers = pool.pids()
    pool.close()
    assert [] == pool.pids()
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert ["Office 3"] == titles(pool.extract_all([raw(page(3))]))


def test_no_pages_start_no_worker(pool: ProcessPool):
    assert [] == pool.extract_all([])
    assert [] == pool.pids()
