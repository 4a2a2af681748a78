"""Every report by name: where its function is and what it is usually counted by."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

_PACKAGE: Final = "mesodash.reports"

MORE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "attendance": ("attendance", ("month",)),
    "products": ("products", ("product", "lot")),
    "completion": ("course_ends", ("protocol",)),
    "stopping": ("course_ends", ()),
    "first_session": ("course_ends", ("protocol",)),
    "gaps": ("course_times", ("protocol",)),
    "top_ups": ("course_times", ("protocol",)),
    "trajectory": ("trajectories", ("protocol", "scale")),
    "individual_lines": ("trajectories", ("protocol", "scale")),
    "levels": ("unscored", ("scale",)),
    "followed_up": ("unscored", ("protocol",)),
    "incidence": ("incidence", ("effect",)),
    "severity": ("incidence", ("effect",)),
    "onset": ("incidence", ("effect",)),
    "resolution": ("lasting", ("effect",)),
    "promises": ("lasting", ("effect", "protocol")),
    "reactions": ("lasting", ("effect",)),
    "late": ("single_effects", ("effect",)),
    "signals": ("signals", ()),
    "looks": ("signals", ("kind", "effect")),
}
"""The reports beside the contract's: name -> module, usual keys. All take (lake, catalogue,
filters, by) and give a frame."""

FIRST: Final = ("volumes", "side_effects", "outcomes", "courses", "clusters")
"""The contract's reports; each has a module of its name."""


def function(name: str) -> Callable[..., Any]:
    """The function of a report, its module imported only now.

    Raises:
        KeyError: there is no such report.
    """
    module = name if name in FIRST else MORE[name][0]
    made: Callable[..., Any] = getattr(import_module(f"{_PACKAGE}.{module}"), name)
    return made
