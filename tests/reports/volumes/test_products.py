"""Products used, recounted in plain Python."""

from collections import defaultdict

import pandas as pd
import pytest

from mesodash.reports.core.filters import Filters
from mesodash.reports.volumes.products import COLUMNS


def recount(rows, key, keep=lambda _session: True):
    cells = defaultdict(list)
    for used in rows.products_used:
        session = rows.session[used.session]
        if session.state == "held" and keep(session):
            cells[key(used, session)].append((used, session))
    return {
        cell: {
            "sessions": len({s.id for _, s in found}),
            "patients": len({s.patient for _, s in found}),
            "volume_ml": sum(u.volume_ul or 0 for u, _ in found) / 1000,
            "first_on": min(s.held_on for _, s in found),
            "last_on": max(s.held_on for _, s in found),
        }
        for cell, found in cells.items()
    }


@pytest.mark.parametrize(
    ("by", "key"),
    [
        (("product", "lot"), lambda u, _s: (u.product, u.lot)),
        (("lot", "protocol"), lambda u, s: (u.lot, s.protocol)),
        (("month",), lambda _u, s: (f"{s.held_on:%Y-%m}",)),
    ],
    ids=["product,lot", "lot,protocol", "month"],
)
def test_recounted(reader, rows, by, key):
    frame = reader.report("products", by=by)
    assert list(frame.columns) == [*by, *COLUMNS]
    found = {
        tuple(None if pd.isna(v) else v for v in row[: len(by)]): dict(
            zip(COLUMNS, row[len(by) :], strict=True)
        )
        for row in frame.itertuples(index=False, name=None)
    }
    assert found == recount(rows, key)


def test_an_area_leaves_the_sessions_there(reader, rows):
    there = {a.session for a in rows.treated_areas if a.area == "buttock"}
    frame = reader.report("products", Filters(areas=("buttock",)), ())
    (expected,) = recount(rows, lambda *_: (), lambda s: s.id in there).values()
    assert frame.to_dict("records") == [expected]
