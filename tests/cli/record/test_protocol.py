"""Protocols adopted on the command line: versions, with a reason beyond the published."""

import json

from mesodash.consult.adoption import published_parameters
from mesodash.records.courses.protocol_versions import read_versions

CODE = "hair_duta"


def test_a_protocol_is_adopted_and_changed(run, rooms, catalogue):
    assert run("protocol", "adopt", CODE, "--needle", "30G 4 mm", "--seen", 0) == (0, "1", "")
    (first,) = read_versions(rooms, CODE)
    published = published_parameters(catalogue, CODE)
    assert first.parameters.given() == published.given() | {"needle": "30G 4 mm"}

    assert run("protocol", "adopt", CODE, "--needle", "30G 4 mm") == (0, "1", "")
    assert run("protocol", "adopt", CODE, "--open", "needle", "--seen", 1) == (0, "2", "")
    assert read_versions(rooms, CODE)[0].parameters.needle is None

    code, out, err = run("protocol", "adopted", CODE, "--format", "json")
    assert (code, err) == (0, "")
    assert [(one["version"], one["needle"]) for one in json.loads(out)] == [
        (2, None),
        (1, "30G 4 mm"),
    ]
    assert [one["version"] for one in json.loads(run("protocol", "adopted", "--format", "json")[1])
            ] == [2]  # fmt: skip


def test_beyond_what_is_published_needs_a_reason(run, rooms):
    beyond = ("protocol", "adopt", CODE, "--max-volume-ml", 900)
    code, out, _err = run(*beyond)
    assert (code, out, read_versions(rooms, CODE)) == (3, "", ())
    assert run(*beyond, "--reason", "as trained")[:2] == (0, "1")
    assert [one.reason for one in read_versions(rooms, CODE)] == ["as trained"]


def test_what_cannot_be_adopted_is_refused(run, rooms):
    assert run("protocol", "adopt", CODE) == (0, "1", "")
    for more, code in (
        (("--seen", 0, "--needle", "32G"), 3),
        (("--technique", "none_such"), 3),
        (("--points", 0), 3),
        (("--needle", "32G", "--open", "needle"), 3),
        (("--open", "colour"), 2),
        (("--points", "many"), 2),
    ):
        told = run("protocol", "adopt", CODE, *more)
        assert told[:2] == (code, ""), more
    assert run("protocol", "adopt", "none_such")[0] == 3
    assert run("protocol", "adopted", "none_such")[0] == 3
    assert [one.version for one in read_versions(rooms, CODE)] == [1]
