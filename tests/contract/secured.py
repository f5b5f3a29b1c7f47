"""One more Elasticsearch, with security on and HTTP encrypted, and a client for each key of infra/compose."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from elasticsearch import Elasticsearch

from infra.local import account, elasticsearch, ports, servers
from infra.local.layout import Layout
from infra.local.progress import Silent
from infra.local.throwaway import throwaway_instance
from pipeline.settings import Settings
from tests.contract.certificates import STORE, certify

KEYS = Path(__file__).parents[2] / "infra" / "compose" / "elasticsearch"
USER = "administrator"
SECURED = (
    "xpack.security.enabled: true\n"
    "xpack.security.enrollment.enabled: false\n"
    "xpack.security.http.ssl.enabled: true\n"
    f"xpack.security.http.ssl.keystore.path: {STORE}\n"
    "xpack.security.transport.ssl.enabled: false\n"
)
ROUNDS = 10_000


@contextmanager
def secured_node() -> Iterator[tuple[Settings, Elasticsearch]]:
    """Settings that reach the node without any key, and its administrator's client."""
    password = secrets.token_urlsafe(16)
    with throwaway_instance(()) as instance:
        layout, chosen = instance.layout, ports.pick()
        java = servers.java_for([elasticsearch.NAME], account.for_servers())
        assert java is not None
        home = instance.packages.elasticsearch(Silent())
        process = elasticsearch.prepare(layout, chosen, "512m", java, home)
        secure(layout, password)
        certificate = certify(layout.config(elasticsearch.NAME), java, password)
        address = process.address.replace("http://", "https://")
        instance.run(replace(process, probe=f"tcp://127.0.0.1:{chosen.elasticsearch}"))
        with Elasticsearch(
            address, basic_auth=(USER, password), ca_certs=str(certificate), request_timeout=60
        ) as administrator:
            administrator.options(max_retries=10, retry_on_timeout=True).cluster.health(
                wait_for_status="yellow", timeout="60s"
            )
            yield Settings(elasticsearch_url=address, elasticsearch_ca_file=certificate), administrator


def secure(layout: Layout, password: str) -> None:
    """Switch security on, with one administrator in Elasticsearch's own file of users."""
    config = layout.config(elasticsearch.NAME) / "elasticsearch.yml"
    plain = config.read_text(encoding="utf-8")
    opened = f"xpack.security.http.ssl.keystore.password: {password}\n"
    written = plain.replace("xpack.security.enabled: false\n", SECURED + opened)
    assert written != plain
    layout.write_config(elasticsearch.NAME, "elasticsearch.yml", written)
    salt = secrets.token_bytes(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, 32)
    hashed = f"{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
    layout.write_config(elasticsearch.NAME, "users", f"{USER}:{{PBKDF2}}{hashed}\n")
    layout.write_config(elasticsearch.NAME, "users_roles", f"superuser:{USER}\n")


def with_key(settings: Settings, administrator: Elasticsearch, name: str) -> Settings:
    """Settings with a new key made from `NAME-key.json`."""
    body = json.loads((KEYS / f"{name}-key.json").read_text(encoding="utf-8"))
    made = administrator.security.create_api_key(**body)
    return replace(settings, elasticsearch_api_key=made["encoded"])
