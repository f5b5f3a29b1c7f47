"""Every command finds the local servers by itself."""

from __future__ import annotations

from pathlib import Path

import pipeline.cli

OWN_WAY = {"local.py", "servers.py", "demo_stack.py"}
"""Those that start the servers, or are how the others find them."""


def test_commands_take_their_settings_from_one_place():
    modules = Path(pipeline.cli.__file__).parent.glob("*.py")
    astray = {module.name for module in modules if "settings.load(" in module.read_text(encoding="utf-8")}
    assert {"local.py"} <= astray <= OWN_WAY
