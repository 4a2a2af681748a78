"""The clickable body figure as one call for a Streamlit page: what goes in, what was chosen."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from mesodash.bodymap.atlas import DEFAULT, Atlas
from mesodash.bodymap.choice import AreaSide, only_known
from mesodash.bodymap.colours import ColourScale
from mesodash.bodymap.figure.layers import (
    Category,
    PointsLayer,
    layers_payload,
    placed_layers,
    states_payload,
)
from mesodash.bodymap.figure.placed_points import Placed, newest_placed, placing_payload
from mesodash.bodymap.mesh_places import SkinPoints, drawn_mesh
from mesodash.language import N_, _

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

FIGURES: tuple[str, ...] = ("female", "male")
TONES: tuple[str, ...] = ("II", "V")
"""Fitzpatrick phototypes the figures are drawn in."""
VIEWS: tuple[str, ...] = (
    "front",
    "back",
    "left",
    "right",
    "face",
    "face_left",
    "face_right",
    "scalp",
    "face_below",
)
MESH = DEFAULT.parents[1] / "turn" / "body.mesh"
"""The body in three dimensions, the view `turn`, which only the browser knows."""
# Space is reserved before any script or style has loaded, so the page below never jumps.
_PLACE = '<div class="mb-root" style="min-height: 30rem; visibility: hidden"></div>'

# The words the figure shows and says unless a page gives others; {n} and {area} are filled in.
WORDS: dict[str, str] = {
    "figure": N_("Body map"),
    "view": N_("View"),
    "body": N_("Figure"),
    "tone": N_("Skin"),
    "front": N_("Front"),
    "back": N_("Back"),
    "left": N_("Left"),
    "right": N_("Right"),
    "face": N_("Face"),
    "face_straight": N_("Straight on"),
    "face_left": N_("Left side"),
    "face_right": N_("Right side"),
    "face_below": N_("From below"),
    "scalp": N_("Scalp"),
    "turn": N_("Turn"),
    "turn_loading": N_("Loading the body in three dimensions"),
    "turn_areas": N_("Areas"),
    "turn_keys": N_(
        "Arrow keys turn the figure, with Shift they move it. Plus and minus zoom, 0 shows the"
        " whole figure. The next stop of the Tab key is the areas."
    ),
    "turn_placing": N_("Points are placed on the drawings; here they are shown on the skin."),
    "no_turn": N_(
        "This browser cannot draw in three dimensions; the drawings show the same areas."
    ),
    "snap": N_("Look from"),
    "below": N_("From below"),
    "full_screen": N_("Full screen"),
    "female": N_("Female"),
    "male": N_("Male"),
    "tone_II": N_("Phototype II"),
    "tone_V": N_("Phototype V"),
    "r": N_("R"),
    "l": N_("L"),
    "several": N_("Choose several"),
    "zoom_in": N_("Zoom in"),
    "zoom_out": N_("Zoom out"),
    "zoom_reset": N_("Whole figure"),
    "both_sides": N_("Both sides"),
    "groups": N_("Add to the choice"),
    "open_panel": N_("Open"),
    "no_data": N_("none recorded"),
    "marked": N_("marked"),
    "keys": N_("Arrow keys move between areas, Enter chooses, Escape clears the choice."),
    "none_chosen": N_("Nothing chosen."),
    "chosen": N_("Chosen:"),
    "loading": N_("Loading the figure"),
    "not_loaded": N_(
        "The figure could not be loaded. Try again, or choose from the list of areas."
    ),
    "again": N_("Try again"),
    "undo": N_("Undo"),
    "placing": N_("Click inside {area} to place a point; click a point to take it away."),
    "placing_keys": N_(
        "Arrow keys move the cursor, with Shift in larger steps. Enter places a point,"
        " or takes away the one under the cursor. Page up and Page down go from point to point,"
        " Backspace takes a point away, Control and Z undo the last step."
    ),
    "placed": N_("Point {n} placed."),
    "taken": N_("Point {n} taken away."),
    "at_point": N_("Point {n} of {of}."),
    "at_border": N_("The border of the area."),
    "undone": N_("Undone; points: {n}."),
    "points": N_("Points placed: {n}."),
    "full": N_("No more than {n} points can be placed."),
}

TURN_WORDS = (
    *("figure", "turn", "turn_loading", "turn_areas", "turn_keys", "no_turn", "snap", "below"),
    *("front", "back", "left", "right", "face", "scalp", "female", "male", "r", "l"),
)
"""Those of WORDS that the view in three dimensions shows where it is used elsewhere."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FigureState:
    """The current choice on the figure, and the figure and view it was made on.

    `placed` are the points placed by hand on the area `placing`, in the order of their numbers.
    """

    chosen: tuple[AreaSide, ...]
    figure: str
    view: str
    placed: tuple[Placed, ...] = ()


