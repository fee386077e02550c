"""A table of factors is taken in whole, exactly and with its sources, or refused cell by cell."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

import dafeng as df
from dafeng.core.errors import FileRefused, SettingError
from dafeng.library.factors import read_factors
from tests.readers.books import make_book

HEAD = "因子名称,类别,因子值,单位,年份,地区,数据来源"
FUELS = "能源活动-化石燃料燃烧-{0}-固定燃烧"
GAS = "天然气单位热值含碳量,能源活动-化石燃料燃烧-天然气-固定燃烧,15.242055,tC/TJ,2024,全国,国家因子库"


@pytest.fixture
def city(tmp_path: Path) -> df.City:
    return df.init(tmp_path / "city", place="370600")


def table(tmp_path: Path, *rows: str, head: str = HEAD, name: str = "table.csv") -> Path:
    """A delivered table."""
    path = tmp_path / name
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def files(city: df.City) -> list[str]:
    """Files of the city's own definitions."""
    return sorted(path.relative_to(city.overlay).as_posix() for path in city.overlay.rglob("*") if path.is_file())


def said(found: df.FactorImport) -> dict[str, str]:
    """Rule by cell."""
    return {one.at.rpartition("!")[2]: one.rule.removeprefix("factor.") for one in found.findings}


def taken(city: df.City, path: Path, **options: object) -> df.FactorImport:
    return df.import_factors(city, path, **{"standard": "db2026", **options})  # type: ignore[arg-type]


def test_a_row_of_the_national_database_becomes_a_factor(city: df.City, tmp_path: Path) -> None:
    found = taken(city, table(tmp_path, GAS))
    assert found.path is not None
    (one,) = found.factors
    key = (one.substance, one.parameter, one.purpose, one.standard, one.place, one.year)
    assert key == ("natural_gas", "carbon_content", "combustion", "db2026", "100000", 2024)
    assert (str(one.value), one.unit, one.grade) == ("15.242055", "tC/TJ", "reported")
    read = read_factors(city.overlay).factors[one.id]
    assert (read.value, city.sources()[read.source].title) == (Decimal("15.242055"), "国家因子库")


def test_every_digit_is_kept(city: df.City, tmp_path: Path) -> None:
    row = GAS.replace("15.242055", "15.24205500000000000000000012345").replace("2024", "2023")
    (one,) = taken(city, table(tmp_path, row)).factors
    assert str(read_factors(city.overlay).factors[one.id].value) == "15.24205500000000000000000012345"


def test_nothing_is_written_until_every_row_is_fine(city: df.City, tmp_path: Path) -> None:
    before = files(city)
    found = taken(city, table(tmp_path, GAS, GAS.replace("15.242055", "#REF!").replace("2024", "2023")))
    assert (found.path, found.held, files(city)) == (None, 1, before)


def test_the_fine_rows_are_taken_where_asked_for(city: df.City, tmp_path: Path) -> None:
    rows = GAS, GAS.replace("15.242055", "#REF!").replace("2024", "2023")
    found = taken(city, table(tmp_path, *rows), accept_partial=True)
    assert (len(found.factors), found.held, found.path is None) == (1, 1, False)


def test_a_table_of_another_kind_needs_its_purpose(city: df.City, tmp_path: Path) -> None:
    path = table(tmp_path, "烟煤,23.2,GJ/t,本厂实测", head="燃料,数值,单位,来源")
    found = taken(city, path, standard="user", parameter="heating_value")
    assert ([one.rule for one in found.findings], found.path) == (["factor.no_purpose"], None)
    assert taken(city, path, standard="user", parameter="heating_value", purpose="combustion").path is not None


def test_columns_are_named_by_the_user_where_unknown(city: df.City, tmp_path: Path) -> None:
    path = table(tmp_path, "烟煤,23.2,GJ/t", head="what,k,u")
    options = {"standard": "user", "parameter": "低位发热量", "purpose": "combustion", "source": "本厂实测 2024"}
    with pytest.raises(FileRefused, match="no heading"):
        taken(city, path, **options)
    found = taken(city, path, columns={"what": "substance", "k": "value", "u": "unit"}, **options)
    assert [(one.substance, str(one.value)) for one in found.factors] == [("bituminous_coal", "23.2")]


