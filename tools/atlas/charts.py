"""Flat maps of the reference mesh on which areas are drawn: trunk, leg, arm, face, crown.

Each chart gives every surface point two coordinates that are the same on the left and on the
right, so an area drawn once stands on both sides. Lengths are decimetres of the reference mesh
(y up, 0 a little under the navel), angles degrees.

chart: across; along
trunk: angle about the body's axis, 0 in front, 90 at the side, 180 behind; y
leg: angle about the leg's axis, 0 in front, 90 outside, 180 behind, -90 inside; 0 hip to 2 ankle
arm: angle about the arm's axis, the same way; 0 shoulder, 1 elbow, 2 wrist
face: distance from the midline, as seen from the front; y
front: the same, on the chest; y
side: z (forward), as seen from the side; y
crown: degrees from the top of the head to the side; degrees from the top to the front
"""

from __future__ import annotations

from dataclasses import dataclass

import mesh
import numpy as np

HEAD_CENTRE = np.array([0.0, 7.45, 0.25])


@dataclass(frozen=True)
class Charts:
    """What the charts are measured against, read once from the reference mesh."""

    levels: np.ndarray  # (k,) y of the trunk's sections
    centre: np.ndarray  # (k,) z of each section's middle
    wide: np.ndarray  # (k,) half width
    deep: np.ndarray  # (k,) half depth
    leg: np.ndarray  # (3, 3) hip, knee, ankle of the left side
    arm: np.ndarray  # (3, 3) shoulder, elbow, wrist of the left side

    def place(self, chart: str, points: np.ndarray) -> np.ndarray:
        """Coordinates (n, 2) on a chart of reference points (n, 3)."""
        mirrored = points * [1, 1, 1]
        mirrored[:, 0] = np.abs(points[:, 0])
        return PLACES[chart](self, mirrored)

    def on_trunk(self, points: np.ndarray) -> np.ndarray:
        """Angle about the axis, scaled to the section, and y."""
        x, y, z = points.T
        centre = np.interp(y, self.levels, self.centre)
        wide, deep = (np.interp(y, self.levels, size) for size in (self.wide, self.deep))
        return np.stack([np.degrees(np.arctan2(x / wide, (z - centre) / deep)), y], axis=1)

    def on_leg(self, points: np.ndarray) -> np.ndarray:
        """Angle about the leg and place along it."""
        return _along(points, self.leg)

    def on_arm(self, points: np.ndarray) -> np.ndarray:
        """Angle about the arm and place along it."""
        return _along(points, self.arm)

    def on_face(self, points: np.ndarray) -> np.ndarray:
        """Seen from the front."""
        return points[:, :2]

    def on_side(self, points: np.ndarray) -> np.ndarray:
        """Seen from the side."""
        return points[:, [2, 1]]

    def on_crown(self, points: np.ndarray) -> np.ndarray:
        """Angles from the top of the head."""
        x, y, z = (points - HEAD_CENTRE).T
        flat = np.hypot(x, z)
        tilt = np.degrees(np.arctan2(flat, y)) / np.maximum(flat, 1e-9)
        return np.stack([tilt * x, tilt * z], axis=1)


PLACES = {
    "trunk": Charts.on_trunk,
    "leg": Charts.on_leg,
    "arm": Charts.on_arm,
    "face": Charts.on_face,
    "front": Charts.on_face,
    "side": Charts.on_side,
    "crown": Charts.on_crown,
}


def _along(points: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Angle about, and place along, a limb of two bones."""
    first, second = joints[1] - joints[0], joints[2] - joints[1]
    a = (points - joints[0]) @ first / (first @ first)
    b = (points - joints[1]) @ second / (second @ second)
    bend = first / np.linalg.norm(first) + second / np.linalg.norm(second)
    below = (points - joints[1]) @ bend > 0
    along = np.where(below, 1 + b, a)
    spot = np.clip(along, -0.5, 3)[:, None]
    axis = np.where(below[:, None], joints[1] + (spot - 1) * second, joints[0] + spot * first)
    offset = points - axis
    return np.stack([np.degrees(np.arctan2(offset[:, 0], offset[:, 2])), along], axis=1)


def measure(source: mesh.Source) -> Charts:
    """Sections of the trunk and the axes of the limbs on the reference mesh."""
    base = source.base
    body = base[: mesh.BODY]
    arms = np.zeros(mesh.BODY)
    for side in "LR":
        for bone, weight in source.weights.items():
            if bone.endswith("." + side) and bone.startswith(
                ("upperarm", "lowerarm", "wrist", "metacarpal", "finger")
            ):
                arms = arms + weight
    trunk = body[arms < 0.3]
    levels = np.arange(-1.6, 6.6, 0.1)
    sections = []
    for level in levels:
        near = trunk[np.abs(trunk[:, 1] - level) < 0.25]
        sections.append(
            (
                (near[:, 2].min() + near[:, 2].max()) / 2,
                near[:, 0].max(),
                (near[:, 2].max() - near[:, 2].min()) / 2,
            )
        )
    smooth = np.array(sections)
    kernel = np.ones(5) / 5
    padded = np.pad(smooth, ((2, 2), (0, 0)), mode="edge")
    centre, wide, deep = (np.convolve(padded[:, i], kernel, "valid") for i in range(3))

    def joint(name: str) -> np.ndarray:
        return base[source.joints[name]].mean(0)

    leg = np.array([joint("l-upper-leg"), joint("l-knee"), joint("l-ankle")])
    arm = np.array([joint("l-shoulder"), joint("l-elbow"), joint("l-hand")])
    return Charts(levels, centre, wide, deep, leg, arm)
