"""Side effects with doubtful data: stored as they came, and reported for checking."""

from collections.abc import Iterator
from typing import Final, Literal

from sqlite_utils import Database

from mesodash.language import N_

Reason = Literal["not_held", "before_treatment", "untreated_area", "other_side", "continues"]

REASONS: Final[dict[Reason, str]] = {
    "not_held": N_("its session was not held"),
    "before_treatment": N_("it began before the patient's first held session"),
    "untreated_area": N_("its session did not treat the area"),
    "other_side": N_("its session treated the area on the other side only"),
    "continues": N_(
        "it begins when another of its kind ends, as if one were given as rows of grades"
    ),
}

_FITS: Final = (
    "(t.area = e.area OR substr(t.area, 1, length(e.area) + 1) = e.area || '.'"
    " OR substr(e.area, 1, length(t.area) + 1) = t.area || '.')"
)
_SELECT: Final = f"""
SELECT e.side_effect_id,
    CASE
        WHEN s.state <> 'held' THEN 'not_held'
        WHEN (SELECT min(substr(h.held_at, 1, min(10, length(e.onset_at)))) FROM sessions AS h
              WHERE h.patient = s.patient AND h.state = 'held') > substr(e.onset_at, 1, 10)
            THEN 'before_treatment'
        WHEN e.area IS NOT NULL
            AND EXISTS (SELECT 1 FROM treated_areas AS t WHERE t.session = e.session)
            AND NOT EXISTS (
                SELECT 1 FROM treated_areas AS t WHERE t.session = e.session AND {_FITS})
            THEN 'untreated_area'
        WHEN e.area IS NOT NULL AND e.side IN ('left', 'right')
            AND EXISTS (
                SELECT 1 FROM treated_areas AS t WHERE t.session = e.session AND {_FITS})
            AND NOT EXISTS (
                SELECT 1 FROM treated_areas AS t WHERE t.session = e.session AND {_FITS}
                AND (t.side IN ('both', 'midline') OR t.side = e.side))
            THEN 'other_side'
        WHEN EXISTS (
            SELECT 1 FROM side_effects AS b WHERE b.session = e.session AND b.effect = e.effect
            AND e.effect <> 'other' AND b.area IS e.area AND b.side IS e.side
            AND b.resolved_at = e.onset_at AND b.id <> e.id AND b.onset_at < e.onset_at)
            THEN 'continues'
    END AS why
FROM side_effects AS e JOIN sessions AS s ON s.id = e.session
ORDER BY e.side_effect_id
"""


def questionable_effects(db: Database) -> Iterator[tuple[str, Reason]]:
    """The side effects whose record is doubtful, each with the first reason.

    A session of which no area is recorded contradicts none, nor does an area its own group (`face`
    and `face.cheek`). Days are compared at the precision that both have. The first three reasons
    say that it cannot have followed its session: `report side-effects` does not count it as having
    followed. The others are counted.

    Args:
        db: the clinic's open file.

    Yields:
        side_effect_id and why, in the order of the ids.
    """
    for name, why in db.execute(_SELECT):
        if why is not None:
            yield name, why
