"""The newsroom's own host: what is running, what is true, and the switches tests and people may press."""

import json
from html import escape

from newsroom.answer import Answer, html, text
from newsroom.desk import Desk, UnknownArticle
from newsroom.model import Article
from newsroom.truth import truth

HOSTS = frozenset({"newsroom.example", "127.0.0.1", "localhost"})
BROWSE = "/_outlet/"


def respond(desk: Desk, method: str, path: str, body: bytes) -> Answer:
    """`/`, `/_newsroom/truth`, and POST `/_newsroom/publish|correct|retract` with `{"id": "outlet/slug"}`."""
    if method == "POST":
        return _switch(desk, path.removeprefix("/_newsroom/"), body)
    if path == "/_newsroom/truth":
        return _json(truth(desk).as_json())
    if path == "/_newsroom/status":
        return _json({"articles": len(desk.articles()), "held": desk.held(), "edition": desk.edition})
    if path == "/":
        return html(_index(desk))
    return text("Not found", 404)


def browsable(answer: Answer, desk: Desk) -> Answer:
    """A page under `/_outlet/HOST/`, its links turned for browsers that lack the host table."""
    if not answer.content_type.startswith("text/html"):
        return answer
    body = answer.body
    for outlet in desk.outlets.values():
        body = body.replace(outlet.home.encode(), f"{BROWSE}{outlet.host}".encode())
    return Answer(body, answer.content_type, answer.status, answer.headers)


def _switch(desk: Desk, action: str, body: bytes) -> Answer:
    switches = {"publish": desk.publish, "correct": desk.correct, "retract": desk.retract}
    if action not in switches:
        return text(f"Unknown switch {action}; there are {', '.join(sorted(switches))}", 404)
    try:
        article = switches[action](str(json.loads(body)["id"]))
    except UnknownArticle as error:
        return text(f"No such article: {error}", 404)
    except (ValueError, KeyError, TypeError):
        return text('Expected a JSON body like {"id": "outlet/slug"}', 400)
    return _json(_note(desk, article))


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
        "<!DOCTYPE html><html><head><title>Demo newsroom</title></head>"
        f"<body><h1>Demo newsroom</h1><ul>{rows}</ul></body></html>"
    )
