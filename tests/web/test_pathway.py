"""Pathways as charts: scenarios, peak years, drivers."""

from __future__ import annotations

from dafeng.web.labels import Words
from dafeng.web.pathway import draw_fan, draw_peak, draw_quantities, share_text
from tests.web.sample import view

ZH, EN = Words("zh"), Words("en")
VIEW = view()


def test_history_and_pathway_share_the_unit_of_the_axis() -> None:
    chart = draw_fan(VIEW, ZH) or {}
    last = VIEW["emissions"]["history"][-1][1]
    assert (chart["unit"], chart["history"][chart["years"].index(2025)]) == ("万吨CO₂", round(last * 100, 1))


def test_a_history_in_another_kind_of_unit_is_left_out() -> None:
    other = VIEW | {"emissions": VIEW["emissions"] | {"unit": "亿千瓦时"}}
    assert (draw_fan(other, ZH) or {})["history"] is None


def test_the_title_of_a_pathway_is_its_finding() -> None:
    assert (draw_fan(VIEW, EN) or {})["title"] == "Plan: peak around 2029 at about 66\u00a0Mt CO₂"


def test_the_shares_of_the_peak_years_are_percent() -> None:
    scenarios = (draw_peak(VIEW, ZH) or {})["scenarios"]
    assert [abs(sum(one["values"]) - 100) < 0.5 for one in scenarios] == [True] * 3


def test_years_that_never_peak_are_not_drawn() -> None:
    other = [one | {"observed": None} for one in VIEW["pathway"]["scenarios"]]
    chart = draw_peak(VIEW | {"pathway": VIEW["pathway"] | {"scenarios": other}}, ZH) or {}
    drawn = [max(one["values"][at] for one in chart["scenarios"]) for at in range(len(chart["years"]))]
    assert (chart["years"][0], chart["years"][-1] < 2060, min(drawn[1:-1]) >= 0.05) == (2024, True, True)


def test_probabilities_are_never_certain() -> None:
    assert [share_text(share, ZH) for share in (0.0, 0.63, 1.0, None)] == ["< 1%", "63%", "> 99%", "未知"]


def test_every_quantity_has_its_chart() -> None:
    assert [chart["title"] for chart in draw_quantities(VIEW, EN)] == ["Total energy use", "GDP", "Non-fossil share"]


def test_an_empty_view_has_no_charts() -> None:
    assert (draw_fan({}, ZH), draw_peak({}, ZH), draw_quantities({}, ZH)) == (None, None, [])
