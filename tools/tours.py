"""Take the pictures of the tours anew, into ``docs/images/tours``.

``python -m tools.tours CITY`` walks the tours of ``tests/tours`` from the four sides of ``READING``; CITY is the folder of
Yantai, assessed, with the text of its plan among its plans. Needs Chromium.
Invariant: a picture is taken only at a stop whose tour has asserted what it shows; pictures that no stop takes are removed.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from PIL import Image

import dafeng as df
from dafeng.store import accounts
from dafeng.web.app import create_app
from tests.tours import analyst, newcomer, places, visitor
from tests.tours.sides import READING, Side
from tests.web.browser import launched, served

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/images/tours"
COLOURS = 96
SETTLE = 400
"""Time that charts are given to be drawn. [ms]"""
STOPS = {"newcomer": newcomer.STOPS, "analyst": analyst.STOPS, "visitor": visitor.STOPS}


def name_picture(tour: str, stop: str, side: Side) -> str:
    """File name of a picture."""
    return f"{tour}-{stop}-{side.window}-{side.language}-{side.theme}.png"


def list_pictures() -> list[str]:
    """File names of all pictures, in the order of the walk."""
    return [name_picture(tour, stop, side) for tour, stops in STOPS.items() for stop in stops for side in READING]


def shrink(content: bytes) -> bytes:
    """The same picture with a palette: a fifth of the size, no difference that an eye would find."""
    made = io.BytesIO()
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


def walk(tour: str, stops: Iterator[str], page: Any, side: Side) -> None:
    """Follow a tour and take a picture at each stop; a plan's own sentences, which are not ours to keep, are blurred."""
    for stop in stops:
        page.wait_for_timeout(SETTLE)
        page.locator(".clause-text").evaluate_all("all => all.forEach(one => { one.style.filter = 'blur(5px)' })")
        (FOLDER / name_picture(tour, stop, side)).write_bytes(shrink(page.screenshot()))
        print(name_picture(tour, stop, side))


def picture_newcomer(browser: Any, city: Path) -> None:
    """Pictures of the newcomer in an assessed city."""
    material = df.city_view(df.open_city(city))
    text = next(iter(material.documents.values()))
    with served(create_app([material])) as base:
        for side in READING:
            visit = side.visit(browser, base)
            stops = newcomer.newcomer(visit.page, base, newcomer.YANTAI, side.language, text)
            walk("newcomer", stops, visit.page, side)
            visit.context.close()


def picture_visitor(browser: Any, city: Path) -> None:
    """Pictures of a visitor of what the city publishes."""
    opened = df.open_city(city)
    with served(create_app([df.city_view(opened)], offices=[opened])) as base:
        for side in READING:
            visit = side.visit(browser, base)
            walk("visitor", visitor.visitor(visit.page, base, visitor.YANTAI, side.language), visit.page, side)
            visit.context.close()


def picture_analyst(browser: Any, folder: Path) -> None:
    """Pictures of the analyst, in a fresh city for each side."""
    for side in READING:
        city = places.town(folder / str(side))
        with served(create_app([], offices=[city])) as base:
            visit = side.visit(browser, base)
            walk("analyst", analyst.analyst(visit.page, base, city.slug, places.TABLE), visit.page, side)
            visit.context.close()


def main() -> int:
    """Take all pictures; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path, help="folder of Yantai, assessed")
    city, chromium = parser.parse_args().city, shutil.which("chromium")
    if chromium is None:
        print("chromium is not installed; tools/browser.sh brings it", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    cheap = patch.object(accounts, "hasher", lambda: PasswordHasher.from_parameters(CHEAPEST))
    with launched(chromium) as browser, tempfile.TemporaryDirectory() as folder, cheap:
        picture_newcomer(browser, city)
        picture_visitor(browser, city)
        picture_analyst(browser, Path(folder))
    for stray in {path.name for path in FOLDER.iterdir()} - set(list_pictures()):
        (FOLDER / stray).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
