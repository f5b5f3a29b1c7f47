"""Furniture in and around a text: each piece at the head, in the middle and at the tail of an article."""

from __future__ import annotations

import pytest

from pipeline.core.clean import extract
from tests.unit.core.clean.pages import raw

ENGLISH = [
    "The ferry office will open a second window in March, the island council decided on Tuesday after a long debate.",
    "Commuters had complained for years about the queue at the only window, which reaches the fish market on Mondays.",
    "“We heard them, and we counted,” the head of the office said, pointing at a list of four hundred names.",
    "The second window costs the town little, because the room behind it has been empty since the post office closed.",
    "Whether a third one will follow depends on the summer: the council wants to see the numbers before it decides.",
]
GERMAN = [
    "Das Fährbüro öffnet im März einen zweiten Schalter, beschloss der Inselrat am Dienstag nach langer Debatte.",
    "Pendler hatten sich seit Jahren über die Schlange am einzigen Schalter beklagt, die montags bis zum Markt reicht.",
    "„Wir haben zugehört und gezählt“, sagte die Leiterin des Büros und zeigte auf eine Liste mit vierhundert Namen.",
    "Der zweite Schalter kostet die Stadt wenig, weil der Raum dahinter leer steht, seit die Post geschlossen hat.",
    "Ob ein dritter folgt, hängt vom Sommer ab: Der Rat will die Zahlen sehen, bevor er darüber entscheidet.",
]
RUSSIAN = [
    "Паромная касса откроет второе окно в марте, решил во вторник совет острова после долгих споров о деньгах.",
    "Жители годами жаловались на очередь у единственного окна, которая по понедельникам доходит до рыбного рынка.",
    "«Мы услышали их и посчитали», — сказала начальница кассы, показывая список, в котором четыреста имён.",
    "Второе окно обойдётся городу недорого: помещение за ним пустует с тех пор, как закрылось почтовое отделение.",
    "Появится ли третье, зависит от лета: совет хочет сначала увидеть цифры, а потом принимать новое решение.",
]
ARABIC = [
    "يفتح مكتب العبّارات نافذة ثانية في مارس، كما قرر مجلس الجزيرة يوم الثلاثاء بعد نقاش طويل حول الميزانية.",
    "وكان الركاب يشكون منذ سنوات من الطابور أمام النافذة الوحيدة، وهو يصل أيام الاثنين إلى سوق السمك القديم.",
    "وقالت مديرة المكتب: «سمعناهم وأحصيناهم»، مشيرة إلى قائمة تضم أربعمئة اسم علقت على الجدار خلفها.",
    "ولا تكلف النافذة الثانية البلدة كثيرا لأن الغرفة التي خلفها فارغة منذ أن أغلق مكتب البريد أبوابه.",
    "أما فتح نافذة ثالثة فيتوقف على الصيف، إذ يريد المجلس أن يرى الأرقام قبل أن يتخذ قرارا جديدا.",
]
JAPANESE = [
    "島の議会は火曜日、長い議論の末、フェリー事務所に二つ目の窓口を三月に開くことを決めた。",
    "利用者は何年も前から一つしかない窓口の行列に不満を訴えており、月曜には列が魚市場まで延びる。",
    "「声を聞き、数えました」と所長は話し、壁に貼られた四百人の名前の一覧を指さした。",
    "二つ目の窓口にはあまり費用がかからない。郵便局が閉じてから裏の部屋が空いているためだ。",
    "三つ目ができるかどうかは夏次第で、議会は数字を見てから判断したいとしている。",
]
LANGUAGES = {"en": ENGLISH, "de": GERMAN, "ru": RUSSIAN, "ar": ARABIC, "ja": JAPANESE}

