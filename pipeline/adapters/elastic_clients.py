"""Elasticsearch's client from the settings, and its errors in our words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch

from pipeline.errors import ConfigError, IndexUnavailable, PipelineError
from pipeline.settings import Settings

Client = Elasticsearch
REQUEST_SECONDS = 60.0
MAX_RETRIES = 3
RETRIED = (429, 502, 503, 504)
"""Statuses that mean "not now"."""


def client(settings: Settings) -> Client:
    """A client with bounded retries. Make one per process, inside the task. Raises ConfigError.

    Silences the transport's logging: what matters reaches the caller as an error.
    """
    logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {}
    if settings.elasticsearch_ca_file is not None:
        if not settings.elasticsearch_ca_file.is_file():
            raise ConfigError("no such file", setting="COPYDESK_ELASTICSEARCH_CA_FILE")
        options["ca_certs"] = str(settings.elasticsearch_ca_file)
    try:
        return Elasticsearch(
            settings.elasticsearch_url,
            api_key=settings.elasticsearch_api_key,
            request_timeout=REQUEST_SECONDS,
            max_retries=MAX_RETRIES,
            retry_on_timeout=True,
            retry_on_status=RETRIED,
            **options,
        )
    except (ValueError, OSError) as error:
        raise ConfigError(f"the Elasticsearch client cannot be made: {error}") from error


@contextmanager
def translated(doing: str, **facts: object) -> Iterator[None]:
    """Around calls of the client: raises our errors from its own.

    A request that Elasticsearch does not understand stays what it is: a bug.
    """
    try:
        yield
    except BadRequestError:
        raise
    except (ApiError, TransportError) as error:
        raise translation(error, doing, **facts) from error


def translation(error: ApiError | TransportError, doing: str, **facts: object) -> PipelineError:
    """What an error of a whole request means for the loop around us (table of the note, §2)."""
    if isinstance(error, ApiError):
        return status_error(error.meta.status, doing, error=str(error), **facts)
    return IndexUnavailable(f"{doing}: Elasticsearch does not answer", error=str(error), **facts)


def status_error(status: int, doing: str, **facts: object) -> PipelineError:
    """The error that a status means, of a request or of one item of a bulk request."""
    match status:
        case 401 | 403:
            return ConfigError(f"{doing}: Elasticsearch refuses our API key", status=status, **facts)
        case 404:
            return ConfigError(f"{doing}: no such index; run `copydesk index apply`", status=status, **facts)
        case _:
            return IndexUnavailable(f"{doing}: Elasticsearch answers {status}", status=status, **facts)
