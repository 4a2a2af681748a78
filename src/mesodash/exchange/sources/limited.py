"""Running a module of ours on a file that anybody may have made, in a process with limits.

Whatever a hostile file does to a decoder ends that process and nothing else; of what it says on
its error output nothing is shown.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

MEMORY: Final = 2_000_000_000
SECONDS: Final = 20
WAITS: Final = 60
"""Limits of the process: address space in bytes, seconds of a processor, and of waiting for it."""


class TooLongError(Exception):
    """The process had not ended in its time."""


class NotReadError(Exception):
    """The process ended without an answer."""


def run_limited(module: str, content: bytes) -> bytes:
    """What a module writes when it is given the file on its input.

    Args:
        module: its name; it calls `limit` first of all.
        content: the file.

    Raises:
        TooLongError: it took more than `WAITS`.
        NotReadError: it failed or ran into a limit.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own module, the file on its input
            [sys.executable, "-m", module],
            input=content,
            capture_output=True,
            timeout=WAITS,
            check=False,
            cwd=Path(__file__).parents[3],  # from where Python finds our modules
        )
    except subprocess.TimeoutExpired as error:
        raise TooLongError from error
    if done.returncode:
        raise NotReadError
    return done.stdout


def limit() -> None:
    """Set the limits of this process, where the system has any; called in the child."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, where only the time is limited
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
