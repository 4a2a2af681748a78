"""People and their own password: how the old one is asked for, and what a change ends."""

from datetime import UTC, datetime

import pyotp
import pytest
from tests.access.through_gate import PASSWORD, Clock, ask, make_clinic, token

from mesodash.access import own_password, passwords, signing_in
from mesodash.access.gate import COOKIE
from mesodash.records.accounts import accounts
from mesodash.records.accounts.own_account import end_other_sign_ins, own_sign_ins
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

NEW = "mond über dem flachen feld"
WRONG = "wrong password!"


@pytest.fixture
def clock():
    return Clock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "clinic.db", "Pia", "Max")


def who(clinic, clock, kept):
    found = signing_in.signed_in(clinic, kept, clock=clock)
    return found and found.name


def noted(clinic):
    with reading(clinic) as db:
        rows = db.execute("SELECT actor, action, row_key FROM change_log ORDER BY seq").fetchall()
    return [tuple(row) for row in rows]


def enter(clinic, clock, password, name="Pia"):
    return signing_in.with_password(clinic, name, password, clock=clock)


def test_another_password_ends_the_other_sign_ins_and_keeps_this_one(clinic, clock):
    this, other, max_ = (token(clinic, name, clock()) for name in ("Pia", "Pia", "Max"))
    before = len(noted(clinic))
    own_password.change_password(clinic, this, PASSWORD, NEW, clock=clock)
    assert [who(clinic, clock, one) for one in (this, other, max_)] == ["Pia", None, "Max"]
    assert noted(clinic)[before:] == [("Pia", "update", "own password")]
    assert enter(clinic, clock, PASSWORD).then == "refused"
    assert enter(clinic, clock, NEW).then == "in"
    kept = b"".join(file.read_bytes() for file in clinic.parent.iterdir() if file.is_file())
    assert NEW.encode() not in kept


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("short", "A password has 12 characters or more."),
        ("x" * 257, "A password has at most 256 characters."),
        ("Password123456!", "This password is easy to guess"),
        ("what mesodash is for", "The account's name and the word mesodash"),
        ("half a character \ud800", "The password holds a broken character; type it anew."),
        (PASSWORD, own_password.SAME),
    ],
)
def test_a_new_one_that_will_not_do_is_said_and_changes_nothing(clinic, clock, new, sentence):
    this, before = token(clinic, "Pia", clock()), accounts.find_account(clinic, "Pia")
    with pytest.raises(passwords.PasswordError, match=sentence):
        own_password.change_password(clinic, this, PASSWORD, new, clock=clock)
    assert accounts.find_account(clinic, "Pia") == before


def test_five_wrong_old_ones_lock_like_a_sign_in(clinic, clock):
    this = token(clinic, "Pia", clock())
    for _ in range(5):
        with pytest.raises(RecordError, match="The old password is not right"):
            own_password.change_password(clinic, this, WRONG, NEW, clock=clock)
    with pytest.raises(RecordError, match=signing_in.LOCKED):
        own_password.change_password(clinic, this, PASSWORD, NEW, clock=clock)
    assert enter(clinic, clock, PASSWORD).sentence == signing_in.LOCKED
    assert noted(clinic)[-5:] == [("Pia", "refused", "Pia")] * 5
    clock.on(minutes=5)
    own_password.change_password(clinic, this, PASSWORD, NEW, clock=clock)
    assert enter(clinic, clock, NEW).then == "in"


@pytest.mark.parametrize("kept", [None, "", "forged"])
def test_without_a_sign_in_nothing_changes(clinic, clock, kept):
    with pytest.raises(RecordError, match=signing_in.OVER):
        own_password.change_password(clinic, kept, PASSWORD, NEW, clock=clock)


def test_who_signs_in_elsewhere_changes_it_there(clinic, clock):
    accounts.set_subject(clinic, "Pia", "https://id.example", "7", COMMAND_LINE, clock=clock)
    account = accounts.find_account(clinic, "Pia")
    this = signing_in.full_sign_in(clinic, account, clock=clock).token
    with pytest.raises(RecordError, match="You sign in elsewhere"):
        own_password.change_password(clinic, this, PASSWORD, NEW, clock=clock)


