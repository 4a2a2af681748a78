"""What a report declares about itself: one `ReportSpec`, from which all else is derived.

The command line's help, the tables' headers, the definitions in downloads, docs/metrics.md and what
a shared view may show follow from it. A module of `reports` that holds a `ReportSpec` is found by
`registry`; nothing else needs to know of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mesodash.language import N_, _

SMALLEST_GROUP: Final = 5
"""Groups smaller than this are not shown to those who may not know who is in them."""

KEYS: Final[dict[str, str]] = {
    "month": N_("the month, as 2026-03: of the session; for courses, of their start"),
    "week": N_("the week of the session, by its Monday"),
    "day": N_("the day of the session"),
    "area": N_("the treated area's code; empty where none was recorded"),
    "side": N_("the patient's side: left, right, both or midline"),
    "region": N_("the group of areas in the catalogue (face, abdomen ...)"),
    "protocol": N_("the protocol's code: the session's own, else its course's"),
    "indication": N_("what the course treats; empty outside a course"),
    "practitioner": N_(
        "who held the session, by practitioner_id (in a bare lake by clinic and"
        " number); for courses, who held the first session"
    ),
    "clinic": N_("the clinic's id"),
    "effect": N_("the side effect's code, or other"),
    "lot": N_("a lot used in the session; empty where none was recorded"),
    "product": N_("a product used in the session"),
    "scale": N_("the scale's code; scores of different scales are never pooled"),
    "measure": N_("what is compared: dose, point_dose, points, depth or interval"),
    "reason": N_("the reason chosen for the departure, by its code; not_said where there is none"),
    "kind": N_("lot, practitioner, site (a treated area) or clinic"),
}
"""The meaning of the keys by which reports are counted."""

_ENDS: Final = {
    "low": N_("lower end of the interval: {what}"),
    "high": N_("upper end of the interval: {what}"),
}


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a report.

    Attributes:
        name: as in the frame and in files.
        type: of the frame's column: int64, float64, str, bool, Int64, or object for days and
            mappings.
        help: how it is counted, in a sentence without a full stop.
        unit: share (0 to 1), days, mL, per 100 ...; empty for plain numbers and texts.
        label: the heading of its column on pages, marked for translation; made from the name if not
            said ("Median days").
    """

    name: str
    type: str
    help: str
    unit: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.name.replace("_", " ").capitalize())


def alike(
    labels: Mapping[str, str], kind: str, help_text: str, unit: str = ""
) -> tuple[ReportColumn, ...]:
    """Columns that one sentence defines: counts by state, a share and the ends of its interval.

    Args:
        labels: name -> label, which may be empty.
        kind: the type of all.
        help_text: the sentence.
        unit: of all.
    """
    return tuple(ReportColumn(name, kind, help_text, unit, one) for name, one in labels.items())


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """A report or list: what it is called, counted by and made of.

    Attributes:
        function: takes (lake, catalogue, filters, by) and gives the frame; lists that name people
            are made by `reader.Reader` with it.
        summary: one sentence, for the command line.
        columns: without the keys, in the frame's order.
        made: columns that pages make of these: one for each of some values, or several in one.
            The page fills in what is in braces in a label or help.
        about: paragraphs on what is counted.
        keys: what it may be counted by.
        usual: the keys it is counted by if none are said.
        groups: the columns that say how many people or things a row rests on; rows of fewer than
            `smallest` are left out of shared views.
        smallest: the smallest group shown there.
        counted: whether it is a report of the reader and the command line with `--by`; False for
            lists that are made in their own ways.
        looks_back: whether it compares with the months before the period's end, as many as
            `Filters.trailing_months` says.
        name: the function's, if not said.
    """

    function: Callable[..., Any]
    summary: str
    columns: tuple[ReportColumn, ...]
    made: tuple[ReportColumn, ...] = ()
    about: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    smallest: int = SMALLEST_GROUP
    counted: bool = True
    looks_back: bool = False
    name: str = field(default="")

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.function.__name__)

    @property
    def command(self) -> str:
        """The name as the command line spells it."""
        return self.name.replace("_", "-")

    def column(self, name: str) -> ReportColumn:
        """A column by name, of the frame or made of it.

        Raises:
            KeyError: it has none of that name.
        """
        for one in (*self.columns, *self.made):
            if one.name == name:
                return one
        raise KeyError(name)

    def definitions(self) -> dict[str, str]:
        """The definition of each key and column, a sentence each.

        Of a share and its interval's two ends one sentence speaks; the ends say which they are.
        """
        texts = [column.help for column in self.columns]
        columns = {
            column.name: _(_ENDS[end]).format(what=_(column.help))
            if (end := column.name.rpartition("_")[2]) in _ENDS and texts.count(column.help) > 1
            else _(column.help)
            for column in self.columns
        }
        return {key: _(KEYS[key]) for key in self.keys} | columns


def names_of(columns: Iterable[ReportColumn]) -> tuple[str, ...]:
    """The columns' names, in their order."""
    return tuple(column.name for column in columns)


def types_of(columns: Iterable[ReportColumn]) -> dict[str, str]:
    """The columns' types by name, in their order."""
    return {column.name: column.type for column in columns}
