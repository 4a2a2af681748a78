"""Coroutines run to their end from a test that is none."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What the coroutine returns; what it raises is raised here.

    In a thread of its own: Playwright leaves a running loop in the thread of a browser's tests,
    and whether such a test ran before in the same process differs from run to run.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
