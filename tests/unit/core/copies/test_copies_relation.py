"""Every rule of the copy test, on texts built to meet just that rule."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.copies import Furniture, Link, relate, tokenize
from pipeline.core.copies.shingles import shingle


def named(*rows):
    """Rows of a table whose first entry is the test's name."""
    return [pytest.param(*values, id=name) for name, *values in rows]


def spread(words, share, seed=9):
    """Replace a share of the words, each by one that stands nowhere else."""
    drawn = random.Random(seed)
    return [f"q{place}" if drawn.random() < share else word for place, word in enumerate(words)]


@pytest.fixture(scope="session")
def base(some_words):
    return some_words(1, 600)


@pytest.fixture(scope="session")
def donor(some_words):
    return some_words(2, 2000)


def test_a_text_is_a_copy_of_itself(text_of, base):
    verdict = relate(text_of(base), text_of(base, "a-2"))
    assert (verdict.kind, verdict.rule, verdict.evidence.containment) == ("copy", "cover", 1.0)
    assert verdict.is_copy


def test_unrelated_texts_of_one_language_have_nothing_to_do_with_each_other(text_of, base, donor):
    verdict = relate(text_of(base), text_of(donor, "a-2"))
    assert (verdict.kind, verdict.rule, verdict.links) == (None, "little-shared", ())


@pytest.mark.parametrize(
    ("changes", "rule"),
    named(
        ("languages never cross", {"language": "de"}, "other-language"),
        ("a region is not a language", {"language": "en-AU"}, "cover"),
        ("seven days are within the window", {"days": 7}, "cover"),
        ("more are not", {"days": 7.001}, "other-week"),
        ("in either direction", {"days": -7.001}, "other-week"),
        ("an article is not its own copy", {"article_id": "a-1"}, "same-article"),
    ),
)
def test_gates(text_of, base, changes, rule):
    verdict = relate(text_of(base), text_of(base, **{"article_id": "a-2", **changes}))
    assert verdict.rule == rule
    assert verdict.is_copy is (rule == "cover")


@pytest.mark.parametrize("share", [0.15, 0.3, 0.5, 0.9])
def test_opening_of_any_length_is_a_copy(text_of, base, share):
    verdict = relate(text_of(base), text_of(base[: int(share * 600)], "a-2"))
    assert verdict.is_copy
    assert (verdict.shorter, verdict.longer) == ("a-2", "a-1")


def test_opening_of_a_text_ten_times_longer_is_a_copy_by_its_lead(text_of, base, donor):
    verdict = relate(text_of(base[:150]), text_of([*base[:150], *donor[:1500]], "a-2"))
    assert (verdict.kind, verdict.rule) == ("copy", "lead")


def test_excerpt_from_the_middle_of_a_long_text_is_contained(text_of, base, donor):
    longer = text_of([*donor[:800], *base[:100], *donor[800:]], "a-2")
    verdict = relate(text_of(base[:100]), longer)
    assert (verdict.kind, verdict.rule) == ("contains", "not-in-lead")
    assert verdict.links == (Link("contains", "a-2", "a-1"), Link("update_of", "a-2", "a-1"))


def test_round_up_that_quotes_a_text_in_its_middle_is_no_copy(text_of, base, donor):
    """The quoted text covers a third of the round-up, so only the foreign text around it tells."""
    longer = text_of(
        [*donor[:400], *base, *donor[400:900]], "a-2", source="courier", title="Live updates: storm"
    )
    verdict = relate(text_of(base), longer)
    assert (verdict.kind, verdict.rule) == ("contains", "foreign-both-sides")
    assert verdict.links == (Link("contains", "a-2", "a-1"),)
    assert min(verdict.evidence.before, verdict.evidence.after) > 0.25


def test_a_stray_shared_phrase_in_its_first_line_does_not_make_a_round_up_a_copy(text_of, base, donor):
    longer = text_of([*base[:6], *donor[:400], *base, *donor[400:900], *base[-6:]], "a-2")
    assert relate(text_of(base), longer).rule == "foreign-both-sides"


def test_abridgement_whose_sentences_stand_all_over_the_longer_text_is_a_copy(text_of, base):
    """Of its opening the longer text shares no more than of the rest, too little for a lead."""
    kept = [word for start in range(70, 600, 70) for word in base[start : start + 9]]
    verdict = relate(text_of(base), text_of(kept, "a-2", source="courier"))
    assert (verdict.kind, verdict.rule) == ("copy", "abridged")
    assert verdict.evidence.anchor < 0.15
    assert verdict.evidence.cover < 0.3


