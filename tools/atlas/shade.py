"""Quiet light on a mannequin: soft key, sky and ground, and a little shade in the hollows."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

SKIN = np.array([222.0, 211.0, 201.0])
SHADE = np.array([139.0, 124.0, 116.0])
KEY = np.array([-0.35, 0.55, 0.76])
SKY_SHARE, KEY_SHARE = 0.55, 0.45


def picture(
    normals: np.ndarray, depth: np.ndarray, inside: np.ndarray, tone: np.ndarray, scale: int
) -> Image.Image:
    """RGBA picture at 1/scale size.

    Args:
        normals: (h, w, 3) unit normals in the eye's frame (right, up, toward).
        depth: (h, w) distance from the eye in pixels.
        inside: (h, w) True where the figure is.
        tone: (h, w, 3) factor on the skin's colour, 1 where plain.
        scale: supersampling factor.
    """
    key = KEY / np.linalg.norm(KEY)
    facing = normals @ key
    wrapped = np.clip((facing + 0.55) / 1.55, 0, 1)
    sky = 0.5 + 0.5 * normals[..., 1]
    light = KEY_SHARE * wrapped**1.1 + SKY_SHARE * (0.55 + 0.45 * sky)
    light = light - 0.20 * (1 - np.clip(normals[..., 2], 0, 1)) ** 2.2
    light = light * hollows(depth, inside, scale)
    light = np.clip((light - 0.18) / 0.80, 0, 1.06)[..., None]
    colour = (SHADE * (1 - light) + SKIN * light) * tone
    colour = np.clip(colour + 12 * np.clip(light - 0.9, 0, 1), 0, 255)
    return shrink(colour, inside, scale)


def hollows(depth: np.ndarray, inside: np.ndarray, scale: int) -> np.ndarray:
    """Factor on the light: below 1 where the surface lies behind its neighbourhood."""
    weight = _blocks(inside.astype(float), scale)
    near_depth = _blocks(np.where(inside, depth, 0.0), scale) / np.maximum(weight, 1e-6) / scale
    covered = weight > 0
    factor = np.ones_like(near_depth)
    for sigma, strength in ((3, 0.10), (9, 0.12), (26, 0.10)):
        mean = ndimage.gaussian_filter(np.where(covered, near_depth, 0.0), sigma, truncate=2.5)
        mean = mean / np.maximum(ndimage.gaussian_filter(covered * 1.0, sigma, truncate=2.5), 1e-3)
        factor = factor - strength * np.clip((near_depth - mean) / sigma, -0.4, 1)
    return np.kron(factor, np.ones((scale, scale)))


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
