"""The patient's page: what each session lacks, and a side effect corrected where it is found."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from tests.consult_clinic import make_clinic
from tests.pages.drawn_page import text

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.screenings import Answer, record_screening
from mesodash.records.store.connection import reading, writing
from mesodash.records.watch.consents import record_consent
from mesodash.settings import PROJECT
from mesodash.ui.patient import effect_correction
from mesodash.ui.shell import context

TODAY = date(2026, 11, 27)


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def open_page(monkeypatch, rooms):
    def run(**parameters):
        monkeypatch.setenv("MESODASH_DB", str(rooms))
        monkeypatch.setattr(context, "today", lambda: TODAY)
        page = AppTest.from_file(PROJECT / "pages" / "consult" / "patient.py", default_timeout=120)
        for name, value in parameters.items():
            page.query_params[name] = value
        page.run()
        assert list(page.exception) == []
        return page

    return run


def effect(path, name):
    with reading(path) as db:
        return next(
            iter(
                db.query(
                    "SELECT area, side, severity, resolved_at, gone_by_at, outcome"
                    " FROM side_effects WHERE side_effect_id = ?",
                    [name],
                )
            ),
            None,
        )


def test_the_head_says_who_it_is_and_how_things_stand(open_page, rooms):
    record_screening(
        rooms, "HUGO", {"allergy_ester": Answer("yes", detail="procaine")}, DEMO, date(2026, 11, 20)
    )
    record_consent(
        rooms,
        "HUGO",
        DEMO,
        nonce="n" * 8,
        purpose="treatment",
        given_on=date(2026, 11, 6),
        given_how="paper",
        today=TODAY,
    )
    with writing(rooms, DEMO) as change:
        change.db.execute("UPDATE patients SET note = 'prefers mornings' WHERE id = 2")
        change.log("update", "patients")

    words = text(open_page(patient="HUGO"))

    for what in (
        "male · 50 or 51 · skin type III",  # sex, age, phototype
        "(procaine)",  # flags, with what was said of them
        "prefers mornings",
        "20 Nov 2026",  # last here
        "27 Nov 2026",  # next
        "3 of 7",
        "Swelling",  # open side effects
        "6 Nov 2026",  # consent
    ):
        assert what in words, what
    assert words.index("Consent") < words.index("6 Nov 2026") < words.index("Screening")


def test_each_session_says_what_it_lacks(open_page):
    words = text(open_page(patient="HUGO"))
    assert "3 incomplete" in words
    assert words.count("products and lots") == 3
    assert words.count("baseline") == 3


def test_an_end_that_is_missing_is_mended_where_the_address_leads(open_page, rooms):
    with writing(rooms, DEMO) as change:
        change.db.execute(
            "UPDATE side_effects SET outcome = 'resolved' WHERE side_effect_id = 'E2'"
        )
        change.log("update", "side_effects")
    page = open_page(patient="HUGO", effect="E2")
    (which,) = (one for one in page.selectbox if one.key.startswith("effect_which"))
    assert which.value == "E2"
    assert page.button("effect_keep").disabled

    (gone,) = (one for one in page.text_input if one.key.endswith("_gone_by_at"))
    gone.set_value("2026-11-24").run()
    page.text_input(effect_correction.REASON).set_value("told at the visit").run()
    page.button("effect_keep").click().run()

    assert list(page.exception) == []
    assert effect(rooms, "E2") == {
        "area": None,
        "side": None,
        "severity": 1,
        "resolved_at": None,
        "gone_by_at": "2026-11-24",
        "outcome": "resolved",
    }


def test_what_cannot_be_stays_in_the_form_with_a_sentence(open_page, rooms):
    page = open_page(patient="HUGO", effect="E1")
    (began,) = (one for one in page.text_input if one.key.endswith("_onset_at"))
    began.set_value("2026-13").run()
    page.button("effect_keep").click().run()
    assert "2026-13" in text(page)
    (again,) = (one for one in page.text_input if one.key.endswith("_onset_at"))
    assert again.value == "2026-13"
    assert effect(rooms, "E1")["resolved_at"] == "2026-11-08"


def test_one_taken_out_needs_a_reason(open_page, rooms):
    page = open_page(patient="HUGO", effect="E1")
    page.button("effect_remove").click().run()
    assert effect(rooms, "E1") is not None
    page.text_input(effect_correction.REASON).set_value("another patient").run()
    page.button("effect_remove").click().run()
    assert list(page.exception) == []
    assert effect(rooms, "E1") is None
