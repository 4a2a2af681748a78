"""The locks hold what the requirements ask for, with hashes, and all that this needs in turn."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = {
    "locked.txt": ("requirements.txt",),
    "locked-dev.txt": ("requirements.txt", "requirements-docs.txt", "requirements-dev.txt"),
}
HASHED = re.compile(
    r"^(\S+==\S+(?: ; [^\\]+?)?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
"""A package with its version and the marker of where it holds, and its hashes."""


def asked_for(*files):
    """The requirements of some files, without what they include and mesodash itself."""
    lines = [line for file in files for line in (ROOT / file).read_text("utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def locked(name):
    """The requirements of a lock that hold on this machine, by name."""
    found = [
        Requirement(text) for text, _hashes in HASHED.findall((ROOT / name).read_text("utf-8"))
    ]
    return {
        canonicalize_name(one.name): one for one in found if not one.marker or one.marker.evaluate()
    }


def version(requirement):
    (one,) = requirement.specifier
    assert one.operator == "=="
    return one.version


def missing(lock, requirements):
    """The requirements that a lock does not fulfil."""
    return [
        str(one)
        for one in requirements
        if not (one.marker and not one.marker.evaluate({"extra": ""}))
        and (
            canonicalize_name(one.name) not in lock
            or not one.specifier.contains(version(lock[canonicalize_name(one.name)]))
        )
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_versions_and_hashes_and_nothing_else(name):
    text = (ROOT / name).read_text("utf-8")
    assert HASHED.sub("", text) == ""
    assert "://" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked_at_that_version(name):
    requirements = asked_for(*LOCKS[name])
    assert all(version(one) for one in requirements)
    assert missing(locked(name), requirements) == []


def test_what_the_wheel_needs_and_is_built_with_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    requirements = [Requirement(text) for text in needed]
    assert missing(locked("locked.txt"), requirements) == []
    assert {canonicalize_name(one.name) for one in requirements} == {
        canonicalize_name(one.name) for one in asked_for("requirements.txt")
    }


def test_both_locks_have_the_same_versions():
    run, dev = locked("locked.txt"), locked("locked-dev.txt")
    assert {name: str(one) for name, one in run.items() if str(one) != str(dev.get(name))} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_what_locked_packages_need_in_turn_is_locked(name):
    lock = locked(name)
    lacking, seen = {}, 0
    for package, one in lock.items():
        try:
            found = distribution(package)
        except PackageNotFoundError:
            continue
        if found.version != version(one):
            continue
        seen += 1
        extras = {"", *one.extras}
        needed = [Requirement(text) for text in found.requires or ()]
        here = [
            r
            for r in needed
            if not r.marker or any(r.marker.evaluate({"extra": e}) for e in extras)
        ]
        if gaps := missing(lock, here):
            lacking[package] = gaps
    assert seen > len(lock) / 2
    assert lacking == {}


def test_negative_control_another_version_and_a_missing_package_are_seen():
    asked = [Requirement(text) for text in ("click<8", "nowhere", "click")]
    assert missing(locked("locked.txt"), asked) == ["click<8", "nowhere"]
