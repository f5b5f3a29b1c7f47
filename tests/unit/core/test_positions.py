"""Positions order the records of all epochs; one number beside an offset says what a writer goes by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.positions import EPOCH, Standing, epoch_of, offset, position, version

EPOCHS = st.integers(0, 1000)
OFFSETS = st.integers(0, EPOCH - 2)


@given(EPOCHS, OFFSETS)
def test_position_is_taken_apart_again(epoch, at):
    place = position(at, epoch)
    assert (epoch, at) == (epoch_of(place), offset(place))
    assert place < position(0, epoch + 1)
    assert epoch == epoch_of(version(place))


@given(EPOCHS, st.none() | OFFSETS)
def test_standing_comes_back_as_it_was_written(epoch, list_at):
    standing = Standing(epoch, 0 if list_at is None else version(position(list_at, epoch)))
    assert standing == Standing.read(standing.written())


def test_before_anything_was_committed_nothing_is_written():
    assert "" == Standing().written()
    assert Standing() == Standing.read("")
