"""The monthly PDF says the same numbers as the report frames, as a shared view."""

import io
from datetime import UTC, date, datetime

import pandas as pd
import pypdf
import pytest
from tests.conftest import TODAY
from tests.sentences import numbers_in

from mesodash.demo import make_demo
from mesodash.documents.monthly_report import Month, contents, frames, monthly_pdf, seen_until
from mesodash.documents.monthly_windows import late_months
from mesodash.documents.small_groups import suppressed
from mesodash.language import format_day, format_moment, format_month, use_language
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.core.reader import Reader

pytestmark = pytest.mark.slow

MADE = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)
OCTOBER = Month(2026, 10)


@pytest.fixture(scope="module")
def reader(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("monthly") / "demo.db"
    make_demo(path, sessions=600, seed=1, today=TODAY, catalogue=catalogue)
    return Reader(path, catalogue)


@pytest.fixture(scope="module")
def tables(reader):
    return frames(reader, OCTOBER, MADE.date())


def words(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("back", "month"), [(0, Month(2026, 1)), (1, Month(2025, 12)), (13, Month(2024, 12))]
)
def test_months_back(back, month):
    assert Month(2026, 1).back(back) == month


def test_a_month_is_its_days():
    assert Month.of("2024-02").period == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert str(Month.of("2024-02")) == "2024-02"


@pytest.mark.parametrize("text", ["2026-13", "2026", "october", "2026-1", "0000-01", ""])
def test_what_is_no_month_says_how_to_write_one(text):
    with pytest.raises(ReportError, match="write it as 2026-10"):
        Month.of(text)


def test_the_frames_are_the_reports_as_a_shared_view(reader, tables):
    october = Filters(period=OCTOBER.period)

    for name, report, by in (
        ("total", "volumes", ()),
        ("protocols", "volumes", ("protocol",)),
        ("effects", "side_effects", ("effect",)),
        ("outcomes", "outcomes", ("protocol", "scale")),
        ("attendance", "attendance", ()),
    ):
        expected = suppressed(reader.report(report, october, by), report)
        assert tables[name].to_json() == expected.to_json(), name


def test_what_is_printed_are_the_frames_numbers(tables, catalogue):
    made = contents(tables, catalogue, month=OCTOBER, clinic="Test", made_at=MADE, late=2)

    total = tables["total"].iloc[0]
    assert made["totals"][0]["sessions"] == total["sessions"]
    assert made["totals"][0]["volume_ml"] == pytest.approx(total["volume_ml"], abs=1e-12)
    assert len(made["months"]) == 13
    assert made["months"][-1] == ["Oct 26", total["sessions"]]
    by_code = tables["effects"].set_index("effect")
    for row in made["effects"]:
        (code,) = [c for c, e in catalogue.side_effects.items() if e.label == row["effect"]]
        assert row["n"] == by_code.loc[code, "n"]
        assert row["per_100_sessions"] == pytest.approx(by_code.loc[code, "per_100_sessions"])


def test_the_pdf_says_them(reader, tables, catalogue):
    pdf = monthly_pdf(reader, catalogue, OCTOBER, clinic="Test clinic", made_at=MADE)

    text = words(pdf)
    total = tables["total"].iloc[0]
    assert "Monthly report: October 2026" in text
    assert f"Sessions {int(total['sessions'])}" in text
    assert f"Patients {int(total['patients'])}" in text
    effects = tables["effects"].sort_values("n", ascending=False)
    first = effects.iloc[0]
    assert f"{catalogue.side_effects[first['effect']].label} {first['n']}" in text
    assert "Treated areas on the body" in text
    n, patients = (f"{int(total[name]):,}" for name in ("sessions", "patients"))
    assert f"October 2026, n = {n} sessions of {patients} patients." in text
    assert "none, or fewer than five" in text
    assert f"Made {format_moment(MADE, UTC)}." in text
    assert "groups of fewer than five" in text


def test_it_is_set_in_the_readers_language(reader, tables, catalogue):
    with use_language("fr"):
        pdf = monthly_pdf(reader, catalogue, OCTOBER, clinic="Cabinet", made_at=MADE)

    text = words(pdf)
    assert "Rapport mensuel : octobre 2026" in text
    volume = f"{tables['total'].iloc[0]['volume_ml']:.1f}".replace(".", ",")
    assert volume[-5:] in text  # with a decimal comma
    for english in ("Monthly", "Sessions by", "left out", " may be ", "Made "):
        assert english not in text


def test_the_figures_are_vectors_but_for_the_photographs_of_the_body(reader, catalogue):
    pdf = monthly_pdf(reader, catalogue, OCTOBER, clinic="Test clinic", made_at=MADE)

    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    with_body = ["Treated areas on the body" in page.extract_text() for page in pages]
    assert sum(with_body) == 1
    assert [len(page.images) > 0 for page in pages] == with_body
    assert "none, or fewer than five" in words(pdf)


def test_the_same_month_made_at_the_same_time_is_the_same_file(reader, catalogue):
    first, second = (
        monthly_pdf(reader, catalogue, OCTOBER, clinic="T", made_at=MADE) for _ in range(2)
    )

    assert first == second


def test_an_empty_clinic_makes_a_pdf_that_says_so(tmp_path, catalogue):
    path = tmp_path / "bare.db"
    create_clinic(path, clinic_id="bare", name="Bare", kind="clinical", actor=DEMO)

    pdf = monthly_pdf(Reader(path, catalogue), catalogue, OCTOBER, clinic="Bare", made_at=MADE)

    assert "held in October 2026" in words(pdf)
    assert "Nothing could be compared." in words(pdf)


def test_a_month_to_come_is_refused(reader, catalogue):
    with pytest.raises(ReportError, match="December 2026 has not begun"):
        monthly_pdf(reader, catalogue, Month(2026, 12), clinic="T", made_at=MADE)


def test_signals_are_named_as_people_call_them(tables, catalogue):
    found = pd.DataFrame(
        {
            "kind": ["lot", "site"],
            "value": ["L-17", "face.cheek"],
            "effect": ["bruise", "bruise"],
            "p_corrected": [0.01, 0.02],
        }
    )
    found.attrs |= {"looks": 12, "apart": 2}
    data = contents(
        tables | {"signals": found},
        catalogue,
        month=OCTOBER,
        clinic="A clinic",
        made_at=MADE,
        late=0,
        curves=[],
    )
    bruise = catalogue.side_effects["bruise"].label
    assert [(row["kind"], row["value"], row["effect"]) for row in data["signals"]] == [
        ("Lot", "L-17", bruise),
        ("Treated area", "Cheek", bruise),
    ]
    assert data["looks"] == 12
    assert numbers_in(data["apart"]) == [2]


class Striking:
    """A reader in whose month two groups stand out, and a score that is itself a change is known.

    Everything else is the reader's.
    """

    def __init__(self, reader):
        self.reader = reader

    def curves(self, *asked):
        return self.reader.curves(*asked)

    def report(self, name, filters, by=None):
        frame = self.reader.report(name, filters, by)
        if name == "signals":
            rows = {
                "kind": ["lot", "practitioner"],
                "value": ["HA21686", "D-01"],
                "effect": ["nodule", "bruise"],
                "sessions": [44, 30],
                "with_effect": [18, 12],
                "expected": [0.624, 1.1],
                "rate": [18 / 44, 12 / 30],
                "rate_low": [0.277, 0.246],
                "rate_high": [0.556, 0.577],
                "other_sessions": [352, 200],
                "other_with_effect": [5, 3],
                "other_rate": [0.0142, 0.037],
                "p_corrected": [1e-9, 0.02],
                "followed_share": [0.82, 0.6],
                "other_followed_share": [0.79, 0.64],
                "cover_differs": [None, None],
                "stands_out": [True, True],
            }
            return pd.DataFrame(rows)
        if name == "rising":
            rows = {
                "clinic": ["test"] * 3,
                "effect": ["nodule", "bruise", "itch"],
                "late": [True, False, False],
                "since": ["2026-09", "2026-10", None],
                "patients_since": [7, 4, 9],
                "expected_since": [2.25, 1.0, 9.0],
                "followed_share": [0.62, 0.61, None],
                "earlier_followed_share": [0.58, 0.57, None],
                "cover_differs": [None, None, None],
                "p_corrected": [0.0004, 0.01, 0.7],
                "stands_out": [True, True, False],
            }
            return pd.DataFrame(rows)
        if name == "outcomes":
            rows = {
                "protocol": ["face_ncha"] * 2,
                "scale": ["gais", "wsrs"],
                "patients": [25, 24],
                "change_mean": [2.52, -0.68],
                "change_low": [2.12, -0.98],
                "change_high": [2.92, 0.02],
                **{c: [0.5, None] for c in ("responder_rate", "rate_low", "rate_high")},
                **{c: [0.5, None] for c in ("rate_worst", "rate_best")},
                "missing": [0, 24],
            }
            return pd.DataFrame(rows)
        return frame


def test_a_signal_is_printed_with_what_was_expected(reader, catalogue):
    pdf = monthly_pdf(Striking(reader), catalogue, OCTOBER, clinic="Test", made_at=MADE)

    text = words(pdf)
    lot = text.partition("Lot HA21686 Lump ")[2]
    assert numbers_in(lot)[:10] == [18, 44, 0.6, 41, 28, 56, 1.4, 82, 79, 0.001]
    # Few cases elsewhere are not passed on, nor what they could be had back from.
    practitioner = text.partition("Practitioner D-01 Bruising ")[2]
    assert numbers_in(practitioner)[:8] == [12, 30, 40, 25, 58, 60, 64, 0.02]
    assert "Compared with the sessions of" in text


def test_what_rises_in_the_whole_clinic_is_printed(reader, catalogue):
    text = words(monthly_pdf(Striking(reader), catalogue, OCTOBER, clinic="Test", made_at=MADE))

    lump = text.partition("Lump, late ")[2]
    assert lump.startswith(format_month("2026-09"))
    assert numbers_in(lump)[:6] == [2026, 7, 2.3, 62, 58, 0.001]
    # Four patients are too few to be passed on; the third effect does not stand out.
    rows = text.partition("More frequent lately")[2].partition("Newly affected")[0]
    assert "Bruising" not in rows
    assert "Itch" not in rows
    assert "among 3 effects" in text
    assert "not called: the sessions" not in text


def test_a_rise_after_which_patients_were_asked_otherwise_is_counted_not_printed(tables, catalogue):
    """Two of the effects stand out from their own past; the follow-up of one changed."""
    tables = {name: frame.copy() for name, frame in tables.items()}
    tables["rising"].attrs["apart"] = "1 apart"
    made = {"month": OCTOBER, "clinic": "Test", "made_at": MADE, "late": 0}
    assert contents(tables, catalogue, **made)["rising_apart"] == "1 apart"


def test_what_is_not_ripe_is_marked(reader, catalogue):
    early, later, late = (
        words(monthly_pdf(reader, catalogue, OCTOBER, clinic="T", made_at=made))
        for made in (
            MADE,
            datetime(2026, 12, 22, tzinfo=UTC),
            datetime(2027, 8, 1, tzinfo=UTC),
        )
    )
    told = f"This month is not ripe before {format_day(date(2026, 11, 28))}"
    nodules = "this month is not ripe yet"
    assert (told in early, nodules in early) == (True, True)
    assert (told in later, nodules in later) == (False, True)
    assert (told in late, nodules in late) == (False, False)


@pytest.mark.parametrize(
    ("made", "until"),
    [
        (date(2026, 10, 20), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 1)),
        (date(2026, 11, 22), date(2026, 11, 22)),
        (date(2027, 3, 1), date(2026, 11, 30)),
    ],
)
def test_onsets_are_looked_at_up_to_the_day_it_is_made(made, until):
    assert seen_until(OCTOBER, made) == until


