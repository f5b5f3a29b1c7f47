"""Finding a Java that can run Elasticsearch and Kafka.

Elasticsearch needs a full JDK of version 21 or newer (stripped runtimes lack modules it starts itself
with). The default `java` of a machine is often older although a newer one is installed, so all usual
places are tried.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local import account
from infra.local.account import Account
from infra.local.errors import MissingJdk

OLDEST = 21
NEEDED_MODULES = frozenset({"jdk.attach", "jdk.jdi", "jdk.jlink"})

_FOLDERS = (
    "/usr/lib/jvm/*",
    "/usr/lib64/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/opt/jdk*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/.sdkman/candidates/java/*",
    "~/.jdks/*",
)
_WAY_OUT = (
    f"Install a full JDK {OLDEST} or newer (for example the package temurin-25-jdk or openjdk-21-jdk, or "
    "`brew install openjdk`), or point JAVA_HOME to one, then run the same command again."
)


@dataclass(frozen=True, slots=True)
class Jdk:
    """A Java home that will do."""

    home: Path
    version: int

    @property
    def java(self) -> Path:
        """The program itself."""
        return self.home / "bin" / "java"


def find(runs_as: Account, environment: Mapping[str, str] | None = None) -> Jdk:
    """The first usable JDK of `candidates`; raises `MissingJdk`, which says what was found instead."""
    rejected = []
    for home in candidates(os.environ if environment is None else environment):
        found = examine(home, runs_as)
        if isinstance(found, Jdk):
            return found
        rejected.append(f"{home} ({found})")
    nothing = "There is no Java in ES_JAVA_HOME, JAVA_HOME, PATH or /usr/lib/jvm"
    seen = "Found " + ", ".join(rejected) if rejected else nothing
    raise MissingJdk(f"Elasticsearch and Kafka need a JDK {OLDEST} or newer. {seen}.", _WAY_OUT)


def candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    """Java homes in order of preference, each once: the variables, PATH, usual folders (newest first)."""
    seen = set()
    for home in _places(environment):
        real = home.resolve()
        if real not in seen and (real / "bin" / "java").is_file():
            seen.add(real)
            yield real


def examine(home: Path, runs_as: Account) -> Jdk | str:
    """The JDK in `home`, or in a few words why it will not do for that account."""
    version = _version(home)
    if version is not None and version < OLDEST:
        return f"Java {version}, too old"
    modules = _modules(home, runs_as)
    if modules is None:
        return f"does not start as {runs_as.name}"
    version = version or _version_of_base(modules)
    if version < OLDEST:
        return f"Java {version}, too old"
    lacking = NEEDED_MODULES - {module.split("@")[0] for module in modules}
    if lacking:
        return f"Java {version} without {', '.join(sorted(lacking))}"
    return Jdk(home, version)


def _places(environment: Mapping[str, str]) -> Iterable[Path]:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        if environment.get(variable):
            yield Path(environment[variable])
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path:
        yield Path(on_path).resolve().parent.parent
    for pattern in _FOLDERS:
        folder, _, rest = str(Path(pattern).expanduser()).partition("*")
        found = Path(folder if folder.endswith("/") else Path(folder).parent).glob(
            (Path(folder).name if not folder.endswith("/") else "") + "*" + rest
        )
        yield from sorted(found, key=lambda home: _version(home) or 0, reverse=True)


def _version(home: Path) -> int | None:
    """The feature release a JDK's `release` file names, which spares starting it."""
    try:
        text = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', text, re.MULTILINE)
    return int(found[1]) if found else None


def _modules(home: Path, runs_as: Account) -> list[str] | None:
    try:
        with account.spawn(
            [str(home / "bin" / "java"), "--list-modules"],
            runs_as,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            output = process.communicate(timeout=60)[0]
    except (OSError, subprocess.TimeoutExpired):
        return None
    return output.decode(errors="replace").split() if process.returncode == 0 else None


def _version_of_base(modules: list[str]) -> int:
    base = next((module for module in modules if module.startswith("java.base@")), "java.base@0")
    return int(re.split(r"[.+-]", base.removeprefix("java.base@"))[0] or 0)
