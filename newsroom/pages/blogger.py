"""A Blogger-like page: the markup troubles of the second seed document.

The head is closed by a bare `/head>`, which browsers turn into text; the title stands twice before the body;
paragraphs are lines between `<br />` elements, so sub-headings look like any other short line; a comment line
and a pager follow.
"""

from html import escape

from newsroom.pages.head import head
from newsroom.pages.sheet import Sheet, interrupted, iso

TEASER_AFTER = 3
BREAK = "<br /><br />\n"


def blogger(sheet: Sheet) -> str:
    return f"""<!DOCTYPE html>
<html {sheet.html_attributes} class="v2">
<head>
{head(sheet)}
<meta content="blogger" name="generator">
/head>
<body class="item-view">
<h2 class="breadcrumb-title">{sheet.title}</h2>
<div class="main section" id="main"><div class="widget Blog" id="Blog1"><div class="blog-posts hfeed">
<div class="post hentry uncustomized-post-template">
<h3 class="post-title entry-title">{sheet.title}</h3>
<div class="post-header"><abbr class="published" title="{iso(sheet.article.published_at)}"></abbr>
<span class="fn">{sheet.byline}</span></div>
<div class="post-body entry-content" id="post-body-{len(sheet.article.path)}">
{_body(sheet)}
<div style="clear: both;"></div>
</div>
<div class="post-footer">{sheet.share_bar("span")}</div>
</div></div>
<div class="comments" id="comments"><a name="comments"></a>
<p class="comment-footer"><a href="#comment-form">{sheet.word("post_comment")}</a></p></div>
<div class="blog-pager" id="blog-pager">
<a class="blog-pager-newer-link" href="/">{sheet.word("previous")}</a>
<a class="blog-pager-older-link" href="/">{sheet.word("next")}</a></div>
</div></div>
<div class="sidebar section">{sheet.related_list("div")}</div>
<div class="credit">{sheet.word("rights")}</div>
</body>
</html>"""


def _body(sheet: Sheet) -> str:
    lines = [escape(block.text) for block in sheet.blocks()]
    return BREAK.join(interrupted(lines, TEASER_AFTER, sheet.teaser()))
