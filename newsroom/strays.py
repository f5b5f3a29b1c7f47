"""The addresses behind announced entries that are no good article."""

from collections.abc import Callable
from functools import cache

from newsroom.answer import Answer, html, text
from newsroom.desk import Desk
from newsroom.model import Outlet, Stray, StrayKind

OVERSIZE_BYTES = 5 * 1024 * 1024

# The outcome a good pipeline reports for each kind. A page that is too short is fetched; clean discards it.
REASONS: dict[StrayKind, str] = {
    "missing": "not-found",
    "pdf": "not-html",
    "short": "too-short",
    "oversize": "too-large",
    "disallowed": "robots",
}


def respond(desk: Desk, outlet: Outlet, path: str) -> Answer:
    """The stray at this path, or 404."""
    for stray in desk.strays:
        if (stray.outlet_id, stray.path) == (outlet.id, path):
            return ANSWERS[stray.kind](stray)
    return text("Not found", 404)


def _missing(_: Stray) -> Answer:
    return html("<html><head><title>404</title></head><body><h1>Page not found</h1></body></html>", 404)


def _pdf(_: Stray) -> Answer:
    return Answer(
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n",
        "application/pdf",
    )


def _short(stray: Stray) -> Answer:
    return html(
        f"<!DOCTYPE html><html><head><title>{stray.title}</title></head>"
        f"<body><article><h1>{stray.title}</h1><p>Gulls at noon.</p></article></body></html>"
    )


@cache
def _oversize_body(title: str) -> bytes:
    row = b"<p>Motion carried by seventeen votes to nine after a short debate in the old chamber.</p>\n"
    head = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>\n".encode()
    return head + row * (OVERSIZE_BYTES // len(row)) + b"</body></html>"


def _oversize(stray: Stray) -> Answer:
    return Answer(_oversize_body(stray.title), "text/html; charset=utf-8")


def _disallowed(_: Stray) -> Answer:
    """Served to those who ask in spite of robots.txt: the request log then shows the offence."""
    return html("<html><body><p>This page is for printers, not for crawlers.</p></body></html>")


ANSWERS: dict[StrayKind, Callable[[Stray], Answer]] = {
    "missing": _missing,
    "pdf": _pdf,
    "short": _short,
    "oversize": _oversize,
    "disallowed": _disallowed,
}
