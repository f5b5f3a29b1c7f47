"""Pages around a given text, in the markups of real publishing systems: what readers see is always the same.

Each builder takes a `Story` and returns the page; the furniture in it is every system's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Story:
    """A title, paragraphs (a sub-heading begins with `# `), and the headline of another article."""

    title: str
    paragraphs: tuple[str, ...]
    teaser: str
    category: str = "World"

    @property
    def truth(self) -> list[str]:
        return [paragraph.removeprefix("# ") for paragraph in self.paragraphs]


Builder = Callable[[Story], str]


def _page(story: Story, body: str, *, head: str = "", lang: str = "en") -> str:
    title = escape(story.title)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} - The Daily Test</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="The Daily Test">{head}'
        f"</head><body>{body}</body></html>"
    )


def _paragraphs(
    story: Story, p: str = "<p>{}</p>", h: str = "<h2>{}</h2>", after: dict[int, str] | None = None
) -> str:
    pieces: list[str] = []
    for number, paragraph in enumerate(story.paragraphs, start=1):
        text = escape(paragraph.removeprefix("# "))
        pieces.append((h if paragraph.startswith("# ") else p).format(text))
        if after and number in after:
            pieces.append(after[number])
    return "\n".join(pieces)


_NAV = """<header class="site-header"><div class="logo"><a href="/">The Daily Test</a></div><nav><ul>
<li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li><li><a href="/money">Money</a></li></ul></nav></header>"""
_FOOT = (
    """<footer><p>© 2026 The Daily Test. All rights reserved.</p><a href="/imprint">Imprint</a></footer>"""
)
_SHARE = """<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul>
<li><a href="#">Share</a></li><li><a href="#">Share</a></li></ul></div>"""
_COMMENTS = """<div id="comments" class="comments-area"><p class="comments-link"><a href="#respond">Leave a comment</a></p>
<div id="respond" class="comment-respond"><h3>Leave a Reply</h3><form><p class="comment-notes">Your email address will not be
published. Required fields are marked *</p><textarea></textarea><input type="submit"></form></div></div>"""
_RELATED = """<section class="related-posts"><h3>Related</h3><ul><li><a href="/a">Harbour town votes for a new ferry line</a></li>
<li><a href="/b">Three questions about the winter timetable</a></li><li><a href="/c">Museum of tides opens at last</a></li></ul></section>"""


def _wordpress(story: Story, teaser: str) -> str:
    body = _paragraphs(story, after={4: teaser})
    return _page(
        story,
        f"""{_NAV}<div id="content"><main class="site-main"><article id="post-1" class="post hentry category-world">
<header class="entry-header"><span class="cat-links"><a href="/world" rel="category tag">{story.category}</a></span>
<h1 class="entry-title">{escape(story.title)}</h1><div class="entry-meta"><span class="byline">by <a rel="author" href="/x">Ada
Penn</a></span></div></header>{_SHARE}<div class="entry-content">{body}{_SHARE}</div></article>{_COMMENTS}</main>
<aside class="widget-area"><h2>Most read</h2><ul><li><a href="/z">A goal in the last minute</a></li></ul></aside></div>{_FOOT}
<a class="amp-wp-canonical-link" href="/full">Exit mobile version</a>""",
    )


def wordpress_linked_teaser(story: Story) -> str:
    return _wordpress(story, f'<p>&nbsp; <a href="/t">{escape(story.teaser)}</a></p>')


def wordpress_bold_teaser(story: Story) -> str:
    return _wordpress(
        story, f'<p><strong><a href="/t" target="_blank">{escape(story.teaser)}</a></strong></p>'
    )


def wordpress_embedded_teaser(story: Story) -> str:
    quote = (
        f'<blockquote class="wp-embedded-content"><p><a href="/t">{escape(story.teaser)}</a></p></blockquote>'
    )
    return _wordpress(story, f'<figure class="wp-block-embed is-type-wp-embed"><div>{quote}</div></figure>')


def wordpress_also_read(story: Story) -> str:
    return _wordpress(story, f'<p>Also read: <a href="/t">{escape(story.teaser)}</a></p>')


def wordpress_unlinked_teaser(story: Story) -> str:
    return _wordpress(story, f"<p>&nbsp; {escape(story.teaser)}</p>")


def wordpress_plugin_teaser(story: Story) -> str:
    inline = f"""<div class="inline-related-posts ub1a2"><div class="ira-content"><span class="ctaText">See also</span>
<span class="postTitle"><a href="/t">{escape(story.teaser)}</a></span></div></div>"""
    return _wordpress(story, inline)


def wordpress_amp(story: Story) -> str:
    body = _paragraphs(story, after={4: f'<p><a href="/t">{escape(story.teaser)}</a></p>'})
    return _page(
        story,
        f"""<header id="top" class="amp-wp-header"><div><a href="/">The Daily Test</a></div></header>
<article class="amp-wp-article"><header class="amp-wp-article-header"><h1 class="amp-wp-title">{escape(story.title)}</h1>
<div class="amp-wp-meta amp-wp-byline">Ada Penn</div></header><div class="amp-social"><amp-social-share type="twitter"></amp-social-share>
Share</div><div class="amp-wp-article-content">{body}</div><footer class="amp-wp-article-footer"><div class="amp-wp-meta">Categories:
<a href="/world">{story.category}</a></div><div class="amp-wp-meta amp-wp-comments-link"><a href="#">Leave a Comment</a></div></footer>
</article><div id="amp-mobile-version-switcher"><a rel="nofollow" href="/full">Exit mobile version</a></div>""",
    )


def page_builder(story: Story) -> str:
    widget = '<div class="elementor-element elementor-widget elementor-widget-text-editor"><div class="elementor-widget-container">{}</div></div>'
    body = _paragraphs(story, p=widget.format("<p>{}</p>"), h=widget.format("<h2>{}</h2>"))
    return _page(
        story,
        f"""{_NAV}<div class="elementor elementor-12"><div class="elementor-widget elementor-widget-theme-post-title"><h1>{escape(story.title)}</h1>
