"""A package registry on loopback that can misbehave as real networks do."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Registry:
    """What is served (path → bytes) and how badly; each request takes the next entry of each list."""

    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""
    cut_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    garbled: list[bool] = field(default_factory=list)
    supports_ranges: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    def ranges(self, path: str) -> list[str | None]:
        """The `Range` headers of all requests for `path`."""
        return [header for requested, header in self.requests if requested == path]


@contextmanager
def running_registry() -> Iterator[Registry]:
    """A registry that answers while the block runs."""
    registry = Registry()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(registry))
    registry.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(registry: Registry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            header = self.headers.get("Range")
            registry.requests.append((self.path, header))
            status = registry.statuses.pop(0) if registry.statuses else 200
            content = registry.files.get(self.path)
            if status != 200 or content is None:
                self.send_error(status if status != 200 else 404)
                return
            first, end = self._bounds(header, len(content))
            body = content[first:end]
            if registry.garbled and registry.garbled.pop(0):
                body = bytes(byte ^ 1 for byte in body)
            self.send_response(206 if header and registry.supports_ranges else 200)
            if header and registry.supports_ranges:
                self.send_header("Content-Range", f"bytes {first}-{end - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: registry.cut_after.pop(0)] if registry.cut_after else body)

        def _bounds(self, header: str | None, size: int) -> tuple[int, int]:
            if header is None or not registry.supports_ranges:
                return 0, size
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", header)
            assert found, header
            return int(found[1]), min(size, int(found[2]) + 1)

        def log_message(self, format: str, *arguments: object) -> None:
            """Silence."""

    return Handler
