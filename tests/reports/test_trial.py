"""The whole road on a real trial: import, publish, report; then R and two libraries say the same.

The oracles read the trial's own files, not our record, so that a fault on the way would show.
"""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight
from tests.reports import trial_rows

from mesodash.exchange.importing.import_folder import import_folder
from mesodash.exchange.mapping.mapping_file import load_mapping
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.reports.core.reader import Reader

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BY_R = Path(__file__).parent / "stats"


def clock():
    return datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def everything(catalogue):
    """All of the trial's events, straight from its files."""
    return trial_rows.events(catalogue)


@pytest.fixture(scope="module")
def events(everything):
    """Those that began after the first dose."""
    return everything[everything["follows"]]


@pytest.fixture(scope="module")
def report(tmp_path_factory, catalogue):
    """The side-effects report by effect, after an import through the documented mapping."""
    folder = tmp_path_factory.mktemp("trial")
    for name in ("ae", "dm", "ex"):
        (folder / f"{name}.csv").write_bytes(
            gzip.decompress((trial_rows.DATA / f"{name}.csv.gz").read_bytes())
        )
    db = folder / "trial.db"
    create_clinic(db, clinic_id="trial", name="Trial", kind="clinical", actor=DEMO, clock=clock)
    import_folder(
        db,
        folder,
        actor=DEMO,
        catalogue=catalogue,
        mapping=load_mapping(ROOT / "docs" / "examples" / "cdiscpilot01.yaml"),
        rejects=folder / "rejects.csv",
        changes=folder / "changes.csv",
        clock=clock,
    )
    return Reader(db, catalogue).report("side_effects").set_index("effect")


def test_every_event_is_counted_once(report, everything, events):
    assert report["n"].sum() + report["not_following"].sum() == len(everything) == 1191
    counted = events.groupby("effect").size().reindex(report.index, fill_value=0)
    assert report["n"].to_dict() == counted.to_dict()
    apart = everything[~everything["follows"]].groupby("effect").size()
    assert report["not_following"].to_dict() == apart.reindex(report.index, fill_value=0).to_dict()
    counted = report[["resolved", "ongoing", "no_follow_up", "imprecise"]].sum(axis=1)
    assert counted.to_dict() == report["n"].to_dict()


def test_resolved_and_open_as_in_the_files(report, events):
    curve = events[events["precise"]]
    ended = curve[curve["over"]].groupby("effect").size()
    still = curve[~curve["over"]].groupby("effect").size()

    assert report["resolved"].to_dict() == ended.reindex(report.index, fill_value=0).to_dict()
    open_ones = report["ongoing"] + report["no_follow_up"]
    assert open_ones.to_dict() == still.reindex(report.index, fill_value=0).to_dict()


def test_patients_repeat_as_r_says(report):
    """Medians with limits, and the shares gone by 1, 3, 7 and 14 days, by `survfit(cluster=)`."""
    medians = pd.read_csv(BY_R / "medians.csv")
    medians = medians[medians["source"] == "trial followed"].set_index("effect")
    curves = pd.read_csv(BY_R / "curves.csv")
    curves = curves[curves["source"] == "trial followed"]
    assert len(medians) == (report["n"] - report["imprecise"] > 0).sum() > 15
    compared = 0
    for effect, r in medians.iterrows():
        row = report.drop(columns="sessions").loc[effect]
        names = ["days", "low", "high"]
        ours = row[[f"{share}_{end}" for share in ("median", "nine_in_ten") for end in names]]
        theirs = r[["median", "low", "high", "tenth", "tenth_low", "tenth_high"]]
        np.testing.assert_allclose(ours.astype(float), theirs.astype(float), rtol=0, atol=1e-9)
        curve = curves[curves["effect"] == effect]
        for day in (1, 3, 7, 14):
            at = int(np.searchsorted(curve["time"], day, side="right")) - 1
            if at < 0 or not 0 < curve["surv"].iloc[at] < 1 or day > curve["time"].max():
                continue
            names = [f"resolved_by_{day}d{end}" for end in ("", "_low", "_high")]
            gone = 1 - curve[["surv", "high", "low"]].iloc[at].to_numpy()
            np.testing.assert_allclose(row[names].astype(float), gone, rtol=0, atol=1e-9)
            compared += 1
    assert compared > 30


EFFECTS = ("itch", "erythema", "dizziness", "diarrhoea", "nausea", "headache", "fatigue", "other")


@pytest.mark.parametrize("effect", EFFECTS)
def test_medians_equal_two_libraries(report, events, effect):
    """statsmodels' own `quantile` asks for S below 0.5; the contract, like lifelines, for 0.5."""
    rows = events[events["precise"] & (events["effect"] == effect)]
    fitter = KaplanMeierFitter().fit(rows["days"], rows["over"])
    curve = SurvfuncRight(rows["days"], rows["over"].astype(int))
    reached = curve.surv_times[curve.surv_prob <= 0.5 + 1e-12]
    ours = report.loc[effect]["median_days"]
    if pd.isna(ours):
        assert np.isinf(fitter.median_survival_time_)
        assert not len(reached)
    else:
        assert ours == fitter.median_survival_time_ == reached[0]


def test_negative_control_dropping_the_open_ones_would_show(report, events):
    rows = events[events["precise"] & (events["effect"] == "itch") & events["over"]]
    fitter = KaplanMeierFitter().fit(rows["days"], rows["over"])
    assert np.isfinite(fitter.median_survival_time_)
    assert np.isnan(report["median_days"]["itch"])


def test_rs_input_is_the_trial(everything):
    """The committed input of R's script is what the files say."""
    given = pd.read_csv(BY_R / "durations.csv", dtype={"patient": str})
    for source, rows in (
        ("trial", everything[everything["precise"]]),
        ("trial followed", everything[everything["precise"] & everything["follows"]]),
    ):
        theirs = given[given["source"] == source][["patient", "effect", "days", "over"]]
        ours = rows[["patient", "effect", "days", "over"]].astype({"over": int})
        assert sorted(map(tuple, theirs.to_numpy())) == sorted(map(tuple, ours.to_numpy()))
