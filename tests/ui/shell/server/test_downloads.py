"""Whose a file is: the sign-in's it was made for, and no other's; old ones are forgotten."""

from mesodash.ui.shell.server import downloads
from mesodash.ui.shell.server.downloads import OwnFiles


def test_a_file_belongs_to_the_sign_in_it_was_made_for():
    files = OwnFiles()
    files.note("pia", "/media/12ab.csv")
    assert files.hold("pia", "/media/12ab.csv")
    assert files.hold("pia", "/media/12ab")
    assert not files.hold("max", "/media/12ab.csv")
    assert not files.hold(None, "/media/12ab.csv")
    assert not files.hold("pia", "/media/12ac.csv")


def test_the_same_file_may_be_made_for_two():
    files = OwnFiles()
    files.note("pia", "/media/12ab.csv")
    files.note("max", "/media/12ab.csv")
    assert [files.hold(who, "/media/12ab.csv") for who in ("pia", "max", "tom")] == [
        True,
        True,
        False,
    ]


def test_a_file_made_on_demand_belongs_to_those_who_were_given_its_number():
    files = OwnFiles()
    files.note("pia", "0123")
    files.note_like("0123", "/media/12ab.csv")
    assert files.hold("pia", "/media/12ab.csv")
    files.note_like("0124", "/media/34cd.csv")
    assert not files.hold("pia", "/media/34cd.csv")


def test_without_a_sign_in_nothing_is_noted():
    files = OwnFiles()
    files.note(None, "/media/12ab.csv")
    assert not files.hold(None, "/media/12ab.csv")


def test_the_oldest_are_forgotten(monkeypatch):
    monkeypatch.setattr(downloads, "_FILES", 2)
    monkeypatch.setattr(downloads, "_SIGN_INS", 2)
    files = OwnFiles()
    for name in ("1", "2", "1", "3"):
        files.note("pia", f"/media/{name}.csv")
    assert [files.hold("pia", f"/media/{name}.csv") for name in "123"] == [True, False, True]
    files.note("max", "/media/1.csv")
    files.note("tom", "/media/1.csv")
    assert [files.hold(who, "/media/1.csv") for who in ("pia", "max", "tom")] == [
        False,
        True,
        True,
    ]
