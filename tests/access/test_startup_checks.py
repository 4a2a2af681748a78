"""The wrong set-ups, each refused with one sentence that names the fix."""

import pytest

from mesodash.access import passwords
from mesodash.access.startup_checks import (
    NEEDED_OPTIONS,
    WrongSetUpError,
    check_secrets,
    check_set_up,
    is_loopback,
)
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic

GOOD = {
    "address": "127.0.0.1",
    "hosts": ("127.0.0.1", "localhost"),
    "behind_tls": False,
    "options": dict(NEEDED_OPTIONS),
}
OUTSIDE = {"address": "0.0.0.0", "hosts": ("clinic.example.org",), "behind_tls": True}


@pytest.fixture
def clinical(tmp_path):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    kept = passwords.hashed("correct horse battery", name="Ada")
    accounts.add_account(path, "Ada", "administrator", COMMAND_LINE, password_hash=kept)
    return path


@pytest.fixture
def demo(tmp_path):
    path = tmp_path / "demo.db"
    create_clinic(path, clinic_id="d", name="D", kind="demo", actor=COMMAND_LINE)
    return path


@pytest.mark.parametrize("change", [{}, {"address": "localhost"}, {"address": "::1"}, OUTSIDE])
def test_a_right_set_up_starts(clinical, change):
    assert check_set_up(clinical, **{**GOOD, **change}) is None


def test_a_demo_starts_on_loopback_with_any_options_and_on_any_day(demo):
    assert check_set_up(demo, **{**GOOD, "options": {}}, fixed_day="2028-02-29") is None


def test_a_clinical_file_is_not_served_on_a_fixed_day(clinical):
    with pytest.raises(WrongSetUpError, match=r"2028-02-29.*; unset it for a clinical file\.$"):
        check_set_up(clinical, **GOOD, fixed_day="2028-02-29")


def test_a_teaching_server_is_a_demo_for_a_named_network(demo):
    taught = {**GOOD, **OUTSIDE, "behind_tls": False, "teaching": True}
    assert check_set_up(demo, **taught) is None
    assert check_set_up(demo, **{**GOOD, "options": {}}, teaching=True) is None
    with pytest.raises(WrongSetUpError, match="MESODASH_HOSTS"):
        check_set_up(demo, **{**taught, "hosts": GOOD["hosts"]})
    with pytest.raises(WrongSetUpError, match="enableXsrfProtection"):
        check_set_up(
            demo, **{**taught, "options": {**NEEDED_OPTIONS, "server.enableXsrfProtection": False}}
        )


@pytest.mark.parametrize("change", [{}, OUTSIDE])
def test_a_clinical_file_is_never_a_teaching_server(clinical, change):
    with pytest.raises(WrongSetUpError, match="is for a demo clinic; unset it"):
        check_set_up(clinical, **{**GOOD, **change}, teaching=True)


@pytest.mark.parametrize("address", ["0.0.0.0", "", None, "192.0.2.7", "::", "clinic.example.org"])
def test_a_demo_is_for_this_computer_only(demo, address):
    with pytest.raises(WrongSetUpError, match=r"no sign-in.*leave the address at 127\.0\.0\.1\.$"):
        check_set_up(demo, **{**GOOD, **OUTSIDE, "address": address})


@pytest.mark.parametrize("name", NEEDED_OPTIONS)
@pytest.mark.parametrize("value", [None, "full", "other"])
def test_an_option_that_opens_something_is_refused(clinical, name, value):
    with pytest.raises(WrongSetUpError, match=rf"The setting {name} is .*; set it to"):
        check_set_up(clinical, **{**GOOD, "options": {**NEEDED_OPTIONS, name: value}})


def test_without_an_administrator_it_does_not_start(tmp_path):
    path = tmp_path / "new.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    with pytest.raises(
        WrongSetUpError, match=r"no administrator yet; make one with `mesodash user add"
    ):
        check_set_up(path, **GOOD)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(clinical, mode):
    clinical.chmod(mode)
    with pytest.raises(WrongSetUpError, match=r"run `chmod 600 clinic\.db` first"):
        check_set_up(clinical, **GOOD)
    assert check_set_up(clinical, **GOOD, posix=False) is None


def test_a_folder_that_everybody_may_write_is_refused(clinical):
    clinical.parent.chmod(0o777)
    with pytest.raises(WrongSetUpError, match=r"may replace clinic\.db"):
        check_set_up(clinical, **GOOD)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_secrets_that_others_may_read_are_refused(tmp_path, mode):
    file = tmp_path / "secrets.toml"
    assert check_secrets([file]) is None, "a file that is not there holds no secrets"
    file.touch(0o600)
    assert check_secrets([file]) is None
    file.chmod(mode)
    with pytest.raises(WrongSetUpError, match=r"run `chmod 600 .*secrets\.toml` first\.$"):
        check_secrets([tmp_path / "none.toml", file])
    assert check_secrets([file], posix=False) is None


def test_outside_without_https_is_refused(clinical):
    with pytest.raises(WrongSetUpError, match="MESODASH_TLS=proxy"):
        check_set_up(clinical, **{**GOOD, **OUTSIDE, "behind_tls": False})


def test_outside_without_a_name_is_refused(clinical):
    with pytest.raises(WrongSetUpError, match="MESODASH_HOSTS="):
        check_set_up(clinical, **{**GOOD, **OUTSIDE, "hosts": GOOD["hosts"]})


def test_a_new_clinic_is_readable_by_its_owner_only(clinical):
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in clinical.parent.iterdir()}
    assert modes["clinic.db"] == "0o600"
    assert set(modes.values()) == {"0o600"}


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.9.9.9", True),
        ("[::1]", True),
        ("localhost", True),
        ("localhost.evil", False),
        ("0.0.0.0", False),
        (None, False),
    ],
)
def test_loopback(address, own):
    assert is_loopback(address) is own
