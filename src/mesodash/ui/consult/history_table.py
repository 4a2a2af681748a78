"""The table of sessions in an area, newest first."""

from collections.abc import Sequence
from datetime import date, datetime

from mesodash.catalogue.types import Catalogue
from mesodash.records.history import EffectSeen, TreatedSession
from mesodash.ui import markup, phrases

FULL_DATE = len("2026-01-31")
KINDS = {
    "Protocol": "wide",
    "Side effects": "wide",
    "Products": "wide",
    "Outcome": "wide",
    "Date": "short",
    "Patient": "short",
    "Side": "short",
    "Dose": "short",
}


def show_history(
    catalogue: Catalogue, rows: Sequence[TreatedSession], *, with_patient: bool
) -> None:
    """Draw the sessions: when, whom, with what, how much, what followed."""
    patients = len({row.patient_id for row in rows})
    several = len({row.area for row in rows}) > 1
    columns = ["Date", "Area" if several else "Side", "Protocol", "Dose", "Products"]
    columns += ["Side effects", "Outcome"]
    if with_patient:
        columns.insert(1, "Patient")
    markup.show(
        "table",
        title="History here",
        aside=f"{phrases.count(len(rows), 'entry', 'entries')}, newest first",
        caption=f"{phrases.count(patients, 'patient')}; held sessions only. Every look at this"
        " list is noted.",
        columns=[
            {"label": label, "number": False, "help": "", "kind": KINDS.get(label, "")}
            for label in columns
        ],
        rows=[_row(catalogue, row, with_patient=with_patient, several=several) for row in rows],
    )


def _row(
    catalogue: Catalogue, row: TreatedSession, *, with_patient: bool, several: bool
) -> list[str]:
    products = dict.fromkeys(
        f"{product}, lot {lot}" if lot else product for product, lot, _ in row.products
    )
    cells = [
        phrases.day(row.held_at),
        catalogue.label(row.area, row.side) if several else row.side,
        _protocol(catalogue, row),
        dose(row),
        "; ".join(products) or phrases.MISSING,
        "; ".join(effect_words(catalogue, effect) for effect in row.effects) or "none reported",
        "; ".join(
            f"{catalogue.scales[score.scale].label} {phrases.plain(score.value)}"
            for score in row.scores
            if score.scale in catalogue.scales
        )
        or phrases.MISSING,
    ]
    if with_patient:
        cells.insert(1, row.patient_id)
    return cells


def _protocol(catalogue: Catalogue, row: TreatedSession) -> str:
    if row.protocol is None:
        return phrases.MISSING
    known = catalogue.protocols.get(row.protocol)
    words = known.label if known else row.protocol
    if row.number and row.planned_sessions and row.number <= row.planned_sessions:
        return f"{words} · {row.number} of {row.planned_sessions}"
    return f"{words} · no. {row.number}" if row.number else words


def dose(row: TreatedSession) -> str:
    """Volume and points of one treated area, or the sign for missing."""
    parts = []
    if row.volume_ml is not None:
        parts.append(f"{phrases.plain(row.volume_ml)} mL")
    if row.points is not None:
        parts.append(phrases.count(row.points, "point"))
    return " · ".join(parts) or phrases.MISSING


def effect_words(catalogue: Catalogue, effect: EffectSeen) -> str:
    """A side effect and its length: "Bruising 4 days", "Swelling, still there after 7 days".

    A length is said only where both ends are known to the day; else the date as it was recorded.
    """
    known = catalogue.side_effects.get(effect.effect)
    name = known.label if known else effect.effect
    if known and known.other and effect.term:
        name = effect.term
    if effect.resolved_at:
        length = _length(effect.onset_at, effect.resolved_at)
        return f"{name} {length}" if length else f"{name}, gone {phrases.day(effect.resolved_at)}"
    if effect.gone_by_at:
        length = _length(effect.onset_at, effect.gone_by_at)
        when = f"within {length}" if length else f"by {phrases.day(effect.gone_by_at)}"
        return f"{name}, gone {when}"
    if effect.last_seen_at:
        length = _length(effect.onset_at, effect.last_seen_at)
        when = f"after {length}" if length else f"on {phrases.day(effect.last_seen_at)}"
        return f"{name}, still there {when}"
    return f"{name}, end not known"


def _length(onset: str, end: str) -> str | None:
    """How long from onset to end: with times on both ends to the minute, else whole days."""
    if len(onset) < FULL_DATE or len(end) < FULL_DATE:
        return None
    if len(onset) > FULL_DATE and len(end) > FULL_DATE:
        passed = datetime.fromisoformat(end) - datetime.fromisoformat(onset)
        return phrases.duration(passed.total_seconds() / 86_400)
    days = (date.fromisoformat(end[:FULL_DATE]) - date.fromisoformat(onset[:FULL_DATE])).days
    return "less than a day" if days == 0 else phrases.duration(days)
