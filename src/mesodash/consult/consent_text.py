"""The words of a consent: what the catalogue says about a protocol, as a text with a version.

The version is the beginning of the text's SHA-256, so a consent says which words were agreed to
(contract: `consents.text_version`). The text states facts of the catalogue; it is not a legal
form, and says so.
"""

from dataclasses import dataclass
from typing import Final

from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import N_, _
from mesodash.records.watch.consents import version_of

PURPOSES = {
    "treatment": N_("Treatment"),
    "off_label": N_("Use beyond the label"),
    "photographs": N_("Photographs"),
    "teaching": N_("Use in teaching"),
    "publication": N_("Publication"),
    "messages": N_("Messages"),
}
"""The purposes of consent; each is given, and withdrawn, on its own."""
TO_PATIENTS: Final = ("off_label", "harm", "limit")
"""Topics of safety notes that a patient agrees to; the others say what the clinic has to do."""


def is_off_label(catalogue: Catalogue, protocol: str | None) -> bool:
    """Whether the catalogue says that a protocol uses a product beyond its label.

    It says so in a safety note of the protocol, or in the flag of one of its components.
    """
    known = catalogue.protocols.get(protocol or "")
    if known is None:
        return False
    notes = catalogue.safety_notes_for(known.code)
    components = (catalogue.components.get(code) for code in known.components)
    return any(note.topic == "off_label" for note in notes) or any(
        one is not None and "off_label" in one.flags for one in components
    )


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What a patient agrees to.

    Attributes:
        version: 12 hexadecimal digits, the same for the same words.
        lines: the text, a sentence or two each.
    """

    version: str
    lines: tuple[str, ...]


def consent_text(
    catalogue: Catalogue, purpose: str, protocol: Protocol | None, country: str | None
) -> ConsentText:
    """The text for one purpose, of one protocol where there is one, with the country's notes.

    Args:
        catalogue: the published facts.
        purpose: one of `PURPOSES`.
        protocol: for which protocol.
        country: two capital letters, or None where it is not known.
    """
    words = {
        "treatment": _("I agree to be treated."),
        "off_label": _("I know that a product is used for what its label does not name."),
        "photographs": _("I agree that photographs are taken for my treatment."),
        "teaching": _("I agree that my photographs are shown in teaching, without my name."),
        "publication": _("I agree that my photographs are published, without my name."),
        "messages": _("I agree to be sent messages about my treatment."),
    }
    lines = [words[purpose]]
    if protocol is not None and purpose in ("treatment", "off_label"):
        lines.append(_("Treatment: {protocol}.").format(protocol=protocol.label))
        effects = [
            catalogue.side_effects[code].label
            for code in protocol.expected_effects
            if code in catalogue.side_effects
        ]
        if effects:
            lines.append(_("What may follow: {effects}.").format(effects=", ".join(effects)))
        notes = catalogue.safety_notes_for(protocol.code)
        lines += [note.text for note in notes if note.topic in TO_PATIENTS]
        lines += [one.text for one in catalogue.regulations_for(protocol.code, country)]
    lines.append(_("I may withdraw this at any time without giving a reason."))
    return ConsentText(version_of("\n".join(lines)), tuple(lines))
