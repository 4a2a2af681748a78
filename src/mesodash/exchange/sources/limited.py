"""Running a module of ours on a file that anybody may have made, in a process with limits.

Whatever a hostile file does to a decoder ends that process and nothing else; of what it says on
its error output nothing is shown.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

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


def run_on_paths(
    module: str, arguments: Sequence[str], *, seconds: int, out: IO[bytes] | None = None
) -> int:
    """Run a module on paths; its exit code.

    Args:
        module: its name; it calls `limit` first of all.
        arguments: paths and words for it.
        seconds: of waiting for it.
        out: takes what it writes.

    Raises:
        TooLongError: it took more than its time.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own module, paths as arguments
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out if out is not None else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a traceback may quote a patient's row
            timeout=seconds,
            check=False,
            cwd=Path(__file__).parents[3],  # from where Python finds our modules
        )
    except subprocess.TimeoutExpired as error:
        raise TooLongError from error
    return done.returncode


def limit(memory: int = MEMORY, seconds: int = SECONDS) -> None:
    """Set the limits of this process, where the system has any; called in the child.

    Lower ones that the whole program runs under stay.
    """
    try:
        import resource  # noqa: PLC0415 - not on Windows, where only the time is limited
    except ImportError:
        return
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + 5),
    ):
        above = resource.getrlimit(kind)[1]
        most = hard if above == resource.RLIM_INFINITY else min(hard, above)
        resource.setrlimit(kind, (min(soft, most), most))
