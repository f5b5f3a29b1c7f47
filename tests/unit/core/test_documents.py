"""What goes into an index of ours comes out again; stories and articles are in `test_codec`."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

import schemas
from pipeline.core.codec import from_document, to_document
from pipeline.core.ledger import CleanSection, EditSection, FetchSection, IndexSection, LedgerEntry
from pipeline.core.model import CleanArticle, Revision
from pipeline.core.reports import RunReport

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CLEAN = from_document(CleanArticle, schemas.examples("clean_article")["complete"])
DOCUMENTS: list[Any] = [
    Revision(
        article_id=CLEAN.article_id,
        revision="0" * 16,
        position=2**41 + 3,
        source_id="desk",
        title=None,
        language="en",
        event_at=NOON,
        kept_until=NOON,
        terms=("0" * 16,),
        net_shingles=1,
        furniture=0,
        article=CLEAN,
    ),
    LedgerEntry(
        article_id=CLEAN.article_id,
        fetch=FetchSection(
            source_id="desk",
            url=CLEAN.url,
            canonical_url=CLEAN.url,
            host="desk.example",
            run_id="r",
            discovered_at=NOON,
            attempted_at=NOON,
            outcome="fetched",
        ),
        clean=CleanSection(fetched_at=NOON, outcome="published", run_id="r"),
        index=IndexSection(position=1, fetched_at=NOON),
        edit=EditSection(position=2, parked_fetch=NOON),
    ),
    LedgerEntry(article_id=CLEAN.article_id),
    RunReport(
        run_id="r", stage="clean", started_at=NOON, heard_at=NOON, outcomes={"discarded(too-short)": 2}
    ),
]


@pytest.mark.parametrize("value", DOCUMENTS, ids=lambda value: type(value).__name__)
def test_stored_value_survives_its_document(value: Any) -> None:
    assert value == from_document(type(value), json.loads(json.dumps(to_document(value))))


def test_document_that_does_not_fit_is_named_by_its_path() -> None:
    document = to_document(DOCUMENTS[1])
    document["fetch"]["attempts"] = "many"
    with pytest.raises(ValueError, match=r"fetch\.attempts"):
        from_document(LedgerEntry, document)
