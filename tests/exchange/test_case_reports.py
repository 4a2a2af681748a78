"""What the reports say of the folders that people really have: counted by hand from their rows."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.exchange.small_clinic import ACTOR, write_files
from tests.exchange.test_cases import CASES, clock, take

from mesodash.exchange.importing.import_folder import import_folder
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader

BY_R = Path(__file__).parents[1] / "reports" / "stats" / "curves.csv"
# Inputs whose effects need no mapping, and R's name for each.
CURVES = {
    "18-both-against-left-and-right": "case 18",
    "28-contact-without-the-end": "case 28",
    "30-effect-in-an-untreated-area": "case 30",
    "39-effect-on-the-other-side": "case 39",
}
COUNTS = ("n", "resolved", "ongoing", "no_follow_up", "not_following", "patients", "sessions")
EFFECTS = {
    # Of 8 bruises 4 have an end, one was seen later (7 days), of 3 nothing was heard.
    ("09-when-word-with-blank-case-or-new", "mended"): {"bruise": (8, 4, 1, 3, 0, 8, 12)},
    # C1 was telephoned on day 7, C2 came again on day 21: both are contacts.
    ("28-contact-without-the-end", ""): {"bruise": (3, 1, 2, 0, 0, 3, 4)},
    ("18-both-against-left-and-right", ""): {"bruise": (2, 2, 0, 0, 0, 2, 2)},
    # Two of three were at the nose of somebody whose nose was not treated.
    ("30-effect-in-an-untreated-area", ""): {"bruise": (1, 1, 0, 0, 2, 1, 2)},
    ("33-meddra-terms", "mapping"): {
        "bruise": (2, 0, 0, 2, 0, 1, 2),
        "erythema": (2, 0, 0, 2, 0, 1, 2),
        "headache": (1, 0, 0, 1, 0, 1, 2),
        "other": (12, 0, 0, 12, 0, 1, 2),
        "pain": (3, 0, 0, 3, 0, 1, 2),
        "pih": (1, 0, 0, 1, 0, 1, 2),
        "swelling": (3, 0, 0, 3, 0, 1, 2),
    },
    # The other side was treated: reported at import and by `check`, and counted.
    ("39-effect-on-the-other-side", ""): {"bruise": (2, 2, 0, 0, 0, 2, 2)},
    ("45-effect-before-the-first-treatment", "mapping"): {"headache": (1, 1, 0, 0, 1, 1, 2)},
}
MEDIANS = {
    ("18-both-against-left-and-right", ""): 4.0,
    ("30-effect-in-an-untreated-area", ""): 3.0,
    ("45-effect-before-the-first-treatment", "mapping"): 1.0,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
def test_a_curve_of_what_was_imported_is_that_of_r(name, catalogue, tmp_path):
    """From the files to the curve: contacts, visits and what did not follow included."""
    by_r = pd.read_csv(BY_R)
    by_r = by_r[by_r["source"] == CURVES[name]]
    db, _result = take(CASES / name, "", catalogue, tmp_path)
    (group,) = Reader(db, catalogue).curves(Filters())
    assert len(by_r)
    for time, survival in zip(by_r["time"], by_r["surv"], strict=True):
        at = int(np.searchsorted(group.curve.times, time + 1e-9)) - 1
        assert (group.curve.survival[at] if at >= 0 else 1.0) == pytest.approx(survival, abs=1e-9)
    assert int(group.curve.n) == by_r["at_risk"].max()


@pytest.mark.slow
def test_side_effects_are_counted_as_by_hand(catalogue, tmp_path, checks):
    with checks("reports of cases", planned=len(EFFECTS) + len(MEDIANS)) as count:
        for (name, mapping), expected in EFFECTS.items():
            place = tmp_path / f"{name}-{mapping}"
            place.mkdir()
            db, _result = take(CASES / name, mapping, catalogue, place)
            rows = Reader(db, catalogue).report("side_effects", Filters(), ("effect",))
            got = {
                row["effect"]: tuple(int(row[column]) for column in COUNTS)
                for row in rows.to_dict("records")
            }
            count.that(got == expected, f"{name}: {got}")
            if (name, mapping) in MEDIANS:
                (median,) = rows["median_days"]
                count.that(median == MEDIANS[name, mapping], f"{name}: {median}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["34-dead-patients-on-the-call-list", "35-one-effect-as-rows-of-grade"]
)
def test_who_died_is_called_until_that_is_recorded_and_never_after(catalogue, tmp_path, name):
    """In the folder only a note mentions the death; `died_on` says it so that it is known."""
    on = date(2026, 11, 29)
    db, _result = take(CASES / name, "", catalogue, tmp_path)
    called = Reader(db, catalogue).due(on, ACTOR)
    assert "C1" in set(called["patient_id"])  # control: nobody reads a note

    died = {"patients.csv": "patient_id,sex,died_on\nC1,female,2026-10-02\n"}
    import_folder(
        db, write_files(tmp_path / "died", died), actor=ACTOR, catalogue=catalogue, clock=clock,
        rejects=tmp_path / "refused.csv", changes=tmp_path / "died.csv",
    )  # fmt: skip

    assert set(Reader(db, catalogue).due(on, ACTOR)["patient_id"]) == {"C2"}
