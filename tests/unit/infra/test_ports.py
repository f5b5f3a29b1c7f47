"""Taken ports are named with their owner; free ones are free."""

from __future__ import annotations

import os
import socket

import pytest

from infra.local import ports
from infra.local.errors import PortTaken


def test_picked_ports_are_free_and_different() -> None:
    numbers = list(ports.pick().as_dict().values())
    assert len(set(numbers)) == 5
    assert all(ports.is_free(number) for number in numbers)


def test_picked_port_is_out_of_reach_of_outgoing_connections() -> None:
    """One from the range that clients are given could be taken before its server binds it."""
    assert all(ports.pick_one() < 32_768 for _ in range(20))


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_port_with_a_listener_is_taken(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        assert not ports.is_free(server.getsockname()[1])


def test_error_names_port_owner_and_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            ports.require_free({"kafka": ports.pick().kafka, "elasticsearch": number})
    assert f"port {number} (elasticsearch)" in caught.value.problem
    assert f"process {os.getpid()}" in caught.value.problem
    assert "COPYDESK_ELASTICSEARCH_PORT" in caught.value.way_out
    assert "KAFKA" not in caught.value.way_out


def test_all_taken_ports_are_named_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        taken = {"kafka": one.getsockname()[1], "airflow": two.getsockname()[1]}
        with pytest.raises(PortTaken, match=f"{taken['kafka']}.*{taken['airflow']}"):
            ports.require_free(taken)


def test_free_ports_pass() -> None:
    ports.require_free(ports.pick().as_dict())
