"""The table of sessions in an area, newest first."""

from collections.abc import Sequence

from mesodash.catalogue.types import Catalogue
from mesodash.records.history import EffectSeen, TreatedSession
from mesodash.ui import html, phrases


def show_history(
    catalogue: Catalogue, rows: Sequence[TreatedSession], *, with_patient: bool
) -> None:
    """Draw the sessions: when, whom, with what, how much, what followed."""
    patients = len({row.patient_id for row in rows})
    columns = ["Date", "Area", "Protocol", "Dose", "Products and lots", "Side effects", "Outcome"]
    if with_patient:
        columns.insert(1, "Patient")
    html.show(
        "table",
        title="History here",
        aside=f"{phrases.count(len(rows), 'entry', 'entries')}, newest first",
        caption=f"{phrases.count(patients, 'patient')}; held sessions only. Every look at this"
        " list is noted.",
        columns=[{"label": label, "number": False, "help": ""} for label in columns],
        rows=[_row(catalogue, row, with_patient=with_patient) for row in rows],
    )


def _row(catalogue: Catalogue, row: TreatedSession, *, with_patient: bool) -> list[str]:
    cells = [
        phrases.day(row.held_at),
        catalogue.label(row.area, row.side),
        _protocol(catalogue, row),
        _dose(row),
        "; ".join(product + (f" ({lot})" if lot else "") for product, lot, _ in row.products)
        or phrases.MISSING,
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


def _dose(row: TreatedSession) -> str:
    parts = []
    if row.volume_ml is not None:
        parts.append(f"{phrases.plain(row.volume_ml)} mL")
    if row.points is not None:
        parts.append(phrases.count(row.points, "point"))
    if row.depth_mm is not None:
        parts.append(f"{phrases.plain(row.depth_mm)} mm deep")
    return " · ".join(parts) or phrases.MISSING


def effect_words(catalogue: Catalogue, effect: EffectSeen) -> str:
    """A side effect and how long it lasted, in words: "Bruising, gone 9 Mar 2026"."""
    known = catalogue.side_effects.get(effect.effect)
    name = known.label if known else effect.effect
    if known and known.other and effect.term:
        name = effect.term
    if effect.resolved_at:
        return f"{name}, gone {phrases.day(effect.resolved_at)}"
    if effect.gone_by_at:
        return f"{name}, gone by {phrases.day(effect.gone_by_at)}"
    if effect.last_seen_at:
        return f"{name}, still there {phrases.day(effect.last_seen_at)}"
    return f"{name}, end not known"