def body_figure(
    *,
    key: str,
    labels: Mapping[AreaSide, str] | Mapping[tuple[str, str], str],
    chosen: tuple[AreaSide, ...] = (),
    figure: str = "female",
    view: str = "front",
    views: tuple[str, ...] = VIEWS,
    tone: str = "II",
    values: Mapping[AreaSide, float] | Mapping[tuple[str, str], float] | None = None,
    value_text: Mapping[AreaSide, str] | Mapping[tuple[str, str], str] | None = None,
    scale: ColourScale | None = None,
    marked: Collection[AreaSide] = (),
    several: bool = False,
    several_on: bool = False,
    read_only: bool = False,
    states: Mapping[AreaSide, Category] | None = None,
    points: Sequence[PointsLayer] = (),
    placing: AreaSide | None = None,
    placed: tuple[Placed, ...] = (),
    atlas: Atlas | None = None,
    groups: Sequence[tuple[str, Sequence[AreaSide]]] = (),
    panel: str | None = None,
    words: Mapping[str, str] | None = None,
) -> FigureState:
    """Draw the body figure and return what is chosen on it.

    `chosen` is authoritative and the caller keeps it (in the address): a click causes one rerun
    whose result differs from it, and the caller stores that. What comes before the figure on the
    page calls `chosen_now`. The figure and view are switched in the browser, without a rerun, and
    are remembered there; passing another `figure` or `view` than the last time moves it.

    Args:
        key: names this figure on its page; unique, stable.
        labels: the name of every area that may be chosen, such as "Cheek, left". An area without
            a label is not offered.
        chosen: the areas currently chosen.
        figure: `female` or `male`, to begin with.
        view: one of `views`, to begin with.
        views: the views offered, of VIEWS.
        tone: one of TONES, until the reader chooses another, which then holds on every page that
            asks for the same; see `tone_for`.
        values: a number per area, in the unit of `scale`; None for no colours at all. An area
            missing here, or not a number, is plain skin with a dotted edge, "none recorded", never
            drawn as zero.
        value_text: what to say of an area on hover, with its n, such as "214 sessions, n 31".
        scale: the legend of the values; needed with them.
        marked: areas drawn with a dashed outline, such as those of a protocol.
        several: whether more than one area may be chosen (shift or ctrl, or the switch shown).
        several_on: whether that switch starts on.
        read_only: show, do not let choose.
        states: a category per area, drawn as a pattern with a legend, such as areas that rest.
        points: injection points to draw, of `layers.points_layers`; of both figures, as the
            reader may switch.
        placing: the area on which clicks place points; meanwhile no other area can be chosen.
        placed: the points already on it. As with `chosen` the caller keeps them; those of an
            area that is not `placing` are drawn by `layers.placed_layers`.
        atlas: where the areas lie; needed with `placing`.
        groups: labels and areas that one press adds to a choice in them, the smallest first; with
            `several` only.
        panel: CSS selector of what a choice opens; on a phone a bar leads there.
        words: other words for WORDS.

    Returns:
        What is chosen after the last click, and the figure and view it came from.

    Raises:
        ValueError: an unknown figure, view or tone, values without a scale, placing without an
            atlas or on a read-only figure, or two categories of one code.
    """
    if figure not in FIGURES or not views or not set(views) <= set(VIEWS) or view not in views:
        raise ValueError("The figure is female or male, and the view one of the views offered.")
    if tone not in TONES:
        raise ValueError("The skin tone is one of " + ", ".join(TONES) + ".")
    if values is not None and scale is None:
        raise ValueError("Values need a scale: give its label and both ends.")
    if placing is not None and (atlas is None or read_only):
        raise ValueError("Placing points needs the atlas and a figure that is not read-only.")
    names = _by_area(labels)
    seq, current = _newest(key, names, FigureState(chosen, figure, view, placed))
    if placing is not None and atlas is not None:
        placed_seq, now = _newest_placed(key, placing, placed, atlas)
        current = replace(current, placed=now)
        place = placing_payload(atlas, placing, now, placed_seq)
    else:
        place = None
    numbers = None if values is None else _by_area(values)
    texts = _by_area(value_text or {})
    payload: dict[str, Any] = {
        "key": key,
        # A new number makes the browser fetch the geometry anew; else it keeps what it has.
        "atlas": _version(DEFAULT),
        "turn": mesh_version() if set(views) == set(VIEWS) else None,
        "skin": _on_skin(points, placing, current.placed, atlas),
        "seq": seq,
        "chosen": [str(item) for item in current.chosen],
        "figure": figure,
        "view": view,
        "views": list(views),
        "tones": list(TONES),
        "tone": tone,
        "areas": [[str(item), name, texts.get(item)] for item, name in names.items()],
        "values": None if numbers is None else _shares(numbers, scale),
        "scale": None if scale is None or numbers is None else _legend(scale),
        "marked": sorted(str(item) for item in marked),
        "several": several,
        "several_on": several_on,
        "read_only": read_only,
        "states": states_payload(states or {}),
        "points": layers_payload(points),
        "placing": place,
        "groups": [[label, [str(site) for site in sites]] for label, sites in groups],
        "panel": panel,
        "words": {**{name: _(text) for name, text in WORDS.items()}, **(words or {})},
    }
    _renderer()(
        key=key,
        data=payload,
        on_choice_change=_nothing,
        on_placed_change=partial(_hear_placed, key),
    )
    st.session_state[_seen(key)] = seq
    if placing is not None and place is not None:
        st.session_state[_seen(key, placing)] = place["seq"]
    return current