@pytest.mark.parametrize(("unit", "held"), [("tC/TJ", 0), ("10^-2 tC/GJ", 1), ("tC/GJ", 1), ("kgC/GJ", 0)])
def test_a_carbon_content_ten_or_a_thousand_times_off_is_held(city: df.City, tmp_path: Path, unit: str, held: int) -> None:
    row = f"烟煤单位热值含碳量,{FUELS.format('烟煤')},26.1,{unit},2024,全国,某表"
    found = taken(city, table(tmp_path, row))
    assert (found.held, said(found).get("C2") == "slip") == (held, bool(held))
    assert (found.path is None) == bool(held)


def test_an_unusual_value_is_taken_where_confirmed(city: df.City, tmp_path: Path) -> None:
    row = f"烟煤单位热值含碳量,{FUELS.format('烟煤')},26.1,10^-2 tC/GJ,2024,全国,某表"
    found = taken(city, table(tmp_path, row), accept_unusual=True)
    assert (found.path is None, said(found)["C2"]) == (False, "slip")


@pytest.mark.parametrize(
    ("name", "value", "unit", "rule"),
    [
        ("柴油低位发热量", "-42.652", "GJ/t", "negative"),
        ("柴油低位发热量", "", "GJ/t", "blank"),
        ("柴油低位发热量", "#DIV/0!", "GJ/t", "cell"),
        ("柴油低位发热量", "约42", "GJ/t", "number"),
        ("柴油低位发热量", "42-43", "GJ/t", "number"),
        ("柴油低位发热量", "42.652%", "GJ/t", "percent"),
        ("柴油低位发热量", "100", "GJ/t", "unusual"),
    ],
)
def test_a_value_that_is_none_is_refused_by_its_cell(
    city: df.City, tmp_path: Path, name: str, value: str, unit: str, rule: str
) -> None:
    found = taken(city, table(tmp_path, f"{name},{FUELS.format('柴油')},{value},{unit},2024,全国,某表"))
    assert (said(found)["C2"], found.path) == (rule, None)


@pytest.mark.parametrize(
    ("row", "cell", "rule"),
    [
        (GAS.replace("tC/TJ", "GJ/t"), "D2", "dimension"),
        (GAS.replace("tC/TJ", "tC/杯"), "D2", "unit"),
        (GAS.replace("tC/TJ", ""), "D2", "no_unit"),
        (GAS.replace("天然气", "火星气"), "A2", "unknown"),
        (GAS.replace("单位热值含碳量", ""), "A2", "no_parameter"),
        (GAS.replace("2024", "2999"), "E2", "year"),
        (GAS.replace("2024", "去年"), "E2", "year"),
        (GAS.replace("全国", "火星"), "F2", "place"),
        (GAS.replace("国家因子库", ""), "G2", "source"),
    ],
)
def test_a_cell_that_is_wrong_is_named(city: df.City, tmp_path: Path, row: str, cell: str, rule: str) -> None:
    found = taken(city, table(tmp_path, row))
    assert (said(found)[cell], found.path) == (rule, None)


def test_an_unknown_name_gets_suggestions(city: df.City, tmp_path: Path) -> None:
    found = taken(city, table(tmp_path, GAS.replace("天然气单位", "液化天然汽单位")))
    assert "lng" in found.findings[0].remedy.en


def test_a_true_zero_is_taken_and_asked_about(city: df.City, tmp_path: Path) -> None:
    found = taken(city, table(tmp_path, f"汽油碳氧化率,{FUELS.format('汽油')},0,%,2024,全国,某表"))
    assert ([str(one.value) for one in found.factors], said(found)["C2"]) == (["0"], "zero")


def test_a_repeated_row_counts_once(city: df.City, tmp_path: Path) -> None:
    found = taken(city, table(tmp_path, GAS, GAS))
    assert (len(found.factors), said(found)["C3"], found.path is None) == (1, "repeated", False)


def test_two_values_for_one_key_are_refused_in_both_rows(city: df.City, tmp_path: Path) -> None:
    found = taken(city, table(tmp_path, GAS, GAS.replace("15.242055", "15.3")))
    assert (said(found), found.path) == ({"C2": "contradiction", "C3": "contradiction"}, None)


