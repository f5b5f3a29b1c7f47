"""Which Java is taken, and what is said when none will do."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local import account, jdk
from infra.local.errors import MissingJdk
from infra.local.jdk import Jdk

ME = account.caller()
FULL = ("java.base", "jdk.attach", "jdk.jdi", "jdk.jlink")


@pytest.fixture(autouse=True)
def _no_usual_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jdk, "_FOLDERS", ())


def make_java(
    home: Path, version: str, modules: tuple[str, ...] = FULL, *, release: bool = True, starts: bool = True
) -> Path:
    """A Java home whose `java` lists modules, or fails."""
    (home / "bin").mkdir(parents=True)
    lines = "".join(f"echo {name}@{version}\n" for name in modules)
    (home / "bin" / "java").write_text(f"#!/bin/sh\n{lines if starts else 'exit 1'}\n")
    (home / "bin" / "java").chmod(0o755)
    if release:
        (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.mark.parametrize("release", [True, False], ids=["with release file", "without release file"])
def test_full_jdk_will_do(tmp_path: Path, release: bool) -> None:
    home = make_java(tmp_path / "jdk", "21.0.4", release=release)
    assert jdk.examine(home, ME) == Jdk(home, 21)


@pytest.mark.parametrize(
    ("version", "modules", "release", "starts", "said"),
    [
        ("17.0.12", FULL, True, True, "Java 17, too old"),
        ("1.8.0_402", FULL, True, True, "Java 8, too old"),
        ("17.0.12", FULL, False, True, "Java 17, too old"),
        ("25", ("java.base", "jdk.attach"), True, True, "Java 25 without jdk.jdi, jdk.jlink"),
        ("25", FULL, True, False, f"does not start as {ME.name}"),
    ],
    ids=["old", "ancient", "old without release file", "stripped", "broken"],
)
def test_unfit_java_is_rejected_with_the_reason(
    tmp_path: Path, version: str, modules: tuple[str, ...], release: bool, starts: bool, said: str
) -> None:
    home = make_java(tmp_path / "jdk", version, modules, release=release, starts=starts)
    assert jdk.examine(home, ME) == said


def test_first_fit_one_in_order_of_preference_is_taken(tmp_path: Path) -> None:
    old = make_java(tmp_path / "old", "17.0.1")
    good = make_java(tmp_path / "good", "25.0.1")
    other = make_java(tmp_path / "other", "21.0.1")
    found = jdk.find(ME, {"ES_JAVA_HOME": str(old), "JAVA_HOME": str(good), "PATH": str(other / "bin")})
    assert found == Jdk(good, 25)


def test_java_on_the_path_is_followed_to_its_home(tmp_path: Path) -> None:
    home = make_java(tmp_path / "jdk-21", "21.0.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert jdk.find(ME, {"PATH": str(tmp_path / "bin")}) == Jdk(home, 21)


def test_usual_folders_are_searched_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_java(tmp_path / "jvm" / "a-21", "21.0.1")
    newest = make_java(tmp_path / "jvm" / "b-25", "25")
    make_java(tmp_path / "jvm" / "c-17", "17.0.1")
    monkeypatch.setattr(jdk, "_FOLDERS", (f"{tmp_path}/jvm/*", f"{tmp_path}/none/*"))
    assert jdk.find(ME, {"PATH": ""}) == Jdk(newest, 25)


def test_prefixed_folders_are_searched_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_java(tmp_path / "jdk-22", "22.0.1")
    monkeypatch.setattr(jdk, "_FOLDERS", (f"{tmp_path}/jdk*",))
    assert list(jdk.candidates({"PATH": ""})) == [home]


def test_error_names_what_was_found_and_what_to_install(tmp_path: Path) -> None:
    old = make_java(tmp_path / "old", "17.0.1")
    with pytest.raises(MissingJdk) as caught:
        jdk.find(ME, {"JAVA_HOME": str(old), "PATH": ""})
    assert f"{old} (Java 17, too old)" in caught.value.problem
    assert "JDK 21 or newer" in caught.value.way_out
    assert "JAVA_HOME" in caught.value.way_out


def test_error_says_so_when_there_is_no_java_at_all() -> None:
    with pytest.raises(MissingJdk, match="There is no Java"):
        jdk.find(ME, {"PATH": ""})
