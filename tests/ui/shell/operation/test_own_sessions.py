"""A session is found again by the sign-in that opened it, and by nobody else."""

from types import SimpleNamespace

import pytest
from streamlit import runtime

from mesodash.access.gate import COOKIE
from mesodash.ui.shell.operation.own_sessions import OwnSessions, keep_sessions_apart


class Manager:
    """Streamlit's, as far as it matters: gives the id that was asked for, or a new one."""

    def __init__(self):
        self.made = 0

    def connect_session(self, _client, _script, _user, existing_session_id, _override):
        self.made += existing_session_id is None
        return existing_session_id or f"session-{self.made}"


@pytest.fixture
def connect(monkeypatch):
    manager = Manager()
    monkeypatch.setattr(
        runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=manager), raising=True
    )
    keep_sessions_apart(OwnSessions(most=3))

    def by(token, wanted=None):
        cookies = {} if token is None else {COOKIE: token}
        client = SimpleNamespace(client_context=SimpleNamespace(cookies=cookies))
        return manager.connect_session(client, None, {}, existing_session_id=wanted)

    return by


def test_ones_own_is_found_again_and_anothers_is_not(connect):
    mine = connect("pia")

    assert connect("pia", mine) == mine
    taken = connect("max", mine)
    assert taken != mine
    assert connect(None, mine) not in (mine, taken)
    assert connect("pia", mine) == mine


def test_on_a_demo_a_tab_finds_its_session_again(connect):
    mine = connect(None)
    assert connect(None, mine) == mine


def test_an_id_that_nobody_was_given_begins_anew(connect):
    assert connect("pia", "guessed") != "guessed"


def test_what_was_forgotten_begins_anew(connect):
    mine = connect("pia")
    for _ in range(3):
        connect("max")
    assert connect("pia", mine) != mine
