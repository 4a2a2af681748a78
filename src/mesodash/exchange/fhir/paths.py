"""Writing and reading one value of a JSON resource at a path (see `shapes`)."""

from collections.abc import Mapping
from typing import Any

Resource = dict[str, Any]
PathLike = tuple[str | int | Mapping[str, Any], ...]


def put(resource: Resource, path: PathLike, value: Any, beside: Mapping[str, Any]) -> Resource:
    """Write a value, making what is not there on the way; the object that holds it."""
    here: Any = resource
    for at, step in enumerate(path[:-1]):
        fresh: Any = {} if isinstance(path[at + 1], str) else []
        if isinstance(step, str):
            here = here.setdefault(step, fresh)
        elif isinstance(step, int):
            if step == len(here):
                here.append(fresh)
            here = here[step]
        else:
            here = _chosen(here, step, make=True)
    last = path[-1]
    if isinstance(last, int):
        here.append(value)
        return resource
    here[last] = value
    here.update(beside)
    return here  # type: ignore[no-any-return]


def get(resource: Any, path: PathLike) -> Any:
    """The value at a path; None where there is none, or where something else is."""
    here = resource
    for step in path:
        if isinstance(step, str):
            here = here.get(step) if isinstance(here, dict) else None
        elif isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
        else:
            here = _chosen(here, step) if isinstance(here, list) else None
        if here is None:
            return None
    return None if isinstance(here, dict | list) else here


def _chosen(some: list[Any], members: Mapping[str, Any], *, make: bool = False) -> Any:
    for one in some:
        if isinstance(one, dict) and all(one.get(name) == v for name, v in members.items()):
            return one
    if not make:
        return None
    some.append(dict(members))
    return some[-1]
