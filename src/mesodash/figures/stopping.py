"""After which session courses are stopped: the share not stopped, by sessions held."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mesodash.figures.theme import CATEGORIES, SMALLEST_FONT, Chart, faint, new_figure
from mesodash.language import _, format_number, format_percent, ngettext

MOST_CURVES = 4
MOST_BANDS = 2
RISK_ROW = 20
PLOT_HEIGHT = 280
FEWEST = 5


def stopping_curve(frame: pd.DataFrame, *, period: str) -> Chart:
    """Step curves of the share not stopped after each session, with the numbers at risk.

    A curve ends where fewer than five courses are left, but not before its second step.

    Args:
        frame: columns after_session, at_risk, going_on, going_on_low, going_on_high, and `label`
            (the group in words) if there are several; the four largest groups are drawn.
        period: which courses, in words.
    """
    if "label" not in frame:
        frame = frame.assign(label=_("all courses"))
    sizes = frame.groupby("label", sort=False)["at_risk"].max()
    groups = {
        label: _enough(frame[frame["label"] == label].sort_values("after_session"))
        for label in sizes.sort_values(ascending=False, kind="stable").index[:MOST_CURVES]
    }
    last = max((int(rows["after_session"].max()) for rows in groups.values()), default=1)
    risk = RISK_ROW * (len(groups) + 1.6)
    figure = new_figure(height=int(PLOT_HEIGHT + risk + 50), hovermode="closest")
    for row, (colour, (label, rows)) in enumerate(zip(CATEGORIES, groups.items(), strict=False)):
        if len(groups) <= MOST_BANDS:
            _band(figure, rows, colour)
        _steps(figure, rows, colour, str(label))
        _at_risk(figure, rows, row, str(label))
    figure.add_annotation(
        x=0,
        xref="paper",
        y=-0.75,
        yref="y2",
        text=_("courses with so many sessions or more, n"),
        showarrow=False,
        xanchor="left",
        font={"size": SMALLEST_FONT},
    )
    share = risk / (PLOT_HEIGHT + risk)
    figure.update_layout(
        showlegend=len(groups) > 1,
        xaxis={
            "range": [-0.3, last + 0.4],
            "dtick": max(1, -(-last // 12)),
            "title": {"text": _("sessions held")},
            "anchor": "y",
            "showgrid": False,
        },
        yaxis={
            "domain": [share + 0.17, 1],
            "range": [-2, 102],
            "tickvals": [0, 25, 50, 75, 100],
            "title": {"text": _("not stopped, %")},
        },
        yaxis2={
            "domain": [0, share],
            "range": [len(groups) - 0.4, -1.0],
            "visible": False,
            "anchor": "x",
        },
    )
    counts = ", ".join(
        _("n {n}").format(n=format_number(sizes[label]))
        if len(groups) == 1
        else _("{label} n {n}").format(label=label, n=format_number(sizes[label]))
        for label in groups
    )
    sentences = [_("{counts}. {period}.").format(counts=counts, period=period)]
    if len(groups) <= MOST_BANDS:
        sentences.append(_("Band: 95 % interval."))
    sentences.append(
        _("Completed and still open courses leave the curve without counting as stopped.")
    )
    title, says = _("Courses not stopped, %, by sessions held"), _says(groups)
    return Chart(figure, title, " ".join(sentences), alt=f"{title}. {says}", says=says)


def _enough(rows: pd.DataFrame) -> pd.DataFrame:
    few = (rows["at_risk"] < FEWEST).to_numpy()
    return rows.iloc[: max(2, int(few.argmax()))] if few.any() else rows


def _band(figure: go.Figure, rows: pd.DataFrame, colour: str) -> None:
    known = rows[rows["going_on_low"].notna() & rows["going_on_high"].notna()]
    for column in ("going_on_low", "going_on_high"):
        figure.add_trace(
            go.Scatter(
                x=known["after_session"].tolist(),
                y=(100 * known[column]).tolist(),
                mode="lines",
                line={"width": 0, "shape": "hv", "color": colour},
                fill="tonexty" if column == "going_on_high" else "none",
                fillcolor=faint(colour, 0.24),
                showlegend=False,
                hoverinfo="skip",
            )
        )


def _steps(figure: go.Figure, rows: pd.DataFrame, colour: str, label: str) -> None:
    figure.add_trace(
        go.Scatter(
            x=rows["after_session"].tolist(),
            y=(100 * rows["going_on"]).tolist(),
            mode="lines+markers",
            line={"color": colour, "width": 2.4, "shape": "hv"},
            marker={"size": 6, "color": colour},
            name=label,
            customdata=[_hover(row) for row in rows.to_dict("records")],
            hovertemplate=f"%{{customdata}}<extra>{label}</extra>",
        )
    )


def _at_risk(figure: go.Figure, rows: pd.DataFrame, row: int, label: str) -> None:
    figure.add_trace(
        go.Scatter(
            x=rows["after_session"].tolist(),
            y=[row] * len(rows),
            yaxis="y2",
            mode="text",
            text=[f"{n:g}" for n in rows["at_risk"]],
            textfont={"size": SMALLEST_FONT},
            showlegend=False,
            hoverinfo="skip",
            name=_("at risk: {label}").format(label=label),
            cliponaxis=False,
        )
    )


def _hover(row: Mapping[Any, Any]) -> str:
    held = int(row["after_session"])
    return ngettext(
        "{share} not stopped<br>after {held} session, which {n} had",
        "{share} not stopped<br>after {held} sessions, which {n} had",
        held,
    ).format(share=format_percent(row["going_on"]), held=held, n=format_number(row["at_risk"]))


def _says(groups: dict[str, pd.DataFrame]) -> str:
    """For each group, the session after which most stop, and the share not stopped at the end."""
    said = []
    for label, rows in groups.items():
        drops = -rows["going_on"].diff()
        values = {
            "label": label,
            "n": format_number(rows["at_risk"].max()),
            "share": format_percent(rows["going_on"].iloc[-1]),
            "last": f"{rows['after_session'].iloc[-1]:g}",
        }
        if drops.max() > 0:
            worst = rows["after_session"].to_numpy()[int(drops.fillna(0).to_numpy().argmax())]
            text = _(
                "{label}, n {n}: most stop after session {worst}; {share} not stopped after session"
                " {last}."
            ).format(worst=f"{worst:g}", **values)
        else:
            text = _("{label}, n {n}: {share} not stopped after session {last}.").format(**values)
        said.append(text)
    return " ".join(said)
