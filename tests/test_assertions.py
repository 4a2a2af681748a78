"""Assertions hold ids and numbers: how many pin a sentence only falls. Coroutines have one door."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
WORDS = 6
"""A text of so many words is a sentence."""
QUERY = re.compile(r"\s*(SELECT|PRAGMA)\b")
"""What an assertion asks the clinic's file is no sentence."""
MOST = 40
"""How many assertions may pin one. Never raise it."""


def assertions(source):
    """Each assertion of a test file, and whether it holds a sentence."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            yield (
                node.lineno,
                any(
                    isinstance(one, ast.Constant)
                    and isinstance(one.value, str)
                    and len(one.value.split()) >= WORDS
                    and not QUERY.match(one.value)
                    for one in ast.walk(node.test)
                ),
            )


def test_few_assertions_pin_a_sentence():
    found = [
        (str(path.relative_to(TESTS)), line, pinned)
        for path in sorted(TESTS.rglob("*.py"))
        for line, pinned in assertions(path.read_text("utf-8"))
    ]
    sentences = [(name, line) for name, line, pinned in found if pinned]

    assert len(found) > 4000
    assert len(sentences) <= MOST, (
        "Compare ids and numbers (tests/sentences.py reads them out of a sentence).", sentences
    )  # fmt: skip


def test_negative_control_a_sentence_is_seen():
    source = (
        "def test_it():\n"
        "    assert error == 'There is no area of that name here.'\n"
        "    assert rows == [('P-1', 3)]\n"
        "    assert ask('SELECT a, b, c FROM d WHERE e = 1') == [(1, 2, 3)]\n"
    )

    assert list(assertions(source)) == [(2, True), (3, False), (4, False)]


def loops(source):
    """Lines that start an event loop in the test's own thread."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("asyncio.run", "asyncio.Runner", "asyncio.new_event_loop")
    ]


def test_coroutines_are_run_by_the_one_helper():
    """Where a browser's test ran before in the process, a loop of one's own is refused."""
    found = {
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        if loops(path.read_text("utf-8"))
    }

    assert found == {"coroutines.py"}


def test_negative_control_a_loop_is_seen():
    assert loops("import asyncio\nasyncio.run(door())\nrun(door())\n") == [2]
