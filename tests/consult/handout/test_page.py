"""The handout as it leaves: one page, its words as extracted, nothing typed is run."""

import io
from dataclasses import replace
from datetime import date, time, timedelta

import pypdf
import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.consult.handout.contents import Handout, OwnMedian
from mesodash.consult.handout.page import handout
from mesodash.language import use_language

FIRST = date(2026, 11, 24)
ASK = Handout(
    clinic="Clinique des Tilleuls",
    contact="12 rue de la Gare · 01 23 45 67 89",
    protocol="cellulite_mix",
    indication="cellulite",
    areas=(
        AreaSide("leg.thigh.posterior", "left"),
        AreaSide("leg.thigh.posterior", "right"),
        AreaSide("hip", "left"),
    ),
    dates=tuple(FIRST + timedelta(days=7 * n) for n in range(8)),
    at=time(10, 30),
    interval_days=7,
    printed_on=date(2026, 11, 22),
    patient="P00017",
    own={"bruise": OwnMedian(34, 6.5), "swelling": OwnMedian(9, 3.0)},
)
HOSTILE = '#panic("x") #read("/etc/passwd") $x^2$ *b* _i_ `r` \\u{41} <l> @r [c] // /* "q" ]'


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


@pytest.fixture(scope="module")
def make(catalogue, atlas):
    def made(ask, code="en", **more):
        return handout(ask, catalogue=catalogue, atlas=atlas, language=code, **more)

    return made


def words(content):
    """All text of a one-page PDF, its white space made even."""
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(page.extract_text().split())


def test_the_english_handout_says_what_it_should(make):
    text = words(make(ASK))

    for part in (
        "Clinique des Tilleuls 12 rue de la Gare · 01 23 45 67 89 Your treatment",
        "Your treatment Mixture for cellulite Cellulite",
        "Where Back of the thigh, both sides Hip, left What is done",
        "8 sessions, about 7 days apart.",
        "1. Tue 24 Nov 2026, 10:30",
        "8. Tue 12 Jan 2027, 10:30",
        "Bruising In this clinic half were over within 6.5 days (34 reports).",
        "Swelling Often said: a couple of days.",
        "Afterwards First 24 hours",
        "When to get help",
        "Call the emergency number at once, then the clinic",
        "Trouble breathing or a swollen tongue",
        "Clinique des Tilleuls · printed on 22 November 2026 Patient number P00017",
    ):
        assert part in text, part


def test_the_french_handout_says_the_same_in_french(make):
    text = words(make(ASK, "fr"))

    for part in (
        "Votre traitement Mélange contre la cellulite Cellulite",
        "Où Arrière de la cuisse, des deux côtés Hanche, à gauche Ce que nous faisons",
        "8 séances, à 7 jours d’intervalle environ.",
        "2. mar. 1er déc. 2026, 10 h 30",
        "Bleus Dans ce cabinet, la moitié avait disparu en 6,5 jours (34 signalements).",
        "Gonflement Souvent annoncé : environ deux jours.",
        "Quand demander de l’aide",
        "imprimé le 22 novembre 2026 Patient numéro P00017",
    ):
        assert part in text, part


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_text_of_the_facts_is_on_the_page(make, catalogue, code):
    from mesodash.consult.handout.contents import facts

    with use_language(code):
        told = facts(ASK, catalogue)
    text = words(make(ASK, code))
    squeezed = text.replace(" ", "")

    wanted = [told["title"], *told["areas"], *told["dates"], told["foot"]]
    wanted += [row["text"] for row in told["expect"]["rows"]]
    wanted += [item for window in told["aftercare"] for item in window["items"]]
    wanted += [sign for group in told["flags"] for sign in group["signs"]]
    missing = [one for one in wanted if "".join(one.split()) not in squeezed]
    assert missing == []


def test_it_is_one_a4_page_with_a_title_and_the_day_it_was_printed(make):
    reader = pypdf.PdfReader(io.BytesIO(make(ASK)))

    (page,) = reader.pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert reader.metadata.title == "Mixture for cellulite"
    assert reader.metadata.creation_date.date() == date(2026, 11, 22)
    assert {str(image.name)[-4:] for image in page.images}  # the figure is there


