"""The side effects page shows what its reports say."""

from tests.pages.drawn_page import YEAR, charts, measures, table, text

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.ui.parts import phrases


def test_side_effects_equal_the_report(open_page, reader, catalogue):
    report = reader.report("side_effects", YEAR, ("effect",))

    page = open_page("review/side_effects")

    shown = table(page, "All side effects")
    assert {effect: row[0] for effect, row in shown.items()} == {
        catalogue.side_effects[row["effect"]].label: phrases.number(row["n"])
        for row in report.to_dict("records")
    }
    total = report[["n", "resolved", "ongoing"]].sum()
    assert measures(page)["Reported"] == phrases.number(total["n"])
    assert measures(page)["Resolved"] == phrases.number(total["resolved"])
    assert measures(page)["Still there when last seen"] == phrases.number(total["ongoing"])
    assert "Promised against observed" in text(page)


def test_the_curve_is_of_the_chosen_effect(open_page, reader, catalogue):
    (redness,) = (c for c in reader.curves(YEAR) if c.keys["effect"] == "erythema")

    page = open_page("review/side_effects", effects_which="erythema")

    (alt,) = charts(page)
    assert alt.startswith("Redness: ")
    assert f"Redness, n {redness.curve.n}: half gone by" in alt


def test_the_curve_splits_by_protocol(open_page, reader):
    page = open_page("review/side_effects", effects_which="erythema", effects_split="protocol")

    report = reader.report("side_effects", YEAR, ("effect", "protocol"))
    assert len(table(page, "Redness by Protocol")) == (report["effect"] == "erythema").sum()


def test_incidence_equals_the_report(open_page, reader, catalogue):
    report = reader.report("incidence", YEAR, ("effect",))

    page = open_page("review/side_effects", effects_part="How often")

    assert {name: row[0] for name, row in table(page, "How often: all effects").items()} == {
        catalogue.side_effects[row["effect"]].label: (
            f"{phrases.number(row['sessions_with'])} / {phrases.number(row['sessions'])}"
        )
        for row in report.to_dict("records")
    }


def test_the_reaction_table_equals_the_report(open_page, reader, catalogue):
    report = reader.report("reactions", YEAR, ("effect",))

    page = open_page("review/side_effects", effects_part="For publication")

    shown = table(page, "Injection-site reactions")
    assert {name: row[2] for name, row in shown.items()} == {
        catalogue.side_effects[row["effect"]].label: phrases.number(row["mild"])
        for row in report.to_dict("records")
    }


def test_open_effects_are_listed(open_page, reader):
    rows = reader.open_effects(DEMO, YEAR)

    page = open_page("review/side_effects", effects_part="Still open")

    assert phrases.reports(len(rows)) + " without an end" in text(page)
    assert set(table(page, "Still open")) == set(rows["patient_id"].head(200))


def test_onset_and_severity_have_a_row_an_effect(open_page, reader, catalogue):
    severity = reader.report("severity", YEAR, ("effect",))

    page = open_page("review/side_effects", effects_part="Onset and severity")

    caption = "Severity: the worst grade after each session"
    assert {name: row[0] for name, row in table(page, caption).items()} == {
        catalogue.side_effects[effect].label: phrases.number(of)
        for effect, of in severity.groupby("effect")["of"].first().items()
    }
    assert len(charts(page)) == 1


def test_an_effect_none_of_whose_reports_is_counted_stops_no_page(open_page, empty_clinic):
    """The one report came before the only session, so the effect has no curve."""
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        change.db["sessions"].insert(
            {"id": 1, "session_id": "S1", "patient": 1, "held_at": "2026-11-10", "state": "held"}
        )
        change.db["treated_areas"].insert(
            {
                "session": 1,
                "patient": 1,
                "held_at": "2026-11-10",
                "area": "face.cheek",
                "side": "midline",
            }
        )
        change.db["side_effects"].insert(
            {"side_effect_id": "E1", "session": 1, "effect": "bruise", "onset_at": "2026-11-01"}
        )
        change.log("import", "side_effects")

    page = open_page("review/side_effects", clinic=empty_clinic)

    assert [one.message for one in page.exception] == []
    assert "1 more report is not counted" in text(page)
