"""What people are told while the disk is full or may not be written to: pages and commands alike.

The disk is a small one made for the test, so that it truly is full; only root may make one.
"""

import os
import subprocess
from contextlib import contextmanager

import pytest
from tests.browser.conftest import start_server
from tests.consult_clinic import make_clinic
from tests.hostile.client import Client
from tests.hostile.conftest import ROOT, add_accounts, token_of

from mesodash import cli
from mesodash.cli.common import DAMAGED
from mesodash.records.files.check import check_clinic
from mesodash.records.store.clinic import read_revision

MB = 1_000_000
SIZE = "24m"
PAGES = (
    ("today", ""),
    ("patient", "patient=HUGO"),
    ("body_map", "patient=HUGO&area=face.chin&side=midline"),
    ("record", "patient=HUGO"),
    ("due", ""),
    ("volumes", "filter_period=all"),
    ("side_effects", "filter_period=all"),
    ("signals", "filter_period=all"),
    ("data_protection", ""),
)
SENTENCES = (b"is full", b"may not be", b"cannot be")
"""Of what a person may read in the place of what cannot be shown."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A small disk of its own."""
    place = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root may make a disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def own(disk, tmp_path_factory):
    """A clinic on it, served, with a lake that shows the file as it was."""
    path = make_clinic(disk / "clinic.db", kind="clinical")
    add_accounts(path)
    assert command(path, "report", "volumes") == 0
    log = tmp_path_factory.mktemp("log") / "app.log"
    process, url = start_server(
        ROOT / "app.py", log, {"MESODASH_DB": str(path)}, show_errors="none"
    )
    yield path, url, log
    process.terminate()
    process.wait(timeout=20)


@contextmanager
def full(path):
    """No byte more fits on the disk."""
    filler = path.with_name("filler")
    with filler.open("wb", buffering=0) as file:
        for size in (MB, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(path):
    """The disk may be read and not written to."""
    subprocess.run(["mount", "-o", "remount,ro", str(path.parent)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(path.parent)], check=True)


def command(path, *words):
    """Run a command on the clinic's file; its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MESODASH_DB", str(path))
        try:
            cli.main(list(words))
        except SystemExit as end:
            return end.code
    return 0


def files_of(folder):
    """The names of what is on the disk, but for the lake, which may be half made."""
    found = {str(one.relative_to(folder)) for one in folder.rglob("*")}
    return {name for name in found if not name.startswith("clinic.lake")}


@pytest.mark.parametrize("trouble", [full, read_only])
def test_each_page_works_or_says_why_not(own, checks, trouble):
    path, url, log = own
    token = token_of(path, "administrator")
    before = read_revision(path)
    told = 0
    with checks(f"pages, disk {trouble.__name__}", planned=2 * len(PAGES) + 3) as count:
        with trouble(path):
            for page, query in PAGES:
                with Client(url, token) as client:
                    seen = client.run(page, query=query)
                frames = b"\n".join(seen.frames)
                says = any(words in frames for words in SENTENCES)
                told += says
                count.that(not seen.failed or says, f"{page} stops without a sentence")
                count.that(b"Traceback" not in frames, f"{page} shows a traceback")
        with Client(url, token) as client:
            whole = [client.run(page, query=query) for page, query in PAGES]
        count.that(told, "control: nothing was missing anywhere")
        count.that(not any(seen.failed for seen in whole), "some page still fails afterwards")
        count.that(read_revision(path) >= before, "changes are gone")
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.parametrize("trouble", [full, read_only])
def test_each_command_ends_with_a_sentence(own, catalogue, capsys, checks, trouble):
    """What reads works or says why not; what writes says why not, and keeps nothing."""
    path, _url, _log = own
    writes = (
        ("patient", "add", "--id", "EVE", "--sex", "female"),
        ("backup", "--to", str(path.parent / "backups")),
        ("export", "csv", "--to", str(path.parent / "out")),
    )
    reads = (
        ("report", "volumes"),
        ("report", "due"),
        ("history", "--area", "face.chin"),
        ("check",),
        ("audit", "verify"),
        ("doctor",),
    )
    (path.parent / "backups").mkdir(exist_ok=True)
    before = files_of(path.parent)
    with checks(f"commands, disk {trouble.__name__}", planned=3 * len(writes + reads) + 2) as count:
        with trouble(path):
            for words in (*writes, *reads):
                code = command(path, *words)
                said = capsys.readouterr()
                lines = said.err.strip().splitlines()
                count.that(code in range(DAMAGED + 1), f"{words}: {code}")
                count.that("Traceback" not in said.err + said.out, f"{words}: {said.err}")
                refused = code != 0 and len(lines) == 1
                works = words in reads and code == 0
                count.that(refused or works, f"{words}: {code} {lines}")
        left = files_of(path.parent) - before - {"clinic.db-wal", "clinic.db-shm"}
        count.that(not left, f"left: {left}")
        count.that(not check_clinic(path, catalogue).damage, "not sound afterwards")
