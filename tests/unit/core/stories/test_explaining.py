"""What is explained is what the copy test says, with the words it saw."""

from __future__ import annotations

from pipeline.core.copies import Furniture, relate
from pipeline.core.copies.document import prepare
from pipeline.core.copies.shingles import ascending_once, shingle
from pipeline.core.copies.tokens import tokenize
from pipeline.core.stories.explaining import explain, kept_side, side_of
from pipeline.core.stories.kept import document_of, revision_of, without_text
from tests.stages.articles import article, prose

NONE = Furniture()


def test_copies_are_explained_by_verdict_and_passages_in_their_own_words():
    wire = prose("wire")
    one = side_of(article("one", "An opening of our own. " + wire))
    other = side_of(article("other", wire, source="post"))
    found = explain([one], [other], NONE)
    assert found.verdict == relate(prepare(one.document, NONE), prepare(other.document, NONE))
    assert found.verdict.is_copy
    assert found.compared
    assert found.terms_shared >= found.terms_needed
    longest = found.passages[0]
    assert (5, 0) == (longest.one, longest.other)
    assert wire.replace("\n\n", " ") == longest.words


def test_strangers_share_nothing_and_would_not_be_compared():
    found = explain([side_of(article("one"))], [side_of(article("other"))], NONE)
    assert not found.verdict.is_copy
    assert not found.compared
    assert () == found.passages


def test_of_several_texts_the_pair_that_is_a_copy_speaks():
    wire = prose("wire")
    first, second = article("one", wire), article("one", prose("rewritten"), minutes=9)
    found = explain([side_of(first), side_of(second)], [side_of(article("other", wire))], NONE)
    assert first.revision == found.one.revision
    assert found.verdict.is_copy


def test_removed_text_is_explained_by_hashes_without_words():
    wire = prose("wire")
    made = article("one", wire)
    kept = without_text(revision_of(made, prepare(document_of(made), NONE), 7, erased=False))
    found = explain([kept_side(kept)], [side_of(article("other", wire, source="post"))], NONE)
    assert found.verdict.is_copy
    assert [None] == [passage.words for passage in found.passages]


def test_furniture_is_counted_and_no_part_of_what_is_shared():
    rights = prose("rights", 60)
    sides = [side_of(article(name, prose(name) + "\n\n" + rights)) for name in ("one", "other")]
    stops = Furniture(1, ascending_once(shingle(tokenize(rights))))
    found = explain(sides[:1], sides[1:], stops)
    assert (58, 58) == found.furniture
    assert 0 == found.verdict.evidence.shared
    assert 58 == explain(sides[:1], sides[1:], NONE).verdict.evidence.shared
