"""Protocols side by side: what differs is marked, what no source says is said so."""

from datetime import date

import pytest

from mesodash.records.courses.protocol_versions import Parameters, ProtocolVersion
from mesodash.teaching.comparison import (
    MOST,
    NOT_READ,
    compare,
    compare_sources,
    compare_techniques,
    compare_versions,
    sources_of,
)


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


def test_techniques_side_by_side_say_their_own_rows(catalogue):
    chosen = [catalogue.techniques[code] for code in ("papule", "nappage", "epidermic")]
    found = {row.name: row for row in compare_techniques(catalogue, chosen)}
    assert found["Depth"].cells == ("1–2 mm", "2–4 mm", "at most 1 mm")
    assert found["Layer that is meant"].cells == ("dermis", "dermis", "epidermis")
    assert found["Angle"].cells == ("not published", "30–60°", "not published")
    assert found["Depth"].differs
    for one in catalogue.techniques.values():
        assert not any(row.differs for row in compare_techniques(catalogue, [one, one]))
    with pytest.raises(ValueError, match="At most 3"):
        compare_techniques(catalogue, list(catalogue.techniques.values())[: MOST + 1])


def test_sources_side_by_side_say_what_was_read_in_each(catalogue, checks):
    several = [p for p in catalogue.protocols.values() if len(sources_of(catalogue, p)) > 1]
    assert len(several) > 5
    with checks("cells of sources", planned=len(several)) as count:
        for protocol in several:
            chosen = sources_of(catalogue, protocol)[:MOST]
            rows = compare_sources(catalogue, protocol, chosen)
            right = bool(rows) and any(row.differs for row in rows)
            for row in rows:
                for key, cell in zip(chosen, row.cells, strict=True):
                    read = [p.says for p in catalogue.passages.values() if p.source == key]
                    right &= cell == NOT_READ or all(part in read for part in _parts(cell, read))
            count.that(right, protocol.code)


def _parts(cell, read):
    """The passages a cell is made of: whole passages, joined by semicolons."""
    found = sorted((one for one in read if one in cell), key=len, reverse=True)
    rest = cell
    for one in found:
        rest = rest.replace(one, "")
    return found if not rest.strip("; ") else [rest]


def version(number, **own):
    reason = own.pop("reason", None)
    return ProtocolVersion(
        number, "melasma_txa", number, date(2026, 1, number), "ada", Parameters(**own), reason
    )


def test_versions_side_by_side_beside_what_is_published(catalogue):
    first, second = version(1, points=10), version(2, points=12, depth_mm=9, reason="Thick skin")
    found = {row.name: row for row in compare_versions(catalogue, [None, first, second])}
    assert found["Points"].cells[1:] == ("10", "12")
    published, open_, own = found["Depth, mm"].cells
    assert (open_ == published, own) == (True, "9")
    assert found["Depth, mm"].differs
    nothing = "does not go beyond what is published"
    assert found["Reason"].cells == (nothing, nothing, "Thick skin")
    same = compare_versions(catalogue, [first, first])
    assert same
    assert not any(row.differs for row in same)


def test_versions_need_a_version_and_are_three_at_most(catalogue):
    with pytest.raises(ValueError, match="Choose a version"):
        compare_versions(catalogue, [None, None])
    with pytest.raises(ValueError, match="At most 3"):
        compare_versions(catalogue, [version(1)] * (MOST + 1))
