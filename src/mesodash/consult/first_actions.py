"""What whoever handles a red card does first, as the catalogue says it, with its sources."""

from dataclasses import dataclass

from mesodash.catalogue.rows.effects import RedFlag
from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _

URGENCY = {
    "emergency": N_("Emergency: call the emergency number at once."),
    "same_day": N_("See the patient the same day."),
}


@dataclass(frozen=True, slots=True)
class FirstActions:
    """What to do first, for the clinic; what the patient was told to do is part of the red flag.

    Attributes:
        do: sentences, the first by how urgent the sign is, then the emergency notes of it.
        may_be: what it may turn out to be, each with when that needs a look, as in
            side_effects.csv.
        sources: the texts of all sources of these, each once.
    """

    do: tuple[str, ...]
    may_be: tuple[str, ...]
    sources: tuple[str, ...]


def first_actions(catalogue: Catalogue, flag: RedFlag, protocol: str | None) -> FirstActions:
    """What to do first after a warning sign.

    Args:
        catalogue: in the reader's words.
        flag: the sign.
        protocol: of the session that the sign followed: a note of another treatment is left out.
            None keeps the notes of all.
    """
    known = catalogue.protocols.get(protocol or "")
    notes = [
        note
        for note in catalogue.safety_notes.values()
        if flag.code in note.red_flags
        and (known is None or catalogue.concerns(known.code, note.scope))
    ]
    effects = [catalogue.side_effects[code] for code in flag.side_effects]
    keys = [
        *flag.sources,
        *(key for note in notes for key in note.sources),
        *(key for effect in effects for key in effect.alert_sources),
    ]
    return FirstActions(
        do=(_(URGENCY[flag.urgency]), *(note.text for note in notes)),
        may_be=tuple(
            f"{one.label} ({one.alert_text})" if one.alert_text else one.label for one in effects
        ),
        sources=tuple(dict.fromkeys(catalogue.sources[key].text for key in keys)),
    )
