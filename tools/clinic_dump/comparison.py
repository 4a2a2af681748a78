"""Two dumps held against each other."""

import json
import math
import re
from pathlib import Path
from typing import Any

TOLERANCE = 1e-12
"""Floating-point numbers this close, relative or absolute, count as equal."""


def differences(a: Any, b: Any, where: str = "") -> list[str]:
    """Where two values differ: floats by more than 1e-12, all else at all."""
    if isinstance(a, dict) and isinstance(b, dict):
        found = []
        for key in dict.fromkeys((*a, *b)):
            if key not in a or key not in b:
                side, one = ("after", b) if key in b else ("before", a)
                found.append(f"{where}.{key}: only {side}: {short(one[key])}")
            else:
                found += differences(a[key], b[key], f"{where}.{key}")
        return found
    if isinstance(a, list) and isinstance(b, list):
        if len(a) == len(b):
            return [
                d
                for n, (x, y) in enumerate(zip(a, b, strict=True))
                for d in differences(x, y, f"{where}[{n}]")
            ]
        missing = [x for x in a if x not in b]
        added = [y for y in b if y not in a]
        sides = f"only before: {short(missing)}; only after: {short(added)}"
        return [f"{where}: {len(a)} then {len(b)} entries; {sides}"]
    return [] if same(a, b) else [f"{where}: {short(a)} -> {short(b)}"]


def same(a: Any, b: Any) -> bool:
    """Equal; floating-point numbers, also those in cells of text, within 1e-12."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, str) != isinstance(b, str):
        return False
    if a == b:
        return True
    if isinstance(a, str) and not (re.search(r"\d\.\d", a) and re.search(r"\d\.\d", b)):
        return False
    try:
        x, y = float(a), float(b)
    except ValueError:
        return False
    return math.isclose(x, y, rel_tol=TOLERANCE, abs_tol=TOLERANCE) or (
        math.isnan(x) and math.isnan(y)
    )


def short(value: Any) -> str:
    """A value in at most a line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"


def compare(before: Path, after: Path) -> int:
    """List every difference between two dumps; 1 if there is one.

    Of files that only one dump has, the names are listed where it is the newer one; where it is the
    older, their number, since a dump may be a brief one.
    """
    old, new = ({str(p.relative_to(d)) for p in d.rglob("*.json")} for d in (before, after))
    lines = [f"{name}: only after" for name in sorted(new - old)]
    files = 0
    for name in sorted(old & new):
        pair = (json.loads((folder / name).read_text("utf-8")) for folder in (before, after))
        found = differences(*pair)
        files += bool(found)
        lines += [f"{name}{one}" for one in found]
    print("\n".join(lines))
    print(f"{len(old & new)} files compared; {len(lines)} differences, in {files} of them")
    print(f"{len(old - new)} files of the older dump are not in the newer")
    return int(bool(lines))
