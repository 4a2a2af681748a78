"""The monthly report: the same figures as the review pages, for one month, as one PDF.

It leaves the clinic, so it is a shared view: groups of fewer than five are left out. The template
draws bars, intervals and curves as vectors; no page is photographed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import typst

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import LIGHT, ColourScale
from mesodash.bodymap.picture.svg import heat_map_svg
from mesodash.bodymap.picture.svg_parts import FONT
from mesodash.catalogue.watching import last_check, watched_until
from mesodash.documents.monthly_windows import late_months, unripe_until
from mesodash.documents.rising_apart import apart_words
from mesodash.documents.small_groups import SMALLEST, suppressed
from mesodash.language import (
    N_,
    _,
    current,
    decimal_sign,
    format_day,
    format_moment,
    format_month,
    format_number,
    ngettext,
    typst_texts,
)
from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.core.registry import spec
from mesodash.reports.signals.comparisons import KIND_WORDS
from mesodash.reports.signals.signals import set_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mesodash.bodymap.atlas import Atlas
    from mesodash.catalogue.types import Catalogue
    from mesodash.reports.core.reader import Reader
    from mesodash.reports.effects.side_effects import EffectCurve

TEMPLATE: Final = Path(__file__).with_name("monthly.typ")
MONTHS_DRAWN: Final = 13
MOST_ROWS: Final = 14
MOST_CURVES: Final = 4

FIGURE: Final = "female"
# Views drawn together, and how tall: two heads, one above the other, next to the bodies.
PICTURES: Final = {
    "body": (("front", "back"), 460.0),
    "face": (("face",), 190.0),
    "scalp": (("scalp",), 190.0),
}
VIEW_WORDS: Final = {"body": N_("front and back"), "face": N_("face"), "scalp": N_("scalp")}
# The report's own, which travels with typst: the same file whatever fonts a machine has.
REPORTS_FONT: Final = "Libertinus Serif"
_RAMP_STEPS: Final = 9  # of the legend's ramp


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, text: str) -> Month:
        """The month written `2026-10`.

        Raises:
            ReportError: the text is not a month.
        """
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
            raise ReportError(
                _('"{text}" is not a month; write it as 2026-10.').format(text=text[:20])
            )
        return cls(int(text[:4]), int(text[5:]))

    def back(self, months: int) -> Month:
        """The month a number of months earlier."""
        year, month = divmod(self.year * 12 + self.month - 1 - months, 12)
        return Month(year, month + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(1)

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.first, self.last)

    @property
    def words(self) -> str:
        """`October 2026`."""
        return format_month(self.first)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def seen_until(month: Month, made_on: date) -> date:
    """The last day whose onsets the report of a month looks at.

    The day on which it is made, since a lump of the month's sessions begins in the next one; at
    least the month's last day, and at most the next month's, so that later onsets do not change it.
    """
    return min(max(month.last, made_on), month.back(-1).last)


def frames(reader: Reader, month: Month, made_on: date) -> dict[str, pd.DataFrame]:
    """The report frames that the PDF prints, by the name of their section, as a shared view.

    `total`, `before`, `year` are volumes without keys of the month, the one before and the same one
    a year ago; `months` the 13 months to this one; `protocols`, `areas` volumes of the month;
    `attendance`, `courses`, `effects`, `outcomes` those reports; `signals` and `rising` only the
    rows that stand out, of what began from the month's first day to `seen_until`, with the number
    of all looks in `attrs["looks"]`, and in `attrs["apart"]` of the signals how many would stand
    out, had they been followed up as the others were, of the rises a sentence about those.
    """
    seen = Filters(period=Period(month.first, seen_until(month, made_on)))
    now = Filters(period=month.period)

    def ask(name: str, by: tuple[str, ...], period: Period = now.period) -> pd.DataFrame:
        return suppressed(reader.report(name, Filters(period=period), by), name)

    span = Period(month.back(MONTHS_DRAWN - 1).first, month.period.end)
    near = reader.report("signals", seen, ())
    signals = suppressed(near[near["stands_out"].astype(bool)], "signals")
    signals.attrs["apart"] = len(set_apart(near))
    signals.attrs["looks"] = int(reader.report("looks", seen)["looks"].sum())
    series = reader.report("rising", seen, ())
    rising = suppressed(series[series["stands_out"].astype(bool)], "rising")
    rising.attrs["looks"] = len(series)
    rising.attrs["apart"] = apart_words(series)
    return {
        "total": ask("volumes", ()),
        "before": ask("volumes", (), month.back(1).period),
        "year": ask("volumes", (), month.back(12).period),
        "months": ask("volumes", ("month",), span),
        "protocols": ask("volumes", ("protocol",)),
        "areas": ask("volumes", ("area",)),
        "attendance": ask("attendance", ()),
        "courses": ask("completion", ()),
        "effects": ask("side_effects", ("effect",)),
        "outcomes": ask("outcomes", ("protocol", "scale")),
        "signals": signals,
        "rising": rising,
    }


def contents(
    tables: dict[str, pd.DataFrame],
    catalogue: Catalogue,
    *,
    month: Month,
    clinic: str,
    made_at: datetime,
    late: int,
    curves: Iterable[EffectCurve] = (),
) -> dict[str, Any]:
    """What the template prints: numbers as the reports have them, codes turned into words.

    Args:
        tables: as `frames` gave them.
        catalogue: the words.
        month: which one.
        clinic: its name.
        made_at: when the report was made.
        late: how many late effects the month has; never left out.
        curves: how long each effect lasted; the commonest of five reports or more are drawn.
    """
    drawn = [month.back(back) for back in reversed(range(MONTHS_DRAWN))]
    by_month = tables["months"].set_index("month")["sessions"].to_dict()
    return {
        "clinic": clinic,
        "lang": current().code,
        "texts": typst_texts(TEMPLATE),
        "decimal": decimal_sign(),
        "heads": heads(),
        "month": month.words,
        "made": format_moment(made_at, made_at.tzinfo),
        "names": [month.words, month.back(1).words, month.back(12).words],
        "totals": [_first(tables[name]) for name in ("total", "before", "year")],
        "months": [[format_month(m.first, "short"), by_month.get(str(m))] for m in drawn],
        "attendance": _first(tables["attendance"]),
        "courses": _courses(tables["courses"]),
        "protocols": _rows(tables["protocols"], catalogue, "sessions"),
        "areas": _rows(tables["areas"], catalogue, "sessions"),
        "effects": _rows(tables["effects"], catalogue, "n"),
        "curves": [_curve(group, catalogue) for group in _commonest(curves)],
        "outcomes": _outcomes(tables["outcomes"], catalogue),
        "signals": _signals(tables["signals"], catalogue),
        "looks": int(tables["signals"].attrs["looks"]),
        "apart": _apart(int(tables["signals"].attrs["apart"])),
        "rising": _rising(tables["rising"], catalogue),
        "series": int(tables["rising"].attrs["looks"]),
        "rising_apart": tables["rising"].attrs["apart"],
        "ripe": {
            "told": unripe_until(month.last, last_check(catalogue), made_at.date()),
            "late": unripe_until(month.last, watched_until(catalogue), made_at.date()),
        },
        "seen": [format_day(month.first), format_day(seen_until(month, made_at.date()))],
        "late": late,
        "left_out": {name: _left_out(frame) for name, frame in tables.items()},
        "cut": {name: max(0, len(frame) - MOST_ROWS) for name, frame in tables.items()},
    }


def _apart(n: int) -> str:
    """That so many are not called, since their follow-up differs; empty if none."""
    if not n:
        return ""
    return ngettext(
        "{n} more has more cases than expected and is not called, as it was not followed up as the"
        " others were: see the Signals page.",
        "{n} more have more cases than expected and are not called, as they were not followed up as"
        " the others were: see the Signals page.",
        n,
    ).format(n=format_number(n))


def _left_out(frame: pd.DataFrame) -> str:
    """How many groups a shared view leaves out, as a sentence; empty if none."""
    dropped = int(frame.attrs.get("suppressed", 0))
    if not dropped:
        return ""
    return ngettext(
        "{n} group of fewer than five, or set aside with one, is left out.",
        "{n} groups of fewer than five, or set aside with one, are left out.",
        dropped,
    ).format(n=dropped)


def heads() -> dict[str, dict[str, str]]:
    """The heads of the tables' columns by report, as the reports declare them."""
    return {
        name: {column.name: _(column.label) for column in spec(name).columns}
        for name in ("volumes", "side_effects", "outcomes", "signals", "rising")
    }