def test_a_given_password_opens_nothing_but_its_change(clinic, clock, checks):
    kept = passwords.hashed(PASSWORD, name="Pia")
    accounts.set_password(clinic, "Pia", kept, COMMAND_LINE, given=True, clock=clock)
    with checks("a given password", planned=15) as count:
        step = enter(clinic, clock, PASSWORD)
        cookie = f"{COOKIE}={step.token}"
        count.that(step.then == "change", "signing in leads to the change")
        count.that(who(clinic, clock, step.token) is None, "and is no sign-in yet")
        for path in ("/", "/volumes", "/media/12ab.csv", "/_stcore/metrics"):
            count.that(ask(clinic, path, cookie=cookie, clock=clock)[0] == 403, path)
        door = ask(clinic, "/sign-in/new-password", cookie=cookie, clock=clock)
        count.that(door[0] == 200, "the door to the change")

        def change(new, again):
            return own_password.with_first_password(clinic, step.token, new, again, clock=clock)

        count.that(change(NEW, WRONG).sentence.startswith("The two are not"), "two different ones")
        count.that(change(PASSWORD, PASSWORD).sentence == own_password.SAME, "the given one again")
        count.that("easy to guess" in change("Password123456!", "Password123456!").sentence, "easy")
        done = change(NEW, NEW)
        count.that(done.then == "in", "then in")
        count.that(who(clinic, clock, done.token) == "Pia", "with a token that stands")
        count.that(who(clinic, clock, step.token) is None, "the first one is over")
        count.that(change(NEW, NEW).sentence == signing_in.OVER, "and changes nothing any more")
        count.that(enter(clinic, clock, NEW).then == "in", "control: from now on straight in")


def test_the_code_comes_before_the_change(tmp_path, clock):
    clinic = make_clinic(tmp_path / "a.db", "Ada", role="administrator")
    kept = passwords.hashed(PASSWORD, name="Ada")
    accounts.set_password(clinic, "Ada", kept, COMMAND_LINE, given=True, clock=clock)
    first = enter(clinic, clock, PASSWORD, "Ada")
    assert first.then == "code"
    told = own_password.with_first_password(clinic, first.token, NEW, NEW, clock=clock)
    assert told.sentence == signing_in.OVER, "half signed in changes nothing"
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret).at(clock())
    second = signing_in.with_code(clinic, first.token, code, secret=secret, clock=clock)
    assert second.then == "change"
    third = own_password.with_first_password(clinic, second.token, NEW, NEW, clock=clock)
    assert (third.then, who(clinic, clock, third.token)) == ("in", "Ada")


def test_people_see_their_own_sign_ins_and_end_the_others(clinic, clock):
    other = token(clinic, "Pia", clock())
    clock.on(minutes=3)
    this, max_ = token(clinic, "Pia", clock()), token(clinic, "Max", clock())
    clock.on(minutes=2)
    assert who(clinic, clock, this) == "Pia"
    pia, mine = accounts.find_account(clinic, "Pia").actor, signing_in.hashed_token(this)

    def seen():
        found = own_sign_ins(clinic, pia, mine, clock=clock)
        return [(f"{one.began:%H:%M}", f"{one.last_used:%H:%M}", one.this) for one in found]

    assert seen() == [("09:03", "09:05", True), ("09:00", "09:00", False)]
    clock.on(minutes=10)
    assert seen() == [("09:03", "09:05", True)], "one that stood idle is over"
    clock.on(minutes=-10)
    assert end_other_sign_ins(clinic, pia, mine, clock=clock) == 1
    assert seen() == [("09:03", "09:05", True)]
    assert [who(clinic, clock, one) for one in (this, other, max_)] == ["Pia", None, "Max"]
    assert noted(clinic)[-1] == ("Pia", "sign_out", "own, all others")
    assert end_other_sign_ins(clinic, pia, mine, clock=clock) == 0