def test_own_text_with_quotations_from_all_over_another_is_no_abridgement(text_of, base, donor):
    quoted = [word for start in range(70, 600, 70) for word in base[start : start + 12]]
    verdict = relate(text_of(base), text_of([*donor[:100], *quoted], "a-2", source="courier"))
    assert (verdict.kind, verdict.rule) == ("contains", "not-in-lead")
    assert 0.3 <= verdict.evidence.containment < 0.6


def test_statement_that_two_outlets_print_in_their_openings_is_derived(text_of, base, donor):
    """A third of the shorter text, and in the lead of the longer; but most of both is their own."""
    statement = base[:70]
    one = text_of([*donor[:60], *statement, *donor[60:130]])
    other = text_of([*donor[300:330], *statement, *donor[330:600]], "a-2", source="courier", days=0.2)
    verdict = relate(one, other)
    assert 0.3 <= verdict.evidence.containment < 0.4
    assert verdict.evidence.anchor > 0.15
    assert verdict.evidence.alignment < 0.5
    assert (verdict.kind, verdict.rule) == ("derived", "partly-shared")


def test_rewritten_opening_of_a_longer_text_is_a_copy_as_its_words_are_aligned(text_of, base):
    rewritten = spread(base[:160], 0.2)
    verdict = relate(text_of(base), text_of(rewritten, "a-2", source="courier"))
    assert 0.3 <= verdict.evidence.containment < 0.4
    assert verdict.evidence.alignment > 0.5
    assert (verdict.kind, verdict.rule) == ("copy", "lead")


def test_local_text_around_a_copy_is_allowed_on_one_side(text_of, base, donor):
    assert relate(text_of(base), text_of([*base, *donor[:400]], "a-2")).is_copy
    assert relate(text_of(base), text_of([*donor[:400], *base], "a-2")).is_copy


def test_own_paragraphs_below_a_copys_first_one_do_not_make_a_round_up(text_of, base, donor):
    """Outlets add local text after the lead and at the end; a round-up does not open with what it quotes."""
    local = text_of([*base[:25], *donor[:200], *base[25:], *donor[200:400]], "a-2", source="courier")
    verdict = relate(text_of(base), local)
    assert (verdict.kind, verdict.evidence.before) == ("copy", 0.0)
    assert verdict.evidence.after > 0.15


def test_furniture_around_a_copy_is_not_foreign(text_of, base, donor):
    """A long menu before and a link block after the text are no sign of a round-up, once they are known."""
    head, foot = donor[:250], donor[250:500]
    listed = Furniture(3, *_stops(head, foot))
    wrapped = [*head, *base, *foot]
    assert relate(text_of(base), text_of(wrapped, "a-2")).rule == "foreign-both-sides"
    assert relate(text_of(base, furniture=listed), text_of(wrapped, "a-2", furniture=listed)).is_copy


def _stops(*blocks):
    import numpy as np

    return [np.unique(np.concatenate([shingle(tokenize(" ".join(block))) for block in blocks]))]


@pytest.mark.parametrize(
    ("title", "source", "expected"),
    named(
        ("the same outlet's update", "UPDATE 2-Bridge closed", "herald", "update"),
        ("another outlet's update", "UPDATE 2-Bridge closed", "courier", "foreign-both-sides"),
        ("the same outlet without the word", "Bridge closed for good", "herald", "foreign-both-sides"),
        ("a correction is no reason to merge", "CORRECTED: Bridge closed", "herald", "foreign-both-sides"),
    ),
)
def test_retopped_update_merges_for_one_outlet_only(text_of, base, donor, title, source, expected):
    longer = text_of([*donor[:250], *base[:210], *donor[250:400]], "a-2", source=source, title=title, days=1)
    verdict = relate(text_of(base[:300], title="Bridge closed"), longer)
    assert verdict.rule == expected
    assert verdict.update is (title.startswith(("UPDATE", "CORR")) or source == "herald")


@pytest.mark.parametrize("share", [0.3, 0.4])
def test_text_with_a_third_of_its_words_changed_is_a_copy(text_of, base, share):
    assert relate(text_of(base), text_of(spread(base, share), "a-2")).is_copy


def test_text_with_nearly_half_of_its_words_changed_is_found_by_alignment(text_of, base):
    verdict = relate(text_of(base), text_of(spread(base, 0.45), "a-2"))
    assert (verdict.kind, verdict.rule) == ("copy", "aligned")
    assert 0.08 <= verdict.evidence.containment < 0.3
    assert verdict.evidence.alignment > 0.5


def test_short_or_templated_texts_are_never_aligned(text_of, some_words):
    """Robot reports differ by names and numbers only; their words align, but nobody copied."""
    template = some_words(1, 50)
    one, other = spread(template, 0.4, 1), spread(template, 0.4, 2)
    verdict = relate(text_of(one), text_of(other, "a-2"))
    assert verdict.evidence.alignment is None
    assert not verdict.is_copy