@pytest.mark.parametrize(
    ("code", "word"), [("en", "Your diary of 14 days"), ("fr", "Votre carnet de 14 jours")]
)
def test_a_diary_is_a_second_page(make, code, word):
    _first, second = pypdf.PdfReader(io.BytesIO(make(replace(ASK, diary=True), code))).pages

    text = second.extract_text()
    assert word in " ".join(text.split())
    lines = 8  # six effects of the first page and two blank ones
    assert text.split().count("3") == lines * 14 + 2  # the key, and day 3


@pytest.mark.slow
@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize("figure", ["female", "male"])
def test_six_areas_and_long_texts_still_make_one_page(make, code, figure):
    own = dict.fromkeys(
        ("nodule", "induration", "discolour", "heat", "alopecia_site", "contour"),
        OwnMedian(123456, 123.4),
    )
    areas = ("leg.thigh.posterior", "leg.thigh.lateral", "leg.thigh.medial", "leg.thigh.anterior",
             "buttock", "hip")  # fmt: skip
    full = replace(
        ASK,
        clinic="Clinic " * 60,
        contact="contact " * 60,
        areas=tuple(AreaSide(area, side) for area in areas for side in ("left", "right")),
        dates=tuple(FIRST + timedelta(days=7 * n) for n in range(40)),
        top_up_days=90,
        technique="nappage",
        own=own,
        figure=figure,
        note="A long note. " * 100,
    )

    text = words(make(full, code))

    assert "…" in text
    assert ("Buttock, both sides" if code == "en" else "Fesse, des deux côtés") in text


@pytest.mark.slow
@pytest.mark.parametrize("field", ["clinic", "contact", "note", "patient"])
def test_what_was_typed_is_shown_and_never_run(make, field):
    text = words(make(replace(ASK, **{field: HOSTILE[:60]})))

    assert "".join(HOSTILE[:60].split()) in "".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed", ["\x00\x07\u202e", "}{ {clinic} %s", "</svg><script>", "é" * 500, "诊所 عيادة"]
)
def test_odd_signs_do_no_harm(make, typed):
    assert "Mixture for cellulite" in words(make(replace(ASK, clinic=typed, note=typed)))


def test_negative_control_markup_in_the_template_itself_would_run():
    import typst

    with pytest.raises(RuntimeError, match="panicked"):
        typst.Compiler(b'#panic("x")', ignore_system_fonts=True).compile(format="pdf")


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(make):
    assert make(ASK) == make(ASK)


def test_it_is_tagged_for_screen_readers_and_describes_its_figure(make):
    content = make(ASK, "fr")
    reader = pypdf.PdfReader(io.BytesIO(content))

    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "fr"
    told = []
    below = [catalog["/StructTreeRoot"]]
    while below:
        item = below.pop().get_object()
        if isinstance(item, list):
            below.extend(item)
        elif isinstance(item, dict):
            told.append(str(item.get("/Alt", "")))
            below.extend([item["/K"]] if "/K" in item else [])
    assert any("Arrière de la cuisse" in alt for alt in told)


def test_a_picture_to_look_at(make):
    assert make(ASK, form="png", ppi=50).startswith(b"\x89PNG")


def test_areas_that_are_not_drawn_leave_the_figure_out(make):
    ask = replace(ASK, protocol="tth_lido", indication="tth", dates=(),
                  areas=(AreaSide("scalp.occipital", "left"),))  # fmt: skip

    text = words(make(ask))

    assert "Back of the head, left" in text
    assert "The dates are not fixed" in text


def test_only_fonts_that_come_with_typst_are_used(make):
    (page,) = pypdf.PdfReader(io.BytesIO(make(ASK, "fr"))).pages
    fonts = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}

    assert fonts
    assert all("Libertinus" in font for font in fonts), fonts
