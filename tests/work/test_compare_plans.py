"""A plan beside others: from files, folders and names, in Python and on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import SettingError
from dafeng.plans.alignment import Obstacle
from dafeng.plans.contrast import STANDINGS, Aspect, Relation
from dafeng.web.labels import Words
from dafeng.work.comparison_words import ASPECT_WORDS, OBSTACLE_WORDS, RELATION_WORDS, STANDING_WORDS
from dafeng.work.parties import Party, parties_above, relate
from tests.conftest import ROOT
from tests.plans.made import plan, target

DRAFT = """云溪市碳达峰实施方案（征求意见稿）
一、目标
到2025年，全市非化石能源消费比重达到18%左右。到2030年，非化石能源消费比重达到25%左右，森林覆盖率达到30%。
二、任务
（一）能源
1.建设风电基地。到2030年，风电装机达到300万千瓦。（责任单位：市发展改革委）
2.推进抽水蓄能电站前期工作。（责任单位：市水利局）
"""
ISSUED = """云溪市碳达峰实施方案
一、目标
到2025年，全市非化石能源消费比重达到18%左右。到2030年，力争非化石能源消费比重达到27%左右。
二、任务
（一）能源
1.建设风电基地。到2030年，风电装机达到0.03亿千瓦。（责任单位：市发展改革委、市能源局）
2.发展绿色氢能产业。到2030年，制氢能力达到2万吨。（责任单位：市工业和信息化局）
"""


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Path, Path]:
    new, old = tmp_path / "issued.txt", tmp_path / "draft.txt"
    new.write_text(ISSUED, encoding="utf-8")
    old.write_text(DRAFT, encoding="utf-8")
    return new, old


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["compare-plans", *map(str, words)])


def test_two_texts_of_a_plan_are_laid_side_by_side(texts: tuple[Path, Path]) -> None:
    found = df.compare_plans(*texts)
    judged = {line.id: next(iter(line.cells.values())).standing for line in found.lines}
    assert sorted(judged.values()) == ["added", "equal", "equal", "missing", "stricter"]
    assert [one.relation for one in found.others] == ["version"]


def test_tasks_of_two_texts_tell_who_came_and_what_went(texts: tuple[Path, Path]) -> None:
    tasks = df.comparison_document(df.compare_plans(*texts))["tasks"]
    told = [(row["change"], [one["aspect"] for one in row["differences"]]) for row in tasks]
    assert told == [("changed", ["organisations"]), ("added", []), ("missing", [])]


def test_every_row_leads_back_to_the_characters_of_both_texts(texts: tuple[Path, Path]) -> None:
    rows = df.comparison_document(df.compare_plans(*texts))["rows"]
    pairs = [(row["mine"], row["cells"][0]["other"]) for row in rows]
    shown = [(ISSUED, mine) for mine, _ in pairs if mine] + [(DRAFT, other) for _, other in pairs if other]
    clauses = [
        (text[figure["anchor"]["start"] : figure["anchor"]["end"]], str(figure["value"]["value"])) for text, figure in shown
    ]
    assert [said for said, number in clauses if number not in said] == []


def test_a_target_of_three_plans_stands_in_one_row(city_copy: Callable[[str], Path]) -> None:
    found = df.compare_plans(city_copy("qingdao"), "shandong", "nation")
    line = next(one for one in found.lines if one.target is not None and one.target.indicator_id == "energy_intensity_decline")
    assert {name: cell.standing for name, cell in line.cells.items()} == {"shandong": "looser", "nation": "looser"}
    shared = next(one for one in found.lines if one.id == "shandong.SD-03")
    assert {name: cell.standing for name, cell in shared.cells.items()} == {"shandong": "delegated", "nation": "delegated"}


@pytest.mark.parametrize(
    ("city", "province", "nation"),
    [
        # by hand from the plans: non-fossil 15/13/20 (2025), 25/20/25 and 23/20/25 (2030); energy per GDP 12/14.5/13.5;
        # CO2 per GDP 70/68/65 (2030); Qingdao leaves CO2 per GDP of 2025 to the province
        (
            "yantai",
            {"stricter": 2, "looser": 0, "equal": 0, "delegated": 0},
            {"stricter": 0, "looser": 1, "equal": 2, "delegated": 0},
        ),
        (
            "qingdao",
            {"stricter": 3, "looser": 1, "equal": 0, "delegated": 1},
            {"stricter": 1, "looser": 3, "equal": 0, "delegated": 1},
        ),
    ],
)
def test_the_two_cities_stand_to_province_and_nation_as_counted_by_hand(
    city: str, province: dict[str, int], nation: dict[str, int]
) -> None:
    found = df.compare_plans(ROOT / "cities" / city, "shandong", "nation")
    counts = [{name: found.counts(party)[name] for name in province} for party in found.others]  # type: ignore[index]
    assert counts == [province, nation]


def test_a_figure_nobody_has_seen_is_shown_and_not_counted() -> None:
    found = df.compare_plans(ROOT / "cities" / "qingdao", "nation")
    party = found.others[0]
    rows = [row for row in df.comparison_document(found)["rows"] for cell in row["cells"] if not cell["firm"]]
    assert (found.recalled(party), sum(found.counts(party).values())) == (len(rows), len(found.lines) - len(rows))
    assert len(rows) > 0


def test_places_tell_how_plans_belong_together() -> None:
    def relation(one: str | None, other: str | None) -> str:
        return relate(plan(place=one), plan(place=other))

    known = [
        relation("370600", "370000"),
        relation("370600", "100000"),
        relation("370600", "370200"),
        relation("370600", "370600"),
    ]
    unknown = [relation(None, None), relation(None, "100000")]
    assert (known, unknown) == (["level", "level", "peer", "version"], ["version", "level"])


def test_a_city_is_set_beside_its_province_then_the_nation(city_copy: Callable[[str], Path]) -> None:
    assert [one.id for one in parties_above(df.open_city(city_copy("yantai")))] == ["shandong", "nation"]
    assert [one.id for one in parties_above(df.open_city(city_copy("yunting")))] == ["nation"]


def test_the_caller_may_say_how_they_belong_together(texts: tuple[Path, Path]) -> None:
    found = df.compare_plans(*texts, relation="level")
    wind = next(one for one in found.lines if one.target is not None and one.target.unit == "亿千瓦")
    assert next(iter(wind.cells.values())).obstacles == ("extensive",)


def test_a_file_of_facts_is_a_plan(texts: tuple[Path, Path], tmp_path: Path) -> None:
    facts = tmp_path / "plan.yaml"
    df.save_plan(df.read_plan(texts[0], place="990100"), facts)
    found = df.compare_plans(facts, texts[0], place="990100")
    assert (found.parties[0].kind, {cell.standing for line in found.lines for cell in line.cells.values()}) == (
        "facts",
        {"equal"},
    )


def test_one_plan_alone_is_refused() -> None:
    with pytest.raises(SettingError):
        df.compare_plans("nation")


def test_everything_has_a_word_in_both_languages() -> None:
    from typing import get_args

    assert (set(STANDING_WORDS), set(OBSTACLE_WORDS), set(ASPECT_WORDS), set(RELATION_WORDS)) == (
        set(STANDINGS), set(get_args(Obstacle)), set(get_args(Aspect)), set(get_args(Relation)),
    )  # fmt: skip
    assert {name: Words("zh").word("standing", name) for name in STANDINGS} == {n: w.zh for n, w in STANDING_WORDS.items()}


def test_the_table_is_printed_in_both_languages() -> None:
    said = [run(ROOT / "cities/qingdao", "shandong", "--lang", language).stdout for language in ("zh", "en")]
    assert ("▼ 比山东省更宽，相差2.5个百分点" in said[0], "3 stricter, 1 looser" in said[1]) == (True, True)


def test_json_holds_what_the_table_says(texts: tuple[Path, Path]) -> None:
    told = json.loads(run(*texts, "--json").stdout)
    assert set(told) == {"parties", "counts", "recalled", "headline", "rows", "tasks", "goals", "findings"}
    assert told["counts"]["draft"]["stricter"] == 1


def test_the_workbook_holds_one_line_per_target_and_plan(texts: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert run(*texts, "--out", out).exit_code == 0
    book = CalamineWorkbook.from_path(str(out))
    assert (book.sheet_names[1:], len(book.get_sheet_by_index(1).to_python())) == (
        ["方案对比 Comparison", "任务改动 Changes"],
        2 + 5,
    )


def test_a_formula_in_a_plan_stays_a_text(tmp_path: Path, texts: tuple[Path, Path]) -> None:
    texts[0].write_text(ISSUED.replace("2.发展绿色氢能产业", "2.=HYPERLINK(1)发展绿色氢能产业"), encoding="utf-8")
    out = tmp_path / "out.xlsx"
    run(*texts, "--out", out)
    cells = [cell for line in CalamineWorkbook.from_path(str(out)).get_sheet_by_index(2).to_python() for cell in line]
    assert [cell for cell in cells if str(cell).startswith("=")] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nosuch.txt", "nation"), "nosuch.txt"),
        (("nation",), "at least two plans"),
        (("nation", "shandong", "--relation", "cousin"), "cousin"),
        (("nation", "shandong", "--out", "x.csv"), "x.csv"),
        (("nation", "shandong", "--lang", "fr"), "fr"),
    ],
    ids=["file", "alone", "relation", "out", "language"],
)
def test_bad_words_are_refused_with_what_was_expected(words: tuple[str, ...], expected: str) -> None:
    refused = run(*words)
    assert (refused.exit_code, expected in str(refused.exception)) == (1, True)


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "plan.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    refused = run(picture, "nation")
    assert type(refused.exception).__name__ == "FileRefused"


def test_a_damaged_file_of_facts_is_refused(tmp_path: Path) -> None:
    facts = tmp_path / "plan.yaml"
    facts.write_text("edition: 2\n", encoding="utf-8")
    assert type(run(facts, "nation").exception).__name__ == "DefinitionError"


def test_the_same_file_twice_is_equal_and_told(texts: tuple[Path, Path]) -> None:
    found = df.compare_plans(texts[0], texts[0])
    standings = {cell.standing for line in found.lines for cell in line.cells.values()}
    assert (standings, [one.rule for one in found.findings]) == ({"equal"}, ["compare.same"])


def test_an_empty_plan_lacks_everything_and_is_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")
    found = df.compare_plans(empty, "shandong")
    standings = {cell.standing for line in found.lines for cell in line.cells.values()}
    assert (standings, "compare.empty" in [one.rule for one in found.findings]) == ({"missing"}, True)


def test_plans_of_one_title_keep_names_of_their_own(texts: tuple[Path, Path]) -> None:
    texts[1].write_text(ISSUED.replace("27%", "26%"), encoding="utf-8")
    assert [one.label.zh for one in df.compare_plans(*texts).parties] == [
        "云溪市碳达峰实施方案（issued.txt）",
        "云溪市碳达峰实施方案（draft.txt）",
    ]


def test_only_figures_of_memory_are_not_firm() -> None:
    party = Party("x", df.compare_plans("nation", "shandong").parties[0].label, "document", plan())
    assert party.is_firm(target("2030 | 森林覆盖率 | >= 40 %"))
