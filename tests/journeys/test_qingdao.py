"""Qingdao from its plan and its published figures to the frozen cockpit."""

from __future__ import annotations

import pytest

from tests.journeys.claims import Claims
from tests.journeys.walk import walk
from tests.tours.newcomer import QINGDAO, STOPS, follow
from tests.tours.sides import READING

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def journey(shared, tmp_path_factory):
    return walk("qingdao", tmp_path_factory.mktemp("qingdao"), document=shared / "plans" / "qingdao.txt")


class TestQingdao(Claims):
    """Claims on Qingdao."""

    def test_a_target_set_from_above_has_no_figure_and_no_verdict(self, journey):
        delegated = [row for row in journey.view["verdicts"] if row["value"]["value"] is None]
        assert (len(delegated) > 0, {row["verdict"] for row in delegated}) == (True, {"not_measurable"})

    @pytest.mark.browser
    @pytest.mark.parametrize("side", READING[:2], ids=str)
    def test_a_newcomer_follows_a_figure_to_its_clause(self, journey, browser, side):
        assert follow(journey.frozen, QINGDAO, side, browser) == (STOPS, ([], []))