</div><section class="elementor-section"><div class="elementor-container">{body}<div class="elementor-widget elementor-widget-share-buttons">
<div>Share</div><div>Tweet</div></div></div></section></div>{_RELATED}{_FOOT}""",
    )


def no_classes(story: Story) -> str:
    return _page(
        story,
        f"""<div><div><a href="/">The Daily Test</a> <a href="/w">World</a> <a href="/s">Sport</a></div><div><div>{story.category}</div>
<h1>{escape(story.title)}</h1><div>Share</div><div>{_paragraphs(story, after={4: f'<p><a href="/t">{escape(story.teaser)}</a></p>'})}</div><div>Share</div>
</div><div><a href="/a">Harbour town votes for a new ferry line</a></div><div>Leave a comment</div></div>""",
    )


def hashed_classes(story: Story) -> str:
    block = '<div class="css-53u6y8 x1"><div><p class="css-at9mc1">{}</p></div></div>'
    body = _paragraphs(
        story, p=block, h='<div class="css-53u6y8 x1"><div><h2 class="css-7z2a">{}</h2></div></div>'
    )
    return _page(
        story,
        f"""<div id="app"><div class="css-1h6 e1"><header class="css-k1"><h1 class="css-88">{escape(story.title)}</h1><div class="css-99">By Ada Penn</div>
</header><section name="articleBody" class="css-r7">{body}</section><div class="css-9q">{_RELATED}</div></div></div>""",
    )


def _blogger(story: Story, content: str, head: str = "") -> str:
    title = escape(story.title)
    return f"""<html dir="ltr" lang="en"><head><meta charset="utf-8"/><title>{title}</title><meta content="{title}" property="og:title"/>
{head}<body class="item"><div id="outer-wrapper"><div id="main-wrapper"><div class="main section" id="main"><div class="widget Blog" id="Blog1">
<div class="blog-posts hfeed"><div class="post hentry"><h1 class="post-title entry-title">{title}</h1><div class="post-body entry-content" id="post-body-1">
{content}</div><div class="post-footer"><span class="post-labels">Tags: <a href="/l">{story.category}</a></span></div></div></div>
<div class="comments" id="comments"><h4>0 Comments</h4><p class="comment-footer"><a href="/c">Post a Comment</a></p></div>
<div class="blog-pager" id="blog-pager"><span id="blog-pager-newer-link"><a href="/p">Previous Post</a></span>
<span id="blog-pager-older-link"><a href="/n">Next Post</a></span></div></div></div></div><div id="sidebar-wrapper"><div class="widget PopularPosts">
<h2>Popular Posts</h2><ul><li><a href="/q">A goal in the last minute</a></li></ul></div></div></div></body></html>"""


def blogger_line_breaks(story: Story) -> str:
    return _blogger(story, _paragraphs(story, p="{}<br /><br />", h="{}<br /><br />"), head="</head>")


def blogger_spilled_head(story: Story) -> str:
    content = f"<div>{_paragraphs(story, p='{}<br><br>', h='<b>{}</b><br><br>')}</div>"
    return _blogger(story, content, head="<style>a{}</style>/head>\n")


def blogger_bold_headings(story: Story) -> str:
    return _blogger(story, _paragraphs(story, h="<p><b>{}</b></p>") + "<p>&nbsp;</p>", head="</head>")


def blogger_spans(story: Story) -> str:
    line = (
        '<div style="text-align: justify;"><span style="font-family: arial;">{}</span></div><div><br /></div>'
    )
    return _blogger(story, _paragraphs(story, p=line, h=line), head="</head>")


def blogger_title_twice(story: Story) -> str:
    content = f"<h2>{escape(story.title)}</h2>" + _paragraphs(story, h="<h3>{}</h3>")
    return _blogger(story, content, head="</head>")


def table_layout(story: Story) -> str:
    return _page(
        story,
        f"""<table width="100%"><tr><td width="20%"><a href="/">Home</a><br><a href="/w">World</a><br><a href="/s">Sport</a></td><td>
<h1>{escape(story.title)}</h1>{_paragraphs(story, p="{}<br><br>", h="<b>{}</b><br><br>")}<a href="/c">Post a Comment</a></td>
<td width="20%"><b>Popular</b><br><a href="/q">A goal in the last minute</a><br><a href="/q">Museum of tides opens at last</a></td></tr></table>""",
    )


WORDPRESS: tuple[Builder, ...] = (
    wordpress_linked_teaser,
    wordpress_bold_teaser,
    wordpress_embedded_teaser,
    wordpress_also_read,
    wordpress_unlinked_teaser,
    wordpress_plugin_teaser,
    wordpress_amp,
    page_builder,
    no_classes,
    hashed_classes,
)
BLOGGER: tuple[Builder, ...] = (
    blogger_line_breaks,
    blogger_spilled_head,
    blogger_bold_headings,
    blogger_spans,
    blogger_title_twice,
    table_layout,
    no_classes,
    hashed_classes,
    page_builder,
)
