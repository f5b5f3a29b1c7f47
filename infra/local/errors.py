"""What can go wrong on somebody's machine, each with a way out.

Whoever catches one shows it and stops; the same command, run again after following the way out, heals it.
They are `PipelineError`s so that every command of ours reports them alike.
"""

from __future__ import annotations

from pipeline.errors import ConfigError, PipelineError


class LocalError(PipelineError):
    """A problem a person has to solve, and how. `str()` gives both, on two lines."""

    def __init__(self, problem: str, way_out: str) -> None:
        super().__init__(f"{problem}\n{way_out}")
        self.problem = problem
        self.way_out = way_out


class BadSetting(LocalError, ConfigError):
    """An environment variable that cannot be meant; nothing was started."""


class MissingJdk(LocalError):
    """No Java on this machine can run Elasticsearch and Kafka."""


class MissingPackages(LocalError):
    """Python packages of the `local` or `airflow` extra are not installed."""


class PortTaken(LocalError):
    """Somebody else listens where a server should; nothing was started."""


class DiskFull(LocalError):
    """Too little space for a download, for unpacking it, or for data."""


class FolderUnusable(LocalError):
    """A state or cache folder that the servers' account cannot use."""


class DownloadFailed(LocalError):
    """A download that did not finish; what arrived is kept and the next run goes on from there."""


class DigestMismatch(LocalError):
    """Twice in a row the bytes received are not those the lock names."""


class ServerFailed(LocalError):
    """A server that exited or did not become healthy in time; its log says why."""


class InstanceBusy(LocalError):
    """Another command works on the same state folder, or the state folder is in use."""


class Interrupted(LocalError):
    """Somebody ended the command (Ctrl-C); what is half done is gone on with by the next one."""
