"""How often demo patients get which side effect, when it begins and how long it lasts.

Orders of magnitude follow the published ranges of the domain notes (a few minutes of heat, days of
redness and swelling, about a week of bruising, weeks of numbness and lumps after deoxycholic acid,
lumps from week three on as the sign of a mycobacterial infection); the figures are this demo's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_MINUTE = 1 / 1440
_HOUR = 1 / 24


@dataclass(frozen=True, slots=True)
class Odds:
    """One effect in one family of protocols.

    Attributes:
        effect: code in the catalogue (rows of unknown codes are left out).
        rate: chance a session.
        onset: earliest and latest begin in days after the session.
        median: of its duration, in days (log-normal).
        spread: the log-normal's sigma.
    """

    effect: str
    rate: float
    onset: tuple[float, float]
    median: float
    spread: float


_AT_ONCE = (1 * _MINUTE, 10 * _MINUTE)
_SOON = (4 * _MINUTE, 1.5 * _HOUR)
_SAME_DAY = (1 * _HOUR, 8 * _HOUR)
_NEXT_DAYS = (8 * _HOUR, 2.5)
_WEEK_3_TO_8 = (21.0, 56.0)

_NEEDLE = (
    Odds("vasovagal", 0.006, _AT_ONCE, 8 * _MINUTE, 0.5),
    Odds("headache", 0.012, _SAME_DAY, 0.4, 0.6),
    Odds("dizziness", 0.006, _SOON, 0.15, 0.6),
    Odds("fatigue", 0.005, _SAME_DAY, 0.8, 0.5),
    Odds("nausea", 0.004, _SOON, 0.2, 0.6),
    Odds("urticaria", 0.003, _SOON, 0.5, 0.8),
    Odds("infection_bact", 0.0015, (2.0, 6.0), 9.0, 0.4),
    Odds("nodule", 0.004, _WEEK_3_TO_8, 45.0, 0.6),
    Odds("pih", 0.004, (7.0, 20.0), 80.0, 0.6),
    Odds("granuloma", 0.0004, _WEEK_3_TO_8, 150.0, 0.4),
)
_FACE = (
    Odds("heat", 0.30, _AT_ONCE, 17 * _MINUTE, 0.3),
    Odds("erythema", 0.32, _SOON, 1.4, 0.7),
    Odds("swelling", 0.22, _SOON, 1.2, 0.7),
    Odds("bruise", 0.16, _SAME_DAY, 6.5, 0.4),
    Odds("itch", 0.06, _SAME_DAY, 0.9, 0.8),
    Odds("soreness", 0.10, _SAME_DAY, 1.6, 0.6),
    Odds("pain", 0.03, _SOON, 1.2, 0.7),
    Odds("discolour", 0.03, _NEXT_DAYS, 4.5, 0.7),
    Odds("nodule", 0.02, _SAME_DAY, 1.5, 0.4),
    Odds("herpes_react", 0.003, (2.0, 4.0), 8.0, 0.2),
)
_HAIR = (
    Odds("heat", 0.22, _AT_ONCE, 16 * _MINUTE, 0.3),
    Odds("pain", 0.20, _SOON, 0.4, 0.9),
    Odds("erythema", 0.10, _SOON, 0.8, 0.6),
    Odds("itch", 0.09, _SAME_DAY, 1.3, 0.8),
    Odds("headache", 0.05, _SAME_DAY, 0.5, 0.6),
    Odds("soreness", 0.12, _SAME_DAY, 1.2, 0.6),
    Odds("alopecia_site", 0.0008, (20.0, 60.0), 140.0, 0.4),
)
_BODY = (
    Odds("heat", 0.30, _AT_ONCE, 19 * _MINUTE, 0.3),
    Odds("bruise", 0.30, _SAME_DAY, 7.5, 0.4),
    Odds("erythema", 0.22, _SOON, 1.6, 0.7),
    Odds("swelling", 0.18, _SOON, 1.8, 0.7),
    Odds("soreness", 0.25, _SAME_DAY, 2.4, 0.6),
    Odds("itch", 0.08, _SAME_DAY, 1.6, 0.9),
    Odds("discolour", 0.04, _NEXT_DAYS, 6.0, 0.7),
    Odds("haematoma", 0.008, _SAME_DAY, 12.0, 0.4),
)
_LIPOLYSIS = (
    Odds("heat", 0.55, _AT_ONCE, 32 * _MINUTE, 0.4),
    Odds("swelling", 0.80, _SOON, 9.5, 0.7),
    Odds("bruise", 0.60, _SAME_DAY, 9.0, 0.5),
    Odds("pain", 0.55, _SOON, 7.5, 0.8),
    Odds("numbness", 0.50, _SAME_DAY, 30.0, 0.7),
    Odds("erythema", 0.25, _SOON, 3.8, 0.3),
    Odds("induration", 0.20, _NEXT_DAYS, 19.0, 0.6),
    Odds("nodule", 0.09, (3.0, 20.0), 55.0, 0.6),
    Odds("itch", 0.10, _NEXT_DAYS, 7.0, 0.6),
    Odds("nerve_mmn", 0.015, _NEXT_DAYS, 44.0, 0.7),
    Odds("dysphagia", 0.01, _SAME_DAY, 3.0, 0.9),
)
_PAIN = (
    Odds("heat", 0.14, _AT_ONCE, 15 * _MINUTE, 0.3),
    Odds("soreness", 0.12, _SAME_DAY, 1.2, 0.6),
    Odds("bruise", 0.08, _SAME_DAY, 6.0, 0.4),
    Odds("erythema", 0.07, _SOON, 0.8, 0.6),
    Odds("dizziness", 0.03, _SOON, 0.12, 0.6),
)

ODDS: Mapping[str, tuple[Odds, ...]] = {
    "face": _FACE + _NEEDLE,
    "hair": _HAIR + _NEEDLE,
    "body": _BODY + _NEEDLE,
    "lipolysis": _LIPOLYSIS + _NEEDLE,
    "pain": _PAIN + _NEEDLE,
}

#: The raised lot's late nodules, on top of the usual ones.
RAISED = Odds("nodule", 0.35, _WEEK_3_TO_8, 60.0, 0.4)

#: Reported in words that no code covers.
OTHER = Odds("other", 0.006, _SAME_DAY, 1.0, 0.8)
OTHER_TERMS = ("metallic taste", "feeling of tightness", "vivid dreams", "watery eyes")

#: Effects of the whole body, which have no area.
SYSTEMIC = frozenset(
    {"vasovagal", "headache", "dizziness", "fatigue", "nausea", "diarrhoea", "other"}
)

#: Severity 1, 2, 3 of effects that are not mostly mild.
GRAVER: Mapping[str, tuple[tuple[int, float], ...]] = {
    "infection_bact": ((2, 0.6), (3, 0.4)),
    "granuloma": ((2, 0.7), (3, 0.3)),
    "nodule": ((1, 0.6), (2, 0.35), (3, 0.05)),
    "swelling": ((1, 0.6), (2, 0.33), (3, 0.07)),
    "nerve_mmn": ((1, 0.4), (2, 0.5), (3, 0.1)),
    "alopecia_site": ((1, 0.5), (2, 0.5)),
    "vasovagal": ((2, 0.85), (3, 0.15)),
    "herpes_react": ((2, 1.0),),
}
MILD: tuple[tuple[int, float], ...] = ((1, 0.8), (2, 0.17), (3, 0.03))
