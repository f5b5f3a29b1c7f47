"""Every error the pipeline raises on purpose, named for what the loop around it does next.

    PipelineError(message, **facts)
    ├─ ConfigError            stop before any work; exit 2
    ├─ TransientError         retried in the adapter, then stop uncommitted; the scheduler tries again
    │   └─ FetchUnavailable · BrokerUnavailable · IndexUnavailable
    ├─ Discard(reason)        expected and final: counted, no dead letter
    ├─ InvalidRecord(reason)  poison: dead-letter it, commit, go on
    ├─ Fenced                 another writer took over: end quietly, write nothing more
    └─ DeadLetterLimit        too many in a row or by ratio: stop, a person looks

Anything else that is raised is a bug: a traceback, nothing committed, never a dead letter.
"""

from __future__ import annotations


class PipelineError(Exception):
    """The root: a message for people and `facts` for programs (ids, positions, names of settings)."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        facts = " ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.message} ({facts})" if facts else self.message


class ConfigError(PipelineError):
    """A setting, a catalogue or a contract on disk is wrong; nothing was started."""


class TransientError(PipelineError):
    """Something outside did not answer after bounded retries; trying later may succeed."""


class FetchUnavailable(TransientError):
    """A web server could not be reached."""


class BrokerUnavailable(TransientError):
    """Kafka could not be reached or refused for now."""


class IndexUnavailable(TransientError):
    """Elasticsearch could not be reached or refused for now."""


class Discard(PipelineError):
    """An expected, final end of one article; `reason` is from the closed list of the stage."""

    def __init__(self, reason: str, message: str = "", **facts: object) -> None:
        super().__init__(message or reason, **facts)
        self.reason = reason


class InvalidRecord(PipelineError):
    """A record that can never succeed as it is; `reason` is from the closed list of dead-letter reasons."""

    def __init__(self, reason: str, message: str, **facts: object) -> None:
        super().__init__(message, **facts)
        self.reason = reason


class Fenced(PipelineError):
    """A newer owner of the same transactional id exists; this one must not write again."""


class DeadLetterLimit(PipelineError):
    """So many records in a run are poison that the cause is not the records."""