def test_a_figure_the_library_has_is_no_news(city: df.City, tmp_path: Path) -> None:
    row = "热力CO2排放因子,净购入电力与热力-热力消费,0.111,tCO2/GJ,,,国家因子库"
    found = taken(city, table(tmp_path, row))
    assert (said(found)["C2"], found.held, found.factors) == ("known", 0, ())


def test_another_value_for_a_key_of_the_library_is_refused(city: df.City, tmp_path: Path) -> None:
    row = "热力CO2排放因子,净购入电力与热力-热力消费,0.112,tCO2/GJ,,,国家因子库"
    assert said(taken(city, table(tmp_path, row)))["C2"] == "taken"


def test_a_path_and_a_purpose_that_differ_are_refused(city: df.City, tmp_path: Path) -> None:
    assert said(taken(city, table(tmp_path, GAS), purpose="footprint"))["B2"] == "differs"


def test_a_factor_for_road_transport_is_tied_to_it(city: df.City, tmp_path: Path) -> None:
    row = "柴油（道路运输）单位热值含碳量,移动源燃烧-道路运输-柴油,20.48,tC/TJ,2024,全国,国家因子库"
    (one,) = taken(city, table(tmp_path, row)).factors
    assert (one.substance, one.sector) == ("diesel", "energy.transport")


def test_a_gas_that_the_unit_does_not_name_is_asked_about(city: df.City, tmp_path: Path) -> None:
    path = table(tmp_path, "热力排放因子,净购入电力与热力-热力消费,0.11,tC/GJ,2024,全国,某表,CO2", head=HEAD + ",温室气体")
    assert said(taken(city, path))["H2"] == "gas"


@pytest.mark.parametrize(
    ("text", "ends"), [("±5%", ("95", "105")), ("-10%~+20%", ("90", "120")), ("5", ("95", "105")), ("很小", (None, None))]
)
def test_an_uncertainty_becomes_a_range(city: df.City, tmp_path: Path, text: str, ends: tuple[str | None, ...]) -> None:
    path = table(tmp_path, f"汽油碳氧化率,{FUELS.format('汽油')},100,%,2024,全国,某表,{text}", head=HEAD + ",不确定性")
    (one,) = taken(city, path).factors
    assert tuple(None if end is None else f"{end.normalize():f}" for end in (one.lower, one.upper)) == ends


def test_a_workbook_reads_like_a_csv(city: df.City, tmp_path: Path) -> None:
    row = [*GAS.split(",")[:2], 15.242055, "tC/TJ", 2024, "全国", "国家因子库"]
    path = tmp_path / "table.xlsx"
    path.write_bytes(make_book({"因子": [["国家因子库导出"], HEAD.split(","), row]}))
    (one,) = taken(city, path).factors
    assert (str(one.value), one.year) == ("15.242055", 2024)


def test_the_same_table_twice_is_refused(city: df.City, tmp_path: Path) -> None:
    path = table(tmp_path, GAS)
    taken(city, path)
    before = files(city)
    again = taken(city, path)
    assert (again.path, said(again)["C2"], files(city)) == (None, "known", before)


def test_looking_only_writes_nothing(city: df.City, tmp_path: Path) -> None:
    before = files(city)
    found = taken(city, table(tmp_path, GAS), save=False)
    assert (len(found.factors), files(city)) == (1, before)


def test_a_file_that_is_no_table_is_refused(city: df.City, tmp_path: Path) -> None:
    content = io.BytesIO()
    with ZipFile(content, "w") as made:
        made.writestr("a.txt", "nothing")
    (tmp_path / "table.xlsx").write_bytes(content.getvalue())
    with pytest.raises(FileRefused):
        taken(city, tmp_path / "table.xlsx")


def test_an_unknown_grade_is_refused(city: df.City, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="unknown evidence grade"):
        taken(city, table(tmp_path, GAS), grade="good")


def test_an_imported_factor_says_how_it_matched(city: df.City, tmp_path: Path) -> None:
    taken(city, table(tmp_path, GAS.replace("全国", "370600")))
    (found,) = df.match_factor(
        "natural_gas", parameter="carbon_content", purpose="combustion", standard="db2026", place="370600", year=2024, city=city
    )
    assert (found.match.grade, str(found.match.value)) == ("exact", "15.242055")  # type: ignore[union-attr]