FURNITURE = {
    "share bar": '<div class="share-bar"><a href="#">Facebook</a><a href="#">Twitter</a><span>XYZZY 12</span></div>',
    "share bar without class": "<div><span>Share</span></div><div><a href=#>XYZZY on Facebook</a></div>",
    "newsletter box": '<div class="newsletter-signup"><h3>XYZZY in your inbox</h3><p>Sign up for our daily letter and never miss a thing again, every morning at seven.</p></div>',
    "linked teaser": '<p><a href="/x">XYZZY: harbour town votes for a new ferry line</a></p>',
    "bold linked teaser": '<p><strong>Related: <a href="/x">XYZZY harbour town votes for a new ferry line</a></strong></p>',
    "teaser card": '<div class="card"><a href="/x"><img src="/x.jpg" alt=""><span>Culture</span><h3>XYZZY museum of tides opens</h3></a></div>',
    "related list": '<aside><h3>More on this</h3><ul><li><a href="/x">XYZZY museum of tides opens at last</a></li><li><a href="/y">Three questions about the winter timetable</a></li></ul></aside>',
    "related list without class": '<ul><li><a href="/x">XYZZY museum of tides opens at last</a></li><li><a href="/y">Three questions about winter</a></li></ul>',
    "picture with caption": '<figure><img src="/p.jpg"><figcaption>The XYZZY ferry in the harbour. Photo: Ada Penn</figcaption></figure>',
    "picture with caption in divisions": '<div class="image"><img src="/p.jpg"><div class="caption">The XYZZY ferry in the harbour.</div></div>',
    "advertisement": '<div class="ad-slot"><span>Advertisement</span><p>XYZZY shoes are made for walking, buy them now.</p></div>',
    "video player": '<div class="video-player"><span>XYZZY video unavailable</span><button>Play</button></div>',
    "script and style": "<script>var xyzzy = 'XYZZY';</script><style>.XYZZY{color:red}</style>",
    "hidden text": '<div style="display:none"><p>XYZZY is only here for machines that do not look.</p></div>',
    "byline": '<div class="byline">By <a rel="author" href="/a">XYZZY Penn</a></div>',
    "tags": '<ul class="tags"><li><a href="/t">XYZZY</a></li><li><a href="/f">Ferries</a></li></ul>',
    "paywall note": '<div class="paywall-banner"><p>XYZZY readers support us. Subscribe now for one coin a month.</p></div>',
    "poll": '<form class="poll"><p>What do you think of XYZZY?</p><label>Yes</label><label>No</label></form>',
    "breadcrumbs": '<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/w">XYZZY</a></li></ol>',
    "comment count": '<p class="comment-link"><a href="#comments">12 XYZZY comments</a></p>',
    "stray markup": "<p>&lt;img src=&quot;/XYZZY.gif&quot; width=&quot;1&quot;&gt;</p>",
    "shortcode": "<p>[gallery ids=XYZZY]</p>",
}  # fmt: skip
TAILS = {
    "comments": '<section id="comments"><h2>Comments</h2><ol><li><p>XYZZY, I think the second window is a waste of our money and nobody asked for it.</p></li><li><p>Not true, I asked for it, and so did my neighbours and all of their friends.</p></li></ol></section>',
    "comments without class": "<div><h3>3 comments</h3><ul><li><b>bob77</b> says:<p>XYZZY, I think the second window is a waste of our money and nobody asked for it.</p></li><li><b>eve</b> says:<p>Not true, I asked for it, and so did my neighbours and all of their friends.</p></li></ul></div>",
    "appended article": "<article><h1>XYZZY opens its doors</h1><p>The museum of tides opens its doors on Friday after seven years of work and three of waiting for the sea.</p><p>Visitors enter at low water and leave at high water, or the other way round, says the director.</p></article>",
    "author box": '<div class="author-bio"><h4>About the author</h4><p>XYZZY Penn writes about ships and the sea, and has done so for twenty years in this paper.</p></div>',
    "copyright": '<div class="legal"><p>© 2026 XYZZY. All rights reserved. No part of this may be copied without our permission.</p></div>',
    "most read list with texts": '<div class="list"><div class="item"><h4><a href="/1">XYZZY museum of tides opens</a></h4><p>After seven years the doors are open to everybody who can swim.</p></div><div class="item"><h4><a href="/2">A goal in the last minute</a></h4><p>The harbour eleven win against the mountain eleven once again.</p></div><div class="item"><h4><a href="/3">Three questions about the timetable</a></h4><p>What the new winter timetable means for those who live on the island.</p></div></div>',
    "consent": '<div id="consent"><p>XYZZY and our 812 partners use cookies to store and access information on your device.</p></div>',
}  # fmt: skip


