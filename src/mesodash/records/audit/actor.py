"""On whose behalf a function runs: all that reads or writes patients takes an Actor."""

from dataclasses import dataclass

from mesodash import permissions


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program acting on the clinic's file.

    Attributes:
        actor_id: written to the change log; never a patient's data.
        role: one of permissions.ROLES.
        sees_names: the extra right to see who a patient is, where the matrix requires it.
    """

    actor_id: str
    role: str
    sees_names: bool = False

    def may(self, action: str) -> bool:
        """Whether the matrix of roles allows the action to this actor."""
        return permissions.may(self.role, action, names=self.sees_names)

    def require(self, action: str) -> None:
        """Return if the action is allowed; else raise permissions.NotAllowedError."""
        permissions.require(self.role, action, names=self.sees_names)


DEMO = Actor("demo", "administrator")
COMMAND_LINE = Actor("command-line", "administrator")
