"""The body atlas as numbers: which area lies where on which view of which figure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ATLAS = Path(__file__).parent / "frontend" / "atlas" / "atlas.json"


@dataclass(frozen=True, slots=True)
class AreaShape:
    """One area on one view: its closed SVG path in px of that view; cm2 is its whole surface."""

    area: str
    side: str
    path: str
    anchor: tuple[float, float]
    px_area: float
    cm2: float


@dataclass(frozen=True, slots=True)
class View:
    """One view of one figure; sizes in px, `cm_per_px` gives real lengths."""

    figure: str
    name: str
    width: float
    height: float
    picture: str
    cm_per_px: float
    areas: tuple[AreaShape, ...]


@dataclass(frozen=True, slots=True)
class Atlas:
    """All views of both figures: figure -> view -> View."""

    figures: Mapping[str, Mapping[str, View]]

    def view(self, figure: str, view: str) -> View:
        """One view; KeyError if there is none."""
        return self.figures[figure][view]

    def views_of(self, area: str, side: str, figure: str = "female") -> tuple[str, ...]:
        """The names of the views that show an area."""
        return tuple(
            name
            for name, view in self.figures[figure].items()
            if any((shape.area, shape.side) == (area, side) for shape in view.areas)
        )


def load_atlas(path: Path = ATLAS) -> Atlas:
    """Read the committed atlas."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Atlas(
        {
            figure: {
                name: View(
                    figure,
                    name,
                    view["width"],
                    view["height"],
                    view["picture"],
                    view["cm_per_px"],
                    tuple(
                        AreaShape(
                            shape["area"],
                            shape["side"],
                            shape["path"],
                            (shape["anchor"][0], shape["anchor"][1]),
                            shape["px_area"],
                            shape["cm2"],
                        )
                        for shape in view["areas"]
                    ),
                )
                for name, view in views.items()
            }
            for figure, views in raw["figures"].items()
        }
    )