def tone_for(phototype: str | None) -> str:
    """The tone of TONES nearest to a patient's Fitzpatrick phototype, I to VI; unknown is II."""
    return "V" if phototype in ("IV", "V", "VI") else "II"


def chosen_now(
    key: str,
    labels: Mapping[AreaSide, str] | Mapping[tuple[str, str], str],
    chosen: tuple[AreaSide, ...],
) -> tuple[AreaSide, ...]:
    """What `body_figure` with the same key will return as chosen, before it is drawn."""
    return _newest(key, _by_area(labels), FigureState(chosen, "female", "front"))[1].chosen


def placed_now(
    key: str, placing: AreaSide, placed: tuple[Placed, ...], atlas: Atlas
) -> tuple[Placed, ...]:
    """The points that the figure with this key has on an area, before or after it is drawn.

    Call it for the area that was `placing` when the page turns to another area or away: a point
    placed just then is not lost.
    """
    return _newest_placed(key, placing, placed, atlas)[1]


def _newest_placed(
    key: str, placing: AreaSide, placed: tuple[Placed, ...], atlas: Atlas
) -> tuple[int, tuple[Placed, ...]]:
    _hear_placed(key)
    heard: Mapping[str, Any] = st.session_state.get(f"{key}.placed", {})
    seen: int = st.session_state.get(_seen(key, placing), 0)
    return newest_placed(heard, seen, placing, placed, atlas)


