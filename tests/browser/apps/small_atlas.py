"""A hand-made atlas of few areas, so that a test of the figure knows every one of them."""

from mesodash.bodymap.atlas import AreaShape, Atlas, BodyView

CM_PER_PX = 0.15
SIZE = {"body": (600, 1200), "face": (600, 700)}


def box(area: str, side: str, left: float, top: float, width: float, height: float) -> dict:
    return {
        "area": area,
        "side": side,
        "path": f"M{left} {top}l{width} 0l0 {height}l{-width} 0z",
        "anchor": [left + width / 2, top + height / 2],
        "px_area": width * height,
        "cm2": width * height * CM_PER_PX**2,
    }


def view(kind: str, letters: tuple[str, str], areas: list[dict]) -> dict:
    width, height = SIZE[kind]
    places = {letters[0]: [40, 60], letters[1]: [width - 40, 60]}
    return {
        "width": width,
        "height": height,
        "pictures": {},
        "cm_per_px": CM_PER_PX,
        "outline": f"M200 20H400V200H{width - 60}V{height - 20}H60V200H200Z",
        "r_label": places.get("R"),
        "l_label": places.get("L"),
        "areas": areas,
    }


def mirrored(area: str, left_x: float, y: float, w: float, h: float, *, back: bool) -> list[dict]:
    """Make both sides of an area; on the front the patient's left is the viewer's right."""
    right_x = 600 - left_x - w
    sides = ("right", "left") if back else ("left", "right")
    return [box(area, sides[0], left_x, y, w, h), box(area, sides[1], right_x, y, w, h)]


def figure() -> dict:
    front = [
        *mirrored("face.cheek", 310, 110, 18, 16, back=False),
        box("abdomen.upper", "midline", 220, 420, 160, 120),
        box("abdomen.lower", "midline", 220, 545, 160, 120),
        *mirrored("flank", 385, 450, 60, 180, back=False),
        *mirrored("thigh.front", 320, 720, 110, 250, back=False),
    ]
    back = [
        box("back.upper", "midline", 180, 220, 240, 180),
        *mirrored("buttock", 305, 560, 120, 140, back=True),
        *mirrored("thigh.back", 320, 720, 110, 250, back=True),
    ]
    face = [
        box("face.forehead", "midline", 200, 100, 200, 110),
        *mirrored("face.cheek", 340, 330, 90, 120, back=False),
        box("face.chin", "midline", 250, 560, 100, 80),
    ]
    side = [box("thigh.outer", "left", 200, 700, 180, 260)]
    other = [box("thigh.outer", "right", 200, 700, 180, 260)]
    return {
        "front": view("body", ("R", "L"), front),
        "back": view("body", ("L", "R"), back),
        "left": view("body", ("L", ""), side),
        "right": view("body", ("R", ""), other),
        "face": view("face", ("R", "L"), face),
        "face_left": view("face", ("L", ""), [box("face.cheek", "left", 250, 330, 120, 120)]),
        "face_right": view("face", ("R", ""), [box("face.cheek", "right", 250, 330, 120, 120)]),
        "scalp": view("face", ("R", "L"), [box("scalp.crown", "midline", 200, 250, 200, 200)]),
    }


ATLAS = {"figures": {"female": figure(), "male": figure()}}


def in_python() -> Atlas:
    """The same as the type the helpers of the figure's points take."""
    views = [
        BodyView(
            figure=sex,
            name=name,
            picture="",
            **{**drawn, "areas": tuple(AreaShape(**shape) for shape in drawn["areas"])},
        )
        for sex, views in ATLAS["figures"].items()
        for name, drawn in views.items()
    ]
    return Atlas(source="made by hand for tests", views=tuple(views))


NAMES = {
    "face.cheek": "Cheek",
    "face.forehead": "Forehead",
    "face.chin": "Chin",
    "abdomen.upper": "Upper abdomen",
    "abdomen.lower": "Lower abdomen",
    "flank": "Flank",
    "thigh.front": "Front of thigh",
    "thigh.back": "Back of thigh",
    "thigh.outer": "Outer thigh",
    "back.upper": "Upper back",
    "buttock": "Buttock",
    "scalp.crown": "Crown",
}


def labels(atlas: dict) -> dict[tuple[str, str], str]:
    """Name every area of an atlas the way the app does: the area, then its side."""
    pairs = {
        (area["area"], area["side"])
        for views in atlas["figures"].values()
        for drawn in views.values()
        for area in drawn["areas"]
    }
    return {
        (area, side): NAMES.get(area, area.replace(".", " ").replace("_", " ").capitalize())
        + ("" if side == "midline" else f", {side}")
        for area, side in sorted(pairs)
    }
