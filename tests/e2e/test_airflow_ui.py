"""Airflow as a person sees it, in a real browser.

`SCREENSHOTS=docs/images make test ARGS="-k airflow_ui"` renews the pictures of the README.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e import browser
from tests.e2e.newsday import Newsday

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.servers,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        browser.find() is None, reason=f"no browser: none of {', '.join(browser.NAMES)} is here"
    ),
]

BROKEN = ("Something went wrong", "Import Error", "404", "Page Not Found", "Log in")


@pytest_asyncio.fixture
async def page(newsday: Newsday, tmp_path: Path) -> AsyncIterator[browser.Page]:
    """A browser that is logged in."""
    program = browser.find()
    assert program
    async with browser.page(program, tmp_path / "profile") as opened:
        await opened.cookie(newsday.airflow.url, "_token", newsday.airflow.token())
        yield opened


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return Path(os.environ.get("SCREENSHOTS") or tmp_path)


async def test_list_of_dags_shows_the_stages_in_order(newsday, page, pictures):
    names = ("News 1: scrape", "News 2: clean", "News 3: index")
    shown = await page.text(f"{newsday.airflow.url}/dags", *names)
    await page.screenshot(pictures / "airflow-dags.png")
    assert sorted(names, key=shown.find) == list(names)
    assert all(name in shown for name in names)
    assert "news_raw" in shown or "Asset" in shown
    assert [] == [word for word in BROKEN if word in shown]


async def test_finished_scrape_shows_what_each_part_did(newsday, page, pictures):
    address = f"{newsday.airflow.url}/dags/news_scrape/runs/{newsday.scrapes[-1]}"
    words = ("News 1: scrape", "Success", "Plan shards", "Fetch and publish", "Summarize", "shard 1:")
    shown = await page.text(address, *words)
    await page.screenshot(pictures / "airflow-scrape.png")
    assert [] == [word for word in words if word not in shown]
    assert [] == [word for word in BROKEN if word in shown]


async def test_form_of_a_manual_scrape_explains_itself(newsday, page):
    params = newsday.airflow.get("/dags/news_scrape/details")["params"]
    assert "Even if not due" == params["force"]["schema"]["title"]


async def test_documentation_of_a_dag_can_be_read(newsday, page):
    shown = await page.text(f"{newsday.airflow.url}/dags/news_scrape", "News 1: scrape")
    assert [] == [word for word in BROKEN if word in shown]
    assert "When it is red" in newsday.airflow.get("/dags/news_scrape/details")["doc_md"]
