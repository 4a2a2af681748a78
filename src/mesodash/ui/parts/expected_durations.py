"""How long a side effect is said to last, in the same words on every page."""

from mesodash.catalogue.durations import ExpectedDuration
from mesodash.catalogue.types import Catalogue, Duration
from mesodash.language import _, catalogue_text
from mesodash.ui.parts.caution_marks import marked


def duration_words(catalogue: Catalogue, expected: ExpectedDuration) -> str:
    """The duration of the protocol's own substance, else the founding text's promise, so named.

    A promise, or no duration, is followed by that of the needle alone if it was measured. What only
    web pages give is marked.
    """
    if expected.own is not None:
        return marked(catalogue, "durations", expected.own.code, expected.own.text)
    said = []
    if expected.effect.promised_text:
        text = catalogue_text(
            "side_effects", expected.effect.code, "promised_text", expected.effect.promised_text
        )
        said.append(_("promised: {text}").format(text=text))
    if expected.needle is not None:
        said.append(_("the needle alone: {text}").format(text=expected.needle.text))
    return "; ".join(said) or _("not published")


def substance_words(catalogue: Catalogue, row: Duration) -> str:
    """What a published duration was reported for."""
    if row.basis == "needle":
        return _("the needle alone")
    if row.scope == "all":
        return _("any injection")
    if not row.scope:
        return _("product not named")
    labels = []
    for code in row.scope:
        for part in ("protocols", "components", "indications"):
            if code in getattr(catalogue, part):
                label = getattr(catalogue, part)[code].label
                labels.append(catalogue_text(part, code, "label", label))
                break
    return ", ".join(labels)
