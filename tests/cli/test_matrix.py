"""Each action of the matrix of roles can be done, or seen, by a command of `mesodash`."""

import click
import pytest

from mesodash import cli
from mesodash.permissions import matrix

COMMANDS = {
    "patients.list": ("patient find", "session day", "report due"),
    "patients.view": ("screening show", "consent list", "protocols", "session last"),
    "patients.add": ("patient add",),
    "patients.screen": ("screening record", "screening confirm"),
    "patients.erase": ("erase", "retention"),
    "practitioners.add": ("practitioner",),
    "sessions.view": (
        "session show", "session versions", "session completeness", "history", "effect list",
        "open-effects", "course list", "stock recall-list", "to-mend",
    ),
    "sessions.plan": ("course plan", "course move", "course cancel", "course calendar",
                      "course handout"),
    "sessions.record": ("session record", "session close"),
    "sessions.correct": ("session amend", "session finalise", "session void", "effect correct",
                         "effect remove"),
    "effects.follow_up": ("contact",),
    "outcomes.record": ("score",),
    "red_cards.handle": ("red-card open", "red-card take", "red-card close", "red-card list"),
    "red_cards.count": ("red-card list",),
    "consents.record": ("consent record", "consent withdraw"),
    "stock.see": ("stock list", "stock lots-entered", "stock money"),
    "stock.manage": ("stock in", "stock mark"),
    "protocols.adopt": ("protocol adopt", "protocol adopted"),
    "records.import": ("import", "undo-import"),
    "records.export": ("export csv", "export fhir", "export patient"),
    "records.export_pseudonymised": ("export csv", "export fhir", "publish"),
    "records.backup": ("backup", "restore"),
    "audit.view": ("audit verify", "audit versions", "processing"),
    "server.see": ("doctor",),
    "accounts.manage": ("user add", "user list", "user role", "user disable", "user enable",
                        "user reset", "user link", "user sign-out"),
}  # fmt: skip
ON_A_PAGE_ONLY = {
    "photographs.see": "a picture is looked at on a screen; `export patient` gives a person's own",
    "photographs.see_intimate": "likewise",
    "photographs.take": "is taken and checked in the browser",
    "photographs.allow": "is declared by the administrator who signs in",
    "rooms.open": "a room lives in the server that learners join",
    "flashcards.own": "are learnt on a screen, by whoever is signed in",
    "account.own": "belongs to who is signed in; `user reset` and `user sign-out` do it for others",
}
"""Actions without a command, and why."""


@pytest.fixture(scope="module")
def known():
    """All commands, each with the words that call it."""
    cli.register()
    found = {}

    def walk(group, before):
        for name, command in group.commands.items():
            words = f"{before} {name}".strip()
            if isinstance(command, click.Group):
                walk(command, words)
            else:
                found[words] = command

    walk(cli.cli, "")
    return found


def test_each_action_has_its_commands(known):
    actions = {action for action in matrix() if not action.startswith("page.")}
    assert actions == COMMANDS.keys() | ON_A_PAGE_ONLY.keys()
    assert COMMANDS.keys() & ON_A_PAGE_ONLY.keys() == set()
    assert {words for all_of in COMMANDS.values() for words in all_of} - known.keys() == set()


def test_each_of_them_works_on_a_clinics_file(known):
    with_file = {name for all_of in COMMANDS.values() for name in all_of}
    assert {name for name in with_file if "db" not in {p.name for p in known[name].params}} == set()
