"""Notes when articles become searchable, by asking as a reader would, four times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from contextlib import closing
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pipeline.adapters import elastic_clients
from pipeline.settings import Settings

ASK_SECONDS = 0.25


class Watch:
    """`seen` says of each expected article when a search first answered with a story that lists it.

    The time is that of the answer's arrival, so the wait for the index's refresh, the search itself and up to
    `ASK_SECONDS` are part of it.
    """

    def __init__(self, settings: Settings) -> None:
        self.seen: dict[str, datetime] = {}
        self._pending: set[str] = set()
        self._settings = settings
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def expect(self, article_ids: Collection[str]) -> None:
        """Look for these, too."""
        with self._lock:
            self._pending |= set(article_ids) - self.seen.keys()

    def pending(self) -> set[str]:
        """Those not seen yet. Raises what ended the watching, if anything did."""
        if self._failed is not None:
            raise RuntimeError("the searches failed") from self._failed
        with self._lock:
            return set(self._pending)

    def wait(self, seconds: float) -> set[str]:
        """Wait until all were seen, or for so long; those that were not."""
        deadline = time.monotonic() + seconds
        while (left := self.pending()) and time.monotonic() < deadline:
            time.sleep(ASK_SECONDS)
        return left

    def _run(self) -> None:
        with closing(elastic_clients.client(self._settings)) as client:
            while not self._stop.wait(ASK_SECONDS):
                try:
                    self._look(client)
                except BaseException as error:
                    self._failed = error
                    raise

    def _look(self, client: Any) -> None:
        pending = self.pending()
        if not pending:
            return
        answer = client.search(
            index="news-stories",
            query={"terms": {"members.article_id": sorted(pending)}},
            source=["members.article_id"],
            size=1000,
        )
        now = datetime.now(UTC)
        found = {
            member["article_id"] for hit in answer["hits"]["hits"] for member in hit["_source"]["members"]
        }
        with self._lock:
            self.seen |= dict.fromkeys(found & self._pending, now)
            self._pending -= found
