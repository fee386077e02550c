"""Templates go out locked and come back as figures."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.core.units import same_dimension
from dafeng.library.indicators import Catalogue, Indicator, read_indicators
from dafeng.readers.figures import read_figures
from dafeng.readers.sheets import read_sheets
from dafeng.readers.template import FIELDS, HEAD_ROW, choose_indicators, offer_units, write_template
from tests.readers.books import repack

SHEET = "xl/worksheets/sheet1.xml"
SIX = ("industry", "energy", "buildings", "transport", "forestry", "agriculture")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_indicators()


@pytest.fixture
def make(catalogue):
    def maker(field: str = "transport", **options) -> bytes:
        return write_template(field, **{"place": "370600", "year": 2025, "catalogue": catalogue, **options})

    return maker


def sheet_xml(data: bytes) -> str:
    return zipfile.ZipFile(BytesIO(data)).read(SHEET).decode()


def fill(data: bytes, cell: str, content: str) -> bytes:
    """The template with one empty cell filled in, as a spreadsheet programme would."""
    changed = re.sub(rf'<c r="{cell}" s="(\d+)"/>', rf'<c r="{cell}" s="\1" {content}</c>', sheet_xml(data))
    return repack(data, SHEET, changed.encode())


def read_back(data: bytes, catalogue: Catalogue):
    book = read_sheets(data, name="x.xlsx")
    return read_figures(book, catalogue=catalogue, place="000000", source="city", today=date(2026, 11, 21))


def row_of(catalogue: Catalogue, field: str, name: str) -> int:
    return HEAD_ROW + 2 + [i.id for i in choose_indicators(catalogue, field)].index(name)


@pytest.mark.parametrize("field", SIX)
def test_each_field_has_a_template_with_its_indicators(make, catalogue, field: str) -> None:
    rows = read_sheets(make(field), name="x.xlsx").sheets[0].rows
    assert [row[0] for row in rows[HEAD_ROW + 1 :]] == [i.id for i in choose_indicators(catalogue, field)]


def test_a_filled_template_comes_back_as_facts(make, catalogue) -> None:
    line = row_of(catalogue, "transport", "port_throughput")
    delivery = read_back(fill(make(), f"E{line}", "><v>54000</v>"), catalogue)
    row = delivery.rows.to_pylist()[0]
    assert (delivery.kind, row["indicator"], row["place"], row["period"], row["value"], row["unit"], row["cell"]) == (
        "template", "port_throughput", "370600", "2025", Decimal(54000), "万吨", f"E{line}",
    )  # fmt: skip


def test_an_empty_template_gives_no_fact_and_says_so(make, catalogue) -> None:
    delivery = read_back(make(), catalogue)
    assert (delivery.rows.num_rows, [f.rule for f in delivery.findings]) == (0, ["figure.blank"])


def test_the_value_of_the_year_before_is_shown_and_not_read_again(make, catalogue) -> None:
    data = make(previous={("port_throughput", None): (Decimal("51234.5"), "万吨")})
    line = row_of(catalogue, "transport", "port_throughput")
    assert read_sheets(data, name="x.xlsx").sheets[0].text(line - 1, 3) == "51234.5"
    assert read_back(data, catalogue).rows.num_rows == 0


def test_an_indicator_of_several_kinds_has_a_row_for_each(make, catalogue) -> None:
    kinds = {"raw_coal": Label("原煤", "raw coal"), "coke": Label("焦炭", "coke")}
    line = row_of(catalogue, "transport", "port_throughput")
    data = make(carriers={"port_throughput": kinds})
    for offset, figure in ((0, 7), (1, 8)):
        data = fill(data, f"E{line + offset}", f"><v>{figure}</v>")
    found = [(row["carrier"], row["value"]) for row in read_back(data, catalogue).rows.to_pylist()]
    assert found == [("raw_coal", Decimal(7)), ("coke", Decimal(8))]


def test_codes_are_locked_and_figures_are_not(make) -> None:
    xml = sheet_xml(make())
    styles = zipfile.ZipFile(BytesIO(make())).read("xl/styles.xml").decode()
    formats = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.split("<cellXfs")[1])
    style = {cell: int(number) for cell, number in re.findall(rf'<c r="([AE]{HEAD_ROW + 2})" s="(\d+)"', xml)}
    locked = {cell[0]: 'locked="0"' not in formats[number] for cell, number in style.items()}
    assert ("<sheetProtection" in xml, locked) == (True, {"A": True, "E": False})


def test_the_unit_can_only_be_chosen(make) -> None:
    assert re.search(rf'<dataValidation type="list"[^>]*sqref="C{HEAD_ROW + 2}"', sheet_xml(make()))


def test_every_unit_offered_has_the_dimension_of_its_indicator(catalogue) -> None:
    pairs = [(text, i.unit) for field in FIELDS for i in choose_indicators(catalogue, field) for text in offer_units(i)]
    assert all(same_dimension(offered, unit) for offered, unit in pairs)


def test_a_delivered_text_never_becomes_a_formula() -> None:
    evil = Label('=HYPERLINK("x")', "@SUM(A1)")
    indicator = Indicator("evil", evil, "个", "count", "increase", "transport", (), None, None, (), "dafeng")
    data = write_template("transport", place="370600", year=2025, catalogue=Catalogue({"evil": indicator}), name="=1+1")
    assert "<f>" not in sheet_xml(data)


def test_the_same_template_is_the_same_bytes(make) -> None:
    assert make() == make()


def test_an_unknown_field_is_refused(make) -> None:
    with pytest.raises(SettingError, match="no template for the field 'mining'"):
        make("mining")
