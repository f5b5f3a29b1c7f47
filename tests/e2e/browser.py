"""A headless Chromium, driven over its DevTools protocol: as much as looking at a page needs."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SIZE = (1360, 850)
_OPTIONS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    f"--window-size={SIZE[0]},{SIZE[1]}",
)


def find() -> str | None:
    """The browser's program, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its result; events in between are dropped."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            told = json.loads((await self._socket.receive(timeout=30)).data)
            if told.get("id") == number:
                assert "error" not in told, told
                return dict(told["result"])

    async def cookie(self, url: str, name: str, value: str) -> None:
        """Set a cookie for an address."""
        await self.call("Network.setCookie", url=url, name=name, value=value)

    async def text(self, url: str, *words: str, patience: float = 60.0) -> str:
        """Open an address; the visible text once it holds all words, or whatever is there in the end."""
        await self.call("Page.navigate", url=url)
        deadline = time.monotonic() + patience
        while True:
            found = await self.call("Runtime.evaluate", expression="document.body.innerText")
            shown = str(found["result"].get("value", ""))
            if all(word in shown for word in words) or time.monotonic() > deadline:
                return shown
            await asyncio.sleep(0.3)

    async def screenshot(self, path: Path) -> None:
        """What is to be seen now, as a PNG."""
        await asyncio.sleep(1.0)  # animations
        told = await self.call("Page.captureScreenshot", format="png", optimizeForSpeed=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(told["data"]))


@asynccontextmanager
async def page(program: str, profile: Path) -> AsyncIterator[Page]:
    """A new browser with an empty profile, and its tab; ended in every case."""
    browser = subprocess.Popen(
        [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = await _port(profile, browser)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                tabs = await answer.json()
            (tab,) = [tab for tab in tabs if tab["type"] == "page"]
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        browser.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            browser.wait(10)
        browser.kill()
        browser.wait()


async def _port(profile: Path, browser: subprocess.Popen[bytes]) -> int:
    note = profile / "DevToolsActivePort"
    deadline = time.monotonic() + 60
    while not (note.exists() and note.read_text().strip()):
        assert browser.poll() is None, "the browser ended at once"
        assert time.monotonic() < deadline, "the browser does not start"
        await asyncio.sleep(0.1)
    return int(note.read_text().splitlines()[0])
