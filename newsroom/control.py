"""The newsroom's own host: what is running, what is true, and the switches tests and people may press."""

import json
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any, Protocol

from newsroom.answer import Answer, Played, html, text
from newsroom.desk import Desk, UnknownArticle
from newsroom.model import Article
from newsroom.truth import Truth

HOSTS = frozenset({"newsroom.example", "127.0.0.1", "localhost"})
BROWSE = "/_outlet/"


class Switchboard(Protocol):
    """What the control host needs of the room."""

    desk: Desk

    @property
    def truth(self) -> Truth: ...

    @property
    def sources(self) -> list[dict[str, Any]]: ...

    def publish(self, article_id: str | None = None) -> Article: ...

    def correct(self, article_id: str) -> Article: ...

    def retract(self, article_id: str) -> Article: ...

    def answer(
        self,
        host: str,
        path: str,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Played: ...


def respond(room: Switchboard, method: str, path: str, body: bytes) -> Answer | Played:
    """Pages and switches:

    `/` an index for people, `/_outlet/HOST/…` any host's pages for browsers without the host table,
    `/_newsroom/truth`, `/_newsroom/status`, `/_newsroom/sources`, and POST `/_newsroom/publish`, `…/correct`,
    `…/retract` with `{"id": "outlet/slug"}` (publish without an id brings out the next invented article).
    """
    if method == "POST":
        return _switch(room, path.removeprefix("/_newsroom/"), body)
    if path.startswith(BROWSE):
        return _browse(room, path)
    documents = {
        "/": lambda: html(_index(room.desk)),
        "/_newsroom/truth": lambda: _json(room.truth.as_json()),
        "/_newsroom/sources": lambda: _json({"version": 1, "sources": room.sources}),
        "/_newsroom/status": lambda: _json(
            {"articles": len(room.desk.articles()), "held": room.desk.held(), "edition": room.desk.edition}
        ),
    }
    return documents.get(path, lambda: text("Not found", 404))()


def _browse(room: Switchboard, path: str) -> Answer | Played:
    host, _, rest = path.removeprefix(BROWSE).partition("/")
    answer = room.answer(host, f"/{rest}") if host not in HOSTS else text("Not found", 404)
    if isinstance(answer, Played) or not answer.content_type.startswith("text/html"):
        return answer
    body = answer.body.replace(b'href="/', f'href="{BROWSE}{host}/'.encode())
    for outlet in room.desk.outlets.values():
        body = body.replace(outlet.home.encode(), f"{BROWSE}{outlet.host}".encode())
    return replace(answer, body=body, modified_at=None)


def _switch(room: Switchboard, action: str, body: bytes) -> Answer:
    try:
        article_id = json.loads(body or b"{}").get("id")
    except (ValueError, AttributeError):
        return text('Expected a JSON body like {"id": "outlet/slug"}', 400)
    try:
        match action, article_id:
            case "publish", None:
                article = room.publish()
            case "publish", str():
                article = room.publish(article_id)
            case "correct", str():
                article = room.correct(article_id)
            case "retract", str():
                article = room.retract(article_id)
            case "correct" | "retract", _:
                return text('Expected a JSON body like {"id": "outlet/slug"}', 400)
            case _:
                return text(f"Unknown switch {action}; there are publish, correct and retract", 404)
    except UnknownArticle as error:
        return text(f"No such article: {error}", 404)
    return _json(_note(room.desk, article))


def _note(desk: Desk, article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "url": desk.outlets[article.outlet_id].home + article.path,
        "title": article.current.title,
        "revisions": len(article.revisions),
        "retracted": article.retracted,
    }


def _json(value: object) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json")


def _index(desk: Desk) -> str:
    rows = "".join(
        f'<li><a href="{BROWSE}{outlet.host}/">{escape(outlet.name)}</a> '
        f"({outlet.language}, {outlet.format}, {len(desk.listed(outlet.id, 1000))} articles) "
        f"<code>{outlet.source_url}</code></li>"
        for outlet in desk.outlets.values()
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Demo newsroom</title></head>'
        f"<body><h1>Demo newsroom</h1><ul>{rows}</ul></body></html>"
    )
