"""What pydantic finds wrong with a value, in the reader's language.

Pydantic's own sentences are English. Its types of errors are few and stable, so each kind has a
sentence here; a type that none of them names is told as a value that does not belong there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mesodash.language.texts import N_, _

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_BY_TYPE: Final[Mapping[str, str]] = {
    "missing": N_("is missing"),
    "missing_argument": N_("is missing"),
    "extra_forbidden": N_("is none of its fields"),
    "unexpected_keyword_argument": N_("is none of its fields"),
    "string_type": N_("is not text"),
    "string_pattern_mismatch": N_("is not written as it should be"),
    "string_too_short": N_("is too short"),
    "string_too_long": N_("is too long"),
    "too_short": N_("has too few entries"),
    "too_long": N_("has too many entries"),
    "list_type": N_("is not a list"),
    "tuple_type": N_("is not a list"),
    "set_type": N_("is not a list"),
    "frozen_set_type": N_("is not a list"),
    "dict_type": N_("is not an object with fields"),
    "model_type": N_("is not an object with fields"),
    "model_attributes_type": N_("is not an object with fields"),
    "model_validation_format": N_("is not an object with fields"),
    "dataclass_type": N_("is not an object with fields"),
    "dataclass_exact_type": N_("is not an object with fields"),
    "none_required": N_("has to be empty"),
    "literal_error": N_("is none of the words {expected}"),
    "enum": N_("is none of the words {expected}"),
}
_BY_BEGINNING: Final = (
    ("bool_", N_("is neither true nor false")),
    ("int_", N_("is not a whole number")),
    ("float_", N_("is not a number")),
    ("decimal_", N_("is not a number")),
    ("finite_number", N_("is not a number")),
    ("date_", N_("is not a day")),
    ("datetime_", N_("is not a day with its time")),
    ("timezone_", N_("is not a day with its time")),
    ("time_", N_("is not a time")),
    ("greater_than", N_("is too small")),
    ("less_than", N_("is too large")),
    ("url_", N_("is not an address")),
)


def fault_words(error: "ErrorDetails") -> str:
    """What is wrong with a value, to follow its name: `is missing`, `is not a whole number`."""
    kind = error["type"]
    sentence = _BY_TYPE.get(kind) or next(
        (words for begins, words in _BY_BEGINNING if kind.startswith(begins)), ""
    )
    if sentence:
        expected = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
        return _(sentence).format(expected=expected)
    if kind in ("value_error", "assertion_error") and isinstance(error.get("input"), Mapping):
        return _("has none, or more than one, of the fields of which it takes one")
    if kind in ("value_error", "assertion_error"):
        return _("is not written as it should be")
    return _("does not belong there ({kind})").format(kind=kind)