def monthly_pdf(
    reader: Reader, catalogue: Catalogue, month: Month, *, clinic: str, made_at: datetime
) -> bytes:
    """The report of a month as a PDF.

    Raises:
        ReportError: the month has not begun.
    """
    if month.first > made_at.date():
        raise ReportError(
            _("{month} has not begun; choose an earlier month.").format(month=month.words)
        )
    made_at = made_at.replace(microsecond=0)  # the PDF's own date has none
    late = int(reader.report("late", Filters(period=month.period), ())["n"].sum())
    tables = frames(reader, month, made_at.date())
    data = contents(
        tables,
        catalogue,
        month=month,
        clinic=clinic,
        made_at=made_at,
        late=late,
        curves=reader.curves(Filters(period=month.period)),
    )
    drawn = [str(month.back(back)) for back in reversed(range(MONTHS_DRAWN))]
    data["late_months"] = late_months(reader, catalogue, drawn, made_at.date())
    pictures = {}
    if data["totals"][0] and data["totals"][0]["sessions"]:
        atlas, areas = load_atlas(), tables["areas"]
        pictures = body_pictures(areas, atlas, catalogue)
        data["body"] = {
            "ticks": scale(areas).ticks(),
            "ramp": ramp(),
            "skin": LIGHT.skin,
            "views": {name: _(words) for name, words in VIEW_WORDS.items()},
            "not_drawn": not_drawn(areas, atlas, catalogue),
        }
    given = {"data": json.dumps(data), **pictures}
    return typst.compile(TEMPLATE.read_bytes(), sys_inputs=given, timestamp=made_at)


