"""How many photographed package codes are read at the first shot, and whether any lot is wrong.

    python benchmarks/photographed_codes.py [--shots 200] [--seed 15]

Draws a package's DataMatrix (GTIN, expiry, lot, serial) with another lot each time, lays it on a
table, turns it by up to 40 degrees, tilts it, blurs it, lights it poorly, adds noise, and saves it
as the JPEG a phone would send. Each is read by what the app reads with, in this process. Prints
how many were read, how many gave a wrong lot, and the median time.
"""

import argparse
import io
import random
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from mesodash.exchange.sources.package_code import codes_on, parsed

GTIN = "04012345678901"


@dataclass(frozen=True)
class Shots:
    """What came of the photographs.

    Attributes:
        read: how many gave the lot on the package and nothing else.
        wrong: (number, the lot on the package, the lots read) where another lot was read.
        milliseconds: the median time of reading one.
    """

    read: int
    wrong: tuple[tuple[int, str, frozenset[str]], ...]
    milliseconds: float


def code(lot: str = "CF2291", serial: str = "S9") -> Image.Image:
    """The code on a package, as its printer draws it."""
    drawn = zxingcpp.create_barcode(
        f"(01){GTIN}(17)270331(10){lot}(21){serial}", zxingcpp.BarcodeFormat.DataMatrix, gs1=True
    )
    return Image.fromarray(np.array(drawn.to_image(scale=6)))


def saved(picture: Image.Image, kind: str = "JPEG") -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    picture.convert("RGB").save(file, kind)
    return file.getvalue()


def photographed(lot: str, dice: random.Random) -> bytes:
    """A package on a table: turned, tilted, blurred, in poor light, with noise."""
    symbol = code(lot)
    label = Image.new("L", (symbol.width + 160, symbol.height + 160), 235)
    label.paste(symbol, (80, 80))
    table = Image.new("L", (900, 800), dice.randint(60, 200))
    table.paste(label, ((900 - label.width) // 2, (800 - label.height) // 2))
    lean = dice.uniform(-0.00025, 0.00025), dice.uniform(-0.00025, 0.00025)
    shot = table.transform(
        table.size,
        Image.Transform.PERSPECTIVE,
        (1, 0, 0, 0, 1, 0, *lean),
        Image.Resampling.BICUBIC,
    )
    shot = shot.rotate(dice.uniform(-40, 40), Image.Resampling.BICUBIC, fillcolor=120)
    shot = shot.filter(ImageFilter.GaussianBlur(dice.uniform(0, 2.0)))
    shot = ImageEnhance.Brightness(shot).enhance(dice.uniform(0.45, 1.25))
    shot = ImageEnhance.Contrast(shot).enhance(dice.uniform(0.5, 1.1))
    noise = np.random.default_rng(dice.randint(0, 10**6)).normal(0, 6, (shot.height, shot.width))
    grains = np.clip(np.asarray(shot, dtype=float) + noise, 0, 255).astype("uint8")
    return saved(Image.fromarray(grains))


def shoot(shots: int, seed: int) -> Shots:
    """Photograph so many packages and read each once."""
    dice = random.Random(seed)  # noqa: S311 - pictures, no secrets
    read, wrong, taken = 0, [], []
    for number in range(shots):
        lot = f"{dice.choice('ABCLX')}{dice.randint(100, 99999)}{dice.choice('0OIB8')}"
        photograph = photographed(lot, dice)
        began = time.perf_counter()
        lots = frozenset(parsed(text).lot for text in codes_on(photograph))
        taken.append((time.perf_counter() - began) * 1000)
        read += lots == {lot}
        if lots - {lot}:
            wrong.append((number, lot, lots))
    return Shots(read, tuple(wrong), statistics.median(taken))


def main() -> None:
    """Photograph, read, print a line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shots", type=int, default=200)
    options.add_argument("--seed", type=int, default=15)
    given = options.parse_args()
    done = shoot(given.shots, given.seed)
    print(
        f"{done.read} of {given.shots} read at the first shot ({done.read / given.shots:.1%}),"
        f" {len(done.wrong)} wrong lots, {done.milliseconds:.0f} ms each"
    )
    for number, lot, lots in done.wrong:
        print(f"  {number}: {lot} was read as {', '.join(sorted(lots))}")


if __name__ == "__main__":
    main()
