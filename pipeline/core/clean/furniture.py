"""Which parts of a page are furniture by what their class and id say, in the words all templates share.

A word alone never condemns: `with-sidebar` stands on the body of many an article. `region` only drops a
marked element when it holds little of the page's prose and not the title.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from lxml.etree import _Element

from pipeline.core.clean.wordlists import phrases, words

_WORDS = words(
    # readers' words
    """comment comments commentlist commenting disqus respond reply replies discussion livefyre coral"""
    # other articles
    """ related relatedlinks recommended recommendation recommendations recommend recirc recirculation popular
    mostread trending latest teaser teasers promo promos promotion promoted readmore seealso alsoread
    morefrom upnext readnext nextup outbrain taboola zergnet ligatus plista dianomi headlines carousel
    swiper slick owl ticker river next prev previous nextprev"""
    # sharing, following, subscribing
    """ share shares sharing sharebar sharedaddy sharethis addthis addtoany social socials follow newsletter
    newsletters subscribe subscription subscriptions signup cta donate donation membership whatsapp
    telegram"""
    # about the article rather than of it
    """ breadcrumb breadcrumbs byline bylines bio authorbox authorbio tags tagbox taglist tagcloud metadata
    postmeta timestamp pubdate caption captions credit credits photocredit copyright disclaimer attribution
    masthead toolbar kicker eyebrow"""
    # advertising and consent
    """ advert adverts advertisement advertising ad ads adbox adslot adsense dfp sponsor sponsored sponsors
    cookie cookies consent gdpr paywall piano regwall"""
    # controls
    """ modal popup popover overlay tooltip dropdown menu navbar nav navigation subnav pagination pager
    paging sidebar rail widget textwidget banner login register hidden visuallyhidden screenreader offscreen
    noprint skiplink lightbox slideshow toc jetpack player poll survey weather feedback"""
)
_PAIRS = frozenset(
    phrases(
        """sr only|screen reader|visually hidden|read more|read also|see also|also read|more stories|
        more news|more from|most read|most viewed|you may|up next|sign up|author info|author box|author bio|
        author card|about author|post meta|entry meta|article meta|post tags|entry tags|article tags|
        post nav|post navigation|entry footer|article footer|post footer|story footer|no print|print block|
        print only|publish date|call to|fact box|info box|link list|link box|article links|story links|
        inline promo"""
    )
)
_READERS = words("comment comments commentlist disqus respond replies livefyre")
_BODY = frozenset(
    phrases(
        """article body|articlebody|entry content|post content|post body|story body|storybody|
        article content|article text|articletext|story content|content body|body content|article copy|
        story text|news body|newsbody|artikel body|articulo cuerpo|cuerpo|article main|rich text|richtext|
        single content|post entry|text content"""
    )
)
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])")


Attributes = dict[str, str]


def attributes_of(element: _Element) -> Attributes:
    """The element's attributes, read once for all questions."""
    return dict(element.items())


def marks(attributes: Attributes) -> frozenset[str]:
    """The words in class and id that say this is furniture, and `invisible` for what is not shown."""
    words = _marks(_names(attributes))
    style = attributes.get("style")
    hidden = "hidden" in attributes or attributes.get("aria-hidden") == "true"
    return words | {"invisible"} if hidden or (style and _INVISIBLE.search(style)) else words


def is_readers(attributes: Attributes) -> bool:
    """Whether class or id say that readers speak here."""
    return not _READERS.isdisjoint(_split(_names(attributes)))


def is_body(element: _Element) -> bool:
    """Whether the element is said to be the article's body."""
    attributes = attributes_of(element)
    declared = f"{attributes.get('itemprop', '')} {attributes.get('property', '')}"
    return "articleBody" in declared or _is_body(_names(attributes))


_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def _names(attributes: Attributes) -> str:
    return f"{attributes.get('class', '')} {attributes.get('id', '')}"


@lru_cache(maxsize=20_000)
def _split(names: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _SPLIT.split(names[:300]) if word)


@lru_cache(maxsize=20_000)
def _marks(names: str) -> frozenset[str]:
    pieces = _split(names)
    pairs = (f"{one} {two}" for one, two in pairwise(pieces))
    return _WORDS.intersection(pieces) | _PAIRS.intersection(pairs)


@lru_cache(maxsize=20_000)
def _is_body(names: str) -> bool:
    pieces = _split(names)
    return not _BODY.isdisjoint(pieces) or any(f"{one} {two}" in _BODY for one, two in pairwise(pieces))
