"""Whether anybody listens where the settings point, asked in seconds.

The clients themselves wait half a minute for a server that is on its way up, which is right for a worker and
wrong for a person who forgot to start it.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

from pipeline.errors import BrokerUnavailable, IndexUnavailable
from pipeline.settings import Settings

Server = Literal["kafka", "elasticsearch"]
SECONDS = 3.0
"""How long a connection may take to be accepted."""

WAY_OUT = (
    "`make run` or `copydesk up` starts local servers; "
    "COPYDESK_KAFKA_BOOTSTRAP and COPYDESK_ELASTICSEARCH_URL name others"
)


def require(settings: Settings, server: Server) -> None:
    """Return if one of the server's addresses accepts a connection.

    Raises BrokerUnavailable or IndexUnavailable with the cause when none does.
    """
    addresses = _addresses(settings, server)
    refusals = [refusal for address in addresses if (refusal := _refusal(*address))]
    if len(refusals) < len(addresses):
        return
    error = BrokerUnavailable if server == "kafka" else IndexUnavailable
    raise error(f"{server.title()} is not there: {', '.join(refusals)}")


def _addresses(settings: Settings, server: Server) -> list[tuple[str, int]]:
    """Host and port of each; one that is written wrongly is left to the client, which says so."""
    if server == "kafka":
        return list(_split(settings.kafka_bootstrap.split(","), 9092))
    return list(_split([settings.elasticsearch_url], 9200))


def _split(addresses: Iterable[str], usual: int) -> Iterable[tuple[str, int]]:
    for address in addresses:
        text = address.strip()
        where = urlsplit(text if "://" in text else f"//{text}")
        try:
            port = where.port or {"https": 443, "http": 80}.get(where.scheme, usual)
        except ValueError:
            continue
        if where.hostname:
            yield where.hostname, port


def _refusal(host: str, port: int) -> str:
    """Why nobody accepts a connection there; empty when somebody does."""
    try:
        with socket.create_connection((host, port), SECONDS):
            return ""
    except TimeoutError:
        return f"{host}:{port} does not answer"
    except OSError as error:
        return f"{host}:{port}: {(error.strerror or str(error)).lower()}"
