"""What is easy to guess: every common password, and what people make of them; and what is not."""

import secrets
from time import process_time

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from mesodash.access.passwords import SHORTEST, is_guessable
from mesodash.ui.admin.accounts import generate_password

COMMON = FREQUENCY_LISTS["passwords"]
# What people do to a common password that a rule finds too short.
DONE_TO_IT = (
    lambda word: word,
    str.upper,
    str.capitalize,
    lambda word: word * 3,
    lambda word: f"{word}123456789",
    lambda word: f"{word}2026!",
    lambda word: f"{word}{word[::-1]}"[: len(word)] + "aaaaaaaaaaaa",
    lambda word: word.replace("o", "0").replace("a", "@").replace("e", "3") + "2026",
)


@pytest.mark.slow
def test_every_common_password_is_told_whatever_is_done_to_it(checks):
    """The first 3,000 that are ten letters or shorter, and all 229 that are long enough."""
    some = [word for word in COMMON if len(word) <= 10][:3000]
    long = [word for word in COMMON if len(word) >= SHORTEST]
    with checks("common passwords", planned=len(some) * len(DONE_TO_IT) + len(long) + 2) as count:
        count.that(len(some) == 3000, "three thousand")
        count.that(len(long) > 200, "and the long ones")
        for word in long:
            count.that(is_guessable(word), word)
        for word in some:
            for number, done in enumerate(DONE_TO_IT):
                count.that(is_guessable(done(word)), f"{done(word)} ({number})")


@pytest.mark.slow
def test_what_nobody_would_guess_passes(checks):
    with checks("passwords that pass", planned=400 + 4) as count:
        for _ in range(200):
            made = generate_password()
            count.that(not is_guessable(made), made)
            made = secrets.token_urlsafe(12)
            count.that(not is_guessable(made), made)
        for made in (
            "correct horse battery", "tr0ub4dor&3xyz", "vaxoqeplmtyw", "mond über dem flachen feld",
        ):  # fmt: skip
            count.that(not is_guessable(made), made)


@pytest.mark.parametrize(
    "made", ["abcdefghijkl", "ababababababab", "zzzzzzzzzzzzzz", "987654321abc"]
)
def test_rows_and_repetitions_are_told(made):
    assert is_guessable(made)


@pytest.mark.parametrize("made", ["4@8({[<3€6&#!1|0$5+7%2" * 12, "a" * 256, "password" * 32])
def test_no_password_takes_long_to_look_at(made):
    """One of these takes zxcvbn's own search minutes."""
    began = process_time()
    is_guessable(made[:256])
    assert process_time() - began < 2
