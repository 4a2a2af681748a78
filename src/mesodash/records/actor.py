"""Who is asking: every function that reads or writes patients takes an Actor."""

from dataclasses import dataclass

from mesodash import permissions


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program acting on the clinic's file.

    Attributes:
        actor_id: stands in the change log; never a patient's data.
        role: one of permissions.ROLES.
        sees_names: the extra right to see who a patient is, where the matrix asks for it.
    """

    actor_id: str
    role: str
    sees_names: bool = False

    def may(self, action: str) -> bool:
        """Whether the matrix of roles lets this one do it."""
        return permissions.may(self.role, action, names=self.sees_names)

    def require(self, action: str) -> None:
        """Let an allowed action pass; raises permissions.NotAllowedError."""
        permissions.require(self.role, action, names=self.sees_names)


DEMO = Actor("demo", "administrator")
COMMAND_LINE = Actor("command-line", "administrator")
