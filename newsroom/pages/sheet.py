"""One page being laid out: what a template may put on it, and a record of every furniture line it did put."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from newsroom.model import Article, Block, Outlet

# Below this length a furniture line may occur in honest prose too ("Share", "Home"), so it proves nothing.
TELLING_LENGTH = 12


@dataclass(slots=True)
class Sheet:
    """The article, its outlet, the outlet's words, and headlines of the same outlet to tease with."""

    article: Article
    outlet: Outlet
    words: dict[str, Any]
    related: Sequence[tuple[str, str]]
    furniture: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.outlet.home + self.article.path

    @property
    def title(self) -> str:
        return escape(self.article.current.title)

    @property
    def byline(self) -> str:
        return escape(", ".join(self.article.authors) or self.article.agency or "")

    @property
    def html_attributes(self) -> str:
        return f'lang="{self.outlet.language}"' + (' dir="rtl"' if self.outlet.rtl else "")

    @property
    def meta_charset(self) -> str:
        meta = self.outlet.charset.meta
        return f'<meta charset="{meta}">' if meta else ""

    def blocks(self) -> tuple[Block, ...]:
        return self.article.current.blocks

    def furnish(self, text: str) -> str:
        """Escape a furniture line and note it: it must never reach an indexed text."""
        if len(text) >= TELLING_LENGTH and text not in self.furniture:
            self.furniture.append(text)
        return escape(text)

    def word(self, name: str) -> str:
        """A furniture line of the outlet's language, noted."""
        return self.furnish(self.words[name])

    def share_bar(self, tag: str = "div") -> str:
        buttons = "".join(
            f'<a href="#" class="share-btn">{self.furnish(text)}</a> ' for text in self.words["share"]
        )
        return f'<{tag} class="sharing">{buttons}</{tag}>'

    def nav(self) -> str:
        items = "".join(f'<li><a href="/">{escape(text)}</a></li>' for text in self.words["nav"])
        return f"<nav><ul>{items}</ul></nav>"

    def cookie_banner(self) -> str:
        return f'<div id="cookie-consent" role="dialog"><p>{self.word("cookie")}</p><button>OK</button></div>'

    def newsletter(self) -> str:
        return f'<div class="newsletter-signup"><p>{self.word("newsletter")}</p></div>'

    def related_list(self, tag: str = "aside") -> str:
        links = "".join(
            f'<li><a href="{escape(href)}">{self.furnish(text)}</a></li>' for text, href in self.related
        )
        return f'<{tag} class="related"><h4>{escape(self.words["related"])}</h4><ul>{links}</ul></{tag}>'

    def teaser(self) -> str:
        """The outlet's interruption of this article's body, in the form the article was given."""
        form = self.article.teaser
        if form == "none" or not self.related:
            return ""
        if form == "aside":
            return self.related_list()
        title, href = self.related[0]
        link = f'<a href="{escape(href)}">{self.furnish(title)}</a>'
        forms = {
            "link": f"<p>&nbsp; {link}</p>",
            "strong": f"<p><strong>{link}</strong></p>",
            "embed": f'<blockquote class="wp-embedded-content">{link}</blockquote>',
            "also": f"<p>{escape(self.words['also'])} {link}</p>",
            "plain": f"<p>&nbsp; {escape(title)}</p>",
        }
        return forms[form]

    def footer(self) -> str:
        return f"<footer><p>© {escape(self.outlet.name)}. {self.word('rights')}</p></footer>"


def interrupted(paragraphs: list[str], at: int, insert: str) -> list[str]:
    """Paragraphs with `insert` after the `at`-th; short texts get it before their last paragraph."""
    where = min(at, max(len(paragraphs) - 1, 1))
    return [*paragraphs[:where], *([insert] if insert else []), *paragraphs[where:]]


def iso(moment: datetime) -> str:
    """RFC 3339 with a zone, to the second."""
    return moment.isoformat(timespec="seconds")
