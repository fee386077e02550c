"""Enterprise accounts: cells to figures, indicators, comparisons, scores and grades; what is unknown says why."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError, LookupFailure
from dafeng.core.units import unit
from dafeng.formula.algebra import check_unit
from dafeng.formula.parser import parse
from dafeng.work.city import City, init, open_city
from dafeng.work.enterprise_document import enterprise_document, enterprise_list, explain_enterprise
from dafeng.work.enterprise_figures import EnterpriseFigure
from dafeng.work.enterprise_grades import count_beyond
from dafeng.work.enterprise_rules import Cutoffs, read_rules
from dafeng.work.enterprises import EnterpriseAccounts, enterprises

HEAD = (
    "企业编号,企业名称,年份,行业,综合能耗（吨标准煤）,碳排放量（吨）,总产值（万元）,工业增加值（万元）,"
    "税收（万元）,用地面积（亩）,职工人数（人）,污染物排放量（吨）,研发经费（万元）,营业收入（万元）\n"
)
SAMPLE = "E1,甲,2022,C25,40,100,5000,120,30,1,6,0.03,20,1000\n"
"""By hand: tax/mu 30, VA/mu 120, VA/energy 3, VA/pollutants 4000, VA/person 20, research 0.02: the published sample."""


@pytest.fixture
def city(tmp_path: Path) -> City:
    """An empty city with a folder for enterprises."""
    made = init(tmp_path / "city", place="990100")
    (made.overlay / "enterprises").mkdir()
    return made


def deliver(city: City, *rows: str, rules: str = "", head: str = HEAD) -> City:
    """Put a table, and what the city states, into its folder."""
    folder = city.overlay / "enterprises"
    (folder / "t.csv").write_text(head + "".join(rows), encoding="utf-8")
    if rules:
        (folder / "enterprises.yaml").write_text(rules, encoding="utf-8")
    return city


def figure(found: EnterpriseAccounts, enterprise: str, year: int, field: str) -> EnterpriseFigure:
    """One figure."""
    return next(one for one in found.figures if (one.enterprise, one.year, one.field) == (enterprise, year, field))


def value(found: EnterpriseAccounts, field: str, enterprise: str = "E1", year: int = 2022) -> Decimal | None:
    """Value of a figure."""
    return figure(found, enterprise, year, field).value


def rules_of(found: EnterpriseAccounts) -> set[str]:
    """Rules of the findings."""
    return {one.rule for one in found.findings}


def test_the_sample_enterprise_of_huangyan_has_its_published_score(city: City) -> None:
    score = value(enterprises(deliver(city, SAMPLE)), "score.huangyan")
    assert score is not None
    assert round(score, 6) == Decimal("103.008862")


def test_an_enterprise_at_the_baseline_scores_its_weights(city: City) -> None:
    # 24.097 tax and 136.16 VA on 1 mu, 136.16/2.694 tce, 136.16/4929.81 t, 136.16/18.14 persons, research 0.0302 of revenue
    energy, dirt, staff = (Decimal("136.16") / Decimal(base) for base in ("2.694", "4929.81", "18.14"))
    row = f"E1,甲,2022,C25,{energy:.30f},1,1,136.16,24.097,1,{staff:.30f},{dirt:.30f},0.0302,1\n"
    score = value(enterprises(deliver(city, row)), "score.huangyan")
    assert score is not None
    assert round(score, 9) == 100


def test_who_emits_nothing_gets_the_mean_of_that_part(city: City) -> None:
    none = SAMPLE.replace("E1,甲", "E2,乙").replace(",0.03,", ",0,")
    double = SAMPLE.replace("E1,甲", "E3,丙").replace(",0.03,", ",0.015,")
    found = enterprises(deliver(city, SAMPLE, none, double))
    own, other = (value(found, "score.huangyan.value_added_per_pollutant", name) for name in ("E1", "E3"))
    mean = value(found, "score.huangyan.value_added_per_pollutant", "E2")
    assert own is not None
    assert float(other or 0) == pytest.approx(2 * float(own))
    assert float(mean or 0) == pytest.approx(1.5 * float(own))


def test_pollutants_that_nobody_reported_are_no_zero(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE.replace(",0.03,", ",,")))
    assert value(found, "score.huangyan") is None


def test_the_min_max_form_gives_twelve_points(city: City) -> None:
    # published: weight 20, value 50 between 10 and 90: 20·(20 + 80·40/80)/100 = 12
    rules = (
        "scores:\n  own:\n    label: {zh: 评, en: own}\n    form: minmax\n    parts: [{indicator: tax_per_area, weight: 20}]\n"
    )
    rules += '    source: test\n    date: "2026-01-01"\n'
    rows = [f"{name},甲,2022,C25,1,1,1,1,{tax},1,1,1,1,1\n" for name, tax in (("E1", 50), ("E2", 10), ("E3", 90))]
    found = enterprises(deliver(city, *rows, rules=rules))
    assert [value(found, "score.own", name) for name in ("E1", "E2", "E3")] == [12, 4, 20]


@pytest.mark.parametrize(("stated", "score"), [("", None), ("    equal: 60\n", 12)])
def test_equal_extremes_need_a_rule(city: City, stated: str, score: int | None) -> None:
    rules = (
        "scores:\n  own:\n    label: {zh: 评, en: own}\n    form: minmax\n    parts: [{indicator: tax_per_area, weight: 20}]\n"
    )
    rules += f'    source: test\n    date: "2026-01-01"\n{stated}'
    assert value(enterprises(deliver(city, SAMPLE, rules=rules)), "score.own") == score


def test_a_score_without_published_parts_is_unknown(city: City) -> None:
    found = figure(enterprises(deliver(city, SAMPLE)), "E1", 2022, "score.jingde")
    assert (found.value, found.why is not None) == (None, True)


def test_no_shipped_scale_has_cutoffs_and_every_grade_says_so(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE))
    grades = {one.rule: (one.result, "cut-offs" in one.says.en) for one in found.judgements if one.kind == "grade"}
    assert grades == dict.fromkeys(("shandong", "quzhou", "ningbo", "letters"), ("not_measurable", True))
    assert [scale["cutoffs"] for scale in read_rules(city.overlay).scales.values()] == [None] * 4


CUT = (
    "cutoffs:\n  - {scale: shandong, indicator: emission_intensity, against: benchmark, values: [80, 100, 120],"
    ' inclusive: better, source: test, date: "2026-01-01"}\n'
)
MARK = (
    "benchmarks:\n  - {sector: C25, indicator: emission_intensity, value: 0.02, unit: tCO2/10^4 CNY, year: 2020,"
    ' source: test, date: "2026-01-01"}\n'
)


@pytest.mark.parametrize(
    ("emissions", "grade"), [(80, "green"), (81, "yellow"), (100, "yellow"), (120, "orange"), (121, "red")]
)
def test_a_grade_follows_the_stated_cutoffs(city: City, emissions: int, grade: str) -> None:
    # 0.02 tCO2 per 10^4 CNY times 5000 is 100 t: emissions in t are percent of the benchmark
    found = enterprises(deliver(city, SAMPLE.replace(",40,100,", f",40,{emissions},"), rules=CUT + MARK))
    assert [one.result for one in found.judgements if one.rule == "shandong"] == [grade]


def test_without_a_benchmark_there_is_no_grade(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE, rules=CUT))
    told = next(one for one in found.judgements if one.rule == "shandong")
    assert told.result == "not_measurable"
    assert "C25" in told.says.en


def test_a_benchmark_of_a_later_year_does_not_count(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE, rules=CUT + MARK.replace("2020", "2023")))
    assert value(found, "emission_intensity.benchmark") is None


@pytest.mark.parametrize(
    ("values", "inclusive", "places"),
    [([10, 20], "better", [0, 0, 1, 1, 2]), ([10, 20], "worse", [0, 1, 1, 2, 2]), ([20, 10], "better", [2, 1, 1, 0, 0])],
)
def test_cutoffs_rise_where_lower_is_better(values: list[int], inclusive: str, places: list[int]) -> None:
    rule = Cutoffs(scale="s", indicator="i", against="value", values=values, inclusive=inclusive, source="t", date="2026-01-01")
    assert [count_beyond(rule, Decimal(one)) for one in (9, 10, 15, 20, 21)] == places


@pytest.mark.parametrize(("intensity", "kind"), [("30", "green"), ("33", "yellow"), ("50", "orange"), ("60", "red")])
def test_early_warning_follows_the_completion_of_the_target(city: City, intensity: str, kind: str) -> None:
    # target 30: 30/33 = 90.9 %, 30/50 = 60 %, 30/60 = 50 %
    target = "targets:\n  - {enterprise: E1, year: 2022, indicator: energy_intensity, value: 30, unit: tce/10^4 CNY,"
    row = f"E1,甲,2022,C25,{intensity},1,1,1,1,1,1,1,1,1\n"
    found = enterprises(deliver(city, row, rules=target + ' source: test, date: "2026-01-01"}\n'))
    assert [one.result for one in found.judgements if one.kind == "warning"] == [kind]


@pytest.mark.parametrize(
    ("energy", "kind"), [(50000, "A"), (49999, "B"), (10000, "B"), (9999, "other"), ("", "not_measurable")]
)
def test_sizes_follow_the_energy(city: City, energy: object, kind: str) -> None:
    found = enterprises(deliver(city, SAMPLE.replace(",40,100,", f",{energy},100,")))
    assert [one.result for one in found.judgements if one.kind == "size"] == [kind]


def test_the_year_before_is_the_year_before(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE, SAMPLE.replace("2022", "2020"), SAMPLE.replace("2022,C25,40", "2021,C25,50")))
    assert value(found, "energy_intensity.before") == 80
    assert value(found, "energy_intensity.before", year=2020) is None


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (SAMPLE.replace(",40,", ",约40,"), "enterprise.number"),
        (SAMPLE.replace(",40,", ",-40,"), "enterprise.least"),
        (SAMPLE.replace("2022", "22"), "enterprise.year"),
        (SAMPLE.replace("E1", "E/1"), "enterprise.id"),
        (SAMPLE + SAMPLE.replace(",40,", ",41,"), "enterprise.twice"),
    ],
)
def test_what_cannot_be_read_is_a_finding_at_its_cell_and_unknown(city: City, row: str, rule: str) -> None:
    found = enterprises(deliver(city, row))
    assert [one.rule for one in found.findings] == [rule]
    assert found.findings[0].at.startswith("t.csv!")
    assert all(one.value is None for one in found.figures if one.field in ("energy", "energy_intensity"))


def test_units_of_the_heading_count_and_a_wrong_one_leaves_the_column_out(city: City) -> None:
    head = HEAD.replace("吨标准煤", "万吨标准煤").replace("总产值（万元）", "总产值（吨）")
    found = enterprises(deliver(city, SAMPLE, head=head))
    assert (value(found, "energy"), value(found, "output")) == (400000, None)
    assert rules_of(found) == {"enterprise.unit"}


def test_a_heading_without_a_unit_is_said(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE, head=HEAD.replace("（吨标准煤）", "")))
    assert (value(found, "energy"), rules_of(found)) == (40, {"enterprise.unit_assumed"})


@pytest.mark.parametrize(
    "rules",
    [
        CUT.replace("shandong", "nowhere"),
        CUT.replace("[80, 100, 120]", "[80, 100]"),
        CUT.replace("[80, 100, 120]", "[80, 120, 100]"),
        CUT.replace("emission_intensity", "nothing"),
        CUT.replace(', date: "2026-01-01"', ""),
        MARK.replace("tCO2/10^4 CNY", "tCO2/t"),
        "scores:\n  huangyan:\n    label: {zh: 评, en: own}\n    form: ratio\n"
        "    parts: [{indicator: tax_per_area, weight: 1}]\n"
        '    source: test\n    date: "2026-01-01"\n',
        "accounted:\n  - {enterprise: E9, zh: 九, en: nine, folder: ../elsewhere}\n",
        "accounted:\n  - {enterprise: E9, zh: 九, en: nine, scope: unit:九/1}\n",
    ],
    ids=["scale", "too few", "order", "indicator", "no date", "unit", "edits", "outside", "unit of a plant"],
)
def test_rules_that_cannot_hold_are_refused(city: City, rules: str) -> None:
    with pytest.raises(DefinitionError):
        enterprises(deliver(city, SAMPLE, rules=rules))


def test_an_unknown_enterprise_is_refused(city: City) -> None:
    with pytest.raises(LookupFailure):
        enterprises(deliver(city, SAMPLE), enterprise="E2")


def test_every_figure_and_judgement_explains_itself(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE, rules=CUT + MARK))
    assert [one.address for one in (*found.figures, *found.judgements) if one.address not in found.traces] == []
    assert [one for trace in found.traces.values() for one in trace.inputs if one not in found.traces] == []


def test_an_explanation_ends_at_the_cell(city: City) -> None:
    told = explain_enterprise(deliver(city, SAMPLE), "enterprise/E1.2022.emission_intensity")
    assert told["trace"]["expression"] == "emissions / output"
    assert [one["trace"]["cell"]["cell"] for one in told["inputs"]] == ["F2", "G2"]


def test_the_documents_hold_rows_history_and_scales(city: City) -> None:
    found = enterprises(deliver(city, SAMPLE, SAMPLE.replace("2022", "2021")))
    rows = enterprise_list(found)["rows"]
    assert [(row["enterprise"], row["year"], row["energy"]["value"]) for row in rows] == [
        ("E1", 2022, "40"),
        ("E1", 2021, "40"),
    ]
    told = enterprise_document(found, "E1")
    assert told["years"] == [2021, 2022]
    assert [grade["id"] for grade in told["scales"]["quzhou"]["grades"]] == ["dark_green", "light_green", "yellow", "red"]
    assert len(told["scales"]["ningbo"]["grades"]) == 9


def test_a_plant_gets_its_emissions_from_account(city_copy: Callable[[str], Path]) -> None:
    from dafeng.work.account import account
    from dafeng.work.ingest import ingest

    folder = city_copy("yunting")
    ingest(open_city(folder))
    rules = folder / "data" / "enterprises" / "enterprises.yaml"
    rules.write_text("accounted:\n  - {enterprise: YT-01, zh: 厂, en: plant}\n", encoding="utf-8")
    accounted = account(open_city(folder), year=2025)
    total = next(one for one in accounted.scores if one.indicator == "co2_emissions")
    found = enterprises(open_city(folder), enterprise="YT-01", year=2025)
    assert float(figure(found, "YT-01", 2025, "emissions").value or 0) == pytest.approx(total.value * 1e6)
    assert "enterprise.accounted" in rules_of(found)


def test_shipped_indicators_have_the_units_they_state(city: City) -> None:
    rules = read_rules(city.overlay)
    units = {name: unit(field["unit"]) for name, field in rules.fields.items()}
    for name, rule in rules.indicators.items():
        check_unit(parse(rule["expression"]), units, unit(rule["unit"]), where=name)
