"""What stands for a whole: the same figure above an answer wherever the answer is shown."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.summary import lead_figure
from tests.web.client import Client
from tests.web.sample import number, traces, view


def counts(*found: float) -> list[dict[str, Any]]:
    """Counts of verdicts, each with its name."""
    return [
        {"label": {"zh": f"第{at}类", "en": f"kind {at}"}, **number(value, "个", f"answers/plan.{at}")}
        for at, value in enumerate(found)
    ]


def judged(*found: float) -> CityView:
    """The sample with other counts of its verdicts."""
    answers = [one | {"figures": counts(*found)} if one["id"] == "plan" else one for one in view()["answers"]]
    return CityView(view() | {"answers": answers}, traces())


@pytest.mark.parametrize(("found", "largest"), [((1, 0, 3, 26), 26), ((0, 5, 5), 5), ((0, 0), 0)])
def test_the_first_screen_and_the_wall_answer_with_the_largest_count(found: tuple[float, ...], largest: int) -> None:
    client, at = Client(create_app([judged(*found)])), list(found).index(largest)
    overview = re.search(r'answer-plan">.*?<p class="big"><a[^>]* data-explain="([^"]+)"', client.get("/yangli/").text, re.S)
    wall = re.findall(r'wall-big"><a[^>]* data-explain="([^"]+)"', client.get("/yangli/wall").text)
    assert overview is not None
    assert (overview[1], f"answers/plan.{at}" in wall) == (f"answers/plan.{at}", True)


def test_other_answers_lead_with_their_first_figure() -> None:
    figures = counts(2, 9)
    assert lead_figure({"id": "clash", "figures": figures}) == figures[0]
    assert lead_figure({"id": "first", "figures": []}) is None
