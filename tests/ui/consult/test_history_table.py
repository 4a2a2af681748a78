"""How a side effect and its length are said in the history."""

import pytest

from mesodash.records.history import EffectSeen
from mesodash.ui.consult.history_table import effect_words


def seen(onset, *, resolved=None, last_seen=None, gone_by=None, effect="bruise", term=None):
    return EffectSeen(effect, term, None, onset, resolved, last_seen, gone_by, 1)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (seen("2026-03-01", resolved="2026-03-05"), "Bruising 4 days"),
        (seen("2026-03-01", resolved="2026-03-01"), "Bruising less than a day"),
        (seen("2026-03-01T10:00", resolved="2026-03-01T10:20"), "Bruising 20 min"),
        (seen("2026-03-01T10:00", resolved="2026-03-02"), "Bruising 1 day"),
        (seen("2026-03", resolved="2026-03-05"), "Bruising, gone 5 Mar 2026"),
        (seen("2026-03-01", resolved="2026-04"), "Bruising, gone Apr 2026"),
        (
            seen("2026-03-01", last_seen="2026-03-04", gone_by="2026-03-08"),
            "Bruising, gone within 7 days",
        ),
        (seen("2026-03-01", last_seen="2026-03-08"), "Bruising, still there after 7 days"),
        (seen("2026", last_seen="2026-03-08"), "Bruising, still there on 8 Mar 2026"),
        (seen("2026-03-01"), "Bruising, end not known"),
        (seen("2026-03-01", effect="other", term="Rash"), "Rash, end not known"),
    ],
)
def test_effect_words(catalogue, effect, words):
    assert effect_words(catalogue, effect) == words
