"""Elasticsearch's client from the settings, and its errors in our words."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from elastic_transport import ConnectionError, TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch

from pipeline.errors import ConfigError, IndexUnavailable, PipelineError
from pipeline.settings import Settings

Client = Elasticsearch
REQUEST_SECONDS = 60.0
MAX_RETRIES = 3
RETRIED = (429, 502, 503, 504)
"""Statuses that mean "not now"."""
ATTEMPTS = 6
FIRST_PAUSE = 0.5
"""Seconds; each further pause is twice as long, so that a restart of the server is waited for."""

T = TypeVar("T")


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


def ask(doing: str, call: Callable[[], T], *, but: Collection[int] = (400,), **facts: object) -> T:
    """The answer of a call of the client, asked for again while the server is busy or starting.

    Raises our errors, except for the statuses in `but`, which stay the client's: a request that
    Elasticsearch does not understand is a bug, unless the caller knows better.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except (ApiError, TransportError) as error:
            if isinstance(error, ApiError) and error.meta.status in but:
                raise
            if attempt == ATTEMPTS or not _passing(error):
                raise translation(error, doing, **facts) from error
        pause(attempt)
    raise AssertionError("the last attempt returns or raises")


def pause(attempt: int) -> None:
    """Wait after a failed attempt, counted from 1."""
    time.sleep(FIRST_PAUSE * 2 ** (attempt - 1))


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
    if not isinstance(error, ApiError):
        return IndexUnavailable(f"{doing}: Elasticsearch does not answer", error=_cause(error), **facts)
    if error.meta.status == 404 and error.error != "index_not_found_exception":
        return IndexUnavailable(f"{doing}: the point in time is gone", error=str(error), **facts)
    return status_error(error.meta.status, doing, error=str(error), **facts)


def status_error(status: int, doing: str, **facts: object) -> PipelineError:
    """The error that a status means, of a request or of one item of a bulk request."""
    match status:
        case 401 | 403:
            return ConfigError(f"{doing}: Elasticsearch refuses our API key", status=status, **facts)
        case 404:
            return ConfigError(f"{doing}: no such index; run `copydesk index apply`", status=status, **facts)
        case _:
            return IndexUnavailable(f"{doing}: Elasticsearch answers {status}", status=status, **facts)


def _cause(error: BaseException) -> str:
    """What the network said, which the transport wraps in the names of three libraries."""
    inner = [*getattr(error, "errors", ()), error.__cause__, error.__context__]
    deeper = next((found for found in inner if found is not None), None)
    if deeper is not None:
        return _cause(deeper)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _passing(error: ApiError | TransportError) -> bool:
    """Whether waiting may help. A timeout has waited, and the client has tried it several times."""
    if isinstance(error, ApiError):
        return error.meta.status in RETRIED
    return isinstance(error, ConnectionError)
