"""Who may do what: the matrix of roles and actions, read from matrix.csv."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from mesodash.language import N_, _, pgettext

ROLES: Final = ("administrator", "manager", "practitioner", "trainer", "auditor")
_ROLE_NAMES: Final = {
    "administrator": N_("administrator"),
    "manager": N_("manager"),
    "practitioner": N_("practitioner"),
    "trainer": N_("trainer"),
    "auditor": N_("auditor"),
}
NAMES: Final = "names"
"""The extra right of an account to see who a patient is, where the matrix says `names`."""

_GRANTS: Final = ("yes", "no", NAMES)
_MATRIX: Final = Path(__file__).with_name("matrix.csv")


class NotAllowedError(Exception):
    """The role may not do that; the message is one plain sentence."""


class MatrixError(ValueError):
    """matrix.csv is wrong; the message names the row."""


def load_matrix(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Read action -> {role: yes, no or names, words: its description} from a CSV file.

    Raises:
        MatrixError: another header, an action given twice, or another word than yes, no and names.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != ("action", *ROLES, "words"):
            raise MatrixError(
                _("{file} starts with the columns action, {roles}, words.").format(
                    file=path.name, roles=", ".join(ROLES)
                )
            )
        matrix: dict[str, Mapping[str, str]] = {}
        for row in reader:
            action = row.pop("action")
            if action in matrix:
                raise MatrixError(
                    _("{file} names {action} twice; keep one row.").format(
                        file=path.name, action=action
                    )
                )
            for role in ROLES:
                if row[role] not in _GRANTS:
                    raise MatrixError(
                        _(
                            "{file}, {action}, {role}: write yes, no or names, not {given!r}."
                        ).format(file=path.name, action=action, role=role, given=row[role])
                    )
            matrix[action] = row
    return matrix


@cache
def matrix() -> Mapping[str, Mapping[str, str]]:
    """The shipped matrix, read once a process."""
    return load_matrix(_MATRIX)


def role_name(role: str) -> str:
    """The name of a role within a sentence, such as `practitioner`; an unknown one stays."""
    return _(_ROLE_NAMES[role]) if role in _ROLE_NAMES else role


def role_label(role: str) -> str:
    """The name of a role on its own, such as `Practitioner`."""
    name = role_name(role)
    return name[:1].upper() + name[1:]


def may(role: str, action: str, *, names: bool = False) -> bool:
    """Whether a role may do something; `names` is the account's own right to see names.

    An action or role that the matrix does not have is never allowed.
    """
    grant = matrix().get(action, {}).get(role, "no") if role in ROLES else "no"
    return grant == "yes" or (grant == NAMES and names)


def require(role: str, action: str, *, names: bool = False) -> None:
    """Return if the action is allowed; else raise.

    Raises:
        NotAllowedError: the role may not; the sentence says who may.
    """
    if may(role, action, names=names):
        return
    row = matrix().get(action)
    if row is None:
        raise NotAllowedError(_("mesodash does not know this action, so nobody may do it."))
    able = [role_name(r) for r in ROLES if row[r] == "yes"]
    raise NotAllowedError(
        _("Your role, {role}, may not {action}; ask one of: {roles}.").format(
            role=role_name(role), action=pgettext("action", row["words"]), roles=", ".join(able)
        )
    )