def _commonest(curves: Iterable[EffectCurve]) -> list[EffectCurve]:
    enough = [group for group in curves if group.curve.n >= SMALLEST]
    return sorted(enough, key=lambda group: -group.curve.n)[:MOST_CURVES]


def _curve(group: EffectCurve, catalogue: Catalogue) -> dict[str, Any]:
    """The steps of one curve, from all affected at time 0."""
    code = group.keys["effect"] or ""
    known = catalogue.side_effects.get(code)
    return {
        "effect": known.label if known else code,
        "n": int(group.curve.n),
        "promised": group.promised_days,
        "steps": [
            [0.0, 1.0],
            *zip(group.curve.times.tolist(), group.curve.survival.tolist(), strict=True),
        ],
    }


def _first(frame: pd.DataFrame) -> dict[str, Any] | None:
    return _plain(frame)[0] if len(frame) else None


def _courses(frame: pd.DataFrame) -> dict[str, Any] | None:
    """The courses that began in the month, with a sentence on those that have ended."""
    row = _first(frame)
    if row is None:
        return None
    ended = int(row["ended"])
    words = ngettext(
        "Of the courses begun in the month {n} has ended, too early to say how many will be"
        " completed.",
        "Of the courses begun in the month {n} have ended, too early to say how many will be"
        " completed.",
        ended,
    )
    return row | {"words": words.format(n=format_number(ended))}


