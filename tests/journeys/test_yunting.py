"""The invented city: complete data, so that every step has something to do."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.journeys.claims import Claims
from tests.journeys.walk import walk

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def journey(tmp_path_factory):
    return walk("yunting", tmp_path_factory.mktemp("yunting"), document=ROOT / "cities" / "yunting" / "plans" / "plan.txt")


class TestYunting(Claims):
    """Claims on the invented city."""

    def test_the_plan_is_read_from_its_text_as_the_folder_keeps_it(self, journey):
        kept = {(t.indicator_id, t.year, t.value) for t in journey.city.read_plan().targets}
        assert {(t.indicator_id, t.year, t.value) for t in journey.plan.targets} == kept

    def test_verdicts_of_every_sort_are_reached(self, journey):
        assert {kind for kind, count in journey.view["counts"].items() if count} == {
            "met", "on_course", "behind", "off_course", "not_due", "not_measurable",
        }  # fmt: skip

    def test_the_inventory_adds_up(self, journey):
        table = next(t for t in journey.view["emissions"]["tables"] if t["id"] == f"co2.{journey.city.year}")
        *sectors, total = [row["cells"][-1] for row in table["rows"]]
        assert sum(cell["value"] for cell in sectors if cell) == pytest.approx(total["value"], rel=1e-12)

    def test_an_inventory_cell_leads_to_factor_and_delivered_cell(self, journey):
        table = next(t for t in journey.view["emissions"]["tables"] if t["id"] == f"co2.{journey.city.year}")
        cell = next(c for row in table["rows"] for c in row["cells"] if c)
        trace = journey.frozen.traces[journey.strip(cell["address"])]
        below = [journey.frozen.traces[address] for address in trace["inputs"]]
        assert {t["kind"] for t in below} == {"fact", "factor"}
        assert [t["cell"] is not None for t in below if t["kind"] == "fact"] == [True] * sum(t["kind"] == "fact" for t in below)

    def test_methods_and_factors_are_told(self, journey):
        assert (len(journey.view["methods"]) >= 3, {f["match"] for f in journey.view["factors"]} >= {"exact"}) == (True, True)
