"""Who is asking: every function that reads or writes patients takes an Actor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program acting on the clinic's file.

    Attributes:
        actor_id: stands in the change log; never a patient's data.
        role: administrator, manager, practitioner, trainer or auditor.
    """

    actor_id: str
    role: str


DEMO = Actor("demo", "administrator")
COMMAND_LINE = Actor("command-line", "administrator")
