"""Yantai from its plan and its published figures to the frozen cockpit."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

import dafeng as df
from dafeng.store.files import hash_file
from tests.journeys.claims import Claims
from tests.journeys.walk import nodes, walk
from tests.tours.newcomer import STOPS, YANTAI, follow
from tests.tours.sides import READING

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def journey(shared, tmp_path_factory):
    return walk("yantai", tmp_path_factory.mktemp("yantai"), document=shared / "plans" / "yantai.txt")


@pytest.fixture(scope="module")
def share_2030(journey):
    """Explanation of the verdict on the non-fossil share of 2030."""
    row = next(r for r in journey.view["verdicts"] if r["indicator_id"] == "non_fossil_share" and r["year"] == 2030)
    return nodes(df.explain(row["address"], city=journey.city))


class TestYantai(Claims):
    """Claims on Yantai."""

    def test_the_non_fossil_share_leads_to_its_clause(self, journey, share_2030):
        # the clause's characters hold the figure of the target
        spans = [t["anchor"] for t in share_2030 if t["kind"] == "clause"]
        text = journey.frozen.documents[journey.plan.document.sha256]
        assert any("25%" in text[a["start"] : a["end"]] for a in spans)

    def test_the_non_fossil_share_leads_to_delivered_cells(self, share_2030):
        assert [trace for trace in share_2030 if trace["kind"] == "fact" and trace["cell"]] != []

    def test_a_delivered_cell_holds_the_figure_it_is_named_for(self, journey):
        # ceads gives 57.810357 Mt CO2 for 2019; the cell is opened as a reader would
        level = nodes(df.explain("pathway/plan.co2.2030", city=journey.city))
        fact = next(t for t in level if t["kind"] == "fact" and t["unit"] == "Mt CO2" and t["year"] == 2019)
        path = journey.city.folder / "data" / fact["cell"]["file"]
        column, line = ord(fact["cell"]["cell"][0]) - ord("A"), int(fact["cell"]["cell"][1:])
        with path.open(encoding="utf-8", newline="") as file:
            assert Decimal(list(csv.reader(file))[line - 1][column]) == Decimal(fact["value"])
        assert fact["cell"]["sha256"] == hash_file(path)

    def test_words_find_the_target_among_the_first(self, journey):
        found = df.explain("2030年 非化石能源消费比重 ≈", city=journey.city)
        assert (found["trace"]["kind"], found["trace"]["year"]) == ("target", 2030)

    def test_the_nuclear_target_clashes_with_the_known_units(self, journey):
        nuclear = {t.id for t in journey.city.read_plan().targets if t.indicator_id == "nuclear_capacity"}
        assert any(nuclear & set(clash["targets"]) for clash in journey.view["clashes"])

    def test_five_headline_questions_are_answered_with_numbers(self, journey):
        answered = journey.view["headlines"]
        assert (len(answered) >= 5, [h["id"] for h in answered if not h["numbers"]]) == (True, [])

    def test_the_hourly_balance_is_certified(self, journey):
        power = journey.view["power"]
        assert (power["certificate"]["passed"], len(power["weeks"]), len(power["storage"]["capacity"])) == (True, 4, 4)

    @pytest.mark.browser
    @pytest.mark.parametrize("side", READING, ids=str)
    def test_a_newcomer_follows_a_figure_to_its_clause(self, journey, browser, side):
        assert follow(journey.frozen, YANTAI, side, browser) == (STOPS, ([], []))
