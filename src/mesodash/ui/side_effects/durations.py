"""How long side effects last: promised against observed, the curve of one effect, the tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.durations import published_durations
from mesodash.catalogue.types import Catalogue
from mesodash.documents.small_groups import SMALLEST
from mesodash.figures.survival import MOST_CURVES, lasting_curves
from mesodash.figures.theme import Chart
from mesodash.language import N_, _, ngettext
from mesodash.reports.effects.side_effects import EffectCurve
from mesodash.ui.parts import duration_bars, labels, markup, phrases
from mesodash.ui.parts.caution_marks import unsure, unsure_meaning
from mesodash.ui.parts.expected_durations import substance_words
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.side_effects.overview import (
    ENOUGH,
    MOST_ROWS,
    effects_by_number,
    median_of,
    median_words,
    nine_in_ten_words,
    other_note,
    too_few,
)

Row = Mapping[Any, Any]
HALF, MOST = 0.5, 0.9
SPLITS = ("protocol", "area", "practitioner", "product", "lot")
HOW_LONG = N_(
    "From onset to end. Effects without an end are counted as still there for as long as somebody"
    " asked, then no more (Kaplan-Meier; Turnbull where the end lies between two contacts). Bands"
    " are 95 % intervals; the numbers below are those still followed."
)
DAYS = (1, 3, 7, 14)
SHOWN = {"there": N_("Still there"), "gone": N_("Gone")}


def show_long(view: ReviewView, frame: pd.DataFrame) -> None:
    """Time to resolution: promised against observed, the curve of one effect, every effect."""
    catalogue, sessions = view.catalogue, int(frame["sessions"].iloc[0])
    duration_bars.show_lasting(
        catalogue,
        frame.to_dict("records"),
        title=_("Promised against observed"),
        period=view.period,
        most=12,
    )
    effect, split, gone = choose_curve(frame, catalogue)
    name = labels.value(catalogue, "effect", effect)
    by = ("effect", split) if split else ("effect",)
    curves = view.curves(by)
    together = curves if split is None else view.curves()
    drawn = chart(curves, catalogue, effect=effect, split=split, period=view.period, gone=gone)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        if drawn is None:
            page.show_empty(
                view.filters,
                _("{effect}: no duration is known").format(effect=name),
                _("A curve needs at least one report whose onset is known to the day."),
            )
        else:
            page.show_chart(drawn, key="effects_curve", definition=_(HOW_LONG))
    with right:
        # None of its reports may be counted: each came before a session, or belongs to none.
        chosen = next((curve for curve in together if curve.keys["effect"] == effect), None)
        if chosen is not None:
            show_facts(chosen, catalogue, sessions)
    if split:
        groups = view.report("side_effects", by)
        groups = groups[groups["effect"] == effect]
        note = _("Groups were not compared on purpose: look at the intervals.")
        show_durations(
            view,
            groups,
            title=_("{effect} by {key}").format(effect=name, key=labels.key_word(split)),
            key=split,
            caption=f"{view.caption(groups)} {note}",
        )
    said = [view.caption(frame), f"{phrases.sessions(sessions)}.", other_note(frame) or ""]
    outside = _not_following(frame)
    if outside:
        said.append(outside)
    show_durations(
        view, frame, title=_("All side effects"), key="effect", caption=" ".join(filter(None, said))
    )
    show_promises(view)


def _not_following(frame: pd.DataFrame) -> str:
    """How many reports cannot have followed a session and are not counted; empty without any."""
    if "not_following" not in frame:
        return ""
    n = int(frame["not_following"].sum())
    if not n:
        return ""
    return ngettext(
        "{n} more report is not counted: its onset, area or session cannot belong to a treatment.",
        "{n} more reports are not counted: their onset, area or session cannot belong to a"
        " treatment.",
        n,
    ).format(n=phrases.number(n))


def choose_curve(frame: pd.DataFrame, catalogue: Catalogue) -> tuple[str, str | None, bool]:
    """Draw the choices of the curve: the effect, the split, still there or gone."""
    with st.container(horizontal=True, gap="small", key="row_of_curve_choices"):
        effect = st.selectbox(
            _("Side effect"),
            effects_by_number(frame),
            format_func=lambda code: labels.value(catalogue, "effect", code),
            key="effects_which",
            bind="query-params",
            width=210,
        )
        split = st.selectbox(
            _("Compare by"),
            SPLITS,
            index=None,
            format_func=labels.key_word,
            key="effects_split",
            bind="query-params",
            placeholder=_("All together"),
            width=165,
        )
        shown = st.segmented_control(
            _("Show"),
            list(SHOWN),
            default="there",
            format_func=phrases.wording(SHOWN),
            required=True,
            key="effects_show",
            bind="query-params",
        )
    return effect, split, shown == "gone"


def show_facts(effect: EffectCurve, catalogue: Catalogue, sessions: int) -> None:
    """One effect in a sentence for a patient, its counts, and what was published on it."""
    code = effect.keys["effect"] or ""
    facts = []
    for days in DAYS:
        share = effect.curve.resolved_by(days)
        if not phrases.is_missing(share[0]):
            name = _("Gone by {time}").format(time=phrases.duration(days))
            facts.append((name, _share_words(effect, share, days)))
        if share[0] >= 1:
            break
    if effect.promised_days is not None:
        name = _("Gone by the promised {time}").format(time=phrases.duration(effect.promised_days))
        facts.insert(0, (name, _share_words(effect, effect.within_promise, effect.promised_days)))
    facts += [
        (_("Still there when last seen"), _of(effect.ongoing, effect.n)),
        (_("Never asked about again"), _of(effect.no_follow_up, effect.n)),
        (_("Dates too imprecise"), _of(effect.imprecise, effect.n)),
    ]
    facts += published_facts(catalogue, code)
    markup.show(
        "facts",
        title=labels.value(catalogue, "effect", code),
        aside=_("{reports} in {sessions}").format(
            reports=phrases.reports(effect.n), sessions=phrases.sessions(sessions)
        ),
        text=patient_sentence(effect),
        facts=facts,
        note=_note(effect),
    )


def published_facts(catalogue: Catalogue, effect: str) -> list[tuple[str, str]]:
    """What was published of an effect, a line for each substance it was reported of."""
    if effect not in catalogue.side_effects:
        return []
    facts = [
        (_("Published, {substance}").format(substance=substance_words(catalogue, row)), row.text)
        for row in published_durations(catalogue, effect)
    ]
    about = catalogue.side_effects[effect].about
    return [*facts, (_("Published"), about)] if about else facts


def _note(effect: EffectCurve) -> str:
    """What the shares are, and from which time the curve is based on few."""
    text = _("Shares with 95 % intervals, from the curve.")
    if any(not effect.curve.reliable(days) for days in DAYS):
        text += " " + unsure_meaning()
    few = effect.curve.times[(effect.curve.at_risk < ENOUGH) & (effect.curve.survival > 0)]
    if effect.curve.n < ENOUGH or not few.size:
        return text
    since = _("Fewer than {n} were still followed from {time} on.").format(
        n=ENOUGH, time=phrases.duration(float(few[0]))
    )
    return f"{text} {since}"


def patient_sentence(effect: EffectCurve) -> str:
    """How long it lasted here, in words for a patient; without numbers below five durations."""
    if effect.curve.n < ENOUGH:
        return _("Fewer than {n} reports with a known duration: too few to say how long.").format(
            n=ENOUGH
        )
    half, most = gone_by(effect, HALF), gone_by(effect, MOST)
    open_ones = _("{n} of {of} were not seen to end.").format(n=effect.open_effects, of=effect.n)
    if half is None:
        first = _("Half had not gone while enough were followed.")
        return f"{first} {open_ones}"
    if most is None:
        first = _("Half had gone by {half}.").format(half=phrases.duration(half))
    else:
        first = _("Half had gone by {half} and nine in ten by {most}.").format(
            half=phrases.duration(half), most=phrases.duration(most)
        )
    return f"{first} {open_ones}" if effect.open_effects else first


def gone_by(effect: EffectCurve, share: float) -> float | None:
    """Days until `share` (0 to 1) had gone, by the curve.

    None if that is not reached, or only where fewer than five are followed and fewer than would be
    without losses: such a step is based on one or two.
    """
    curve = effect.curve
    reached = (curve.survival <= 1 - share + 1e-9).nonzero()[0]
    if not reached.size:
        return None
    needed = min(ENOUGH, (1 - share) * curve.n)
    first = reached[0]
    return float(curve.times[first]) if curve.at_risk[first] >= needed else None


def _share_words(effect: EffectCurve, share: tuple[float, float, float], days: float) -> str:
    words = phrases.interval(phrases.percent, *share)
    return unsure(words, reliable=effect.curve.reliable(days))


def _of(n: int, of: int) -> str:
    return _("{n} of {of}").format(n=phrases.number(n), of=phrases.number(of))


def chart(
    curves: Sequence[EffectCurve],
    catalogue: Catalogue,
    *,
    effect: str,
    split: str | None,
    period: str,
    gone: bool,
) -> Chart | None:
    """The curves of one effect, the largest groups first; None if no duration is known."""
    mine = [c for c in curves if c.keys["effect"] == effect and c.curve.n]
    mine = sorted(mine, key=lambda c: -c.curve.n)[:MOST_CURVES]
    if not mine:
        return None
    word = labels.value(catalogue, "effect", effect)
    named = {
        labels.value(catalogue, split, c.keys[split]) if split else word: c.curve for c in mine
    }
    told = {c.promised_days for c in mine}  # protocols may differ: then no line fits all
    return lasting_curves(
        named,
        effect=word,
        period=period,
        promised_days=told.pop() if len(told) == 1 else None,
        gone=gone,
    )


def show_durations(
    view: ReviewView, frame: pd.DataFrame, *, title: str, key: str, caption: str
) -> None:
    """One row per effect (or per group of one effect), the most frequent first."""
    ordered = frame.sort_values("n", ascending=False, kind="stable")
    marks = [name for name in frame if str(name).endswith("reliable")]
    if not frame[marks].all(axis=None):
        caption = f"{caption} {unsure_meaning()}"
    page.show_table(
        title,
        caption,
        [
            page.key_head(key),
            page.head("side_effects", "n"),
            page.head("side_effects", "per_100_sessions", interval=True),
            page.head("side_effects", "followed_share"),
            page.head("side_effects", "resolved"),
            page.head("side_effects", "ongoing"),
            page.head("side_effects", "no_follow_up"),
            page.head("side_effects", "imprecise"),
            page.head("side_effects", "median_days", interval=True),
            page.head("side_effects", "nine_in_ten_days", interval=True),
            *(page.head("side_effects", "gone_by_day", n=d) for d in DAYS),
            page.head("side_effects", "promised_days"),
            page.head("side_effects", "within_promise"),
        ],
        [cells_of(row, view.catalogue, key) for row in ordered.to_dict("records")],
        aside=_("open ones are counted as open, never dropped"),
        sheet=view.sheet(title, ordered, "side_effects"),
    )


def cells_of(row: Row, catalogue: Catalogue, key: str) -> list[str | page.Cell]:
    """The cells of a row of the side-effects report, its key first; ≈ behind unsure intervals."""
    known = row["n"] - row["imprecise"]
    few = 0 < known < ENOUGH

    def share(name: str) -> page.Cell:
        if few:
            return page.Cell(too_few(), None)
        value, low, high = (row.get(f"{name}{end}") for end in ("", "_low", "_high"))
        words = phrases.interval(phrases.percent, value, low, high)
        known = phrases.is_missing(low) or bool(row.get(f"{name}_reliable", True))
        return page.Cell(unsure(words, reliable=known), value)

    return [
        labels.value(catalogue, key, row[key]),
        phrases.number(row["n"]),
        page.Cell(
            phrases.interval(
                _one_decimal,
                row["per_100_sessions"],
                row.get("per_100_low"),
                row.get("per_100_high"),
            ),
            row["per_100_sessions"],
        ),
        page.Cell(phrases.percent(row.get("followed_share")), row.get("followed_share")),
        phrases.number(row["resolved"]),
        phrases.number(row["ongoing"]),
        phrases.number(row["no_follow_up"]),
        phrases.number(row["imprecise"]),
        page.Cell(median_words(row), None if few else row["median_days"]),
        page.Cell(nine_in_ten_words(row), None if few else row.get("nine_in_ten_days")),
        *(share(f"resolved_by_{d}d") for d in DAYS),
        page.Cell(phrases.duration(row["promised_days"]), row["promised_days"]),
        share("within_promise"),
    ]


def _one_decimal(value: Any) -> str:
    return phrases.number(value, 1)


def show_promises(view: ReviewView) -> None:
    """By protocol and effect: what patients are told, what the source says, and what was seen."""
    frame = view.report("promises", ("effect", "protocol"))
    told = frame["promised_days"].notna() | frame["source_text"].notna()
    frame = frame[told & (frame["n"] >= SMALLEST)].sort_values("n", ascending=False, kind="stable")
    if frame.empty:
        return
    page.show_table(
        _("Promised by the text and by the protocol's source"),
        " ".join(
            [
                view.caption(frame),
                _("Effects of a protocol with {n} known durations or more.").format(n=SMALLEST),
                *([] if frame["reliable"].all() else [unsure_meaning()]),
            ]
        ),
        [
            page.key_head("effect"),
            page.key_head("protocol"),
            page.head("promises", "n"),
            page.head("promises", "median_days", interval=True),
            page.head("promises", "promised_days"),
            page.head("promises", "promised_share", interval=True),
            page.head("promises", "source_text", number=False),
            page.head("promises", "source_share", interval=True),
        ],
        [
            [
                labels.value(view.catalogue, "effect", row["effect"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                phrases.number(row["n"]),
                page.Cell(median_of(row), row["median_days"]),
                page.Cell(phrases.duration(row["promised_days"]), row["promised_days"]),
                _share(row, "promised_share", "promised_low", "promised_high"),
                phrases.MISSING if phrases.is_missing(row["source_text"]) else row["source_text"],
                _share(row, "source_share", "source_share_low", "source_share_high"),
            ]
            for row in frame.head(MOST_ROWS).to_dict("records")
        ],
        sheet=view.sheet(_("Promised against observed"), frame, "promises"),
    )  # fmt: skip


def _share(row: Row, *names: str) -> page.Cell:
    value, low, high = (row[name] for name in names)
    words = phrases.interval(phrases.percent, value, low, high)
    return page.Cell(unsure(words, reliable=phrases.is_missing(low) or row["reliable"]), value)
