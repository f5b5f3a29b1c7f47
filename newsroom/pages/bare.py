"""A page from 1999: tables for layout, upper-case elements that are never closed, no meta elements at all."""

from html import escape

from newsroom.pages.sheet import Sheet, interrupted

TEASER_AFTER = 3


def bare(sheet: Sheet) -> str:
    return f"""<HTML><HEAD>{sheet.meta_charset}
<TITLE>{sheet.title} - {escape(sheet.outlet.name)}</TITLE></HEAD>
<BODY BGCOLOR=#FFFFFF TEXT=#000000>
<TABLE WIDTH=100% BORDER=0><TR><TD COLSPAN=2><CENTER><FONT SIZE=5>{escape(sheet.outlet.name)}</FONT></CENTER>
<TR><TD WIDTH=150 VALIGN=top>{_menu(sheet)}
<TD VALIGN=top>
<H1>{sheet.title}</H1>
<FONT SIZE=2><I>{sheet.byline}, {sheet.article.published_at:%d.%m.%Y, %H:%M}</I></FONT>
{_body(sheet)}
<HR NOSHADE>
<FONT SIZE=1>{sheet.word("post_comment")} | {sheet.share_bar("span")}</FONT>
</TABLE>
<CENTER><FONT SIZE=1>{sheet.word("rights")}<BR>{sheet.word("newsletter")}</FONT></CENTER>
</BODY></HTML>"""


def _menu(sheet: Sheet) -> str:
    return "".join(f'<A HREF="/">{escape(text)}</A><BR>' for text in sheet.words["nav"])


def _body(sheet: Sheet) -> str:
    paragraphs = [
        f"<P><B>{escape(block.text)}</B>" if block.heading else f"<P>{escape(block.text)}"
        for block in sheet.blocks()
    ]
    return "\n".join(interrupted(paragraphs, TEASER_AFTER, sheet.teaser()))
