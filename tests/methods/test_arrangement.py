"""Layouts hold the same results, each once; a line without results has a key; potentials belong to the standard (F06)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import DefinitionError, LookupFailure
from dafeng.core.labels import Label
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.overlay import shipped
from dafeng.methods.account import Accounting, account
from dafeng.methods.arrangement import Arranged, arrange
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method
from dafeng.methods.layouts import Layout, read_layouts
from dafeng.methods.notation import Notation, read_notation
from tests.methods.conftest import HEAD, facts

GAS = """
id: own_gas
title: {zh: 甲烷源, en: methane source}
summary: {zh: 甲烷, en: methane}
quantity: ch4
unit: tCH4
source: dafeng
activity: {name: amount, symbol: A, label: {zh: 数量, en: amount}}
variants: [{amount: t, emission_factor: tCH4/t}]
factors: {emission_factor: {parameter: emission_factor, purpose: process}}
equations: {direct: amount * emission_factor}
editions: {own: {equation: direct, standard: user, label: {zh: 自有, en: own}}}
categories:
  - {id: waste.own, indicator: own_amount, label: {zh: 甲烷源, en: source}}
  - {id: energy.transport, indicator: own_other, label: {zh: 甲烷源, en: source}}
examples: []
"""
ROWS = [
    {"flow": "final.transport", "carrier": "diesel", "value": "1", "unit": "万吨"},
    {"flow": "final.households", "carrier": "natural_gas", "value": "2", "unit": "万立方米"},
    {"indicator": "own_amount", "carrier": "clinker", "value": "100", "unit": "t"},
    {"indicator": "own_other", "carrier": "clinker", "value": "50", "unit": "t"},
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    for name in ("methods", "factors"):
        (folder / name).mkdir()
    (folder / "methods/gas.yaml").write_text(GAS, encoding="utf-8")
    row = "own.clinker,clinker,emission_factor,process,user,,,waste.own,0.5,,,tCH4/t,dafeng,,primary,"
    other = "own.other,clinker,emission_factor,process,user,,,energy.transport,0.1,,,tCH4/t,dafeng,,primary,"
    (folder / "factors/own.csv").write_text("\n".join((HEAD, row, other)) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def library(own: Path) -> FactorLibrary:
    return read_factors(own)


@pytest.fixture(scope="module")
def found(own: Path, library: FactorLibrary) -> Accounting:
    methods = read_methods(own)
    used = {name: methods[name] for name in ("fuel_combustion", "own_gas")}
    return account(facts(*ROWS), library=library, methods=used, place="370600", year=2025)


def laid(found: Accounting, library: FactorLibrary, name: str = "ipcc2006", **options: Any) -> Arranged:
    given = {"standard": "ar5", "year": 2025, **options}
    return arrange(found.cells, found.missing, read_layouts()[name], library, **given)


def test_a_line_is_the_fold_of_its_results_by_gas(found: Accounting, library: FactorLibrary) -> None:
    line = laid(found, library).entry("1A3")
    assert line.gases == {"co2": Decimal("30959.096373333"), "ch4": Decimal(5)}
    assert line.value == Decimal("30959.096373333") + 5 * 28
    assert line.cells == ("energy.transport.diesel.2025", "energy.transport.clinker.ch4.2025")


@pytest.mark.parametrize("name", ["ipcc2006", "gpc", "city"])
def test_every_layout_holds_the_same_results_each_once(found: Accounting, library: FactorLibrary, name: str) -> None:
    arranged = laid(found, library, name)
    tops = [e for e in arranged.entries if e.level == 0 and not e.total]
    cells = [cell for entry in tops for cell in entry.cells]
    assert sorted(cells) == sorted(cell.id for cell in found.cells)
    assert sum((e.value for e in tops if e.value is not None), Decimal(0)) == sum(
        (c.value * (28 if c.method.quantity == "ch4" else 1) for c in found.cells), Decimal(0)
    )


def test_totals_of_the_standard_are_sums_of_their_lines(found: Accounting, library: FactorLibrary) -> None:
    arranged = laid(found, library, "gpc")
    assert arranged.entry("territorial").value == sum(
        (e.value for e in arranged.entries if e.scope == 1 and e.value is not None and e.code.count(".") == 2), Decimal(0)
    ) + (arranged.entry("III").value or 0)


def test_all_layouts_and_totals_move_with_the_potentials(found: Accounting, library: FactorLibrary) -> None:
    for name in read_layouts():
        sar, ar5 = (laid(found, library, name, standard=standard) for standard in ("sar", "ar5"))
        for one, other in zip(sar.entries, ar5.entries, strict=True):
            assert one.gases == other.gases
            if "ch4" in one.gases:
                assert (other.value or 0) - (one.value or 0) == 7 * one.gases["ch4"]


def test_a_gas_without_a_potential_is_an_error_that_names_it(found: Accounting, library: FactorLibrary) -> None:
    with pytest.raises(LookupFailure, match="ch4"):
        laid(found, library, standard="prov2025")


def test_a_line_without_results_has_a_key_and_no_zero(found: Accounting, library: FactorLibrary) -> None:
    arranged = laid(found, library)
    assert (arranged.entry("3A1").value, arranged.entry("3A1").key) == (None, "NE")
    (finding,) = [f for f in arranged.findings if f.rule == "inventory.not_estimated"]
    assert "3A1" in finding.says.en
    assert "1A3" not in finding.says.en


def test_a_declared_key_stands_in_its_line(found: Accounting, library: FactorLibrary) -> None:
    says = Label("没有煤矿", "there are no coal mines")
    keys = (Notation("fugitive", "NO", says), Notation("ipcc2006:3A1", "IE", says), Notation("energy.transport", "NO", says))
    arranged = laid(found, library, notation=keys)
    assert [arranged.entry(code).key for code in ("1B", "1B1", "3A1", "1A3")] == ["NO", "NO", "IE", None]
    assert [f.at for f in arranged.findings if f.rule == "inventory.notation"] == ["energy.transport"]


def test_every_line_has_a_trace_down_to_results_and_potentials(found: Accounting, library: FactorLibrary) -> None:
    arranged = laid(found, library)
    known = {t.address for t in (*found.traces, *arranged.traces)}
    for entry in arranged.entries:
        if entry.value is not None:
            (trace,) = [t for t in arranged.traces if t.address == entry.address]
            assert set(trace.inputs) <= known


def test_biogenic_carbon_dioxide_is_in_no_total(own: Path, library: FactorLibrary) -> None:
    text = GAS.replace("quantity: ch4", "quantity: co2_biogenic").replace("CH4", "CO2").replace("own_gas", "own_bio")
    (own / "methods/bio.yaml").write_text(text.replace("own_amount", "bio_amount"), encoding="utf-8")
    try:
        method = read_methods(own)["own_bio"]
    finally:
        (own / "methods/bio.yaml").unlink()
    factor = library.factors["own.clinker"]
    names = {**library.names, ("quantity", "co2_biogenic"): (Label("生物源", "biogenic"), "")}
    changed = FactorLibrary(
        {},
        names,
        {},
        {
            (factor.substance, factor.parameter): (_in_carbon(factor),),
        },
    )
    row = {"indicator": "bio_amount", "carrier": "clinker", "value": "100", "unit": "t"}
    results = account(facts(row), library=changed, methods={"own_bio": method}, place="370600", year=2025)
    entry = arrange(results.cells, (), read_layouts()["city"], changed, standard="ar5", year=2025).entry("5")
    assert (entry.value, entry.biogenic, entry.key) == (None, Decimal(50), "NE")


def _in_carbon(factor: Any) -> Any:
    from dataclasses import replace

    return replace(factor, unit="tCO2/t")


def test_every_category_of_every_method_has_one_line_in_every_layout(methods: Mapping[str, Method]) -> None:
    for layout in read_layouts().values():
        for method in methods.values():
            if method.quantity != "energy":
                for category in method.categories:
                    assert layout.line_of(category.id) or layout.leaves_out(category.id), (layout.id, category.id)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("parent: 1A, label: {zh: 能源工业", "parent: 1Z, label: {zh: 能源工业", "no line '1Z'"),
        ("code: 1A2", "code: 1A1", "comes twice"),
        ("categories: [energy.transport]", "categories: [energy.industry]", "another line"),
        ('lines: ["1", "2", "3", "4"]', 'lines: ["1", 1A]', "counts one twice"),
        ('lines: ["1", "2", "3", "4"]', 'lines: ["9"]', "does not exist"),
    ],
)  # fmt: skip
def test_a_broken_layout_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (shipped() / "layouts" / "ipcc2006.yaml").read_text(encoding="utf-8").replace("id: ipcc2006", "id: own")
    assert old in text
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "own.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError, match=said):
        read_layouts(tmp_path)


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notation.csv").write_text("category,key,zh,en\nfugitive,XX,无,none\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="no key 'XX'"):
        read_notation(tmp_path)
    assert read_notation(tmp_path / "none") == ()


def test_the_longest_beginning_wins() -> None:
    layout: Layout = read_layouts()["gpc"]
    lines = {name: layout.line_of(name) for name in ("energy.transport", "energy.x", "energy_x")}
    assert {name: line and line.code for name, line in lines.items()} == {
        "energy.transport": "II.1.1",
        "energy.x": "I.6.1",
        "energy_x": None,
    }


def test_a_total_says_which_of_its_lines_are_not_estimated(found: Accounting, library: FactorLibrary) -> None:
    says = laid(found, library).entry("net").says
    assert says is not None
    assert "3A1 enteric fermentation" in says.en
    declared = tuple(
        Notation(name, "NO", Label("无", "none")) for name in ("energy", "fugitive", "process", "agriculture", "land", "waste")
    )
    assert laid(found, library, notation=declared).entry("net").says is None
