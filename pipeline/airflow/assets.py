"""The three assets that link the DAGs, and the doorbells of the two topics that a stage consumes.

An asset event says "there may be something new", and its `extra` carries the counts of the run that rang.
The names of Kafka and Elasticsearch are not part of the addresses: those are settings, these are contracts.
"""

from __future__ import annotations

from airflow.sdk import Asset, AssetWatcher

from pipeline.airflow.trigger import LagTrigger

_GROUP = "news"

NEWS_RAW = Asset(
    "news_raw",
    uri="x-kafka://news.articles.raw.v1",
    group=_GROUP,
    watchers=[
        AssetWatcher(name="raw_lag", trigger=LagTrigger("news.articles.raw.v1", "copydesk-clean")),
    ],
)
"""Pages as received; rings while the clean stage is behind."""

NEWS_CLEAN = Asset(
    "news_clean",
    uri="x-kafka://news.articles.clean.v1",
    group=_GROUP,
    watchers=[
        AssetWatcher(name="clean_lag", trigger=LagTrigger("news.articles.clean.v1", "copydesk-index")),
    ],
)
"""The log of clean articles and edits; rings while the index stage is behind."""

NEWS_STORIES = Asset("news_stories", uri="x-elasticsearch://news-stories", group=_GROUP)
"""The stories as readers search them."""
