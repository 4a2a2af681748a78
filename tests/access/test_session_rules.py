"""Test 12: when a sign-in ends, asked at the gate with a clock that is turned."""

from datetime import UTC, datetime

import pyotp
import pytest
from tests.access.through_gate import PASSWORD, Clock, ask, make_clinic, token

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.errors import CannotWriteError

WRONG = "wrong password!"


@pytest.fixture
def clock():
    return Clock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "clinic.db", "Pia", "Max")


def gets_in(clinic, clock, kept):
    """Whether a page opens with this token, in any tab of any browser."""
    found = ask(clinic, "/volumes", cookie=f"{COOKIE}={kept}", clock=clock)
    return found[::2] == (200, b"patients")


@pytest.mark.slow
def test_the_eight_rules_of_a_sign_in(clinic, clock, checks):
    with checks("session rules", planned=8 + 13) as count:
        kept = token(clinic, "Pia", clock())
        other = token(clinic, "Pia", clock())
        count.that(gets_in(clinic, clock, kept), "control: it stands")
        signing_in.sign_out(clinic, kept, clock=clock)
        count.that(not gets_in(clinic, clock, kept), "1 sign-out ends it in every tab")
        clock.on(minutes=1)
        count.that(not gets_in(clinic, clock, kept), "2 a cookie kept from before opens nothing")
        count.that(gets_in(clinic, clock, other), "control: the one of another browser stands")

        clock.on(minutes=14, seconds=59)
        count.that(gets_in(clinic, clock, other), "control: just before the idle limit")
        clock.on(minutes=15)
        count.that(not gets_in(clinic, clock, other), "3 a quarter of an hour without a click")

        kept = token(clinic, "Pia", clock())
        for _ in range(42):
            clock.on(minutes=14)
            signing_in.signed_in(clinic, kept, clock=clock)
        clock.on(minutes=11)
        count.that(gets_in(clinic, clock, kept), "control: 9 h 59 min, used all along")
        clock.on(minutes=1)
        count.that(not gets_in(clinic, clock, kept), "4 ten hours in any case")

        kept = token(clinic, "Pia", clock())
        count.that(gets_in(clinic, clock, kept), "control: before it is disabled")
        accounts.set_disabled(clinic, "Pia", COMMAND_LINE, clock=clock)
        count.that(not gets_in(clinic, clock, kept), "5 a disabled account is out")
        accounts.set_disabled(clinic, "Pia", COMMAND_LINE, disabled=False, clock=clock)
        count.that(not gets_in(clinic, clock, kept), "and enabled again, still with a new one only")

        kept = token(clinic, "Pia", clock())
        count.that(gets_in(clinic, clock, kept), "control: before the role changes")
        accounts.set_role(clinic, "Pia", "trainer", COMMAND_LINE, clock=clock)
        count.that(not gets_in(clinic, clock, kept), "6 another role needs another sign-in")
        again = signing_in.signed_in(clinic, token(clinic, "Pia", clock()), clock=clock)
        count.that(again is not None and again.role == "trainer", "and that has the new role")

        kept = token(clinic, "Max", clock())
        for _ in range(5):
            signing_in.with_password(clinic, "Max", WRONG, clock=clock)
        locked = signing_in.with_password(clinic, "Max", PASSWORD, clock=clock)
        count.that(
            locked.sentence == signing_in.LOCKED, "7 five wrong tries shut out the right one"
        )
        count.that(gets_in(clinic, clock, kept), "but throw nobody out who is at work")
        clock.on(minutes=5)
        free = signing_in.with_password(clinic, "Max", PASSWORD, clock=clock)
        count.that(free.then == "in", "and five minutes later it is tried again")

        # Each request of this test makes a gate of its own, as a start does; the sign-ins stand in
        # the file, and no secret of the server has a part in them.
        kept = token(clinic, "Max", clock())
        clinic.with_name(f"{clinic.name}.key").rename(clinic.with_name("moved.db.key"))
        moved = clinic.rename(clinic.with_name("moved.db"))
        count.that(gets_in(moved, clock, kept), "8 a sign-in survives a start of the server")
        ended = sign_ins.end_all(moved, COMMAND_LINE, clock=clock)
        count.that(ended >= 2, "an administrator ends all that stand")
        count.that(not gets_in(moved, clock, kept), "and they are over")
        count.that(gets_in(moved, clock, token(moved, "Max", clock())), "control: a new one stands")


def test_ending_the_sign_ins_of_one_leaves_those_of_others(clinic, clock):
    mine, other = token(clinic, "Pia", clock()), token(clinic, "Max", clock())
    assert sign_ins.end_all(clinic, COMMAND_LINE, name="pia", clock=clock) == 1
    assert [gets_in(clinic, clock, kept) for kept in (mine, other)] == [False, True]


def test_a_half_way_sign_in_ends_too(tmp_path, clock):
    path = make_clinic(tmp_path / "a.db", "Ada", role="administrator")
    first = signing_in.with_password(path, "Ada", PASSWORD, clock=clock)
    sign_ins.end_all(path, COMMAND_LINE, clock=clock)
    code = pyotp.TOTP(pyotp.random_base32()).at(clock())
    step = signing_in.with_code(path, first.token, code, secret="A" * 32, clock=clock)
    assert step.sentence == signing_in.OVER


def test_on_a_full_disk_a_sign_in_stands_until_its_last_noted_click_is_too_old(
    clinic, clock, monkeypatch
):
    kept = token(clinic, "Pia", clock())

    def full(*_given):
        raise CannotWriteError("the disk is full")

    monkeypatch.setattr(sign_ins, "_seen", full)
    for _ in range(14):
        clock.on(minutes=1)
        assert gets_in(clinic, clock, kept)
    clock.on(minutes=1)
    assert not gets_in(clinic, clock, kept)
