"""Tables of figures become facts; every figure left out is a finding with its cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dafeng.core.errors import FileRefused
from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.library.sources import read_sources
from dafeng.readers.delivery import Delivery
from dafeng.readers.figures import read_figures
from dafeng.readers.sheets import read_sheets
from tests.readers.books import make_book

TODAY = date(2026, 11, 21)
HEAD = "指标,年份,数值,单位\n"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_indicators()


@pytest.fixture
def read(catalogue):
    def reader(text: str | bytes, name: str = "x.csv", **options) -> Delivery:
        data = text if isinstance(text, bytes) else text.encode()
        told = {"catalogue": catalogue, "place": "370600", "source": "city", "today": TODAY, **options}
        return read_figures(read_sheets(data, name=name), **told)

    return reader


def said(delivery: Delivery) -> list[tuple[str, str]]:
    return [(finding.rule, finding.at) for finding in delivery.findings]


def values(delivery: Delivery) -> list[tuple[str, str, Decimal, str]]:
    return [(row["indicator"], row["period"], row["value"], row["unit"]) for row in delivery.rows.to_pylist()]


@pytest.mark.parametrize(
    ("folder", "place"),
    [("cities/yantai/data", "370600"), ("cities/qingdao/data", "370200"), ("src/dafeng/data/places/370000", "370000")],
)
def test_the_shipped_figures_are_read_without_a_finding(root, catalogue, folder: str, place: str) -> None:
    book = read_sheets(root / folder / "figures.csv")
    known = set(read_sources(root / folder))
    delivery = read_figures(book, catalogue=catalogue, place=place, source="-", today=TODAY, sources=known)
    assert (delivery.rows.num_rows, delivery.findings) == (len(book.sheets[0].rows) - 1, ())


def test_a_figure_keeps_its_cell_source_grade_and_note(read) -> None:
    text = "indicator,place,period,value,unit,source,grade,note\ngdp,370600,2020,7816.42,亿元,b-2020,primary,checked\n"
    row = read(text).rows.to_pylist()[0]
    assert (row["value"], row["cell"], row["source"], row["grade"], row["note"]) == (
        Decimal("7816.42"), "D2", "b-2020", "primary", "checked",
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_chinese_headings_and_names_are_read_in_every_encoding(read, encoding: str) -> None:
    data = (HEAD + '地区生产总值,2025年,"11,350.98",亿元\n').encode(encoding)
    assert values(read(data)) == [("gdp", "2025", Decimal("11350.98"), "亿元")]


def test_english_headings_are_read(read) -> None:
    assert values(read("Indicator\tYear\tValue\tUnit\ngdp\t2025\t1\t亿元\n")) == [("gdp", "2025", Decimal(1), "亿元")]


def test_a_table_with_a_column_per_year_is_read(read) -> None:
    delivery = read("指标,单位,2023年,2024年\n常住人口,万人,700,701\n")
    assert values(delivery) == [("population", "2023", Decimal(700), "万人"), ("population", "2024", Decimal(701), "万人")]


@pytest.mark.parametrize(
    "text",
    [
        "指标,年份,数值\n常住人口（万人）,2024,701\n",
        "单位：万人,,\n指标,年份,数值\n常住人口,2024,701\n",
        "指标,年份,数值（万人）\n常住人口,2024,701\n",
    ],
)
def test_a_unit_may_stand_in_the_name_the_caption_or_the_heading(read, text: str) -> None:
    assert values(read(text)) == [("population", "2024", Decimal(701), "万人")]


def test_a_percent_sign_is_a_unit_where_none_is_stated(read) -> None:
    assert values(read(HEAD + "清洁能源装机占比,2023,56％,\n")) == [("clean_capacity_share", "2023", Decimal(56), "%")]


def test_merged_labels_serve_all_their_rows(read) -> None:
    rows = [["指标", "年份", "数值", "单位"], ["", 2023, 700, "万人"], ["", 2024, 701, "万人"]]
    delivery = read(make_book({"表": rows}, merges=[("表", "A2:A3", "常住人口")]), "x.xlsx")
    assert [row[:2] for row in values(delivery)] == [("population", "2023"), ("population", "2024")]


def test_a_merged_value_is_not_read(read) -> None:
    rows = [["指标", "年份", "数值", "单位"], ["常住人口", 2023, "", "万人"], ["常住人口", 2024, "", "万人"]]
    delivery = read(make_book({"表": rows}, merges=[("表", "C2:C3", 700)]), "x.xlsx")
    assert (values(delivery), said(delivery)[0]) == ([], ("figure.merged", "x.xlsx!表!C2"))


@pytest.mark.parametrize(
    ("line", "rule", "cell"),
    [
        ("常住人口,2024,七百,万人", "figure.number", "C2"),
        ("常住人口,2024,700,", "figure.unit_missing", "D2"),
        ("常住人口,2024,700,万口", "figure.unit_unknown", "D2"),
        ("常住人口,2024,700,万吨", "figure.unit", "D2"),
        ("常住人口,2024,70%,万人", "figure.percent", "C2"),
        ("幸福指数,2024,7,分", "figure.unknown", "A2"),
        ("常住人口,去年,700,万人", "figure.period", "B2"),
        ("常住人口,2026,700,万人", "figure.future", "B2"),
        ("常住人口,2027,700,万人", "figure.future", "B2"),
        ("常住人口,2026-11,700,万人", "figure.future", "B2"),
        ("常住人口,2024,99999999999999,万人", "figure.size", "C2"),
        ("常住人口,2024,0.0000001,万人", "figure.size", "C2"),
        ("常住人口,2024,—,万人", "figure.blank", "A2"),
    ],
)
def test_a_figure_that_cannot_be_used_is_left_out_with_its_cell(read, line: str, rule: str, cell: str) -> None:
    delivery = read(HEAD + line + "\n")
    assert (values(delivery), said(delivery)) == ([], [(rule, f"x.csv!{cell}")])


def test_a_finding_at_another_cell_of_the_row_names_the_figure_that_was_left_out(read) -> None:
    (finding,) = read(HEAD + "常住人口,99999,700,万人\n").findings
    assert (finding.at, finding.says.zh) == ("x.csv!B2", "“99999”不是时期，C2 的数值未计入")
    assert finding.says.en == "'99999' is no period; the figure in C2 was left out"


def test_each_year_of_an_unknown_indicator_is_told_at_its_name(read) -> None:
    found = read("指标,单位,2023年,2024年\n+1,万人,700,701\n").findings
    assert [(one.at, one.says.en.rpartition("; ")[2]) for one in found] == [
        ("x.csv!A2", "the figure in C2 was left out"),
        ("x.csv!A2", "the figure in D2 was left out"),
    ]


def test_a_unit_behind_the_name_is_told_at_the_name_and_one_of_the_heading_at_the_figure(read) -> None:
    assert said(read("指标,年份,数值\n常住人口（万口）,2024,701\n")) == [("figure.unit_unknown", "x.csv!A2")]
    assert said(read("指标,年份,数值（万吨）\n常住人口,2024,701\n")) == [("figure.unit", "x.csv!C2")]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("常住人口,2024,约700,万人", "figure.qualified"),
        ("常住人口,2024,7.0E+02,万人", "figure.exponent"),
        ("清洁能源装机占比,2024,0.56,%", "figure.small_percent"),
        ("常住人口,2024,700.12345678,万人", "figure.rounded"),
    ],
)
def test_a_doubtful_figure_is_kept_and_reported(read, line: str, rule: str) -> None:
    delivery = read(HEAD + line + "\n")
    assert (delivery.rows.num_rows, said(delivery)) == (1, [(rule, "x.csv!C2")])


@pytest.mark.parametrize(("grade", "rule"), [("memory", "figure.memory"), ("very good", "figure.grade")])
def test_memory_and_unknown_grades_are_refused(read, grade: str, rule: str) -> None:
    delivery = read(f"指标,年份,数值,单位,证据等级\n常住人口,2024,700,万人,{grade}\n")
    assert (values(delivery), said(delivery)) == ([], [(rule, "x.csv!E2")])


def test_a_place_that_is_no_code_is_refused(read) -> None:
    assert said(read("指标,地区,年份,数值,单位\n常住人口,烟台,2024,700,万人\n")) == [("figure.place", "x.csv!B2")]


def test_a_source_in_words_goes_into_the_note(read) -> None:
    delivery = read("指标,年份,数值,单位,数据来源\n常住人口,2024,700,万人,市统计局\n", sources={"city"})
    assert (delivery.rows.to_pylist()[0]["note"], said(delivery)) == ("市统计局", [("figure.source", "x.csv!E2")])


def test_the_same_row_twice_counts_once(read) -> None:
    delivery = read(HEAD + "常住人口,2024,700,万人\n常住人口,2024,700,万人\n")
    assert (delivery.rows.num_rows, said(delivery)) == (1, [("figure.repeated", "x.csv!C3")])


def test_contradicting_rows_are_both_left_out_and_both_named(read) -> None:
    delivery = read(HEAD + "常住人口,2024,700,万人\n常住人口,2024,7000,万人\n")
    assert (delivery.rows.num_rows, said(delivery)) == (0, [("figure.contradiction", "x.csv!C3")])
    assert "C2 = 700" in delivery.findings[0].says.en


def test_contradictions_and_units_are_told_in_words(read) -> None:
    twice = read("指标,地区,年份,数值,单位\n常住人口,370602,2000,70,万人\n常住人口,370602,2000,80,万人\n")
    assert "芝罘区 常住人口 2000" in twice.findings[0].says.zh
    assert "Zhifu District" in twice.findings[0].says.en
    wrong = read("指标,年份,数值,单位\n核电装机容量,2024,500,万吨\n")
    assert wrong.findings[0].says.zh.startswith("核电装机容量的单位")


def test_a_true_zero_and_a_negative_are_kept(read) -> None:
    # platforms F23: a zero and a sink are figures
    delivery = read(HEAD + "净调入电量,2024,0,亿千瓦时\n地区生产总值增速,2024,-1.2,%\n")
    assert [row[2] for row in values(delivery)] == [Decimal(0), Decimal("-1.2")]


@pytest.mark.parametrize("text", ["从前有座山，山里有座庙。\n", "a,b,c\n1,2,3\n"])
def test_what_is_no_table_of_figures_is_refused(read, text: str) -> None:
    with pytest.raises(FileRefused, match="no heading"):
        read(text)


def test_a_heading_that_names_one_thing_twice_is_refused(read) -> None:
    with pytest.raises(FileRefused, match=r"x.csv!D1: C1 and D1 head the same thing"):
        read("指标,年份,数值,本年\n常住人口,2024,700,701\n")


def test_twenty_megabytes_are_read_or_refused_soon(read) -> None:
    line = "常住人口,2024,700,万人,一句很长的备注\n"
    with pytest.raises(FileRefused, match="no heading"):
        read((line * (20_000_000 // len(line.encode()))).encode())


def test_one_bad_cell_among_many_notes_is_told_at_its_cell(read) -> None:
    lines = [f"non_fossil_share,{code},2024,15,%,yt-bulletin" for code in range(370601, 370601 + 2001)]
    lines[1499] = "non_fossil_share,372100,2024,21 x,%,yt-bulletin"
    text = "\n".join(["indicator,place,period,value,unit,source", *lines])
    delivery = read(text.encode(), sources={"known"})
    assert delivery.rows.num_rows == 2000
    assert said(delivery) == [("figure.source", "x.csv!F2"), ("figure.number", "x.csv!D1501")]
    assert "共 2000 格：F2, F3" in delivery.findings[0].says.zh


def test_a_large_table_of_something_else_is_refused(read) -> None:
    lines = "".join(f"品名{number},2024,{number},个\n" for number in range(1, 3000))
    with pytest.raises(FileRefused, match="1001 figures"):
        read(HEAD + lines)


KINDS = "指标,年份,燃料,企业,数值,单位\n"


def about(delivery: Delivery) -> list[tuple[str | None, str | None, Decimal]]:
    return [(row["carrier"], row["organisation"], row["value"]) for row in delivery.rows.to_pylist()]


def test_one_indicator_is_delivered_for_several_carriers_and_organisations(read) -> None:
    lines = ("原煤,甲厂,3", "焦炭,甲厂,2", "coke,乙厂,1")
    delivery = read(KINDS + "".join(f"能源消费总量,2024,{line},万吨标准煤\n" for line in lines))
    assert about(delivery) == [
        ("raw_coal", "甲厂", Decimal(3)), ("coke", "甲厂", Decimal(2)), ("coke", "乙厂", Decimal(1)),
    ]  # fmt: skip
    assert delivery.findings == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("raw_coal", "raw_coal"),
        ("原 煤", "raw_coal"),
        ("原煤（吨）", "raw_coal"),
        ("LPG", "lpg"),
        ("ＳＦ６", "sf6"),
        ("CO2", "co2"),
    ],
)
def test_a_carrier_may_be_written_as_id_name_symbol_or_spelling(read, written: str, meant: str) -> None:
    assert about(read(KINDS + f"能源消费总量,2024,{written},,1,万吨标准煤\n"))[0][0] == meant


def test_an_unknown_carrier_is_a_finding_at_its_cell_with_names_like_it(read) -> None:
    delivery = read(KINDS + "能源消费总量,2024,原煤炭,甲厂,3,万吨标准煤\n")
    finding = delivery.findings[0]
    assert (about(delivery), finding.rule, finding.at) == ([], "figure.carrier", "x.csv!C2")
    assert "原煤" in finding.remedy.zh
    assert "E2" in finding.says.zh


def test_the_word_for_unit_is_an_organisation_beside_another_column_of_units(read) -> None:
    told = read("单位,指标,年份,计量单位,数值\n甲厂,能源消费总量,2024,万吨标准煤,3\n")
    assert (about(told), values(told)[0][3]) == ([(None, "甲厂", Decimal(3))], "万吨标准煤")


def test_a_flow_is_known_by_its_row_of_the_balance_or_kept_as_printed(read) -> None:
    head = "指标,年份,流向,数值,单位\n"
    delivery = read(head + "能源消费总量,2024,建筑业,1,万吨标准煤\n能源消费总量,2024,三产,2,万吨标准煤\n")
    assert [row["flow"] for row in delivery.rows.to_pylist()] == ["final.construction", "三产"]
    assert said(delivery) == [("figure.flow", "x.csv!C3")]


def test_headings_that_nobody_knows_are_mapped(read) -> None:
    text = "名头,年头,多少,计量\n常住人口,2024,701,万人\n"
    with pytest.raises(FileRefused):
        read(text)
    mapping = {"名头": "indicator", "年头": "period", "多少": "value", "计量": "unit"}
    assert values(read(text, mapping=mapping)) == [("population", "2024", Decimal(701), "万人")]


def test_a_column_that_is_mapped_to_nothing_is_left_out(read) -> None:
    text = "指标,年份,数值,本期,单位\n常住人口,2024,701,702,万人\n"
    with pytest.raises(FileRefused, match="head the same thing"):
        read(text)
    assert values(read(text, mapping={"本期": ""}))[0][2] == Decimal(701)
