"""A refused action leaves exactly one row in the change log, and nothing of what was asked for."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from mesodash.permissions import ROLES, NotAllowedError, matrix, may
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.clinic import read_revision
from mesodash.records.store.connection import reading

SOURCE = Path(__file__).parents[3] / "src" / "mesodash"
TYPED = "Zoe Marker"


def guarded():
    """Every public function that asks the matrix, with the action its source asks for."""
    found = []
    for folder in ("records", "exchange"):
        for file in sorted((SOURCE / folder).rglob("*.py")):
            name = ".".join(("mesodash", *file.relative_to(SOURCE).with_suffix("").parts))
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    asked = [
                        action_in(call.args[2], import_module(name))
                        for call in ast.walk(node)
                        if isinstance(call, ast.Call)
                        and isinstance(call.func, ast.Name)
                        and call.func.id == "require"
                    ]
                    if asked:
                        found.append((getattr(import_module(name), node.name), asked[0]))
    return found


def action_in(argument, module):
    """The action that is asked for, by text or by its name; of a choice, the one by default."""
    taken = argument.orelse if isinstance(argument, ast.IfExp) else argument
    return getattr(module, taken.id) if isinstance(taken, ast.Name) else taken.value


def refused(path):
    with reading(path) as db:
        rows = db.query(
            "SELECT actor, role, table_name, row_key FROM change_log WHERE action = 'refused'"
        )
        return [tuple(row.values()) for row in rows]


def call(function, path, actor):
    """Call with the marker for all that is asked; a refusal comes before any is looked at."""
    values = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.annotation in (Path, "Path") and name in ("path", "db"):
            values[name] = path
        elif name == "actor":
            values[name] = actor
        elif parameter.default is parameter.empty:
            values[name] = TYPED
    return function(**values)


@pytest.mark.slow
def test_every_guarded_function_notes_its_refusal_once(empty_clinic, checks):
    before, noted, asked = read_revision(empty_clinic), [], guarded()
    with checks("refusals of the services", planned=3 * 26, at_least=True) as count:
        for function, action in asked:
            role = next((role for role in reversed(ROLES) if not may(role, action)), "none")
            who = Actor(f"{function.__name__} caller", role)
            try:
                call(function, empty_clinic, who)
            except NotAllowedError as error:
                count.that(str(error).startswith(f"Your role, {role}, may not "), function.__name__)
            noted.append((who.actor_id, role, "permissions", action))
            count.that(refused(empty_clinic) == noted, f"{function.__name__}: one row")
            count.that(TYPED not in str(refused(empty_clinic)), f"{function.__name__}: typed text")
    assert read_revision(empty_clinic) == before, "a refusal changes nothing of the clinic"


def test_every_cell_of_the_matrix_is_noted_where_it_says_no(empty_clinic, checks):
    cells = [(Actor("a", role), action) for role in ROLES for action in matrix()]
    passed = []
    with checks("refused cells", planned=len(cells) + 1) as count:
        for actor, action in cells:
            try:
                require(empty_clinic, actor, action)
                passed.append((actor.role, action))
            except NotAllowedError:
                pass
            allowed = may(actor.role, action)
            count.that(((actor.role, action) in passed) == allowed, f"{actor.role} {action}")
        expected = [("a", a.role, "permissions", action) for a, action in cells]
        expected = [row for row in expected if (row[1], row[3]) not in passed]
        count.that(refused(empty_clinic) == expected, "one row for each refused cell, no other")


def test_a_clinic_that_is_not_there_has_no_log_and_gets_no_file(tmp_path):
    with pytest.raises(NotAllowedError):
        require(tmp_path / "none.db", Actor("a", "trainer"), "records.backup")
    assert list(tmp_path.iterdir()) == []


def test_where_a_file_is_at_hand_nobody_asks_past_the_log():
    """Only refusals.py asks the matrix itself; a call elsewhere would leave no row."""
    asked = [
        file.relative_to(SOURCE).as_posix()
        for folder in ("records", "exchange", "consult", "reports", "lake", "cli", "ui")
        for file in sorted((SOURCE / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "require"
    ]
    # actor.py is where the asking itself is written.
    assert asked == ["records/audit/access.py", "records/audit/actor.py"]