def page(paragraphs: list[str], *, language: str = "en", head: str = "", middle: str = "", tail: str = "", body_class: str = "article-body") -> str:  # fmt: skip
    text = "".join(
        f"<p>{paragraph}</p>" + (middle if n == 2 else "") for n, paragraph in enumerate(paragraphs, 1)
    )
    name = f' class="{body_class}"' if body_class else ""
    title = paragraphs[0][:40]
    return (
        f'<html lang={language}><head><meta charset=utf-8><title>{title}</title></head><body><div id="page"><h1>{title}</h1>'
        f"<div{name}>{head}{text}</div>{tail}</div><div><p>Imprint</p></div></body></html>"
    )


@pytest.mark.parametrize("body_class", ["article-body", "css-1x2y3z", ""])
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_in_any_language_comes_out_whole(language: str, body_class: str):
    article = extract(raw(page(LANGUAGES[language], language=language, body_class=body_class)))
    assert LANGUAGES[language] == article.text.split("\n\n")
    assert language == article.language


@pytest.mark.parametrize("place", ["head", "middle", "tail"])
@pytest.mark.parametrize("language", ["en", "ja", "ar"])
@pytest.mark.parametrize("name", FURNITURE)
def test_furniture_goes_and_every_paragraph_stays(name: str, language: str, place: str):
    pieces = {place: FURNITURE[name]}
    article = extract(raw(page(LANGUAGES[language], language=language, **pieces)))
    assert LANGUAGES[language] == article.text.split("\n\n")


@pytest.mark.parametrize("body_class", ["article-body", ""])
@pytest.mark.parametrize("language", ["en", "ru", "ja"])
@pytest.mark.parametrize("name", TAILS)
def test_text_ends_where_the_article_ends(name: str, language: str, body_class: str):
    body = page(LANGUAGES[language], language=language, tail=TAILS[name], body_class=body_class)
    assert LANGUAGES[language] == extract(raw(body)).text.split("\n\n")


KEPT = {
    "sub-heading": ("<h2>A second window</h2>", "A second window"),
    "bold line as sub-heading": ("<p><strong>A second window</strong></p>", "A second window"),
    "list": ("<ul><li>Open from seven to noon</li><li>Closed on feast days</li></ul>", "Closed on feast days"),
    "quotation": ("<blockquote><p>Nobody should wait longer than the ferry.</p></blockquote>", "Nobody should wait"),
    "pre-formatted lines": ("<pre>Window A  7-12\nWindow B  9-17</pre>", "Window B"),
    "table": ("<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Monday</td><td>7 to 12</td></tr></table>", "Monday 7 to 12"),
    "short reply": ("<p>“Yes.”</p>", "“Yes.”"),
    "sentence with links": ('<p>Read the <a href="/l">list of names</a> and the <a href="/r">report</a> at the town hall.</p>', "list of names"),
    "long sentence that is one link": (f'<p><a href="/l">{ENGLISH[0]} {ENGLISH[1]}</a></p>', "fish market on Mondays"),
    "paragraph beginning with share": ("<p>Share prices of the ferry line rose by two points in the hours after the vote, traders said.</p>", "Share prices"),
    "sentence about cookies": ("<p>The office also sells cookies, which the baker brings at noon, and they are gone by one.</p>", "sells cookies"),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_text_that_resembles_furniture_stays(name: str):
    snippet, words = KEPT[name]
    article = extract(raw(page(ENGLISH, middle=snippet)))
    assert words in article.text
    assert len(article.text.split("\n\n")) > len(ENGLISH)