def _hear_placed(key: str) -> None:
    """Store the browser's last message for each area; the component itself holds only one."""
    component = st.session_state.get(key)
    word = component.get("placed") if isinstance(component, Mapping) else None
    if isinstance(word, Mapping) and isinstance(word.get("site"), str):
        heard = st.session_state.get(f"{key}.placed", {})
        st.session_state[f"{key}.placed"] = {**heard, word["site"]: dict(word)}


def _newest(key: str, names: Mapping[AreaSide, str], asked: FigureState) -> tuple[int, FigureState]:
    """Take the browser's choice if it is newer than the last one handled, else the caller's.

    The browser numbers its choices. Without the numbers, a choice already handled would win over
    what the caller passes now, and an answer to an older click would undo a newer one.
    """
    seen: int = st.session_state.get(_seen(key), 0)
    component = st.session_state.get(key)
    choice = component.get("choice") if isinstance(component, Mapping) else None
    if not isinstance(choice, Mapping):
        return seen, asked
    seq, items = choice.get("seq"), choice.get("chosen")
    figure, view = choice.get("figure"), choice.get("view")
    # Where the caller has since asked for another figure (another patient), that one counts.
    same = choice.get("asked") == [asked.figure, asked.view]
    where = FigureState(
        asked.chosen,
        figure if same and figure in FIGURES else asked.figure,
        view if same and view in VIEWS else asked.view,
        asked.placed,
    )
    if not isinstance(seq, int) or seq <= seen or not isinstance(items, list):
        return seen, where
    return seq, replace(where, chosen=only_known(items, names))


def _seen(key: str, placing: AreaSide | None = None) -> str:
    return f"{key}.seen" if placing is None else f"{key}.seen.{placing}"


def _nothing() -> None:
    """Have Streamlit list the state; the choice itself is read in `_newest`."""


def _by_area(given: Mapping[Any, _T]) -> dict[AreaSide, _T]:
    return {AreaSide.of(item): value for item, value in given.items()}


def _shares(numbers: Mapping[AreaSide, float], scale: ColourScale | None) -> dict[str, float]:
    """Give the place of each value's colour, 0 to 1; what is not a number is left out."""
    if scale is None:
        return {}
    return {
        str(item): round(scale.share(value), 4)
        for item, value in numbers.items()
        if value is not None and math.isfinite(value)
    }


def _legend(scale: ColourScale) -> dict[str, Any]:
    ticks = [[round(place, 4), text] for place, text in scale.ticks()]
    return {"label": scale.label, "ticks": ticks}


def _on_skin(
    points: Sequence[PointsLayer],
    placing: AreaSide | None,
    placed: tuple[Placed, ...],
    atlas: Atlas | None,
) -> list[SkinPoints]:
    """All points that are drawn as places on the mesh; of an area being placed on, those placed."""
    layers = [
        layer
        for layer in points
        if placing is None or (layer.area, layer.side) != (placing.area, placing.side)
    ]
    if placing is not None and atlas is not None:
        for figure in FIGURES:
            layers += placed_layers(atlas, figure, placing, placed)
    return drawn_mesh().on_skin(layers) if layers else []


def mesh_version() -> str:
    """A new one makes the browser fetch the body in three dimensions anew."""
    return _version(MESH)


def _version(path: Path) -> str:
    if not path.exists():
        return "0"
    state = path.stat()
    return f"{state.st_mtime_ns:x}-{state.st_size:x}"


@cache
def _renderer() -> "ComponentRenderer":
    # Not at import: outside a running app Streamlit does not know where the front end's files are.
    return st.components.v2.component(
        "mesodash.body", html=_PLACE, css="figure.css", js="index.js", isolate_styles=False
    )
