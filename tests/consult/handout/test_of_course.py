"""What a handout tells of the clinic's own side effects: the numbers of the protocol's card."""

from datetime import date

import pytest
from tests.conftest import TODAY

from mesodash.consult.handout.of_course import sessions_told
from mesodash.demo import make_demo
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader


@pytest.fixture(scope="module")
def reader(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(path, sessions=600, seed=1, today=TODAY, catalogue=catalogue)
    return Reader(path, catalogue)


def of_protocol(rows, protocol):
    return {
        row["effect"]: (row["n"], row["median_days"], row["median_low"], row["median_high"])
        for row in rows.to_dict("records")
        if row["protocol"] == protocol
    }


def test_a_handout_counts_the_sessions_that_the_card_counts(reader, catalogue):
    compared, narrower = 0, 0
    for protocol in catalogue.protocols.values():
        area = min(catalogue.covered(protocol.areas))
        plan = CoursePlan(
            protocol=protocol.code,
            indication=protocol.indications[0],
            areas=tuple(PlannedArea(area, side) for side in catalogue.areas[area].sides),
            dates=(date(2026, 12, 1),),
        )
        handout = reader.report("side_effects", sessions_told(plan), ("protocol", "effect"))
        card = reader.report("side_effects", Filters(areas=(area,)), ("protocol", "effect"))
        told = of_protocol(handout, protocol.code)
        assert repr(told) == repr(of_protocol(card, protocol.code))
        compared += len(told)
        whole = Filters(protocols=(protocol.code,))
        everywhere = reader.report("side_effects", whole, ("protocol", "effect"))
        narrower += repr(told) != repr(of_protocol(everywhere, protocol.code))
    assert compared > 20
    assert narrower > 3, "the protocol in all areas would tell the same: nothing is compared"
