"""One more Kafka, which asks for a login: set up by what infra/compose gives its official image.

The image turns a variable `KAFKA_A_B` into the property `a.b`, and so do we. A listener with TLS is added,
with a certificate of this test's own.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from infra.local import account, kafka, ports, servers
from infra.local.jdk import Jdk
from infra.local.layout import Layout
from infra.local.progress import Silent
from infra.local.settings import Ports
from infra.local.throwaway import throwaway_instance
from pipeline.settings import Settings, load

COMPOSE = Path(__file__).parents[2] / "infra" / "compose" / "compose.yaml"
STORE = "broker.p12"


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
        certificate = certify(layout, java, password)
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
        for port, free in places.items():
            text = re.sub(rf"(kafka|/):{port}\b", lambda found, free=free: _here(found[1], free), text)
        return text

    return {name: filled(value) for name, value in given.items()}


def _here(host: str, port: int) -> str:
    return f"127.0.0.1:{port}" if host == "kafka" else f"/127.0.0.1:{port}"


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


def certify(layout: Layout, java: Jdk, password: str) -> Path:
    """A key for 127.0.0.1, into the broker's folder; returns the certificate that clients are to trust."""
    folder = layout.config(kafka.NAME)
    store, certificate = folder / STORE, folder / "broker.pem"
    keytool = [java.java.parent / "keytool", "-alias", "broker", "-keystore", store, "-storepass", password]
    made = ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1"]
    subprocess.run([*keytool, *made, "-storetype", "PKCS12"], check=True, capture_output=True)
    subprocess.run([*keytool, "-exportcert", "-rfc", "-file", certificate], check=True, capture_output=True)
    store.chmod(0o644)  # the broker may run under an account of its own
    return certificate


def write(layout: Layout, values: Mapping[str, str]) -> None:
    text = "".join(f"{key}={value}\n" for key, value in values.items())
    layout.write_config(kafka.NAME, "server.properties", text)
