"""Counting what a test of the security plan checked, so that its size shows."""

from collections.abc import Callable
from types import TracebackType
from typing import Self


class Checks:
    """Count checks, tell `NAME: N checks, M failures`, and fail if any failed or some are missing.

    A test over a table of cases that asserts one by one stops at the first failure and says nothing
    of how many it looked at; this looks at all of them and holds the number against the plan.
    """

    def __init__(
        self, name: str, *, planned: int, at_least: bool = False, tell: Callable[[str], None]
    ) -> None:
        self.name, self.planned, self.at_least, self.tell = name, planned, at_least, tell
        self.made = 0
        self.failed: list[str] = []

    def that(self, holds: object, what: str) -> bool:
        """Count one check, and keep `what` if it does not hold; gives back whether it holds."""
        self.made += 1
        if not holds:
            self.failed.append(what)
        return bool(holds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            return
        self.tell(f"{self.name}: {self.made} checks, {len(self.failed)} failures")
        assert not self.failed, "\n".join([f"{len(self.failed)} failures:", *self.failed[:20]])
        enough = self.made >= self.planned if self.at_least else self.made == self.planned
        assert enough, f"{self.made} checks were made where {self.planned} are planned"
