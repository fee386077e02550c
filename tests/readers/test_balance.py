"""Published balance tables become facts; what their own sums contradict is reported or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.errors import FileRefused
from dafeng.readers.balance import read_balance
from dafeng.readers.delivery import Delivery
from dafeng.readers.sheets import read_sheets
from tests.readers.balances import SMALL, as_csv, published, typed
from tests.readers.books import make_book
from tests.readers.books_xls import make_xls

TOLD = {"place": "370000", "source": "cesy-2008-6-15", "period": "2007"}


def read(rows, **options) -> Delivery:
    return read_balance(read_sheets(as_csv(rows), name="x.csv"), **{**TOLD, **options})


def figures(delivery: Delivery) -> dict[tuple[str, str], Decimal]:
    return {(row["flow"], row["carrier"]): row["value"] for row in delivery.rows.to_pylist()}


def rules(delivery: Delivery) -> list[str]:
    return [finding.rule for finding in delivery.findings]


def changed(row: int, column: int, text: str):
    rows = [list(line) for line in SMALL]
    rows[row][column] = text
    return rows


def test_every_printed_figure_of_shandong_2007_becomes_a_fact(shared) -> None:
    printed = [text for line in published(shared)[2:] for text in line[1:] if text]
    assert sorted(figures(read(published(shared))).values()) == sorted(Decimal(text) for text in printed)


@pytest.mark.parametrize(
    ("flow", "carrier", "value"),
    [
        # realdata section 3: activity of diesel = final + thermal power + heating
        ("final", "diesel", "1281.293112"),
        ("transformation.thermal_power", "diesel", "-5.082862"),
        ("total", "raw_coal", "34285.537775"),
        ("final.industry", "other_coking", "69.937028"),
        ("available.outflow", "crude_oil", "-1600"),
        ("final.households.rural", "electricity", "134.779"),
    ],
)
def test_rows_and_columns_of_shandong_2007_are_recognised(shared, flow: str, carrier: str, value: str) -> None:
    assert figures(read(published(shared)))[flow, carrier] == Decimal(value)


def test_units_of_shandong_2007_come_from_the_header(shared) -> None:
    units = {row["carrier"]: row["unit"] for row in read(published(shared)).rows.to_pylist()}
    assert [units[carrier] for carrier in ("raw_coal", "coke_oven_gas", "heat", "electricity", "other_energy")] == [
        "万吨", "亿立方米", "百亿千焦", "亿千瓦时", "万吨标煤",
    ]  # fmt: skip


def test_the_known_break_of_shandong_2007_is_found_with_its_cell(shared) -> None:
    # realdata section 3 (d): 其他焦化产品, industry 69.937 above 四 16.78
    found = [f for f in read(published(shared)).findings if f.rule == "balance.final"]
    assert [(f.at, "69.937028" in f.says.zh) for f in found] == [("x.csv!T23", True)]


def test_section_one_of_shandong_2007_breaks_only_where_stocks_are_printed(shared) -> None:
    stocks = {c for (flow, c) in figures(read(published(shared))) if flow == "available.stock_change"}
    found = [f for f in read(published(shared)).findings if f.rule == "balance.available"]
    assert len(found) == len(stocks)


def test_no_other_identity_of_shandong_2007_breaks(shared) -> None:
    assert set(rules(read(published(shared)))) == {"balance.available", "balance.final"}


def test_a_workbook_gives_the_same_rows_as_the_csv(shared) -> None:
    rows = published(shared)
    book = read_sheets(make_book({"2007": typed(rows)}), name="x.xlsx")
    drop = ["file", "sheet"]
    assert read_balance(book, **TOLD).rows.drop_columns(drop).equals(read(rows).rows.drop_columns(drop))


def test_an_old_workbook_gives_the_same_rows_as_the_csv(shared) -> None:
    rows = published(shared)
    book = read_sheets(make_xls(typed(rows), title="2007"), name="x.xls")
    drop = ["file", "sheet"]
    assert read_balance(book, **TOLD).rows.drop_columns(drop).equals(read(rows).rows.drop_columns(drop))


def test_leading_spaces_and_other_numbering_change_nothing() -> None:
    rows = [[f"　　{line[0].replace('.', '、')} ", *line[1:]] for line in SMALL]
    assert figures(read(rows)) == figures(read(SMALL))


def test_labels_without_numbering_are_recognised() -> None:
    rows = [[line[0].split(".")[-1], *line[1:]] for line in SMALL]
    assert figures(read(rows)) == figures(read(SMALL))


def test_units_in_brackets_behind_the_names_are_read() -> None:
    head = ["项目", "原煤（万吨）", "电力(亿千瓦时)", "热力\n（百亿千焦）"]
    assert figures(read([head, *SMALL[2:]])) == figures(read(SMALL))


def test_a_title_a_caption_and_an_english_header_do_not_disturb() -> None:
    title = [["某市能源平衡表（实物量）2010年", "", "", ""], ["单位：万吨标准煤", "", "", ""]]
    english = [["Item", "Raw Coal", "Electricity", "Heat"]]
    delivery = read([*title, list(SMALL[0]), *english, *[list(line) for line in SMALL[2:]]], period=None)
    assert {(row["period"], row["unit"]) for row in delivery.rows.to_pylist()} == {("2010", "万吨标准煤")}


def test_a_continued_table_in_another_sheet_is_read_too() -> None:
    left = [[line[0], line[1], line[2], line[3]] for line in SMALL]
    right = [[line[0], *cells] for line, cells in zip(SMALL, _oil(), strict=True)]
    book = read_sheets(make_book({"表": typed(left), "续表": typed(right)}), name="x.xlsx")
    assert figures(read_balance(book, **TOLD))["final", "diesel"] == Decimal(7)


def _oil() -> list[list[str]]:
    head = [["汽油", "柴油", "煤油"], ["万吨", "万吨", "万吨"]]
    lines = {2: "7", 4: "7", 11: "7", 13: "7", 18: "0", 19: "7"}
    return [*head, *[[lines.get(row, "")] * 3 for row in range(2, len(SMALL))]]


def test_a_merged_heading_serves_its_first_column_only() -> None:
    rows = typed([["项目", "", "", "", ""], ["", "原煤", "电力", "热力", "焦炭"], *[[*line, ""] for line in SMALL[1:]]])
    rows[2][4] = "万吨"
    book = read_sheets(make_book({"表": rows}, merges=[("表", "B1:E1", "能源品种"), ("表", "A1:A2", "项目")]), name="x.xlsx")
    assert figures(read_balance(book, **TOLD)) == figures(read(SMALL))


def test_blank_cells_are_not_reported_and_not_zero() -> None:
    assert ("available", "electricity") not in figures(read(SMALL))


def test_a_printed_zero_is_a_figure() -> None:
    assert figures(read(SMALL))["difference", "raw_coal"] == 0


def test_total_consumption_is_not_final_consumption() -> None:
    found = figures(read(SMALL))
    assert (found["final", "raw_coal"], found["total", "raw_coal"]) == (30, 100)


def test_a_table_with_total_consumption_alone_is_reported() -> None:
    rows = [line for line in SMALL if not line[0].startswith(("四", "1.农", "2.工", "#", "6.生", "城", "乡"))]
    assert "balance.no_final" in rules(read(rows))


def test_a_small_table_that_closes_has_no_finding() -> None:
    assert rules(read(SMALL)) == []


@pytest.mark.parametrize(
    ("row", "text", "rule", "at"),
    [
        (7, "-71", "balance.transformation", "x.csv!B8"),
        (11, "31", "balance.final", "x.csv!B12"),
        (15, "9", "balance.final.households", "x.csv!B16"),
        (18, "1", "balance.difference", "x.csv!B19"),
        (19, "30", "balance.total", "x.csv!B20"),
        (2, "101", "balance.available", "x.csv!B3"),
    ],
)
def test_a_sum_that_does_not_close_is_reported_at_its_total(row: int, text: str, rule: str, at: str) -> None:
    found = [(f.rule, f.at) for f in read(changed(row, 1, text)).findings]
    assert (rule, at) in found


def test_a_gap_within_the_rounding_is_let_pass() -> None:
    assert rules(read(changed(18, 1, "0.02"))) == []


def test_a_unit_of_another_dimension_keeps_its_column_out() -> None:
    delivery = read(changed(1, 2, "万吨"))
    assert ([(f.rule, f.at) for f in delivery.findings], "electricity" in delivery.rows.column("carrier").to_pylist()) == (
        [("balance.unit", "x.csv!C1")],
        False,
    )


def test_a_wrong_header_can_be_overruled() -> None:
    delivery = read(changed(1, 2, "万吨"), units={"electricity": "亿千瓦时"})
    assert figures(delivery) == figures(read(SMALL))


def test_a_unit_ten_thousand_times_off_is_reported() -> None:
    assert rules(read(changed(1, 2, "万千瓦时"))) == ["balance.unit_scale"]


def test_a_column_without_unit_is_kept_out() -> None:
    assert rules(read(changed(1, 3, ""))) == ["balance.unit_missing"]


def test_text_in_a_figure_cell_is_reported_and_not_read() -> None:
    assert ("balance.number", "x.csv!B14") in [(f.rule, f.at) for f in read(changed(13, 1, "二十")).findings]


def test_an_unknown_row_with_figures_is_reported() -> None:
    rows = [*[list(line) for line in SMALL[:10]], ["8.制氢", "-1", "", ""], *[list(line) for line in SMALL[10:]]]
    assert ("balance.label", "x.csv!A11") in [(f.rule, f.at) for f in read(rows).findings]


def test_an_unknown_column_with_figures_is_reported() -> None:
    rows = [[*line, cell] for line, cell in zip(SMALL, ["氢气", "万吨", *["1"] * 18], strict=True)]
    assert [(f.rule, f.at) for f in read(rows).findings] == [("balance.label", "x.csv!E1")]


def test_a_row_that_comes_twice_with_other_figures_is_not_used() -> None:
    delivery = read([*SMALL, ("2.工业", "21", "35", "150")])
    assert (rules(delivery).count("figure.contradiction"), ("final.industry", "raw_coal") in figures(delivery)) == (1, False)


@pytest.mark.parametrize(("first", "last"), [(4, 15), (13, 21)])
def test_labels_that_slid_by_a_row_are_refused_with_their_rows(shared, first: int, last: int) -> None:
    # accounting trap 9: an inserted row shifts the labels of a section against the values
    rows = published(shared)
    names = [row[0] for row in rows]
    names[first - 1 : last] = [*names[first:last], names[first - 1]]
    delivery = read([[name, *row[1:]] for name, row in zip(names, rows, strict=True)])
    assert (delivery.rows.num_rows, rules(delivery)) == (0, ["balance.shifted"])
    assert f"rows {first} to {last}" in delivery.findings[0].says.en


def test_a_slide_inside_section_one_is_seen_by_the_signs(shared) -> None:
    rows = published(shared)
    names = [row[0] for row in rows]
    names[3:9] = [names[8], *names[3:8]]
    delivery = read([[name, *row[1:]] for name, row in zip(names, rows, strict=True)])
    assert "balance.sign" in rules(delivery)
    assert not [flow for flow, _ in figures(delivery) if flow.startswith("available.")]


def test_a_table_whose_sums_are_all_wrong_is_not_read() -> None:
    rows = [[name, *[cell and f"{(7 * number) % 23 + 1}" for cell in cells]] for number, (name, *cells) in enumerate(SMALL)]
    rows[:2] = [list(SMALL[0]), list(SMALL[1])]
    rows[5][1] = "-5"
    delivery = read(rows)
    assert (delivery.rows.num_rows, delivery.findings[-1].severity) == (0, "error")


@pytest.mark.parametrize(("name", "year"), [("山东能源平衡表2007年.csv", "2007"), ("balance_2012.csv", "2012")])
def test_the_year_is_taken_from_the_file_name(name: str, year: str) -> None:
    delivery = read_balance(read_sheets(as_csv(SMALL), name=name), place="370000", source="x")
    assert set(delivery.rows.column("period").to_pylist()) == {year}


@pytest.mark.parametrize("name", ["x.csv", "2007和2008.csv"])
def test_an_unknown_year_is_refused(name: str) -> None:
    with pytest.raises(FileRefused, match="does not tell its year"):
        read_balance(read_sheets(as_csv(SMALL), name=name), place="370000", source="x")


def test_a_year_that_is_none_is_refused() -> None:
    with pytest.raises(FileRefused, match="no period"):
        read(SMALL, period="去年")


@pytest.mark.parametrize("text", ["从前有座山，山里有座庙。\n庙里有个和尚。\n", "指标,年份,数值\nGDP,2025,1\n"])
def test_what_is_no_balance_is_refused(text: str) -> None:
    with pytest.raises(FileRefused, match="no energy balance table"):
        read_balance(read_sheets(text.encode(), name="x.csv"), **TOLD)


def turned(rows) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("above", [[], [["某市能源平衡表（实物量）2007"], [""]]])
def test_a_table_with_carriers_down_and_rows_across_is_read(above) -> None:
    delivery = read([*above, *turned(SMALL)])
    assert (figures(delivery), rules(delivery)) == (figures(read(SMALL)), [])


def test_a_turned_table_keeps_the_addresses_of_its_cells() -> None:
    found = {(row["flow"], row["carrier"]): row["cell"] for row in read(turned(SMALL)).rows.to_pylist()}
    assert found["final.industry", "raw_coal"] == "N2"


def test_the_title_of_a_turned_table_tells_its_year() -> None:
    rows = [["某市能源平衡表（实物量）2007", *[""] * 19], *turned(SMALL)]
    assert set(read(rows, period=None).rows.column("period").to_pylist()) == {"2007"}


def test_a_turned_unit_that_does_not_fit_is_reported_at_its_cell() -> None:
    rows = turned(changed(1, 2, "万吨"))
    assert [(f.rule, f.at) for f in read(rows).findings] == [("balance.unit", "x.csv!A3")]


def test_sections_and_rows_in_two_columns_are_read() -> None:
    rows = [
        [line[0], "合计", *line[1:]] if line[0][:2] in {"一.", "二.", "三.", "四.", "五.", "六."} else ["", *line]
        for line in SMALL
    ]
    assert figures(read(rows)) == figures(read(SMALL))


def petrol(*names: str) -> list[list[str]]:
    """The end of a stacked table: one column, 2018.5 in final consumption."""
    heads = names or ("汽油",)
    figures = {"四.终端消费量": "2018.5", "5.批发、零售业和住宿、餐饮业": "2018.5"}
    rows = [[line[0], *[figures.get(line[0], "")] * len(heads)] for line in (*SMALL[2:15], ["5.批发、零售业和住宿、餐饮业"])]
    return [["项目", *heads], ["", *["万吨"] * len(heads)], *rows]


def test_a_table_that_goes_on_below_is_read_too() -> None:
    delivery = read([["某市能源平衡表2007年"], *SMALL, [], ["续表"], *petrol()], period=None)
    assert figures(delivery) == {**figures(read(SMALL)), ("final", "gasoline"): 2018.5, ("final.trade", "gasoline"): 2018.5}


def test_figures_that_look_like_years_do_not_hide_the_year() -> None:
    delivery = read([["某市能源平衡表2007年"], *petrol("汽油", "煤油", "柴油"), ["续表"], *SMALL], period=None)
    assert set(delivery.rows.column("period").to_pylist()) == {"2007"}


def test_the_edition_of_a_yearbook_is_not_the_year_of_its_table() -> None:
    rows = [["某省能源平衡表 2007"], ["资料来源：中国能源统计年鉴2008"], *SMALL]
    assert set(read(rows, period=None).rows.column("period").to_pylist()) == {"2007"}


def test_a_stated_year_that_contradicts_the_table_is_reported() -> None:
    delivery = read([["某省能源平衡表 2008"], *SMALL], period="2007")
    assert (rules(delivery), set(delivery.rows.column("period").to_pylist())) == (["balance.year"], {"2007"})


def bilingual(gas: str) -> list[list[str]]:
    """A table of natural gas whose English heading lost its raised digits, as in tables 6-21 and 6-23 of 2007."""
    rows = [[*line, cell] for line, cell in zip(SMALL, ["天然气", gas, *["1"] * 18], strict=True)]
    return [*rows[:2], ["", "(104 tn)", "(108 kW•h)", "(1010 kJ)", "(108 cu.m)"], *rows[2:]]


@pytest.mark.parametrize(("gas", "said"), [("", []), ("亿立方米", []), ("万吨", ["balance.unit_rival"])])
def test_the_english_unit_row_is_a_second_opinion(gas: str, said: list[str]) -> None:
    delivery = read(bilingual(gas))
    units = {row["carrier"]: row["unit"] for row in delivery.rows.to_pylist()}
    assert (units["natural_gas"], [rule for rule in rules(delivery) if rule.startswith("balance.unit")]) == ("亿立方米", said)


def test_a_column_that_is_not_read_says_what_is_lost() -> None:
    (found,) = read(changed(1, 2, "万吨")).findings
    assert "终端消费量印为 48" in found.says.zh
    assert "--unit electricity=亿千瓦时" in found.remedy.zh


def test_an_input_printed_without_its_minus_is_read_and_reported() -> None:
    delivery = read(changed(9, 1, "0.01"))
    assert (figures(delivery)["transformation.heat", "raw_coal"], "balance.input" in rules(delivery)) == (Decimal("0.01"), True)


def test_a_tiny_positive_outflow_does_not_cost_its_section() -> None:
    delivery = read(changed(5, 1, "0.000001"))
    assert [(f.rule, f.severity) for f in delivery.findings if f.rule == "balance.sign"] == [("balance.sign", "warning")]
    assert ("available.inflow", "raw_coal") in figures(delivery)


def test_computed_cells_are_rounded_to_six_decimals_and_said_once() -> None:
    rows = changed(13, 1, "0.0054113518672238")
    rows[12][2], rows[18][1] = "2.9999999999999996", "-3.410605131648481E-13"
    delivery = read(rows)
    assert [f.says.en for f in delivery.findings if f.rule == "figure.rounded"] == [
        "3 figures have more than six decimals and were rounded to six (C13, B14, B19)"
    ]
    assert (figures(delivery)["final.industry", "raw_coal"], figures(delivery)["difference", "raw_coal"]) == (
        Decimal("0.005411"),
        0,
    )


def test_rows_of_the_editions_since_2010_are_recognised() -> None:
    names = ["3.煤炭洗选", "5.炼油及煤制油", "#油品再投入量(-)", "7.天然气液化", "9.回收能", "4.境内飞机和轮船在境外的加油量"]
    rows = [*SMALL[:10], *[(name, "-1", "", "") for name in names[:5]], *SMALL[10:]]
    assert "balance.label" not in rules(read(rows))


def test_chinese_and_english_in_one_cell_are_read() -> None:
    heads = ["项目 Item", "原煤\nRaw Coal\n(万吨)", "电力 Electricity (亿千瓦时)", "热力 Heat（百亿千焦）"]
    rows = [[f"{line[0]} Total Final Consumption (any)", *line[1:]] for line in SMALL[2:]]
    assert figures(read([heads, *rows])) == figures(read(SMALL))


def test_a_heading_broken_over_two_cells_is_read() -> None:
    rows = [[*line, cell] for line, cell in zip(SMALL, ["液化石", "油气", *["1"] * 18], strict=True)]
    rows.insert(2, ["", "", "", "", "(万吨)"])
    assert figures(read(rows))["final", "lpg"] == 1
