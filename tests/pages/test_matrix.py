"""The matrix of roles holds: each identity at each page and at each function behind an action."""

import shutil
from collections import defaultdict

import pytest
from tests.consult_clinic import make_clinic
from tests.pages.identities import (
    IDENTITIES,
    START,
    Later,
    add_accounts,
    copied,
    entries_since,
    last_entry,
)
from tests.pages.service_calls import (
    CALLS,
    ENTRY,
    PSEUDONYM,
    TODAY,
    Place,
    add_intimate_photograph,
)
from tests.recorded import NOTED, contents

from mesodash import permissions
from mesodash.access import second_factor
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.permissions import NotAllowedError, matrix
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.audit.seals import is_pseudonym
from mesodash.records.courses.screenings import Answer, record_screening
from mesodash.reports.core.reader import Reader

ACTIONS = [action for action in matrix() if not action.startswith("page.")]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory, catalogue):
    """A small clinical file with an account of each identity, and its lake brought up to date."""
    db = make_clinic(tmp_path_factory.mktemp("rooms") / "rooms.db", kind="clinical")
    more = db.parent / "more"
    more.mkdir()
    (more / "patients.csv").write_text("patient_id,sex\nNILS,male\nOLGA,female\n", "utf-8")
    beside = {name: db.parent / f"{name}.csv" for name in ("rejects", "changes")}
    import_folder(db, more, actor=COMMAND_LINE, catalogue=catalogue, **beside)
    record_screening(db, "MIA", {"pregnancy": Answer("no")}, COMMAND_LINE, TODAY)
    add_intimate_photograph(db, lambda: START)
    add_accounts(db)
    sign_ins.keep_second_factor(
        db, accounts.find_account(db, "Mia"), second_factor.new_secret(), 1, clock=lambda: START
    )
    Reader(db, catalogue).report("volumes")
    return db


def said(action, key):
    """What an entry names, in words where it is another in each run."""
    if action == "undo":
        return ENTRY
    return PSEUDONYM if is_pseudonym(key or "") else key


def tried(rooms, folder, catalogue, calls=CALLS):
    """Call each function as every identity, each on a copy: cell -> (let in, log, file as was)."""
    seen = {}
    for call in calls:
        for who in IDENTITIES:
            place = folder / f"{CALLS.index(call)}-{who.actor_id}"
            place.mkdir()
            db = copied(rooms, place)
            before, at = contents(db, but=NOTED), last_entry(db)
            try:
                call.make(Place(db, who, Later(), place / "files", catalogue))
                let_in = True
            except NotAllowedError:
                let_in = False
            log = [
                (*row[:4], said(row[2], row[4]))
                for row in entries_since(db, at)
                if row[0] == who.actor_id
            ]
            seen[call, who] = (let_in, log, contents(db, but=NOTED) == before)
            shutil.rmtree(place)
    return seen


@pytest.fixture(scope="module")
def seen(rooms, tmp_path_factory, catalogue):
    return tried(rooms, tmp_path_factory.mktemp("seen"), catalogue)


def departures(seen, expected):
    """The cells (role, names, action) in which what was let in is not what the matrix says."""
    found = defaultdict(set)
    for (call, who), (let_in, _, _) in seen.items():
        grant = expected[call.action][who.role]
        if let_in != (grant == "yes" or (grant == permissions.NAMES and who.sees_names)):
            found[who.role, who.sees_names, call.action].add(call.name)
    return dict(found)


def flipped(action, role):
    """The matrix with one cell turned round."""
    row = dict(matrix()[action])
    row[role] = "no" if row[role] != "no" else "yes"
    return {**matrix(), action: row}


def test_every_action_of_the_matrix_is_tried():
    assert sorted({call.action for call in CALLS}) == sorted(ACTIONS)


@pytest.mark.slow
def test_every_identity_at_every_function(seen, checks):
    with checks("role x action", planned=len(CALLS) * len(IDENTITIES)) as count:
        for (call, who), (let_in, log, as_was) in seen.items():
            allowed = who.may(call.action)
            rows = call.rows if allowed else (("refused", "permissions", call.action),)
            expected = [(who.actor_id, who.role, *row) for row in rows]
            right = let_in == allowed and log == expected and (allowed or as_was)
            count.that(right, f"{call.name}, {who}: let in {let_in}, log {log}, as was {as_was}")
    assert departures(seen, matrix()) == {}


@pytest.mark.slow
def test_a_matrix_with_a_flipped_cell_is_found_out(seen, checks):
    """Control: the same look at another matrix tells exactly the cell that was turned round."""
    cells = [(action, role) for action in ACTIONS for role in permissions.ROLES]
    with checks("flipped cells", planned=len(cells)) as count:
        for action, role in cells:
            told = {(r, a) for r, _, a in departures(seen, flipped(action, role))}
            count.that(told == {(role, action)}, f"{role} {action}: {told}")


@pytest.mark.slow
def test_functions_that_follow_a_flipped_matrix_are_found_out(
    rooms, tmp_path, catalogue, monkeypatch
):
    """Control: one cell let open in the running program shows as that cell, in all its calls."""
    other = flipped("patients.view", "trainer")
    monkeypatch.setattr(permissions, "matrix", lambda: other)
    some = [call for call in CALLS if call.action in ("patients.list", "patients.view")]
    assert departures(tried(rooms, tmp_path, catalogue, some), matrix()) == {
        ("trainer", False, "patients.view"): {
            call.name for call in some if call.action == "patients.view"
        }
    }
