"""What is done in a demo session: areas, sides, depths, points, volumes, products and lots."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from mesodash.catalogue.types import Area
from mesodash.demo.calendar import YEARS_BACK
from mesodash.demo.recipes import Recipe
from mesodash.demo.rows import RowBuffer, pick, stamp

_LOT_WEEKS = (3, 8)
_RAISED_AGO_DAYS = 240
_MAX_DRAWN_UL = 60_000


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot of a product, in use from a day on."""

    code: str
    opened_on: date
    expires_on: str


class LotSupply:
    """The lots of every product over the clinic's years.

    `raised` is the one lot with a raised rate of late nodules: that of the most used product which
    is not a lipolytic, in use 240 days before the demo's last day.
    """

    def __init__(self, recipes: tuple[Recipe, ...], today: date, rng: Random) -> None:
        self._lots: dict[str, list[Lot]] = {}
        self._opened: dict[str, list[date]] = {}
        first = today - timedelta(days=366 * YEARS_BACK)
        use: dict[str, float] = {}
        for recipe in recipes:
            for product in recipe.products:
                share = 0.0 if recipe.family == "lipolysis" else recipe.weight
                use[product] = use.get(product, 0.0) + share
        for product in sorted(use):
            self._lots[product] = list(_lots(product, first, today, rng))
            self._opened[product] = [lot.opened_on for lot in self._lots[product]]
        self.raised: Lot | None = None
        if use:
            favourite = max(sorted(use), key=lambda product: use[product])
            self.raised = self.lot(favourite, today - timedelta(days=_RAISED_AGO_DAYS))

    def lot(self, product: str, on: date) -> Lot:
        """The lot in use on a day."""
        return self._lots[product][max(0, bisect_right(self._opened[product], on) - 1)]


def _lots(product: str, first: date, last: date, rng: Random) -> list[Lot]:
    letters = "".join(word[0] for word in product.split()[:2] if word[0].isalnum()).upper()
    lots, day = [], first
    while day <= last:
        expires = day + timedelta(days=rng.randint(240, 700))
        # some labels give a day, most only a month: both are kept as printed
        printed = expires.isoformat() if rng.random() < 0.3 else expires.isoformat()[:7]
        lots.append(Lot(f"{letters}{rng.randint(10_000, 99_999)}", day, printed))
        day += timedelta(weeks=rng.randint(*_LOT_WEEKS), days=rng.randint(0, 6))
    return lots


@dataclass(frozen=True, slots=True)
class DemoSite:
    """An area and side treated throughout a course."""

    area: Area
    side: str

    @property
    def sides(self) -> int:
        """How many sides it counts for."""
        return 2 if self.side == "both" else 1


@dataclass(frozen=True, slots=True)
class TreatmentPlan:
    """How a course is carried out: alike in each of its sessions, with small differences."""

    sites: tuple[DemoSite, ...]
    technique: str | None
    depth_um: int | None
    ul_per_side: int


def plan_course(recipe: Recipe, rng: Random) -> TreatmentPlan:
    """Draw areas, sides, technique, depth and volume for a course."""
    count = min(len(recipe.areas), pick(rng, ((1, 0.55), (2, 0.3), (3, 0.15))))
    sites: list[DemoSite] = []
    for area in dict.fromkeys(rng.choices(recipe.areas, recipe.area_weights, k=count)):
        sites.extend(_sites(area, recipe, rng))
    if recipe.broader and rng.random() < (0.2 if recipe.family == "pain" else 0.02):
        sites = _sites(rng.choice(recipe.broader), recipe, rng)  # nobody wrote down where exactly
    low, high = recipe.usual_ul
    if recipe.point_ul and recipe.published_points:
        per_side = recipe.point_ul * recipe.published_points
        low, high = round(per_side * 0.7), per_side
    most = recipe.max_side_ul or high
    volume = min(rng.randint(low, high), most)
    sides = sum(site.sides for site in sites)
    if recipe.max_session_ul is not None:
        volume = min(volume, recipe.max_session_ul // sides)
    depth = None if recipe.depth_um is None else _rounded(rng.uniform(*recipe.depth_um), 500)
    if recipe.depth_um is not None and depth is not None:
        depth = min(max(depth, recipe.depth_um[0]), recipe.depth_um[1])
    return TreatmentPlan(tuple(sites), rng.choice(recipe.techniques), depth, volume)


def _sites(area: Area, recipe: Recipe, rng: Random) -> list[DemoSite]:
    paired = "left" in area.sides and "right" in area.sides
    if "midline" in area.sides and (not paired or rng.random() < 0.5):
        return [DemoSite(area, "midline")]
    one_sided = 0.6 if recipe.family == "pain" else 0.06
    drawn = rng.random()
    if drawn < one_sided:
        return [DemoSite(area, rng.choice(("left", "right")))]
    if drawn < one_sided + 0.12:
        return [DemoSite(area, "left"), DemoSite(area, "right")]
    return [DemoSite(area, "both")]


def _rounded(value: float, step: int) -> int:
    return max(step, round(value / step) * step)


def write_treatment(
    buffer: RowBuffer,
    supplies: LotSupply,
    recipe: Recipe,
    plan: TreatmentPlan,
    *,
    session: int,
    patient: int,
    at: datetime,
    rng: Random,
) -> bool:
    """Write one held session's areas and products; True if the raised lot was among them."""
    areas = buffer.rows["treated_areas"]
    held_at = stamp(at)
    total = 0
    for site in plan.sites:
        per_side = round(plan.ul_per_side * rng.uniform(0.85, 1.0))
        if recipe.point_ul:
            points = max(1, per_side // recipe.point_ul) * site.sides
            volume = points * recipe.point_ul
        else:
            volume = min(_rounded(per_side * site.sides, 100 if per_side >= 200 else 10), 1_000_000)
            points = rng.randint(8, 40) * site.sides if rng.random() < 0.6 else 0
        if recipe.max_session_ul is not None:
            volume = min(volume, recipe.max_session_ul - total)
        total += volume
        areas.append(
            (
                session,
                patient,
                held_at,
                site.area.code,
                site.side,
                plan.technique,
                plan.depth_um,
                points or None,
                volume,
            )
        )
    raised = False
    left = total
    only = plan.sites[0].area.code if len({site.area.code for site in plan.sites}) == 1 else None
    for n, product in enumerate(recipe.products):
        lot = supplies.lot(product, at.date())
        last = n == len(recipe.products) - 1
        volume = left if last else _rounded(left * rng.uniform(0.4, 0.6), 10)
        left -= volume
        raised = raised or lot is supplies.raised
        noted = rng.random() > 0.04
        buffer.rows["products_used"].append(
            (
                session,
                only,
                product,
                lot.code if noted else None,
                lot.expires_on if noted else None,
                max(0, volume),
            )
        )
    return raised
