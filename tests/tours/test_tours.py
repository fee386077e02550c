"""The tours in Chromium, from every side that matters, on both databases where something is written."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.work.city import init
from dafeng.work.correct import corrections
from dafeng.work.publish_rules import Visibility, spell_visibility
from tests.tours.analyst import SLIPS, STOPS, analyst, plant
from tests.tours.places import TABLE, emissions, empty_database, town
from tests.tours.sides import READING, WRITING, Side
from tests.tours.visitor import STOPS as STOPS_OF_VISITOR
from tests.tours.visitor import Visited, visitor
from tests.web.browser import served
from tests.web.sample import city as sample_city
from tools.tours import FOLDER, ROOT, list_pictures

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> float:
    """CO2 of 2025 by the table as it should be, taken in by the command. [Mt]"""
    return emissions(town(tmp_path_factory.mktemp("right")), TABLE) or 0.0


@pytest.mark.parametrize(("sides", "traits"), [(READING, 3), (WRITING, 4)], ids=["reading", "writing"])
def test_the_sides_meet_every_pair(sides: tuple[Side, ...], traits: int) -> None:
    seen = [(side.window, side.language, side.theme, side.records)[:traits] for side in sides]
    for one, other in combinations(range(traits), 2):
        assert len({(row[one], row[other]) for row in seen}) == 4


def test_an_error_is_planted_where_it_is_said() -> None:
    good, bad = (text.splitlines() for text in (TABLE, plant(TABLE)))
    assert [number for number, lines in enumerate(zip(good, bad, strict=True), 1) if lines[0] != lines[1]] == sorted(
        int(slip.cell[1:]) for slip in SLIPS
    )


def test_every_stop_has_its_pictures_and_no_other_lies_there() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(list_pictures())


def test_the_page_shows_every_picture() -> None:
    page = (ROOT / "docs/tours.md").read_text(encoding="utf-8")
    assert [name for name in list_pictures() if f"](images/tours/{name})" not in page] == []


def test_the_pictures_are_small_and_have_a_palette() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000
    for path in FOLDER.iterdir():
        with Image.open(path) as picture:
            assert picture.mode == "P", path.name


@pytest.mark.parametrize("side", WRITING, ids=str)
def test_an_analyst_corrects_five_planted_errors(side: Side, browser: Any, right: float, tmp_path: Path, request: Any) -> None:
    records = empty_database(request.getfixturevalue("server")) if side.records == "postgres" else ""
    city = town(tmp_path, records)
    with served(create_app([], offices=[city])) as base:
        visit = side.visit(browser, base)
        stops = list(analyst(visit.page, base, city.slug, TABLE))
        found = visit.clean()
        visit.context.close()
    assert (stops, found) == (list(STOPS), ([], []))
    assert {made.at.rpartition("!")[2]: str(made.corrected.normalize()) for made in corrections(city)} == {
        slip.cell: str(Decimal(slip.right).normalize()) for slip in SLIPS
    }
    assert emissions(city) == right
    with open_records(city.records) as store:
        assert store.verify() == ()


VISITED = Visited(
    slug="yangli",
    indicator="indicator_t04",
    title={"zh": "核电装机容量", "en": "nuclear capacity"},
    internal="indicators/indicator_t03",
    unsaid=("光伏发电装机容量", "Solar capacity"),
)


@pytest.mark.parametrize("side", READING, ids=str)
def test_a_visitor_sees_only_what_is_public(side: Side, browser: Any, tmp_path: Path) -> None:
    kinds = dict.fromkeys(("targets", "tasks", "emissions", "pathway", "organisations", "sources"), "public")
    folder = init(tmp_path / "yangli", place="990100")
    rules = Visibility(kinds=kinds, objects={"targets": {"T03": "internal"}})  # type: ignore[arg-type]
    (folder.overlay / "visibility.yaml").write_text(spell_visibility(rules), encoding="utf-8")
    with served(create_app([sample_city()], offices=[folder])) as base:
        visit = side.visit(browser, base)
        stops = list(visitor(visit.page, base, VISITED, side.language))
        found = visit.clean()
        visit.context.close()
    assert (stops, found[0], ["404" in fault for fault in found[1]]) == (list(STOPS_OF_VISITOR), [], [True])


def test_before_the_table_there_is_no_total_and_the_errors_would_move_it(right: float, tmp_path: Path) -> None:
    city = town(tmp_path)
    assert emissions(city) is None
    assert emissions(city, plant(TABLE)) is None  # nobody has decided on its errors
    assert abs((emissions(city, plant(TABLE), kept="as reported") or right) - right) > 1
