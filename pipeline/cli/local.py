"""Settings of a command: what the environment says, else what the local servers say of themselves.

So `copydesk search` finds the servers that `make run` started, whatever ports they got, and `copydesk run
fetch` the demo's sources, without a variable to set.
"""

from __future__ import annotations

import os

from pipeline import settings
from pipeline.cli import reach
from pipeline.settings import PREFIX, Settings


def load(*needed: reach.Server) -> Settings:
    """Raises ConfigError as `settings.load` does, and what `reach.require` does of each server `needed`."""
    found = settings.load({**_local(), **{name: text for name, text in os.environ.items() if text}})
    for server in needed:
        reach.require(found, server)
    return found


def _local() -> dict[str, str]:
    """Settings that follow from the local instance; none when nothing of it runs."""
    from infra.local.errors import LocalError
    from infra.local.instance import Instance
    from infra.local.settings import LocalSettings

    try:
        instance = Instance(LocalSettings.from_environment())
        given = instance.settings_given()
    except (LocalError, OSError):
        return {}
    return {name: text for name, text in given.items() if name.startswith(PREFIX)}
