"""Every setting of the pipeline in one frozen value, read once from the environment.

Each field is the variable `COPYDESK_` + its name in capitals; secrets may come from a file named by the
same variable with `_FILE`. `.env.example` lists them all, and a test keeps it so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import ConfigError

PREFIX = "COPYDESK_"
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _setting(default: Any, help: str, *, parse: Callable[[str], Any] = str, secret: bool = False) -> Any:
    """A secret is left out of the value's text, so that no log and no traceback can show it."""
    return field(default=default, repr=not secret, metadata={"help": help, "parse": parse, "secret": secret})


def _positive(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        number = kind(text)
        if number <= 0:
            raise ValueError("must be above zero")
        return number

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.upper() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text.upper()

    return parse


def _host_table(text: str) -> tuple[tuple[str, str], ...]:
    """`*.example=127.0.0.1:8099, desk.test=127.0.0.1:9000` → pairs of pattern and address."""
    pairs = [piece.strip().split("=", 1) for piece in text.split(",") if piece.strip()]
    if any(len(pair) != 2 or ":" not in pair[1] for pair in pairs):
        raise ValueError("use host=address:port, separated by commas")
    return tuple((pattern.strip().lower(), address.strip()) for pattern, address in pairs)


def _address(text: str) -> str:
    """Addresses are printed: by `copydesk status`, in errors, in logs."""
    if "@" in urlsplit(text).netloc:
        raise ValueError(
            "an address holds no login; COPYDESK_ELASTICSEARCH_API_KEY is how to prove who you are"
        )
    return text


def _unless_none(text: str) -> str | None:
    return None if text.lower() == "none" else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process is set up; see `.env.example` for the meaning of each."""

    kafka_bootstrap: str = _setting("127.0.0.1:9092", "Kafka's bootstrap servers, host:port with commas")
    kafka_security_protocol: str = _setting(
        "PLAINTEXT", "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL", parse=_one_of(*PROTOCOLS)
    )
    kafka_sasl_mechanism: str | None = _setting(None, "SASL mechanism, such as SCRAM-SHA-512")
    kafka_username: str | None = _setting(None, "SASL user name")
    kafka_password: str | None = _setting(None, "SASL password", secret=True)
    kafka_ca_file: Path | None = _setting(None, "CA certificates for Kafka's TLS", parse=Path)
    kafka_replication: int = _setting(
        1, "copies of each topic that `topics apply` makes; 3 in production", parse=_positive(int)
    )
    elasticsearch_url: str = _setting("http://127.0.0.1:9200", "Elasticsearch's address", parse=_address)
    elasticsearch_api_key: str | None = _setting(None, "API key of the pipeline's writer", secret=True)
    elasticsearch_ca_file: Path | None = _setting(None, "CA certificate for Elasticsearch's TLS", parse=Path)
    snapshot_repository: str | None = _setting(
        "copydesk",
        "repository of the daily snapshot; none: Elasticsearch takes them by itself",
        parse=_unless_none,
    )
    sources: Path = _setting(Path("sources.yaml"), "the catalogue of sources", parse=Path)
    host_table: tuple[tuple[str, str], ...] = _setting(
        (), "hosts reached at a fixed address, e.g. *.example=127.0.0.1:8099", parse=_host_table
    )
    user_agent: str = _setting(
        "Copydesk/0.1 (+https://copydesk.example/bot)", "User-Agent sent to sources; put your contact here"
    )
    epoch: int = _setting(
        0, "epoch of the log, raised when it is begun anew or stories are rebuilt", parse=int
    )
    fetch_concurrency: int = _setting(32, "hosts that one fetch run works at once", parse=_positive(int))
    pace_seconds: float = _setting(5.0, "least delay between requests to one host", parse=float)
    clean_workers: int = _setting(2, "processes that extract text", parse=_positive(int))
    batch_records: int = _setting(200, "records that clean and index take at once", parse=_positive(int))
    drain_seconds: float = _setting(240.0, "time budget of a drain", parse=_positive(float))
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR", parse=_one_of(*LEVELS))


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises ConfigError naming the variable and what is wrong with it."""
    environment = os.environ if environment is None else environment
    given: dict[str, Any] = {}
    for setting in fields(Settings):
        text = _text(environment, PREFIX + setting.name.upper(), secret=setting.metadata["secret"])
        if text is not None:
            given[setting.name] = _parsed(PREFIX + setting.name.upper(), text, setting.metadata["parse"])
    return Settings(**given)


def _text(environment: Mapping[str, str], name: str, *, secret: bool) -> str | None:
    """The variable's text; an empty one counts as not given, since compose files pass those on."""
    if secret and (path := environment.get(f"{name}_FILE")):
        return _secret(Path(path), f"{name}_FILE")
    return environment.get(name) or None


def _secret(path: Path, name: str) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} cannot be read: {error}", setting=name) from error
    if not text:
        raise ConfigError(f"{name} names an empty file", setting=name)
    return text


def _parsed(name: str, text: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigError(f"{name} is not valid: {error}", setting=name) from error
