"""The request log: who asked for what and when, to prove politeness from the server's side."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


@dataclass(slots=True)
class Request:
    """One request. Times are seconds since the epoch; `finished` and `status` are None while it is answered.

    `finished` is just before the last bytes were handed to the socket, so that a client that waits for its
    answer never overlaps itself here; or when the connection broke (`broken`).
    """

    host: str
    method: str
    path: str
    headers: dict[str, str]
    started: float
    finished: float | None = None
    status: int | None = None
    broken: bool = False

    def finish(self) -> None:
        """Stamp the end, once."""
        if self.finished is None:
            self.finished = time.time()


class RequestLog:
    """All requests in order of arrival, and one JSON line per finished request in a file if one is given."""

    def __init__(self, file: Path | None = None) -> None:
        self.requests: list[Request] = []
        self._sink: IO[str] | None = file.open("a", encoding="utf-8", buffering=1) if file else None

    def begin(self, host: str, method: str, path: str, headers: dict[str, str]) -> Request:
        request = Request(host, method, path, headers, time.time())
        self.requests.append(request)
        return request

    def end(self, request: Request) -> None:
        request.finish()
        if self._sink:
            self._sink.write(json.dumps(asdict(request)) + "\n")

    def close(self) -> None:
        if self._sink:
            self._sink.close()