def _rows(frame: pd.DataFrame, catalogue: Catalogue, largest: str | None) -> list[dict[str, Any]]:
    """The rows with words for their codes, the largest first, at most as many as fit a page."""
    if largest is not None:
        frame = frame.sort_values(largest, ascending=False, kind="stable").head(MOST_ROWS)
    rows = _plain(frame)
    for row in rows:
        for key, named in (
            ("protocol", catalogue.protocols),
            ("area", catalogue.areas),
            ("effect", catalogue.side_effects),
            ("scale", catalogue.scales),
        ):
            if key in row:
                code = row[key]
                known = named[code].label if code in named else code
                row[key] = _("not recorded") if code is None else known
    return rows


def _outcomes(frame: pd.DataFrame, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The rows of the outcomes; `own` where a score is itself a change."""
    own = [code in catalogue.scales and catalogue.scales[code].is_change for code in frame["scale"]]
    return _rows(frame.assign(own=own), catalogue, "patients")


def _signals(frame: pd.DataFrame, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The groups that stand out, by their everyday names."""
    rows = _rows(frame, catalogue, None)
    for row in rows:
        if row["kind"] == "site" and row["value"] in catalogue.areas:
            row["value"] = catalogue.areas[row["value"]].label
        row["kind"] = _(KIND_WORDS[row["kind"]])
    return rows


def _rising(frame: pd.DataFrame, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The effects that more patients had lately, by their everyday names."""
    rows = _rows(frame, catalogue, None)
    for row in rows:
        if row["late"]:
            row["effect"] = _("{effect}, late").format(effect=row["effect"])
        row["since"] = format_month(row["since"])
    return rows


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows that JSON can hold; what is missing is null."""
    rows: list[dict[str, Any]] = json.loads(
        frame.to_json(orient="records", date_format="iso", double_precision=15)
    )
    return rows


def body_pictures(areas: pd.DataFrame, atlas: Atlas, catalogue: Catalogue) -> dict[str, str]:
    """The body with its areas coloured, an SVG text for each of `PICTURES`.

    An area that the shared view leaves out is drawn as one that was never treated: nothing of the
    pictures, not the end of the scale either, comes from rows that are not in `areas`.

    Args:
        areas: volumes by area as a shared view, columns area and sessions.
        atlas: the body.
        catalogue: the areas' words.
    """
    sites = [AreaSide(area, side) for area, side in atlas.areas()]
    by_area = _by_area(areas)
    values = {site: by_area[site.area] for site in sites if site.area in by_area}
    labels = {site: catalogue.label(site.area, site.side) for site in sites}
    return {
        name: heat_map_svg(
            atlas,
            FIGURE,
            views,
            values,
            labels=labels,
            scale=scale(areas),
            words=False,
            tallest=tall,
        ).replace(FONT, REPORTS_FONT)
        for name, (views, tall) in PICTURES.items()
    }


def scale(areas: pd.DataFrame) -> ColourScale:
    """The scale up to the most sessions of an area that may be shown; to 1 if there is none."""
    highest = max(_by_area(areas).values(), default=1)
    return ColourScale(_("Sessions that treated the area"), 0, highest)


def ramp() -> list[str]:
    """The legend's colours from 0 to the end of the scale, as they lie on the skin."""
    return [LIGHT.on_skin(step / (_RAMP_STEPS - 1)) for step in range(_RAMP_STEPS)]


def not_drawn(areas: pd.DataFrame, atlas: Atlas, catalogue: Catalogue) -> list[str]:
    """The names of treated areas that the figure has no place for, in the catalogue's words."""
    drawn = {area for area, _side in atlas.areas()}
    codes = [area for area in _by_area(areas) if area not in drawn]
    return [catalogue.areas[c].label if c in catalogue.areas else c for c in codes]


def _by_area(areas: pd.DataFrame) -> dict[str, float]:
    return {
        row["area"]: float(row["sessions"])
        for row in areas.to_dict("records")
        if not pd.isna(row["area"])
    }
