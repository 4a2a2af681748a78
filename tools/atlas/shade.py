"""Quiet light on a mannequin: soft key, sky and ground, and a little shade in the hollows."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage
from views import BLOCK

SKIN = np.array([222.0, 211.0, 201.0])
SHADE = np.array([131.0, 115.0, 107.0])
KEY = np.array([-0.35, 0.55, 0.76])
HOLLOWS = ((3, 0.11), (9, 0.155), (26, 0.135), (60, 0.03))  # pixels of the paths, strength
SKY_SHARE, KEY_SHARE = 0.52, 0.48
RUN_ON = 150  # pixels of the paths
WARM = np.array([1.0, 0.975, 0.962])  # where light turns to shade, as skin glows there


def picture(
    normals: np.ndarray, depth: np.ndarray, inside: np.ndarray, tone: np.ndarray, fine: int
) -> Image.Image:
    """RGBA picture, one pixel for each block of fine pixels.

    Args:
        normals: (h, w, 3) unit normals in the eye's frame (right, up, toward).
        depth: (h, w) distance from the eye in fine pixels.
        inside: (h, w) True where the figure is.
        tone: (h, w, 3) factor on the skin's colour, 1 where plain.
        fine: fine pixels to a pixel of the paths.
    """
    key = KEY / np.linalg.norm(KEY)
    facing = normals @ key
    wrapped = np.clip((facing + 0.55) / 1.55, 0, 1)
    sky = 0.5 + 0.5 * normals[..., 1]
    light = KEY_SHARE * wrapped**1.1 + SKY_SHARE * (0.55 + 0.45 * sky)
    light = light - 0.20 * (1 - np.clip(normals[..., 2], 0, 1)) ** 2.2
    light = light * hollows(depth, inside, fine)
    light = np.clip((light - 0.18) / 0.80, 0, 1.06)[..., None]
    turning = 4 * np.clip(light, 0, 1) * (1 - np.clip(light, 0, 1))
    colour = (SHADE * (1 - light) + SKIN * light) * tone * (1 + turning * (WARM - 1))
    colour = np.clip(colour + 12 * np.clip(light - 0.9, 0, 1), 0, 255)
    return shrink(colour, inside, BLOCK)


def hollows(depth: np.ndarray, inside: np.ndarray, fine: int) -> np.ndarray:
    """Factor on the light: below 1 where the surface lies behind its neighbourhood.

    Computed on blocks of fine pixels, one to a pixel of the paths, then spread smoothly.
    """
    weight = _blocks(inside.astype(float), fine)
    covered = weight > 0
    place = _blocks(np.where(inside, depth, 0.0), fine) / np.maximum(weight, 1e-6) / fine
    factor = np.ones_like(place)
    rows = len(place)
    if covered[-1].any():  # the skin runs on below the frame: let it go on as it comes
        below = ((0, min(RUN_ON, rows - 1)), (0, 0))
        place = np.pad(place, below, mode="reflect", reflect_type="odd")
        covered = np.pad(covered, below, mode="reflect")
        factor = np.ones_like(place)
    for sigma, strength in HOLLOWS:
        mean = ndimage.gaussian_filter(np.where(covered, place, 0.0), sigma, truncate=2.5)
        mean = mean / np.maximum(ndimage.gaussian_filter(covered * 1.0, sigma, truncate=2.5), 1e-3)
        factor = factor - strength * np.clip((place - mean) / sigma, -0.4, 1)
    factor, covered = factor[:rows], covered[:rows]
    # Outside, the nearest value inside, so that the edge keeps its own shade when spread.
    nearest = ndimage.distance_transform_edt(~covered, return_distances=False, return_indices=True)
    return ndimage.zoom(factor[tuple(nearest)], fine, order=1, mode="nearest", grid_mode=True)


def _blocks(values: np.ndarray, scale: int) -> np.ndarray:
    height, width = values.shape[0] // scale, values.shape[1] // scale
    return values.reshape(height, scale, width, scale).mean((1, 3))


def shrink(colour: np.ndarray, inside: np.ndarray, scale: int) -> Image.Image:
    """Average blocks of pixels, the transparent ones without weight."""
    height, width = inside.shape[0] // scale, inside.shape[1] // scale
    weight = inside.astype(float)
    blocks = weight.reshape(height, scale, width, scale).mean((1, 3))
    mixed = (colour * weight[..., None]).reshape(height, scale, width, scale, 3).mean((1, 3))
    mixed = mixed / np.maximum(blocks, 1e-6)[..., None]
    rgba = np.concatenate([mixed, 255 * blocks[..., None]], axis=2)
    return Image.fromarray(np.round(np.clip(rgba, 0, 255)).astype(np.uint8), "RGBA")
