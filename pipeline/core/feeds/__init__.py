"""Feeds, sitemaps and listing pages: from the bytes of a response to the items they announce."""

from pipeline.core.feeds.listing import Listing
from pipeline.core.feeds.model import Feed, FeedKind, Item, NotAFeed, Reader
from pipeline.core.feeds.reader import parse

__all__ = ["Feed", "FeedKind", "Item", "Listing", "NotAFeed", "Reader", "parse"]
