"""Tests that passed only at their second attempt, and failures that are short enough to read.

Playwright's own runner calls a test that fails and then passes `flaky`, and names it at the end of
the run; so does this one, with the error of the first attempt.
"""

from collections.abc import Iterable, Mapping, Sequence

import pytest

OUTLINE = "Aria snapshot:\n"
"""Begins the outline of the whole page with which Playwright ends the message of a failure."""
OUTLINE_LINES = 40
ERROR_LINES = 25


def cut_outline(message: str, shown: int = OUTLINE_LINES) -> str:
    """A failure's message with the page's outline cut after its first lines, how many is said."""
    head, begins, outline = message.partition(OUTLINE)
    lines = outline.splitlines()
    if len(lines) <= shown:
        return message
    left = f"[{len(lines) - shown} more lines of the outline are not shown]"
    return head + begins + "\n".join([*lines[:shown], left])


def cut_outlines(error: BaseException | None) -> None:
    """Cut the outline of an error, and of those that it came from."""
    while error is not None:
        match error.args:
            case (str() as message, *rest):
                error.args = (cut_outline(message), *rest)
        error = error.__cause__ or error.__context__


def passed_at_second(
    stats: Mapping[str, Sequence[object]],
) -> dict[str, str]:
    """Of the tests held twice, those that did not fail then: the test -> its first error.

    Args:
        stats: the reports of a run by outcome, as pytest's terminal reporter keeps them.
    """
    failed = {one.nodeid for one in _reports(stats, "failed", "error")}
    first: dict[str, str] = {}
    for report in _reports(stats, "rerun"):
        if report.nodeid not in failed:
            first.setdefault(report.nodeid, _error(report))
    return first


def tell(terminal: pytest.TerminalReporter, found: Mapping[str, str]) -> None:
    """Name them at the end of the run, in red, each with its first error."""
    if not found:
        return
    terminal.section(f"{len(found)} PASSED ONLY AT THE SECOND ATTEMPT", red=True, bold=True)
    for test, error in sorted(found.items()):
        terminal.write_line(f"FLAKY {test}", red=True)
        for line in error.splitlines():
            terminal.write_line(f"    {line}")


def _reports(stats: Mapping[str, Sequence[object]], *outcomes: str) -> Iterable[pytest.TestReport]:
    for outcome in outcomes:
        for one in stats.get(outcome, ()):
            if isinstance(one, pytest.TestReport):
                yield one


def _error(report: pytest.TestReport) -> str:
    """The first lines of an error's message and its place; a crash of a worker has only a text."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        lines = report.longreprtext.splitlines()
        return "\n".join(lines[-ERROR_LINES:])
    lines = [line for line in crash.message.splitlines() if line.strip()][:ERROR_LINES]
    return "\n".join([*lines, f"({report.when}, {crash.path}:{crash.lineno})"])
