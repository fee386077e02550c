"""The middle path beside what a stored assessment publishes of the same scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.labels import Label
from dafeng.work.city import open_city
from dafeng.work.scenario_choice import Choice
from dafeng.work.scenario_live import open_scenarios
from dafeng.work.scenario_published import find_published, tell_published

YANTAI = Path(__file__).resolve().parents[2] / "cities" / "yantai"
TRACES = {
    "pathway/plan.peak": {"value": "2027", "year": 2027},
    "pathway/plan.co2.2030": {"value": "33.12", "year": 2030},
    "pathway/plan.co2.2035": {"value": "35.84", "year": 2035},
    "pathway/plan.hourly.2030": {"value": "1.42", "year": 2030},
}


def test_both_figures_stand_in_one_sentence_with_the_reason() -> None:
    live = open_scenarios(open_city(YANTAI))
    middle, found = live.answer(Choice(("plan",))), find_published("0001-a", TRACES, Choice(("plan",)))
    assert found is not None
    said = tell_published(found, Label("方案情景", "plan as written"), middle)
    for text in (said.zh, said.en):
        assert "33.1 / 35.8 Mt" in text
        assert f"{middle.value('co2', 2030):.1f} / {middle.value('co2', 2035):.1f} Mt" in text
        assert all(part in text for part in ("0001-a", "+1.42 Mt", "2027", str(middle.peak[0])))


def test_without_an_hourly_model_nothing_is_said_of_one() -> None:
    kept = {address: trace for address, trace in TRACES.items() if "hourly" not in address}
    found = find_published("0001-a", kept, Choice(("plan",)))
    assert found is not None
    assert found.hourly is None


@pytest.mark.parametrize("choice", [Choice(), Choice(("deep",)), Choice(("deep", "plan"))])
def test_what_was_not_assessed_has_no_published_figure(choice: Choice) -> None:
    assert find_published("0001-a", TRACES, choice) is None
