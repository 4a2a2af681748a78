"""Who gets in, who does not, and when a sign-in ends: a real file, and a clock that is turned."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from mesodash.access import passwords, signing_in
from mesodash.permissions import ROLES
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic, read_revision
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

PASSWORD = "correct horse battery"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def on(self, **step):
        self.now += timedelta(**step)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def db(tmp_path, clock):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE, clock=clock)
    for name, role in (("Ada", "administrator"), ("Pia", "practitioner")):
        accounts.add_account(
            path, name, role, COMMAND_LINE,
            password_hash=passwords.hashed(PASSWORD, name=name), clock=clock,
        )  # fmt: skip
    return path


def enter(db, clock, name="Pia", password=PASSWORD):
    return signing_in.with_password(db, name, password, clock=clock)


def who(db, clock, token):
    account = signing_in.signed_in(db, token, clock=clock)
    return account and account.name


def test_a_practitioner_gets_in_with_the_password(db, clock):
    step = enter(db, clock, name=" pia ")
    assert (step.then, step.sentence) == ("in", "")
    account = signing_in.signed_in(db, step.token, clock=clock)
    assert (account.name, account.actor.role) == ("Pia", "practitioner")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Pia", "wrong password!"),
        ("Nobody", PASSWORD),
        ("Pia", ""),
        ("", ""),
        ("Pia' OR 1=1 --", PASSWORD),
        ("Pia", "x" * 100_000),
    ],
)
def test_what_is_wrong_gets_the_same_words(db, clock, name, password):
    step = enter(db, clock, name, password)
    assert step == signing_in.Step(None, "refused", signing_in.REFUSED)


@pytest.mark.parametrize("token", [None, "", "x", "\ud800", "0" * 43])
def test_a_forged_token_is_nobody(db, clock, token):
    assert signing_in.signed_in(db, token, clock=clock) is None


def test_the_file_keeps_neither_password_nor_token(db, clock):
    token = enter(db, clock).token
    kept = b"".join(file.read_bytes() for file in db.parent.iterdir())
    assert signing_in.hashed_token(token).encode() in kept
    assert PASSWORD.encode() not in kept
    assert token.encode() not in kept


@pytest.mark.slow
def test_five_wrong_tries_lock_even_the_right_password_for_five_minutes(db, clock):
    for _ in range(4):
        enter(db, clock, password="wrong password!")
    assert enter(db, clock).then == "in", "four are not five"
    for _ in range(5):
        enter(db, clock, password="wrong password!")
    assert enter(db, clock).sentence == signing_in.LOCKED
    clock.on(minutes=4, seconds=59)
    assert enter(db, clock).sentence == signing_in.LOCKED
    clock.on(seconds=1)
    assert enter(db, clock).then == "in"
    assert enter(db, clock, name="Ada").then == "code", "others were never locked"


def test_a_sign_in_ends_after_a_quarter_of_an_hour_without_a_sign_of_life(db, clock):
    token = enter(db, clock).token
    for _ in range(4):
        clock.on(minutes=14)
        assert who(db, clock, token) == "Pia"
    clock.on(minutes=15)
    assert who(db, clock, token) is None


def test_a_sign_in_ends_after_ten_hours_in_any_case(db, clock):
    token = enter(db, clock).token
    for _ in range(59):
        clock.on(minutes=10)
        assert who(db, clock, token) == "Pia"
    clock.on(minutes=10)
    assert who(db, clock, token) is None


def test_signing_out_ends_that_sign_in_only(db, clock):
    first, second = enter(db, clock).token, enter(db, clock).token
    signing_in.sign_out(db, first, clock=clock)
    assert who(db, clock, first) is None
    assert who(db, clock, second) == "Pia"


@pytest.mark.parametrize(
    "change",
    [
        lambda db: accounts.set_disabled(db, "Pia", COMMAND_LINE),
        lambda db: accounts.set_role(db, "Pia", "trainer", COMMAND_LINE),
        lambda db: accounts.set_password(db, "Pia", "x", COMMAND_LINE),
    ],
)
def test_a_changed_account_is_out_at_once_everywhere(db, clock, change):
    tokens = [enter(db, clock).token for _ in range(2)]
    assert [who(db, clock, token) for token in tokens] == ["Pia", "Pia"]
    change(db)
    assert [who(db, clock, token) for token in tokens] == [None, None]


def test_a_disabled_account_is_refused_like_a_wrong_password(db, clock):
    accounts.set_disabled(db, "pia", COMMAND_LINE)
    assert enter(db, clock).sentence == signing_in.REFUSED
    accounts.set_disabled(db, "pia", COMMAND_LINE, disabled=False)
    assert enter(db, clock).then == "in"


def test_an_administrator_needs_a_code_which_is_good_once(db, clock):
    secret = pyotp.random_base32()
    first = enter(db, clock, name="Ada")
    assert first.then == "code"
    assert who(db, clock, first.token) is None, "half signed in is not signed in"
    code = pyotp.TOTP(secret).at(clock())
    second = signing_in.with_code(db, first.token, code, secret=secret, clock=clock)
    assert who(db, clock, second.token) == "Ada"
    assert signing_in.with_code(db, first.token, code, clock=clock).sentence == signing_in.OVER
    again = enter(db, clock, name="Ada")
    assert (
        signing_in.with_code(db, again.token, code, clock=clock).sentence == signing_in.WRONG_CODE
    )
    clock.on(seconds=60)
    newer = pyotp.TOTP(secret).at(clock())
    assert signing_in.with_code(db, again.token, newer, clock=clock).then == "in"


def test_a_set_up_second_factor_cannot_be_replaced_from_outside(db, clock):
    secret, other = pyotp.random_base32(), pyotp.random_base32()
    first = enter(db, clock, name="Ada")
    signing_in.with_code(
        db, first.token, pyotp.TOTP(secret).at(clock()), secret=secret, clock=clock
    )
    clock.on(seconds=60)
    again = enter(db, clock, name="Ada")
    code = pyotp.TOTP(other).at(clock())
    assert signing_in.with_code(db, again.token, code, secret=other, clock=clock).then == "refused"


def test_wrong_codes_lock_too(db, clock):
    secret = pyotp.random_base32()
    token = enter(db, clock, name="Ada").token
    for _ in range(5):
        assert (
            signing_in.with_code(db, token, "000000", secret=secret, clock=clock).then == "refused"
        )
    code = pyotp.TOTP(secret).at(clock())
    assert (
        signing_in.with_code(db, token, code, secret=secret, clock=clock).sentence
        == signing_in.LOCKED
    )


def test_the_password_waits_five_minutes_for_the_code(db, clock):
    token = enter(db, clock, name="Ada").token
    clock.on(minutes=5)
    step = signing_in.with_code(db, token, "123456", secret=pyotp.random_base32(), clock=clock)
    assert step.sentence == signing_in.OVER


def test_every_try_is_noted_without_what_was_typed(db, clock):
    before = read_revision(db)
    enter(db, clock)
    enter(db, clock, name="my secret typed as a name")
    enter(db, clock, password="wrong password!")
    with reading(db) as opened:
        rows = opened.query(
            "SELECT action, actor, row_key FROM change_log WHERE action IN ('sign_in', 'refused')"
        )
        noted = [tuple(row.values()) for row in rows]
    assert noted == [
        ("sign_in", "Pia", "Pia: full"),
        ("refused", "unknown", "unknown"),
        ("refused", "Pia", "Pia"),
    ]
    assert read_revision(db) == before


def test_the_last_administrator_stays(db):
    for lose in (
        lambda: accounts.set_disabled(db, "Ada", COMMAND_LINE),
        lambda: accounts.set_role(db, "Ada", "manager", COMMAND_LINE),
    ):
        with pytest.raises(RecordError, match="needs one administrator"):
            lose()
    ada = accounts.find_account(db, "ADA")
    assert (ada.role, ada.disabled) == ("administrator", False)


def test_the_roles_of_the_file_are_those_of_the_matrix(db):
    for role in ROLES:
        accounts.add_account(db, f"a {role}", role, COMMAND_LINE, password_hash="x")
    with pytest.raises(RecordError, match='There is no role "root"'):
        accounts.add_account(db, "root", "root", COMMAND_LINE, password_hash="x")
