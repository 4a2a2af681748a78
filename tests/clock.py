"""Run the tests with this process's clock at another moment, whatever the machine's says.

    python -m pytest -p tests.clock --clock 2028-02-29T12:00 -m "not browser"

A plugin that is used only where it is named: servers that tests start keep the machine's clock.
"""

from datetime import datetime

import pytest
import time_machine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--clock", help="the local moment at which the tests begin, 2028-02-29T12:00")


@pytest.fixture(scope="session", autouse=True)
def clock(request: pytest.FixtureRequest):
    at = datetime.fromisoformat(request.config.getoption("--clock")).astimezone()
    with time_machine.travel(at, tick=True):
        yield
