"""The whole road on a real trial: import, publish, report; then two libraries say the same.

The oracles read the trial's own files, not our record, so that a fault on the way would show.
"""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from statsmodels.duration.survfunc import SurvfuncRight

from mesodash.exchange.importing import import_folder
from mesodash.exchange.mapping import load_mapping
from mesodash.records.actor import DEMO
from mesodash.records.clinic import create_clinic
from mesodash.reports.reader import Reader

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "cdiscpilot01"
FULL_DATE = 10


def clock():
    return datetime(2026, 11, 22, tzinfo=UTC)


def sheet(name):
    raw = gzip.decompress((DATA / f"{name}.csv.gz").read_bytes())
    return pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def events(catalogue):
    """The trial's events read straight from its files: effect, duration in days, ended, precise."""
    ae = sheet("ae").merge(sheet("dm")[["USUBJID", "RFPENDTC"]], on="USUBJID")
    rows = []
    for event in ae.to_dict("records"):
        ended = event["AEOUT"] == "RECOVERED/RESOLVED"
        end = event["AEENDTC"]
        if end == "NA":
            end = event["RFPENDTC"][:FULL_DATE]
        onset = event["AESTDTC"]
        precise = len(onset) == FULL_DATE and (len(end) == FULL_DATE or not ended)
        contact = pd.to_datetime(end) if len(end) == FULL_DATE else None
        days = (contact - pd.to_datetime(onset)).days if precise and contact is not None else 0
        rows.append(
            {
                "effect": catalogue.side_effect_for_term(event["AEDECOD"]) or "other",
                "days": max(days, 0),
                "ended": ended,
                "precise": precise,
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def report(tmp_path_factory, catalogue):
    """The side-effects report by effect, after an import through the documented mapping."""
    folder = tmp_path_factory.mktemp("trial")
    for name in ("ae", "dm", "ex"):
        (folder / f"{name}.csv").write_bytes(
            gzip.decompress((DATA / f"{name}.csv.gz").read_bytes())
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
        clock=clock,
    )
    return Reader(db, catalogue).report("side_effects").set_index("effect")


def test_every_event_is_counted_once(report, events):
    assert report["n"].sum() == len(events) == 1191
    assert report["n"].to_dict() == events.groupby("effect").size().to_dict()
    counted = report[["resolved", "ongoing", "no_follow_up", "imprecise"]].sum(axis=1)
    assert counted.to_dict() == report["n"].to_dict()


def test_resolved_and_open_as_in_the_files(report, events):
    curve = events[events["precise"]]
    ended = curve[curve["ended"]].groupby("effect").size()
    still = curve[~curve["ended"]].groupby("effect").size()

    assert report["resolved"].to_dict() == ended.reindex(report.index, fill_value=0).to_dict()
    open_ones = report["ongoing"] + report["no_follow_up"]
    assert open_ones.to_dict() == still.reindex(report.index, fill_value=0).to_dict()


def numbers(low, median, high):
    """The three as a tuple; what is not reached (infinite or missing) is None."""
    return tuple(
        None if pd.isna(value) or value == float("inf") else float(value)
        for value in (low, median, high)
    )


def by_lifelines(rows):
    fitter = KaplanMeierFitter().fit(rows["days"], rows["ended"])
    interval = median_survival_times(fitter.confidence_interval_)
    return numbers(interval.iloc[0, 0], fitter.median_survival_time_, interval.iloc[0, 1])


def by_statsmodels(rows):
    """Its own `quantile` asks for S below 0.5; the contract, like lifelines, for S at most 0.5."""
    curve = SurvfuncRight(rows["days"], rows["ended"].astype(int))
    low, high = curve.quantile_ci(0.5, method="cloglog")
    reached = curve.surv_times[curve.surv_prob <= 0.5 + 1e-12]
    return numbers(low, reached[0] if len(reached) else None, high)


EFFECTS = ("itch", "erythema", "dizziness", "diarrhoea", "nausea", "headache", "fatigue", "other")


@pytest.mark.parametrize("effect", EFFECTS)
def test_median_and_interval_equal_two_libraries(report, events, effect):
    rows = events[events["precise"] & (events["effect"] == effect)]
    row = report.loc[effect]
    ours = numbers(row["median_low"], row["median_days"], row["median_high"])

    assert ours == by_lifelines(rows)
    assert ours == by_statsmodels(rows)


def test_negative_control_dropping_the_open_ones_would_show(report, events):
    rows = events[events["precise"] & (events["effect"] == "itch") & events["ended"]]

    assert by_lifelines(rows)[1] != report.loc["itch"]["median_days"]
