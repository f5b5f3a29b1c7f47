"""A WordPress-like page: the markup troubles of the first seed document.

Category label and title stand inside the body; share buttons come twice above and once below; a headline
of the same outlet interrupts the text; a comment form follows; and the AMP plugin's "Exit mobile version"
ends the page.
"""

from html import escape

from newsroom.pages.head import head
from newsroom.pages.sheet import Sheet, interrupted, iso

TEASER_AFTER = 4


def wordpress(sheet: Sheet) -> str:
    return f"""<!DOCTYPE html>
<html {sheet.html_attributes}>
<head>
{head(sheet)}
<meta name="generator" content="WordPress 6.8">
</head>
<body class="post-template-default single single-post">
<header id="masthead"><p class="site-title"><a href="/">{escape(sheet.outlet.name)}</a></p>
{sheet.nav()}</header>
<div id="page" class="site"><div id="primary" class="content-area"><main id="main">
<article id="post-{len(sheet.article.path)}" class="post type-post hentry">
<div class="entry-content">
<span class="cat-links"><a href="/category/" rel="category tag">{escape(sheet.article.category)}</a></span>
<h1 class="entry-title">{sheet.title}</h1>
<div class="entry-meta"><span class="byline">{sheet.byline}</span>
<time class="entry-date published" datetime="{iso(sheet.article.published_at)}"></time></div>
{sheet.share_bar()}
{sheet.share_bar("p")}
{_body(sheet)}
{sheet.share_bar()}
</div>
<footer class="entry-footer">
<span class="comments-link"><a href="#respond">{sheet.word("leave_comment")}</a></span>
</footer>
</article>
{_comments(sheet)}
</main></div></div>
{sheet.newsletter()}
{sheet.footer()}
<div id="amp-mobile-version-switcher">
<a rel="" href="{escape(sheet.url)}">{sheet.furnish("Exit mobile version")}</a></div>
</body>
</html>"""


def _body(sheet: Sheet) -> str:
    paragraphs = [
        f"<h2>{escape(block.text)}</h2>" if block.heading else f"<p>{escape(block.text)}</p>"
        for block in sheet.blocks()
    ]
    return "\n".join(interrupted(paragraphs, TEASER_AFTER, sheet.teaser()))


def _comments(sheet: Sheet) -> str:
    return f"""<div id="comments" class="comments-area"><div id="respond" class="comment-respond">
<h3 id="reply-title" class="comment-reply-title">{sheet.word("comment_heading")}</h3>
<form action="/wp-comments-post.php" method="post" class="comment-form">
<p class="comment-notes">{sheet.word("comment_notice")}</p>
<p><textarea name="comment"></textarea></p>
<p><input type="submit" value="{escape(sheet.words["comment_button"])}"></p>
</form></div></div>"""
