"""The due page shows what its report says."""

from datetime import date

from tests.pages.drawn_page import SINGLE, TODAY, measures, table, text

from mesodash.records.audit.actor import DEMO
from mesodash.reports.courses.due import is_old
from mesodash.ui.parts import labels, phrases


def test_the_due_list_equals_the_report(open_page, reader):
    due = reader.due(TODAY, DEMO)

    page = open_page("review/due")

    old = is_old(due)
    assert 0 < old.sum() < len(due)
    shown = table(page, "Call list of 22 Nov 2026")
    assert set(shown) == set(due["patient_id"][~old].head(200))
    assert set(table(page, "Old side effects still open")) == set(due["patient_id"][old].head(200))
    assert f"{len(due)} reasons of" in text(page)


def test_the_due_list_of_one_reason(open_page, reader):
    due = reader.due(TODAY, DEMO)
    mine = due[due["reason"] == "late_watch"]

    page = open_page("review/due", due_reasons=["late_watch"])

    calls = table(page, f"Call list of {phrases.day(TODAY)}")
    late_watch = labels.REASONS["late_watch"]
    assert 0 < len(mine) < len(due)
    assert set(calls) == set(mine["patient_id"])
    assert {row[0] for row in calls.values()} == {late_watch}
    assert measures(page)[late_watch] == phrases.number(len(mine))
    assert measures(page)["Follow-up call"] == "0"


def test_the_due_list_of_another_day(open_page, reader):
    day = date(2026, 6, 1)

    page = open_page("review/due", due_on=day)

    assert f"{len(reader.due(day, DEMO))} reasons of" in text(page)


def test_due_is_asked_for_a_day_and_says_so(open_page):
    page = open_page("review/due", filter_practitioner="D-01")

    assert "practitioner D-01." in text(page)
    assert page.selectbox(key="filter_period").disabled
    assert "From 23 Nov 2025" not in text(page)


def test_counts_of_the_due_are_those_of_the_list(reader):
    due = reader.due(TODAY, DEMO)
    counts = reader.due_counts(TODAY)

    assert counts.attrs["patients"] == due["patient_id"].nunique()
    assert {row["reason"]: 0 for row in counts.to_dict("records")}.keys() == set(due["reason"])
    for row in counts.to_dict("records"):
        same = (
            due["protocol"].isna()
            if row["protocol"] is None
            else due["protocol"] == row["protocol"]
        )
        mine = due[same & (due["reason"] == row["reason"])]
        assert row["patients"] == mine["patient_id"].nunique()
        assert row["recent"] == mine.loc[mine["days_overdue"] <= 28, "patient_id"].nunique()
        assert row["longest_days"] == mine["days_overdue"].max()


def test_a_manager_sees_counts_and_no_patients(open_page, reader):
    page = open_page("review/due", demo_role="manager")

    counts = reader.due_counts(TODAY)
    assert f"{counts.attrs['patients']} patients are due" in text(page)
    assert len(table(page, "Due, by reason and protocol")) == counts["reason"].nunique()
    assert SINGLE.findall(text(page)) == []


def test_a_shared_view_of_the_due_tells_no_small_group(open_page, reader):
    page = open_page("review/due", filter_shared=True)

    cells = [row[1] for row in table(page, "Due, by reason and protocol").values()]
    assert not {"1", "2", "3", "4"} & set(cells)
    assert "fewer than 5" in cells or (reader.due_counts(TODAY)["patients"] >= 5).all()
