"""A portal's page: nested boxes, advertisement marks in the text, unclosed elements, a chatty sidebar."""

from html import escape

from newsroom.pages.head import head
from newsroom.pages.sheet import Sheet, interrupted

TEASER_AFTER = 2


def portal(sheet: Sheet) -> str:
    """Paragraphs are not closed, two `<div>` never are, and an `</span>` closes what was not open."""
    return f"""<!doctype html>
<html {sheet.html_attributes}>
<head>
{head(sheet)}
<script>window.dataLayer = window.dataLayer || [];</script>
<style>.story p {{ margin: 0 0 1em }}</style>
</head>
<body>
<div class="wrap"><div class="top">{sheet.nav()}</div>
<div class="cols"><div class="col-main"><div class="story">
<h1>{sheet.title}</h1>
<div class="story-info"><b class="author">{sheet.byline}</b>
{sheet.article.published_at:%d/%m/%Y %H:%M}</span></div>
<div class="story-text">
{_body(sheet)}
</div>
{sheet.share_bar()}
<div class="fb-comments"><p>{sheet.word("comment_notice")}</p></div>
</div></div>
<div class="col-side sidebar">{sheet.related_list("div")}
<div class="promo"><p>{sheet.word("support")}</p></div>
</div></div>
{sheet.newsletter()}
<div class="bottom footer"><p>{sheet.word("rights")}</p></div>
</body>
</html>"""


def _body(sheet: Sheet) -> str:
    paragraphs = [
        f"<h3>{escape(block.text)}</h3>" if block.heading else f"<p>{escape(block.text)}"
        for block in sheet.blocks()
    ]
    advert = f'<div class="ad-slot"><small>{sheet.word("advert")}</small></div>'
    return "\n".join(interrupted(interrupted(paragraphs, TEASER_AFTER, sheet.teaser()), 1, advert))
