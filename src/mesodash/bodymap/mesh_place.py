"""A place on the base mesh, which both figures and all views share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeshPlace:
    """A place on the base mesh.

    Attributes:
        triangle: counted from 0.
        u: weight of the triangle's second corner, 0 to 1.
        v: weight of its third corner, 0 to 1; that of the first is 1 - u - v.
    """

    triangle: int
    u: float
    v: float
