"""From a plan with an unknown name to a city that defines it: told, never judged, then matched and judged."""

from __future__ import annotations

import shutil

import pytest

import dafeng as df
from dafeng.work.city import open_city
from dafeng.work.judge import judge
from dafeng.work.scores import Score, Scores
from dafeng.work.targets import listed
from dafeng.work.tracing import TraceBook
from tests.conftest import ROOT

SENTENCE = "\n10.发展氨能。到2025年，氨能装机规模达到20万千瓦，城市人均公园绿地面积达到16平方米。（责任单位：市发展改革委）\n"


@pytest.fixture
def city(tmp_path):
    shutil.copytree(ROOT / "cities" / "yunting", tmp_path / "yunting")
    found = open_city(tmp_path / "yunting")
    path = found.folder / "plans" / "plan.txt"
    path.write_text(path.read_text(encoding="utf-8") + SENTENCE, encoding="utf-8")
    df.save_plan(read(found), found.folder / "plans" / "plan.yaml")
    return found


def read(city):
    return df.read_plan(city.folder / "plans" / "plan.txt", place=city.code, overlay=city.overlay)


def define(city):
    told = next(f for f in city.read_plan().findings if f.rule == "plan.unknown_indicator")
    (city.overlay / "indicators").mkdir()
    (city.overlay / "indicators" / "own.yaml").write_text(told.remedy.zh.partition("\n")[2], encoding="utf-8")


def verdict(city, *rows):
    verdicts = judge(city.read_plan(), Scores(city.code, rows, TraceBook()), year=2025, catalogue=city.catalogue())
    return next(row for row in verdicts.rows if row.target.indicator == "氨能装机规模")


def score(city, value):
    name = city.read_plan().provisional[0].id
    return Score(name, 2025, value, "万千瓦", "actual", "reported", f"scores/{name}.2025", ())


def test_an_unknown_indicator_cannot_be_judged_and_the_reason_says_so(city):
    found = verdict(city)
    assert (found.indicator, found.judgement.verdict, [item.en for item in found.judgement.lacking]) == (
        None, "not_measurable", ["a definition of the indicator '氨能装机规模'"],
    )  # fmt: skip


def test_a_figure_of_a_near_indicator_is_never_taken(city):
    near = city.read_plan().provisional[0].nearest
    rows = [Score(name, 2025, 900.0, "万千瓦", "actual", "reported", f"scores/{name}.2025", ()) for name in near]
    assert (near != (), verdict(city, *rows).judgement.verdict) == (True, "not_measurable")


def test_the_kept_plan_is_judged_once_the_city_defines_the_indicator(city):
    define(city)
    assert [verdict(city, score(city, value)).judgement.verdict for value in (25.0, 5.0)] == ["met", "off_course"]


def test_the_plan_read_again_has_no_unknown_indicator(city):
    define(city)
    assert (read(city).provisional, [f for f in read(city).findings if f.rule == "plan.unknown_indicator"]) == ((), [])


def test_a_figure_per_head_is_converted_by_its_name(city):
    values = [
        (i.id, i.unit, v) for t, i, v in listed(city.read_plan(), city.catalogue()) if t.indicator == "城市人均公园绿地面积"
    ]
    assert values == [("park_area_per_head", "平方米/人", 16)]
