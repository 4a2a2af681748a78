"""Test 22: each wrong set-up through both ways of starting, as processes of their own."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.access.through_gate import make_clinic
from tests.browser.conftest import free_port

from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
TLS = {"MESODASH_TLS": "proxy"}
OUTSIDE = "0.0.0.0"
SECRETS = '[auth]\ncookie_secret = "{secret}"\nredirect_uri = "{back}"\n'
GOOD_SECRET, GOOD_BACK = "x" * 32, "http://127.0.0.1:8501/oauth2callback"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = make_clinic(tmp_path_factory.mktemp("good") / "clinic.db")
    accounts.add_account(path, "Ada", "administrator", COMMAND_LINE, password_hash="x")
    return path


@pytest.fixture(scope="module")
def set_ups(good, tmp_path_factory):
    """name -> (file, address, environment, what the sentence names)."""
    folder = tmp_path_factory.mktemp("wrong")
    demo, empty = folder / "demo.db", folder / "empty.db"
    create_clinic(demo, clinic_id="d", name="D", kind="demo", actor=COMMAND_LINE)
    create_clinic(empty, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    read_by_all, open_folder = folder / "read.db", folder / "open" / "clinic.db"
    open_folder.parent.mkdir()
    for copy, mode in ((read_by_all, 0o644), (open_folder, 0o600)):
        copy.write_bytes(good.read_bytes())
        copy.chmod(mode)
        key = copy.with_name(f"{copy.name}.key")
        key.write_bytes(good.with_name(f"{good.name}.key").read_bytes())
        key.chmod(0o600)
    open_folder.parent.chmod(0o777)
    damaged = folder / "damaged.db"
    damaged.write_bytes(b"no clinic at all" * 64)
    damaged.chmod(0o600)
    own = "127.0.0.1"
    return {
        "a demo for others": (demo, OUTSIDE, {}, "leave the address at 127.0.0.1."),
        "no administrator": (empty, own, {}, "mesodash user add NAME --role administrator"),
        "others may read it": (read_by_all, own, {}, "run `chmod 600 read.db` first."),
        "others may replace it": (open_folder, own, {}, "take the right to write in"),
        "no https": (good, OUTSIDE, {}, "MESODASH_TLS=proxy"),
        "no name outside": (good, OUTSIDE, TLS, "MESODASH_HOSTS=clinic.example.org."),
        "errors are shown": (
            good, own, {"STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full"},
            "set it to 'none' in .streamlit/config.toml",
        ),
        "the calendar is held": (
            good, own, {"MESODASH_TODAY": "2026-11-22"}, "unset it for a clinical file.",
        ),
        "damaged": (damaged, own, {}, "restore it from a backup"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def wrong_secrets(tmp_path_factory):
    """name -> (home with a wrong secrets.toml, what the sentence names)."""
    found = {}
    for name, secret, back, fix in (
        ("a short secret", "x" * 31, GOOD_BACK, "write there what `openssl rand"),
        ("another host", GOOD_SECRET, "https://evil.example/oauth2callback", "MESODASH_HOSTS."),
    ):
        home = tmp_path_factory.mktemp("home")
        (home / ".streamlit").mkdir()
        text = SECRETS.format(secret=secret, back=back)
        (home / ".streamlit" / "secrets.toml").write_text(text, "utf-8")
        found[name] = (home, fix)
    return found


def by_streamlit(db, address):
    return [
        sys.executable, "-m", "streamlit", "run", "app.py",
        f"--server.address={address}", f"--server.port={free_port()}",
    ], {"MESODASH_DB": str(db)}  # fmt: skip


def by_command(db, address):
    command = [sys.executable, "-m", "mesodash", "serve", "--db", str(db)]
    return [*command, "--address", address, "--port", str(free_port())], {}


def start(way, db, address, more):
    command, env = way(db, address)
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "MESODASH_TODAY": "", **env, **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_each_wrong_set_up_is_refused_with_one_sentence(set_ups, wrong_secrets, good, checks):
    runs = {
        (name, way.__name__): (way, db, address, env, fix)
        for name, (db, address, env, fix) in set_ups.items()
        for way in (by_streamlit, by_command)
    }
    # The server says what is wrong with a provider, however it is started.
    for way, (name, (home, fix)) in zip(
        (by_streamlit, by_command), wrong_secrets.items(), strict=True
    ):
        runs[name, way.__name__] = (way, good, "127.0.0.1", {"HOME": str(home)}, fix)
    with checks("refusals to start", planned=3 * (9 * 2 + 2)) as count:
        with ThreadPoolExecutor(4) as side_by_side:
            ended = {key: side_by_side.submit(start, *run[:4]) for key, run in runs.items()}
        for key, run in runs.items():
            done = ended[key].result()
            lines = done.stderr.strip().splitlines()
            count.that(done.returncode in (4, 5), f"{key}: exit code {done.returncode}")
            count.that(len(lines) == 1 and lines[0].endswith("."), f"{key}: {done.stderr[-400:]}")
            count.that(run[4] in done.stderr, f"{key}: {done.stderr[-400:]}")
