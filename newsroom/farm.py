"""The farm: many small well-behaved hosts, their pages ready-made, for benchmarks and proving politeness."""

import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from newsroom import plain
from newsroom.answer import Answer, html, text
from newsroom.material import stories
from newsroom.room import Host

ROBOTS = text("User-agent: *\nDisallow:\n")
NOT_FOUND = text("Not found", 404)


class Farm:
    """`hosts` names `h000.example` … with `articles` pages of about `words` words and one RSS feed each.

    The words are those of the English stories in random order, so no two pages share text by accident;
    `copies` is the share of articles that repeat the text of an earlier one. Pages are filled up to
    `page_bytes` with a script, as real ones are. `pace_seconds` goes into the catalogue. An annex:
    `serve(annexes=(Farm(200, 10),))`.
    """

    def __init__(
        self,
        hosts: int,
        articles: int,
        *,
        words: int = 300,
        page_bytes: int = 0,
        copies: float = 0.0,
        pace_seconds: float = 0.0,
        now: datetime | None = None,
        seed: int = 1,
    ) -> None:
        self._pace_seconds = pace_seconds
        self._now = (now or datetime.now(UTC)).replace(microsecond=0)
        texts = _texts(random.Random(seed), words, copies)  # noqa: S311 - invented news, not secrets
        names = [f"h{number:03d}.example" for number in range(hosts)]
        self._hosts = {name: _FarmHost(name, articles, texts, page_bytes, self._now) for name in names}

    @property
    def hosts(self) -> Mapping[str, Host]:
        """Every host by its name."""
        return self._hosts

    @property
    def sources(self) -> list[dict[str, Any]]:
        """One feed source per host."""
        return [
            {
                "id": name.partition(".")[0],
                "name": f"Farm {name}",
                "kind": "feed",
                "url": f"http://{name}/feed.xml",
                "language": "en",
                "country": "GB",
                "pace_seconds": self._pace_seconds,
            }
            for name in self._hosts
        ]

    @property
    def urls(self) -> list[str]:
        """Every article's address."""
        return [f"http://{name}{path}" for name, host in self._hosts.items() for path in host.articles]


class _FarmHost:
    """One host: a table of ready answers."""

    def __init__(
        self, name: str, count: int, texts: Iterator[list[str]], page_bytes: int, now: datetime
    ) -> None:
        home = f"http://{name}"
        self._table: dict[str, Answer] = {"/robots.txt": ROBOTS}
        items: list[plain.Item] = []
        for number in range(count):
            paragraphs = next(texts)
            path = f"/a/{number:04d}.html"
            title = " ".join(paragraphs[0].split()[:8]).rstrip(".,")
            published_at = now - timedelta(minutes=number + 1)
            body = _filled(plain.page(title, paragraphs, published_at).encode(), page_bytes)
            self._table[path] = Answer(body, "text/html; charset=utf-8", modified_at=published_at)
            items.append((home + path, title, published_at))
        rss = plain.feed(name, home, items).encode()
        self._table["/feed.xml"] = Answer(rss, "application/rss+xml", modified_at=now)
        self._table["/"] = html("".join(f'<p><a href="{link}">{title}</a></p>' for link, title, _ in items))

    @property
    def articles(self) -> list[str]:
        return [path for path in self._table if path.startswith("/a/")]

    def respond(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002 - Host
        return self._table.get(path, NOT_FOUND)


def _filled(page: bytes, size: int) -> bytes:
    script = b"<script>/*" + b" nothing" * (max(0, size - len(page)) // 8) + b"*/</script></body>"
    return page if size <= len(page) else page.replace(b"</body>", script)


def _texts(rng: random.Random, words: int, copies: float) -> Iterator[list[str]]:
    """Paragraphs of new texts without end, some of them earlier ones again."""
    vocabulary = _vocabulary()
    earlier: list[list[str]] = []
    while True:
        if earlier and rng.random() < copies:
            yield rng.choice(earlier)
            continue
        paragraphs = [_paragraph(rng, vocabulary) for _ in range(max(1, words // 50))]
        if copies:
            earlier.append(paragraphs)
        yield paragraphs


def _paragraph(rng: random.Random, vocabulary: tuple[str, ...]) -> str:
    """About fifty words in four sentences."""
    sentences = (" ".join(rng.choices(vocabulary, k=rng.randint(9, 16))) for _ in range(4))
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


@cache
def _vocabulary() -> tuple[str, ...]:
    english = " ".join(b.text for story in stories() if story.language == "en" for b in story.blocks)
    return tuple(sorted(set(re.findall(r"[a-z]{2,}", english.lower()))))