def test_signals_are_those_of_the_month_and_the_days_since(reader, tables):
    seen = Filters(period=Period(OCTOBER.first, MADE.date()))
    found = reader.report("signals", seen, ())
    found = suppressed(found[found["stands_out"]], "signals")
    assert tables["signals"].to_dict("records") == found.to_dict("records")
    assert tables["rising"].attrs["looks"] == len(reader.report("rising", seen, ()))


def test_months_whose_window_is_running_are_marked(reader, catalogue):
    """On 22 November 2026: 203 days after their last day, April is over and May is not."""
    months = [f"2026-{month:02d}" for month in range(3, 11)]
    span = Filters(period=Period(date(2026, 3, 1), date(2026, 10, 31)))
    found = late_months(reader, catalogue, months, MADE.date())
    assert [running for *_, running in found] == [False, False, *[True] * 6]
    assert sum(n for _, n, _ in found) == reader.report("late", span, ())["n"].sum()
    text = words(monthly_pdf(reader, catalogue, OCTOBER, clinic="Test", made_at=MADE))
    assert "window over" in text
    assert "window still running" in text


def test_a_score_that_is_itself_a_change_is_printed_as_a_score(reader, catalogue):
    pdf = monthly_pdf(Striking(reader), catalogue, OCTOBER, clinic="Test", made_at=MADE)

    text = words(pdf)
    assert "25 score 2.5 (2.1" in text
    assert numbers_in(text.partition("25 score ")[2])[:4] == [2.5, 2.1, 2.9, 50]
    assert numbers_in(text.partition("24 −0.7 ")[2])[:2] == [-1, 0]


def test_rows_that_find_no_room_are_counted(tables, catalogue):
    many = pd.concat([tables["total"].assign(protocol="face_ncha")] * 20, ignore_index=True)

    made = contents(
        tables | {"protocols": many}, catalogue, month=OCTOBER, clinic="T", made_at=MADE, late=0
    )

    assert len(made["protocols"]) == 14
    assert made["cut"]["protocols"] == 6
    assert made["cut"]["total"] == 0
