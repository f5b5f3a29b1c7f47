"""The furniture list: what it stops, and how an edit carries it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.copies import Furniture, relate, sketch, tokenize
from pipeline.core.copies.furniture import MAX_ENCODED, decode, encode
from pipeline.core.copies.shingles import shingle

PITCH = "sign up for our morning newsletter and never miss a story again"


def stops(text):
    return np.unique(shingle(tokenize(text)))


def test_empty_list_stops_nothing(text_of):
    assert text_of(PITCH).n_net == 10
    assert Furniture().position == Furniture().size == 0


def test_furniture_leaves_set_and_sketch_but_not_the_sequence(text_of, some_words):
    body = some_words(1, 100)
    plain = text_of(body)
    pitched = text_of([*body, "xxx", *PITCH.split()], furniture=Furniture(7, stops(PITCH)))
    assert len(pitched.shingles) == len(plain.shingles) + 13
    assert set(pitched.unique.tolist()) & set(stops(PITCH).tolist()) == set()
    assert set(plain.unique.tolist()) <= set(pitched.unique.tolist())
    assert not set(sketch(pitched)) & {f"{value:016x}" for value in stops(PITCH).tolist()}


def test_a_sources_own_furniture_is_stopped_for_that_source_only(text_of):
    listed = Furniture(7, stops("rights reserved by us"), {"herald": stops(PITCH)})
    assert text_of(PITCH, source="herald", furniture=listed).n_net == 0
    assert text_of(PITCH, source="courier", furniture=listed).n_net == 10
    assert len(listed.stops("herald")) == 12
    assert len(listed.stops("courier")) == 2
    assert listed.size == 12


def test_a_pair_cannot_be_tested_with_two_lists(text_of):
    with pytest.raises(ValueError, match="one furniture list"):
        relate(text_of(PITCH), text_of(PITCH, "a-2", furniture=Furniture(7)))


def test_list_survives_its_edit():
    listed = Furniture(0, stops("rights reserved by us"), {"hérald": stops(PITCH), "none": stops("")})
    carried = decode(encode(listed), position=42)
    assert carried.position == 42
    assert carried.everywhere.tolist() == listed.everywhere.tolist()
    assert {source: own.tolist() for source, own in carried.by_source.items()} == {
        "hérald": stops(PITCH).tolist()
    }


def test_list_above_the_cap_of_an_edit_is_refused():
    with pytest.raises(ValueError, match="characters"):
        encode(Furniture(0, np.arange(MAX_ENCODED // 10, dtype=np.uint64)))


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "[]",
        '{"format":2,"everywhere":"","sources":{}}',
        '{"format":1,"everywhere":"AQ==","sources":{}}',
        '{"format":1,"everywhere":"*","sources":{}}',
        '{"format":1,"everywhere":"AgAAAAAAAAABAAAAAAAAAA==","sources":{}}',
        '{"format":1,"everywhere":"","sources":{"herald":[1]}}',
        " " * (MAX_ENCODED + 1),
    ],
    ids=[
        "empty",
        "a list",
        "later format",
        "broken hash",
        "no base64",
        "not ascending",
        "not packed",
        "too long",
    ],
)
def test_anything_else_is_not_a_list(encoded):
    with pytest.raises(ValueError):
        decode(encoded, position=1)
