"""How a figure stands: the arms are turned at shoulder, elbow and wrist; nothing else moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from mesh import BODY, Source


@dataclass(frozen=True)
class Pose:
    """Directions of the left arm's parts (x to the patient's left, y up, z forward)."""

    upper: tuple[float, float, float]
    fore: tuple[float, float, float]
    twist: float = 0.0  # degrees about the forearm, thumb forward positive


STANDING = Pose((0.62, -2.1, -0.06), (0.42, -2.1, 0.34))
FORWARD = Pose((0.34, -1.75, 1.15), (0.0, -1.0, 1.7))

FOREARM_BONES = ("lowerarm", "wrist", "metacarpal", "finger")


def turn(source: Source, points: np.ndarray, pose: Pose) -> np.ndarray:
    """Vertices (all of base.obj) with both arms moved to the pose; the body part is returned."""
    posed = points[:BODY].copy()
    for side, sign in (("l", 1.0), ("r", -1.0)):
        flip = np.array([sign, 1.0, 1.0])
        shoulder, elbow, hand = (
            points[source.joints[f"{side}-{name}"]].mean(0)
            for name in ("shoulder", "elbow", "hand")
        )
        upper = _between(elbow - shoulder, np.array(pose.upper) * flip)
        fore = _between(upper @ (hand - elbow), np.array(pose.fore) * flip)
        axis = np.array(pose.fore) * flip
        fore = _about(axis / np.linalg.norm(axis), np.radians(pose.twist * sign)) @ fore
        weights = arm_weights(source, side.upper())
        new_elbow = shoulder + upper @ (elbow - shoulder)
        half = _partial(upper, 0.5)
        body = points[:BODY]
        girdle_at = shoulder + (body - shoulder) @ half.T
        upper_at = shoulder + (body - shoulder) @ upper.T
        fore_at = new_elbow + (body - elbow) @ (fore @ upper).T
        posed += weights["girdle"][:, None] * 0.35 * (girdle_at - body)
        posed += weights["upper"][:, None] * (upper_at - body)
        posed += weights["fore"][:, None] * (fore_at - body)
    return posed


def arm_weights(source: Source, side: str) -> dict[str, np.ndarray]:
    """Bone weights of one side gathered into shoulder girdle, upper arm, forearm with hand."""
    parts = {"girdle": np.zeros(BODY), "upper": np.zeros(BODY), "fore": np.zeros(BODY)}
    for bone, weight in source.weights.items():
        if not bone.endswith("." + side):
            continue
        if bone.startswith("shoulder01"):
            parts["girdle"] += weight
        elif bone.startswith("upperarm"):
            parts["upper"] += weight
        elif bone.startswith(FOREARM_BONES):
            parts["fore"] += weight
    return parts


def _about(axis: np.ndarray, angle: float) -> np.ndarray:
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def _between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis = np.cross(a, b)
    length = np.linalg.norm(axis)
    return _about(axis / max(length, 1e-12), float(np.arctan2(length, a @ b)))


def _partial(rotation: np.ndarray, share: float) -> np.ndarray:
    angle = np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))
    if angle < 1e-9:
        return np.eye(3)
    axis = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    ) / (2 * np.sin(angle))
    return _about(axis, angle * share)
