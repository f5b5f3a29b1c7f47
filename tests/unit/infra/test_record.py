"""What an instance remembers about its processes."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local import record
from infra.local.process import Identity
from infra.local.record import Entry, Record

ENTRY = Entry(
    name="kafka",
    leader=Identity(12, "345"),
    members=(Identity(12, "345"), Identity(13, "346")),
    probe="kafka://127.0.0.1:9092",
    address="127.0.0.1:9092",
    log=Path("/var/log/kafka.log"),
    started_at=1.5,
    start_timeout=60,
    stop_signal=15,
    stop_timeout=30,
    fingerprint="abc",
    ready=True,
)


def test_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = Record({"kafka": ENTRY}, {"kafka": 9092}, {"COPYDESK_HOST_TABLE": "a=b:1"})
    record.save(tmp_path / "instance.json", written)
    assert record.load(tmp_path / "instance.json") == written


def test_record_is_private_since_the_environment_may_hold_secrets(tmp_path: Path) -> None:
    record.save(tmp_path / "instance.json", Record())
    assert stat.S_IMODE((tmp_path / "instance.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 99}', '{"format": 1, "entries": [{}], "ports": {}}'], ids=repr
)
def test_damaged_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "instance.json").write_text(text)
    assert record.load(tmp_path / "instance.json").entries == {}


def test_entries_are_added_replaced_and_removed() -> None:
    one = Record().with_entry(ENTRY)
    assert one.with_entry(replace(ENTRY, ready=False)).entries["kafka"].ready is False
    assert one.without("kafka").entries == {}
    assert one.without("unknown") == one


def test_record_of_another_boot_is_recognised() -> None:
    assert Record().from_this_boot
    assert not Record(boot="the day before").from_this_boot
