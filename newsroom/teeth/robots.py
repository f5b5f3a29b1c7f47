"""robots.txt files that are no simple list of rules."""

from newsroom.answer import Answer, html, text
from newsroom.teeth.visit import Visit

PADDING_BYTES = 2 * 1024 * 1024


def open_to_all(_: Visit) -> Answer:
    """Nothing is disallowed."""
    return text("User-agent: *\nDisallow:\n")


def huge(_: Visit) -> Answer:
    """Two mebibytes: `/bad` is disallowed at the start, `/other` past the 500 KiB a reader must read."""
    line = "# nothing to see in this line, nor in the many thousands that follow\n"
    padding = line * (PADDING_BYTES // len(line))
    return text(f"User-agent: *\nDisallow: /bad\n{padding}Disallow: /other\n")


def as_html(_: Visit) -> Answer:
    """The site's home page instead of rules: nothing is disallowed by it."""
    return html("<!DOCTYPE html><html><body><p>User-agents welcome.</p></body></html>")
