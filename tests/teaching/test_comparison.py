"""Protocols side by side: what differs is marked, what no source says is said so."""

import pytest

from mesodash.teaching.comparison import MOST, compare


def rows(catalogue, *codes):
    return {row.name: row for row in compare(catalogue, [catalogue.protocols[c] for c in codes])}


def test_what_differs_is_marked_and_what_is_alike_is_not(catalogue):
    found = rows(catalogue, "face_ncha", "face_microdroplet")

    assert found["Volume a point"].cells == ("0.02 mL", "0.05 mL")
    assert found["Points"].cells == ("50 points a side", "20 points a side")
    assert found["Largest volume"].cells == ("1 mL a side", "1 mL a side")
    assert (found["Volume a point"].differs, found["Largest volume"].differs) == (True, False)
    assert found["Spacing"].cells == ("not published", "not published")
    assert found["Depth"].cells[0].startswith("1–4 mm (usual")


def test_a_protocol_beside_itself_differs_in_nothing(catalogue):
    for code in catalogue.protocols:
        assert not any(row.differs for row in rows(catalogue, code, code).values())


def test_more_than_three_are_refused(catalogue):
    with pytest.raises(ValueError, match="At most 3"):
        compare(catalogue, list(catalogue.protocols.values())[: MOST + 1])
