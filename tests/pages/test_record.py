"""Recording on the page: from the day's list to the history, with drafts that come back."""

import re
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from tests.consult_clinic import make_clinic
from tests.pages.drawn_page import text

from mesodash.bodymap.choice import AreaSide
from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import save_plan
from mesodash.records.courses.protocol_versions import Parameters, add_version
from mesodash.records.stock.products import LotEntries, lot_entries
from mesodash.records.store.connection import reading, utc_now, writing
from mesodash.records.treatment.corrections import amend_session
from mesodash.records.treatment.drafts import drafts_of, keep_draft
from mesodash.records.treatment.entries import ProductEntry
from mesodash.records.treatment.follow_up import record_contact
from mesodash.records.treatment.sessions import read_session
from mesodash.reports.core.reader import Reader
from mesodash.settings import PROJECT
from mesodash.ui.record import points, state
from mesodash.ui.shell import context

TODAY = date(2026, 11, 27)
VERTEX = AreaSide("scalp.vertex", "midline")


@pytest.fixture
def rooms(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


@pytest.fixture
def open_page(monkeypatch, rooms):
    def run(file="record", folder="consult", **parameters):
        monkeypatch.setenv("MESODASH_DB", str(rooms))
        monkeypatch.setattr(context, "today", lambda: TODAY)
        page = AppTest.from_file(PROJECT / "pages" / folder / f"{file}.py", default_timeout=120)
        for name, value in parameters.items():
            page.query_params[name] = value
        page.run()
        assert list(page.exception) == []
        return page

    return run


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def state_of(page):
    """The lot of the draft's only product, its GTIN and how it came in."""
    (draft,) = drafts_of(context.db(), DEMO)
    (used,) = draft.content["products"]
    assert list(page.exception) == []
    return used["lot"], used["gtin"], used["lot_from"]


def press(page, key):
    page.button(key).click().run()
    assert list(page.exception) == []
    return page


def test_a_planned_session_is_recorded_from_its_form(open_page, rooms):
    page = open_page(patient="HUGO", session="S4")
    assert "Session 4 of 7" in text(page)
    press(page, "record_as_last")
    page.number_input(state.area_key(VERTEX, "volume_ml")).set_value(0.75).run()
    page.pills(state.key("reactions")).set_value(["erythema"]).run()
    press(page, "record_finish")

    assert rows(rooms, "SELECT state, substr(held_at, 1, 10) FROM sessions WHERE id = 4") == [
        ("held", "2026-11-27")
    ]
    assert rows(
        rooms,
        "SELECT area, technique, points, volume_ul FROM treated_areas WHERE session = 4"
        " ORDER BY area DESC",
    ) == [("scalp.vertex", "nappage", 40, 750), ("scalp.frontal", "nappage", 40, 1000)]
    assert rows(rooms, "SELECT product, lot, volume_ul FROM products_used WHERE session = 4") == [
        ("Dutasteride 0.05 %", None, 2000)
    ]
    assert rows(rooms, "SELECT effect FROM side_effects WHERE session = 4") == [("erythema",)]
    assert drafts_of(rooms, DEMO) == ()


def test_what_was_typed_comes_back_in_another_window(open_page, rooms):
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    page.text_area(state.key("note")).set_value("to be gone on with").run()
    assert [draft.form for draft in drafts_of(rooms, DEMO)] == ["session:S4"]

    again = open_page(patient="HUGO", session="S4")

    assert again.text_area(state.key("note")).value == "to be gone on with"
    assert again.number_input(state.area_key(VERTEX, "points")).value == 40
    assert rows(rooms, "SELECT state FROM sessions WHERE id = 4") == [("planned",)]


def test_more_than_is_reported_needs_a_reason(open_page, rooms):
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    page.number_input(state.area_key(VERTEX, "volume_ml")).set_value(4.0).run()
    assert page.button("record_finish").disabled
    page.text_area(state.key("note")).set_value("thick scalp").run()
    assert not page.button("record_finish").disabled
    press(page, "record_finish")

    assert rows(rooms, "SELECT note FROM sessions WHERE id = 4") == [("thick scalp",)]


def test_how_a_lot_came_in_is_recorded_and_counted(open_page, rooms):
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    (draft,) = drafts_of(rooms, DEMO)
    read = ProductEntry("Dutasteride 0.05 %", "D-1", gtin="04012345678901", lot_from="code")
    content = {**draft.content, "products": [asdict(read)]}
    keep_draft(rooms, "HUGO", draft.form, content, DEMO)
    page = open_page(patient="HUGO", session="S4")
    assert state_of(page) == ("D-1", "04012345678901", "code")

    page.selectbox(state.product_key(0, "lot")).set_value("LOT7").run()
    assert state_of(page) == ("LOT7", None, "list")
    press(page, "record_finish")

    assert rows(rooms, "SELECT lot, gtin, lot_from FROM products_used WHERE session = 4") == [
        ("LOT7", None, "list")
    ]
    assert lot_entries(rooms, TODAY, TODAY, DEMO) == LotEntries(0, 1, 0, 0, 0)
    assert "1 chosen from the list" in text(open_page("stock", folder="manage"))


def test_an_expired_lot_is_refused(open_page):
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    page.text_input(state.product_key(0, "expires_on")).set_value("2026-10").run()
    assert page.button("record_finish").disabled
    page.text_input(state.product_key(0, "expires_on")).set_value("2026-11").run()

    assert not page.button("record_finish").disabled


def test_a_session_that_nobody_planned(open_page, rooms):
    page = open_page(patient="ANNA")
    assert page.button("record_finish").disabled  # nothing was treated yet
    page.session_state[state.AREAS] = (VERTEX,)
    page.run()
    page.number_input(state.area_key(VERTEX, "points")).set_value(12).run()
    press(page, "record_finish")

    assert rows(
        rooms,
        "SELECT s.state, s.course, t.area, t.points FROM sessions AS s JOIN treated_areas AS t"
        " ON t.session = s.id WHERE s.patient = 1",
    ) == [("held", None, "scalp.vertex", 12)]


def test_a_planned_session_to_which_nobody_came(open_page, rooms):
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_no_show")
    assert rows(rooms, "SELECT state, reason FROM sessions WHERE id = 4") == [("planned", None)]

    page.selectbox("record_not_held_reason_listed").set_value("clinic").run()
    page.text_input("record_not_held_reason").set_value("snow").run()
    press(page, "record_no_show")

    assert rows(rooms, "SELECT state, reason FROM sessions WHERE id = 4") == [
        ("no_show", "clinic: snow")
    ]


def test_today_lists_the_day_and_what_is_not_finished(open_page, rooms):
    form = open_page(patient="HUGO", session="S4")
    press(form, "record_as_last")

    page = open_page("today")

    assert "Dutasteride" in text(page)
    assert "1 to come" in text(page)
    assert len(drafts_of(rooms, DEMO)) == 1


def test_today_asks_after_those_whom_the_due_list_names(open_page, rooms, catalogue):
    def named():
        links = [one.proto.label for one in open_page("today").get("page_link")]
        due = Reader(rooms, catalogue).due(TODAY, DEMO)
        return links.count("HUGO"), list(due["patient_id"][due["reason"] == "follow_up"])

    times, due = named()
    assert due == ["HUGO"]
    record_contact(rooms, "HUGO", DEMO, contacted_at=TODAY.isoformat(), channel="phone")
    assert named() == (times - 1, [])


def test_a_patient_page_says_how_it_stands(open_page):
    words = text(open_page("patient", patient="HUGO"))

    assert "Patient HUGO" in words
    assert "3 of 7" in words
    assert "3 sessions in all" in words
    assert "Open side effects 1 Swelling" in words


def test_one_contact_closes_what_is_gone(open_page, rooms):
    page = open_page("patient", patient="HUGO")
    page.segmented_control("follow_up_effect_E2").set_value("gone").run()
    press(page, "follow_up_keep")

    assert rows(
        rooms, "SELECT gone_by_at, resolved_at FROM side_effects WHERE side_effect_id = 'E2'"
    ) == [("2026-11-27", None)]
    assert "Open side effects 0" in text(page)
    assert rows(rooms, "SELECT contacted_at, channel FROM follow_ups ORDER BY id DESC LIMIT 1") == [
        ("2026-11-27", "phone")
    ]


def test_a_held_session_is_corrected_finalised_and_voided(open_page, rooms):
    page = open_page(patient="HUGO", session="S3")
    assert "Session of" in text(page)
    press(page, "session_correct")
    page.number_input(state.area_key(VERTEX, "volume_ml")).set_value(0.5).run()
    press(page, "record_finish")
    assert rows(
        rooms, "SELECT volume_ul FROM treated_areas WHERE session = 3 AND area = 'scalp.vertex'"
    ) == [(500,)]
    assert rows(rooms, "SELECT lot FROM products_used WHERE session = 3") == [("LOT7",)]
    press(page, "session_finalise")
    # Used beyond the label without a consent to it: that is answered before.
    assert rows(rooms, "SELECT finalised_by FROM sessions WHERE id = 3") == [(None,)]
    page.text_input("session_no_consent").set_value("told before there was a form").run()
    press(page, "session_finalise")
    assert rows(rooms, "SELECT finalised_by FROM sessions WHERE id = 3") == [("demo",)]
    press(page, "session_correct")
    page.text_area(state.key("note")).set_value("counted again").run()
    press(page, "record_finish")
    assert rows(rooms, "SELECT note FROM sessions WHERE id = 3") == [(None,)]
    page.text_input("record_reason").set_value("read from the syringe").run()
    press(page, "record_finish")
    assert rows(rooms, "SELECT note FROM sessions WHERE id = 3") == [("counted again",)]
    page.text_input("session_void_reason").set_value("another patient").run()
    press(page, "session_void")

    assert rows(rooms, "SELECT state, reason FROM sessions WHERE id = 3") == [
        ("void", "another patient")
    ]
    assert "counted nowhere" in text(page)


def test_a_red_card_from_call_to_closing(open_page, rooms):
    page = open_page("patient", patient="HUGO")
    page.selectbox("red_card_flag").set_value("late_lump").run()
    page.text_area("red_card_told").set_value("a lump since Monday").run()
    press(page, "red_card_open")
    ((red_card_id, owner),) = rows(rooms, "SELECT red_card_id, owner FROM red_cards")
    assert owner == "demo"
    assert "Red card: New lump" in text(open_page("today"))
    press(page, f"red_card_take_{red_card_id}")
    press(page, f"red_card_close_{red_card_id}")  # nothing was examined yet
    assert rows(rooms, "SELECT closed_at FROM red_cards") == [(None,)]
    page.text_area(f"red_card_found_{red_card_id}").set_value("soft").run()
    page.text_area(f"red_card_why_{red_card_id}").set_value("a bruise").run()
    press(page, f"red_card_close_{red_card_id}")

    assert rows(
        rooms, "SELECT acknowledged_by, closed_by, examination, closing_reason FROM red_cards"
    ) == [("demo", "demo", "soft", "a bruise")]
    assert "Red card:" not in text(open_page("today"))


def test_a_reaction_that_is_a_warning_sign_opens_its_card_and_today_counts_it(open_page, rooms):
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    page.pills(state.key("reactions")).set_value(["erythema", "anaphylaxis"]).run()
    press(page, "record_finish")
    diary = open_page("patient", patient="HUGO")
    diary.multiselect("diary_more").set_value(["nodule"]).run()
    diary.selectbox("diary_session").set_value("S2").run()
    diary.text_input("diary_line_S2_nodule").set_value("0000000001111").run()
    press(diary, "diary_keep")

    cards = "SELECT r.flag, s.session_id FROM red_cards AS r JOIN sessions AS s ON s.id = r.session"
    assert rows(rooms, f"{cards} ORDER BY r.id") == [("breathing", "S4"), ("late_lump", "S2")]
    counted = re.compile(r"(\d+) red cards? (?:is|are) open(?:, (\d+))?")
    assert counted.findall(text(open_page("today"))) == [("2", "")]
    with writing(rooms, DEMO) as change:
        change.db.execute("UPDATE red_cards SET opened_at = '2026-11-01T10:00' WHERE id = 1")
        change.log("update", "red_cards")
    assert counted.findall(text(open_page("today"))) == [("2", "1")]


def test_a_baseline_is_asked_for_where_the_scale_needs_one_and_there_is_none(open_page, rooms):
    scale = "Norwood–Hamilton stage"
    assert scale not in text(open_page(patient="HUGO", session="S4"))
    with writing(rooms, DEMO) as change:
        change.db.execute("DELETE FROM outcomes WHERE timing = 'baseline'")
        change.log("delete", "outcomes")

    assert scale in text(open_page(patient="HUGO", session="S4"))
    assert scale not in text(open_page(patient="ANNA"))  # no course, so nothing to compare with


def test_a_consent_is_given_and_withdrawn(open_page, rooms):
    page = open_page("patient", patient="HUGO")
    page.selectbox("consent_protocol").set_value("hair_duta").run()
    press(page, "consent_keep")
    ((consent_id, protocol, version),) = rows(
        rooms, "SELECT consent_id, protocol, text_version FROM consents"
    )
    assert (protocol, len(version)) == ("hair_duta", 12)
    press(page, f"consent_withdraw_{consent_id}")

    assert rows(rooms, "SELECT withdrawn_on FROM consents") == [("2026-11-27",)]


def test_a_score_is_entered_in_the_words_of_its_scale(open_page, rooms):
    page = open_page("patient", patient="HUGO")
    page.selectbox("score_scale").set_value("gais").run()
    page.segmented_control("score_grade").set_value(2).run()
    press(page, "score_keep")

    assert rows(rooms, "SELECT scale, value, timing FROM outcomes WHERE scale = 'gais'") == [
        ("gais", 2.0, "follow_up")
    ]


def test_what_is_to_be_mended_links_to_its_session(open_page):
    page = open_page("data_quality", folder="manage")

    (found,) = page.expander
    assert found.label.endswith("without a product: 2")


def test_a_recalled_lot_is_refused_and_who_had_it_is_listed(open_page, rooms):
    stock = open_page("stock", folder="manage")
    for label, value in (
        ("Product", "Dutasteride 0.05 %"),
        ("Lot", "LOT7"),
        ("Expires", "2030-01"),
    ):
        next(one for one in stock.text_input if one.label == label).set_value(value)
    next(one for one in stock.button if one.label == "Take it in").click().run()
    ((stock_id, at),) = rows(rooms, "SELECT stock_id, state FROM stock")
    assert at == "in_stock"
    stock.segmented_control("stock_state").set_value("recalled").run()
    stock.text_input("stock_reason").set_value("the maker").run()
    press(stock, "stock_note")
    stock.selectbox("stock_which").set_value(stock_id).run()
    assert "HUGO" in text(stock)

    form = open_page(patient="HUGO", session="S4")
    press(form, "record_as_last")
    (draft,) = drafts_of(rooms, DEMO)
    products = [{**draft.content["products"][0], "lot": "LOT7"}]
    keep_draft(rooms, "HUGO", draft.form, {**draft.content, "products": products}, DEMO)
    page = open_page(patient="HUGO", session="S4")
    assert page.button("record_finish").disabled
    assert "was recalled (the maker)" in text(page)


def test_a_saved_plan_is_handed_out_again_after_a_reload(open_page, rooms):
    plan = CoursePlan(
        "hair_duta",
        "hair_aga_m",
        (PlannedArea("scalp.vertex", "midline"),),
        (date(2026, 12, 4), date(2026, 12, 11)),
        interval_days=7,
    )
    course = save_plan(rooms, "ANNA", plan, None, DEMO, nonce="nonce-of-plan")
    page = open_page("patient", patient="ANNA")

    keys = [one.proto.id for one in page.get("download_button")]
    assert [key for key in keys if f"handout_of_{course}" in key] != []
    assert "Planned here" in text(page)


def later():
    return utc_now() + timedelta(hours=1)


def amended_by_another(rooms, note):
    seen = read_session(rooms, "S3", DEMO)
    amend_session(rooms, replace(seen.entry, note=note), DEMO, seen=seen, clock=later)


def test_two_who_correct_at_once_see_both_versions(open_page, rooms):
    page = open_page(patient="HUGO", session="S3")
    press(page, "session_correct")
    page.text_area(state.key("note")).set_value("mine").run()
    assert "As the session stands now" not in text(page)
    amended_by_another(rooms, "theirs")

    press(page, "record_finish")
    assert rows(rooms, "SELECT note FROM sessions WHERE id = 3") == [("theirs",)]
    assert page.text_area(state.key("note")).value == "mine"
    assert "Note: theirs" in text(page)
    press(page, "record_finish")
    assert rows(rooms, "SELECT note FROM sessions WHERE id = 3") == [("mine",)]


def test_a_draft_of_a_correction_shows_what_was_changed_since_it_was_kept(open_page, rooms):
    page = open_page(patient="HUGO", session="S3")
    press(page, "session_correct")
    page.text_area(state.key("note")).set_value("mine").run()
    page = open_page(patient="HUGO", session="S3")
    press(page, "session_correct")
    assert "As the session stands now" not in text(page)
    amended_by_another(rooms, "theirs")

    page = open_page(patient="HUGO", session="S3")
    press(page, "session_correct")
    assert page.text_area(state.key("note")).value == "mine"
    assert "Note: theirs" in text(page)


def test_a_lot_that_the_stock_never_had_is_recalled_by_its_number(open_page, rooms):
    assert rows(rooms, "SELECT count(*) FROM stock") == [(0,)]

    stock = open_page("stock", folder="manage")
    stock.text_input("stock_lot").set_value("LOT7").run()

    assert list(stock.exception) == []
    assert "HUGO" in text(stock)
    assert "HUGO" not in text(stock.text_input("stock_lot").set_value("LOT8").run())


def test_the_patient_page_leads_to_what_is_planned_today(open_page):
    ways = [one.proto for one in open_page("patient", patient="HUGO").get("page_link")]
    sessions = [one.query_string for one in ways if "record" in one.page]

    assert "session=S4" in sessions[0]
    assert "session=" not in sessions[1]


def test_a_correction_that_was_begun_is_found_on_today(open_page, rooms):
    form = open_page(patient="HUGO", session="S3")
    press(form, "session_correct")
    form.text_area(state.key("note")).set_value("to be gone on with").run()
    assert [draft.form for draft in drafts_of(rooms, DEMO)] == ["amend:S3"]

    (way,) = [one.proto for one in open_page("today").get("page_link") if "kept" in one.proto.label]
    assert "session=S3" in way.query_string


def test_points_are_kept_on_the_mesh_and_stand_again_as_last_time(open_page, rooms):
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    page.number_input(state.area_key(VERTEX, "points")).set_value(9).run()
    page.pills(points.ON).set_value(VERTEX).run()
    press(page, "record_spread")
    placed = page.session_state[state.PLACED][VERTEX]
    assert page.number_input(state.area_key(VERTEX, "points")).value == len(placed) > 0
    press(page, "record_finish")

    kept = rows(
        rooms,
        "SELECT number, triangle, u, v FROM injection_points WHERE session = 4 AND area ="
        " 'scalp.vertex' AND side = 'midline' ORDER BY number",
    )
    assert [row[0] for row in kept] == list(range(1, len(placed) + 1))
    assert len({row[1:] for row in kept}) == len(placed)

    again = open_page(patient="HUGO")
    press(again, "record_as_last")
    stood = again.session_state[state.PLACED][VERTEX]
    assert [one.view for one in stood] == [one.view for one in placed]
    assert max(abs(a.u - b.u) + abs(a.v - b.v) for a, b in zip(stood, placed, strict=True)) < 0.02

    correction = open_page(patient="HUGO", session="S4")
    press(correction, "session_correct")
    correction.text_area(state.key("note")).set_value("calm").run()
    press(correction, "record_finish")
    assert rows(rooms, "SELECT note FROM sessions WHERE id = 4") == [("calm",)]
    assert text(correction).count(f"{len(placed)} points placed") == 2  # now, and in one row before
    assert kept == rows(
        rooms,
        "SELECT number, triangle, u, v FROM injection_points WHERE session = 4 ORDER BY number",
    )


def adopt_hair(path):
    own = Parameters(max_volume_ml=2.0, points=80, depth_mm=3.0, interval_days=7)
    add_version(path, "hair_duta", own, DEMO, on=date(2026, 11, 1))


def test_a_session_as_adopted_is_asked_for_no_reason(open_page, rooms):
    adopt_hair(rooms)
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    assert state.key("departure") not in [one.key for one in page.pills]
    page.number_input(state.area_key(VERTEX, "depth_mm")).set_value(4.0).run()
    assert page.pills(state.key("departure")).value is None


def test_why_a_session_departs_is_kept_with_one_tap_and_never_needed(open_page, rooms, catalogue):
    adopt_hair(rooms)
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    page.number_input(state.area_key(VERTEX, "depth_mm")).set_value(4.0).run()
    offered = page.pills(state.key("departure"))
    assert len(offered.options) == sum(
        "depth" in one.measures for one in catalogue.departures.values()
    )
    assert not page.button("record_finish").disabled
    offered.set_value("other").run()
    page.text_input(state.key("departure_text")).set_value("  thick   skin ").run()
    (draft,) = drafts_of(rooms, DEMO)
    assert draft.content["departure"] == "other"
    press(page, "record_finish")
    kept = "SELECT departure, departure_text FROM sessions WHERE id = 4"
    assert rows(rooms, kept) == [("other", "thick skin")]

    seen = read_session(rooms, "S4", DEMO)
    amended = replace(seen.entry, departure="tolerance", departure_text=None)
    amend_session(rooms, amended, DEMO, seen=seen)
    assert rows(rooms, kept) == [("tolerance", None)]
    page = open_page(patient="HUGO", session="S4")
    assert catalogue.departures["tolerance"].label in text(page)
    assert "thick skin" in text(page)  # the earlier version


def test_without_a_reason_it_stays_empty_and_words_go_with_another_one(open_page, rooms):
    adopt_hair(rooms)
    page = open_page(patient="HUGO", session="S4")
    press(page, "record_as_last")
    page.number_input(state.area_key(VERTEX, "depth_mm")).set_value(4.0).run()
    page.pills(state.key("departure")).set_value("other").run()
    page.text_input(state.key("departure_text")).set_value("thick skin").run()
    page.pills(state.key("departure")).set_value(None).run()
    press(page, "record_finish")
    assert rows(rooms, "SELECT departure, departure_text FROM sessions WHERE id = 4") == [
        (None, None)
    ]
