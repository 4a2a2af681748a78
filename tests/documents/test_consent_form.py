"""A consent as PDF: its words and signature, or the lines to sign on."""

import io
from dataclasses import replace
from datetime import date

from pypdf import PdfReader

from mesodash.documents.consent_form import consent_pdf, facts
from mesodash.records.patients.patients import Patient
from mesodash.records.watch.consents import TYPED, Consent

LENA = Patient("LENA", "female", 1990, "II", "Lena", 'Martin #read("x")', "1990-03-04")
WORDS = ("I agree to be treated.", "I may withdraw this *at any time*.")
SIGNED = Consent(
    "consent-1", "treatment", None, "abc", "2026-11-20", "screen", "dr-a", None, None,
    "M60 120L80 40L120 130",
)  # fmt: skip
ABOUT = {"clinic": "Clinic One", "is_demo": False, "made_on": date(2026, 11, 27)}


def told(consent, words=WORDS, **about):
    return facts("Treatment", None, words, "abc", LENA, consent, **(ABOUT | about))


def read(consent, **about):
    made = consent_pdf("Treatment", None, WORDS, "abc", LENA, consent, **(ABOUT | about))
    return made, PdfReader(io.BytesIO(made)).pages[0].extract_text()


def test_it_says_what_was_agreed_to_by_whom_and_bears_the_strokes():
    made, text = read(SIGNED)

    assert made == read(SIGNED)[0]
    for part in ('Lena Martin #read("x"), LENA', *WORDS, "20 Nov 2026", "dr-a", "Clinic One"):
        assert part in text
    assert "M60 120L80 40L120 130" in told(SIGNED)["drawn"]
    assert len(made) > len(read(replace(SIGNED, signature=None))[0])


def test_a_typed_name_is_told_from_a_drawn_one():
    typed = told(replace(SIGNED, signature=TYPED + "Lena M."))

    assert (typed["typed"], typed["drawn"]) == ("Lena M.", "")
    assert "typed on the screen" in typed["signed"]


def test_the_form_to_sign_on_paper_is_unsigned_and_undated():
    blank = told(None)

    assert (blank["typed"], blank["drawn"], blank["day"]) == ("", "", "")
    assert "Signature of the patient" in read(None)[1]


def test_what_is_withdrawn_synthetic_or_lost_is_said():
    withdrawn = told(replace(SIGNED, withdrawn_on="2026-11-25"), words=(), is_demo=True)

    assert "Withdrawn on 25 Nov 2026." in withdrawn["notice"]
    assert "Synthetic patient" in withdrawn["notice"]
    assert withdrawn["words"] == []
    assert "not in this clinic's file" in withdrawn["no_words"]
