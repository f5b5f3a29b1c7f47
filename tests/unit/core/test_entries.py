"""Which items of a document become entries, and what is said of the others; and which sitemaps are read."""

from datetime import UTC, datetime, timedelta

from pipeline.core import entries, sitemaps
from pipeline.core.feeds import Feed, Item
from pipeline.core.sources import ChildSitemap, Source

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = Source(id="desk", name="Desk", kind="feed", url="https://desk.example/feed")
SITEMAP = Source(
    id="desk", name="Desk", kind="sitemap", url="https://desk.example/news.xml", hosts=("cdn.test",)
)


def feed(*items: Item, kind: str = "rss") -> Feed:
    return Feed(kind=kind, reader="tree", items=items)


def at(path: str, **fields) -> Item:
    return Item(url=f"https://desk.example/{path}", **{"title": path.title(), **fields})


def taken(source: Source, found: Feed) -> tuple[list[str], dict[str, int]]:
    announced = entries.taken(source, found, NOON)
    return [entry.url.rpartition("/")[2] for entry in announced.entries.values()], announced.dropped


def test_every_item_is_taken_or_dropped_by_reason():
    found = feed(
        at("a"), at("a#again"), at("a?utm_source=rss"), Item(title="x"), Item(url="mailto:x@desk.example"),
        Item(url="https://desk.example/" + "x" * 3000), Item(url="https://elsewhere.test/b", title="B"),
    )  # fmt: skip
    assert taken(FEED, found) == (["a", "b"], {"duplicate": 2, "no-link": 1, "scheme": 1, "url-too-long": 1})


def test_feed_beyond_the_cap_is_counted_and_not_silently_cut():
    names, dropped = taken(FEED, feed(*(at(str(number)) for number in range(2_003))))
    assert (len(names), dropped) == (2_000, {"over-cap": 3})


def test_sitemap_takes_recent_news_on_its_own_site():
    found = feed(
        at("new", published_at=NOON - timedelta(days=1)),
        at("old", published_at=NOON - timedelta(days=40)),
        at("page", title=None),
        Item(url="https://elsewhere.test/x", title="X"),
        Item(url="https://cdn.test/y", title="Y"),
        kind="sitemap",
    )
    assert taken(SITEMAP, found) == (["new", "y"], {"too-old": 1, "no-news": 1, "off-site": 1})


def test_undated_feed_loses_nothing_and_a_feed_may_bring_old_articles():
    assert len(taken(FEED, feed(at("a"), at("b", published_at=NOON - timedelta(days=400))))[0]) == 2


def test_date_in_the_future_is_dropped_and_the_entry_kept():
    announced = entries.taken(FEED, feed(at("a", published_at=NOON + timedelta(days=2))), NOON)
    (entry,) = announced.entries.values()
    assert (entry.published_at, announced.dropped) == (None, {"date-in-future": 1})


def test_account_of_an_article_keeps_the_entry_without_its_text():
    ((name, entry),) = entries.taken(FEED, feed(at("a", summary="Long text")), NOON).entries.items()
    section = entries.discovered(FEED, entry, NOON, "run-1")
    assert section.entry is not None
    assert (section.entry.title, section.entry.summary) == ("A", None)
    assert (section.host, section.run_id, section.outcome, section.due_at) == (
        "desk.example",
        "run-1",
        "discovered",
        NOON,
    )
    assert name.startswith("a-")


def index(*children: tuple[str, datetime | None]) -> Feed:
    items = (Item(url=f"https://desk.example/{path}", updated_at=told) for path, told in children)
    return Feed(kind="sitemap-index", reader="tree", items=tuple(items))


def test_children_are_read_newest_first_and_stale_ones_never():
    found = sitemaps.children(
        SITEMAP, index(("2019.xml", NOON - timedelta(days=900)), ("a.xml", None), ("b.xml", NOON)), (), NOON
    )
    assert [child.url.rpartition("/")[2] for child in found] == ["b.xml", "a.xml"]


def test_child_is_due_when_its_time_came_or_the_index_says_it_changed():
    later = NOON + timedelta(hours=5)
    held = [
        ChildSitemap(url="https://desk.example/a.xml", lastmod=NOON, due_at=later),
        ChildSitemap(url="https://desk.example/b.xml", lastmod=NOON, due_at=later),
    ]
    found = sitemaps.children(
        SITEMAP,
        index(("a.xml", NOON), ("b.xml", NOON + timedelta(hours=1))),
        held,
        later - timedelta(hours=1),
    )
    assert [child.url[-5:] for child in sitemaps.due(found, later - timedelta(hours=1))] == ["b.xml"]
    assert len(sitemaps.due(found, later)) == 2


def test_children_per_poll_are_bounded_and_failing_ones_wait_longer():
    many = sitemaps.children(SITEMAP, index(*((f"{number}.xml", None) for number in range(500))), (), NOON)
    assert (len(many), len(sitemaps.due(many, NOON))) == (sitemaps.MOST_CHILDREN, sitemaps.PER_POLL)
    once = sitemaps.after(many[0], NOON, failed=True)
    twice = sitemaps.after(once, NOON, failed=True)
    assert NOON + sitemaps.STAGGER < once.due_at < twice.due_at
    assert sitemaps.after(twice, NOON, failed=False).due_at == NOON + sitemaps.STAGGER
