"""The house in figures: folders and their modules, single importers, class names, long files.

    python tools/house.py [CHECKOUT]

Prints a Markdown table. `tests/tools/test_house.py` holds the limits; `architecture_picture.py`
draws what is read here.
"""

import ast
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "mesodash"


@dataclass(frozen=True, slots=True)
class House:
    """What the sources of a checkout say of their own order.

    Attributes:
        files: module -> its file; a package is its `__init__.py`; pages and `app.py` by path.
        imports: (importer, imported) of modules of the package, each pair once.
    """

    files: dict[str, Path]
    imports: frozenset[tuple[str, str]]

    @property
    def modules(self) -> dict[str, Path]:
        """The modules of the package proper, without packages' own `__init__.py`."""
        return {
            name: path
            for name, path in self.files.items()
            if name.startswith(f"{PACKAGE}.") and path.name != "__init__.py"
        }

    def folder_sizes(self) -> Counter[str]:
        """Folder of the package -> how many modules stand in it."""
        return Counter(_parent(name) for name in self.modules)

    def single_importers(self) -> list[tuple[str, str]]:
        """Modules that one other module of the package imports, which stands in the same folder.

        Pages and `app.py` do not count as importers, for they import whatever they show; the
        `__init__.py` of a package does, and stands in the folder of its name.
        """
        importers = defaultdict(set)
        for importer, imported in self.imports:
            if importer.partition(".")[0] == PACKAGE:
                importers[imported].add(importer)
        single = {
            name: next(iter(importers[name])) for name in self.modules if len(importers[name]) == 1
        }
        return sorted(
            (name, importer)
            for name, importer in single.items()
            if self.files[importer].parent == self.files[name].parent
        )

    def repeated_classes(self) -> dict[str, list[str]]:
        """Class name -> the modules that define one of that name, where there are several."""
        homes = defaultdict(list)
        for name, path in self.files.items():
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    homes[node.name].append(name)
        return {name: sorted(where) for name, where in sorted(homes.items()) if len(where) > 1}

    def lengths(self) -> dict[str, int]:
        """Module -> its lines."""
        return {
            name: len(path.read_text("utf-8").splitlines()) for name, path in self.files.items()
        }


def read_house(root: Path) -> House:
    """Read the sources below `root`: `src/mesodash`, `pages` and `app.py`."""
    source = root / "src"
    files = {
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((source / PACKAGE).rglob("*.py"))
    }
    files |= {
        path.relative_to(root).as_posix(): path
        for path in (*sorted((root / "pages").rglob("*.py")), root / "app.py")
    }
    pairs = {
        (name, imported)
        for name, path in files.items()
        for imported in _imported(path, files)
        if imported != name
    }
    return House(files, frozenset(pairs))


def _imported(path: Path, files: dict[str, Path]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in files else node.module)
    return {name for name in found if name in files}


def _parent(name: str) -> str:
    return name.rsplit("/" if "/" in name else ".", 1)[0]


def table(house: House) -> str:
    """The figures as a Markdown table, one row each."""
    sizes, lengths = house.folder_sizes(), house.lengths()
    rows = (
        ("modules", len(house.modules)),
        ("folders", len(sizes)),
        ("most modules in a folder", max(sizes.values())),
        ("lines of the longest module", max(lengths.values())),
        ("modules with a single importer, in the same folder", len(house.single_importers())),
        ("class names that stand for two things", len(house.repeated_classes())),
    )
    return "\n".join(["| figure | number |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows)])


if __name__ == "__main__":
    read = read_house(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]))
    print(table(read))
    for pair in read.single_importers():
        print(f"single importer: {pair[0]} <- {pair[1]}")
    for name, homes in read.repeated_classes().items():
        print(f"class {name}: {', '.join(homes)}")
