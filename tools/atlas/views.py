"""Where the eye stands for each view, and what of the figure it takes in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HEIGHT = 1000  # of a view, in the pixels its paths are given in


@dataclass(frozen=True)
class View:
    """One way to look at a figure."""

    name: str
    azimuth: float  # degrees; 0 from the front, 90 from the patient's left
    pose: str = "standing"
    part: str = "body"  # body, face, crown or throat
    elevation: float = 0  # degrees; 90 from the top, below zero from under the chin
    fine: int = 3  # fine pixels to a pixel of the paths

    @property
    def symmetric(self) -> bool:
        """Whether the patient's midline is the picture's middle, upright."""
        return self.azimuth in (0, 180)

    @property
    def far(self) -> str:
        """The patient's side turned away from the eye: left, right or none."""
        near = self.name.rpartition("_")[2]
        return {"left": "right", "right": "left"}.get(near, "")

    def axes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Unit vectors to the viewer's right, up, and towards the viewer."""
        if self.elevation == 90:
            return np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), np.array([0, 1.0, 0])
        angle, rise = np.radians(self.azimuth), np.radians(self.elevation)
        level = np.array([np.sin(angle), 0, np.cos(angle)])
        upright = np.array([0, 1.0, 0])
        return (
            np.array([np.cos(angle), 0, -np.sin(angle)]),
            np.cos(rise) * upright - np.sin(rise) * level,
            np.cos(rise) * level + np.sin(rise) * upright,
        )

    def side_labels(self, width: int) -> tuple[list[int] | None, list[int] | None]:
        """Where R and L are printed; None where that side of the patient is not seen."""
        near_left, near_right = [round(width * 0.08), 60], [round(width * 0.92), 60]
        if self.name == "left":
            return None, near_left
        if self.name == "right":
            return near_right, None
        return (near_right, near_left) if self.name == "back" else (near_left, near_right)


VIEWS = (
    View("front", 0),
    View("back", 180),
    View("left", 90, pose="forward"),
    View("right", -90, pose="forward"),
    View("face", 0, part="face", fine=2),
    View("face_left", 60, part="face", fine=2),
    View("face_right", -60, part="face", fine=2),
    View("scalp", 0, part="crown", elevation=90, fine=2),
    View("face_below", 0, part="throat", elevation=-50, fine=2),
)
