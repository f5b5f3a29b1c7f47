"""Article pages: one without any trouble, and those whose bytes are not what their labels say."""

from datetime import UTC, datetime

from newsroom import plain
from newsroom.answer import Answer, html
from newsroom.teeth.visit import Visit


def good(visit: Visit) -> Answer:
    """An article without any trouble; every address gives its own text."""
    where = visit.path.strip("/") or "the front page"
    paragraphs = [
        f"The address {visit.host}/{where} answered at once and in full, as the harbour clerk had promised.",
        f"Nothing about {where} on {visit.host} was late, cut short or sent elsewhere, she added, and the "
        "ledger of the day shows no complaint against it.",
        f"Visitors who had come to {visit.host} for scandal left with biscuits, of which the office keeps a "
        f"modest store for such cases, and with a receipt that says {where}.",
    ]
    moment = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return html(plain.page(f"Good news from {visit.host}", paragraphs, moment))


def mixed_charsets(_: Visit) -> Answer:
    """UTF-8 by its header, windows-1252 by its meta element, and bytes of both kinds."""
    head = (
        b'<!DOCTYPE html><html><head><meta charset="windows-1252"><title>Mixed</title></head><body><article>'
    )
    lines = [
        "<p>The café on the quay reopened after a winter of repairs, its owner said.</p>".encode(),
        "<p>Guests paid €5 for soup, and the façade was painted blue.</p>".encode("windows-1252"),
        "<p>Naïve visitors took the old sign for an antique; it was made in spring.</p>".encode(),
    ]
    body = head + b"\n".join(lines * 3) + b"</article></body></html>"
    return Answer(body, "text/html; charset=utf-8")


def charset_lie(_: Visit) -> Answer:
    """UTF-8 bytes that header and meta element both call iso-8859-1."""
    text = "Die Bäckerei öffnet früher, weil über Nacht drei Öfen geliefert wurden. " * 12
    head = '<html><head><meta charset="iso-8859-1"><title>Bäckerei</title></head>'
    return Answer(f"{head}<body><p>{text}</p></body></html>".encode(), "text/html; charset=iso-8859-1")
