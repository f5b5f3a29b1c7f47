"""A large newspaper's page: semantic elements, structured data, cookie banner, boxes in the text."""

from html import escape

from newsroom.pages.head import head
from newsroom.pages.sheet import Sheet, interrupted, iso

TEASER_AFTER = 3


def broadsheet(sheet: Sheet) -> str:
    published = sheet.article.published_at
    return f"""<!DOCTYPE html>
<html {sheet.html_attributes} prefix="og: http://ogp.me/ns#">
<head>
{head(sheet)}
<meta name="viewport" content="width=device-width">
</head>
<body>
{sheet.cookie_banner()}
<header role="banner"><a href="/">{escape(sheet.outlet.name)}</a>{sheet.nav()}</header>
<main>
<article itemscope itemtype="https://schema.org/NewsArticle">
<header><p class="kicker">{escape(sheet.article.category)}</p>
<h1 itemprop="headline">{sheet.title}</h1>
<p class="dateline"><span itemprop="author">{sheet.byline}</span>
<time itemprop="datePublished" datetime="{iso(published)}">{published:%d.%m.%Y}</time></p>
{sheet.share_bar("ul")}
</header>
<section itemprop="articleBody" class="article-body">
{_body(sheet)}
</section>
<div class="support-box"><p>{sheet.word("support")}</p></div>
</article>
<section class="most-read"><h2>{sheet.word("most_read")}</h2><ol>
{"".join(f'<li><a href="{escape(href)}">{sheet.furnish(text)}</a></li>' for text, href in sheet.related)}
</ol></section>
</main>
{sheet.newsletter()}
{sheet.footer()}
</body>
</html>"""


def _body(sheet: Sheet) -> str:
    paragraphs = [
        f"<h3>{escape(block.text)}</h3>" if block.heading else f"<p>{escape(block.text)}</p>"
        for block in sheet.blocks()
    ]
    return "\n".join(interrupted(paragraphs, TEASER_AFTER, sheet.teaser()))