def test_texts_that_are_mostly_furniture_are_not_aligned(text_of, base, donor):
    listed = Furniture(3, *_stops(donor[:500]))
    one = text_of([*base[:250], *donor[:500]], furniture=listed)
    other = text_of([*spread(base[:250], 0.45), *donor[:500]], "a-2", furniture=listed)
    verdict = relate(one, other)
    assert verdict.evidence.alignment is None
    assert not verdict.is_copy


def test_shared_statement_is_derived(text_of, base, donor):
    one = text_of([*donor[:250], *base[:60]], title="Bridge closed")
    other = text_of([*donor[400:650], *base[:60]], "a-2", source="courier", days=1)
    verdict = relate(one, other)
    assert (verdict.kind, verdict.rule) == ("derived", "partly-shared")
    assert verdict.links == (Link("derived", "a-2", "a-1"),)


def test_opening_of_an_earlier_text_below_a_new_lead_is_an_update(text_of, base, donor):
    one = text_of([*base[:60], *donor[:250]])
    other = text_of([*donor[400:650], *base[:60]], "a-2", source="courier", days=1)
    verdict = relate(one, other)
    assert (verdict.kind, verdict.rule) == ("update_of", "new-lead")
    assert verdict.links == (Link("update_of", "a-2", "a-1"),)
    earlier_with_the_new_lead = text_of([*donor[400:650], *base[:60]], "a-2", source="courier", days=-1)
    assert relate(one, earlier_with_the_new_lead).kind == "derived"


def test_copy_by_the_same_outlet_is_also_noted_as_its_update(text_of, base):
    verdict = relate(text_of(base), text_of(base, "a-2", days=1))
    assert verdict.is_copy
    assert verdict.links == (Link("update_of", "a-2", "a-1"),)
    assert relate(text_of(base), text_of(base, "a-2", source="courier", days=1)).links == ()


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    named(
        (
            "equal alerts",
            "Flood warning for the lower valley",
            "flood WARNING, for the lower valley!",
            "short-equal",
        ),
        (
            "one word more",
            "Flood warning for the lower valley",
            "Flood warning for the lower valley now",
            "short-unequal",
        ),
        ("one word", "Flood", "Flood.", "short-equal"),
        ("two empty texts", "", "…", "nothing-left"),
        ("an empty and a short one", "", "Flood", "nothing-left"),
    ),
)
def test_short_texts(text_of, one, other, rule):
    verdict = relate(text_of(one), text_of(other, "a-2"))
    assert verdict.rule == rule
    assert verdict.is_copy is (rule == "short-equal")


def test_a_short_text_is_no_copy_of_the_long_one_that_begins_with_it(text_of, base):
    verdict = relate(text_of(base[:15]), text_of(base, "a-2"))
    assert (verdict.kind, verdict.rule) == (None, "short-unequal")


def test_twenty_net_shingles_are_enough(text_of, base):
    assert relate(text_of(base[:24]), text_of(base[:30], "a-2")).rule == "cover"


def test_removed_article_is_tested_by_its_hashes_alone(text_of, base):
    """A removal keeps the sequence of token hashes; the copies that arrive later must still be found."""
    from dataclasses import replace

    from pipeline.core.copies import Tokens, prepare

    present = text_of(base)
    kept = Tokens.from_base64(present.document.tokens.to_base64())
    removed = prepare(replace(present.document, article_id="a-0", title="", tokens=kept), Furniture())
    arriving = text_of(spread(base, 0.45), "a-2", source="courier")
    assert relate(removed, arriving).rule == "aligned"


def test_every_rule_is_explained(text_of, base, donor):
    verdict = relate(text_of(base), text_of([*base, *donor[:400]], "a-2"))
    assert verdict.why == "100% of the shorter text's phrases stand in the longer one and are 60% of it"


texts = st.lists(st.sampled_from([f"w{number}" for number in range(12)]), max_size=60)


@settings(max_examples=200)
@given(
    texts,
    texts,
    texts,
    st.sampled_from(["", "UPDATE 1-x", "CORRECTED-x"]),
    st.sampled_from(["herald", "courier"]),
    st.integers(-8, 8),
)
def test_order_of_the_two_does_not_matter(text_of, common, front, back, title, source, days):
    one = text_of([*common, *back])
    other = text_of([*front, *common], "a-2", title=title, source=source, days=days)
    assert relate(one, other) == relate(other, one)


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.integers(22, 400), st.floats(0.15, 1))
def test_any_opening_above_fifteen_per_cent_is_a_copy(text_of, some_words, seed, count, share):
    text = some_words(seed, count)
    opening = text_of(text[: int(share * count)], "a-2")
    if opening.n_net >= 20:
        assert relate(text_of(text), opening).is_copy
