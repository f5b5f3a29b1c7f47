"""One more Kafka, which asks for a login: set up by what infra/compose gives its official image.

The image turns a variable `KAFKA_A_B` into the property `a.b`, and so do we. A listener with TLS is added,
with a certificate of this test's own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from infra.local import account, kafka, ports, servers
from infra.local.layout import Layout
from infra.local.progress import Silent
from infra.local.settings import Ports
from infra.local.throwaway import throwaway_instance
from pipeline.settings import Settings, load
from tests.contract.certificates import STORE, certify

COMPOSE = Path(__file__).parents[2] / "infra" / "compose" / "compose.yaml"


@dataclass(frozen=True)
class Guarded:
    """Settings that pass the broker's guard: as the containers do, as a program beside them, over TLS."""

    inside: Settings
    outside: Settings
    encrypted: Settings


@contextmanager
def guarded_broker() -> Iterator[Guarded]:
    """The broker with everything in `compose.yaml` that is about logins."""
    password = secrets.token_urlsafe(16)
    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    with throwaway_instance(()) as instance:
        layout, chosen = instance.layout, ports.pick()
        java = servers.java_for([kafka.NAME], account.for_servers())
        assert java is not None
        process = kafka.prepare(layout, chosen, "256m", java, instance.packages.kafka(Silent()))
        secret = {"KAFKA_PASSWORD": password, "KAFKA_PORT": str(chosen.kafka)}
        given = placed(compose["services"]["kafka"]["environment"], secret, chosen)
        certificate = certify(layout.config(kafka.NAME), java, password)
        write(layout, properties(given) | listener_with_tls(given, layout, password, chosen))
        instance.run(replace(process, probe=f"tcp://127.0.0.1:{chosen.kafka}"))

        told = placed(compose["x-copydesk-environment"], secret, chosen)
        inside = load({name: value for name, value in told.items() if name.startswith("COPYDESK_KAFKA_")})
        yield Guarded(
            inside=inside,
            outside=replace(inside, kafka_bootstrap=f"127.0.0.1:{chosen.kafka}"),
            encrypted=replace(
                inside,
                kafka_bootstrap=f"127.0.0.1:{chosen.elasticsearch_transport}",
                kafka_security_protocol="SASL_SSL",
                kafka_ca_file=certificate,
            ),
        )


def placed(given: Mapping[str, str], variables: Mapping[str, str], chosen: Ports) -> dict[str, str]:
    """What compose would hand over, with this machine's addresses for those between containers."""
    places = {"9094": chosen.elasticsearch, "9093": chosen.kafka_controller, "9092": chosen.kafka}

    def filled(text: str) -> str:
        text = re.sub(r"\$\{([A-Z_]+)[^}]*\}", lambda found: variables.get(found[1], ""), text)
        return re.sub(r"(?:kafka|(?<=/)):(909[234])\b", lambda found: f"127.0.0.1:{places[found[1]]}", text)

    return {name: filled(value) for name, value in given.items()}


def properties(environment: Mapping[str, str]) -> dict[str, str]:
    """The image's rule for turning its variables into properties."""
    return {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in environment.items()
        if name.startswith("KAFKA_")
    }


def listener_with_tls(
    given: Mapping[str, str], layout: Layout, password: str, chosen: Ports
) -> dict[str, str]:
    """What stands differently in the file: a third listener, and data where this test has it."""
    place = f",TLS://127.0.0.1:{chosen.elasticsearch_transport}"
    return {
        "listeners": given["KAFKA_LISTENERS"] + place,
        "advertised.listeners": given["KAFKA_ADVERTISED_LISTENERS"] + place,
        "listener.security.protocol.map": given["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] + ",TLS:SASL_SSL",
        "listener.name.tls.plain.sasl.jaas.config": given["KAFKA_LISTENER_NAME_HOST_PLAIN_SASL_JAAS_CONFIG"],
        "ssl.keystore.type": "PKCS12",
        "ssl.keystore.location": str(layout.config(kafka.NAME) / STORE),
        "ssl.keystore.password": password,
        "log.dirs": str(layout.data(kafka.NAME)),
        "group.initial.rebalance.delay.ms": "0",
    }


def write(layout: Layout, values: Mapping[str, str]) -> None:
    text = "".join(f"{key}={value}\n" for key, value in values.items())
    layout.write_config(kafka.NAME, "server.properties", text)
