"""Made inventories for the tests of uncertainty: many categories with one factor, or one factor each, and sinks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.pedigree import read_pedigree
from dafeng.library.uncertainty import KEYS, read_uncertainty
from dafeng.methods.account import Accounting, account
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method
from dafeng.methods.uncertain import Model
from dafeng.methods.uncertain_inputs import Statements, build_model
from tests.methods.conftest import HEAD, facts

COUNT = 100
CARRIERS = ("clinker", "white_clinker", "steam", "coal_tar")
STATED = ",".join(
    ("id", "subject", *KEYS, "distribution", "below", "above", "together", "source", "clause", "evidence", "note")
)
METHOD = """
id: own_many
title: {zh: 众多, en: many}
summary: {zh: 众多来源, en: many sources}
quantity: co2
effect: either
unit: tCO2
source: dafeng
activity: {name: amount, symbol: Q, label: {zh: 数量, en: amount}}
variants: [{amount: t, ef: tCO2/t}]
factors: {ef: {parameter: emission_factor, purpose: process}}
constants: {}
equations: {product: amount * ef}
editions: {own: {equation: product, standard: user, label: {zh: 自有, en: own}}}
categories:
"""


@cache
def factors(folder: Path) -> FactorLibrary:
    """Factors of a folder, read once."""
    return read_factors(folder)


@cache
def definitions(folder: Path) -> Mapping[str, Method]:
    """Methods of a folder, read once."""
    return read_methods(folder)


def stated(name: str, subject: str, below: str, above: str, **keys: str) -> str:
    """One row of a table of uncertainties."""
    cells = [keys.get(key, "") for key in KEYS]
    rest = [
        keys.get("shape", "normal"),
        below,
        above,
        keys.get("together", ""),
        "dafeng",
        "",
        keys.get("evidence", "primary"),
        "made",
    ]
    return ",".join((name, subject, *cells, *rest))


def write_overlay(
    folder: Path, rows: Iterable[str], factors: Mapping[str, str] | None = None, scores: Iterable[str] = ()
) -> Path:
    """A folder with the method, its factors and what is stated of uncertainty."""
    for name in ("methods", "factors", "quality"):
        (folder / name).mkdir(parents=True)
    sources = [f"  - {{id: own.c{n}, indicator: own_c{n}, label: {{zh: 源{n}, en: source {n}}}}}" for n in range(COUNT)]
    sinks = [
        f"  - {{id: sink.c{n}, indicator: sink_c{n}, deduct: true, label: {{zh: 汇{n}, en: sink {n}}}}}" for n in range(COUNT)
    ]
    text = "\n".join((METHOD.rstrip(), *sources, *sinks, "examples: []", ""))
    (folder / "methods/own.yaml").write_text(text, encoding="utf-8")
    given = factors or dict.fromkeys(CARRIERS, "2")
    lines = [
        f"own.{name},{name},emission_factor,process,user,,,,{value},,,tCO2/t,dafeng,,primary," for name, value in given.items()
    ]
    (folder / "factors/own.csv").write_text("\n".join((HEAD, *lines, "")), encoding="utf-8")
    (folder / "quality/uncertainty.csv").write_text("\n".join((STATED, *rows, "")), encoding="utf-8")
    head = "by,value,reliability,completeness,time,place,technology"
    (folder / "quality/scores.csv").write_text("\n".join((head, *scores, "")), encoding="utf-8")
    return folder


def amount(indicator: str, value: str, *, carrier: str = "clinker", year: int = 2025, grade: str = "primary") -> dict[str, str]:
    """One fact of a made category."""
    shown = {"indicator": indicator, "carrier": carrier, "value": value, "unit": "t", "period": str(year), "grade": grade}
    return {**shown, "fact": f"{indicator}.{carrier}.{year}"}


def accounted(folder: Path, rows: Iterable[Mapping[str, str]], year: int = 2025) -> Accounting:
    """Accounting of the made method."""
    methods = {"own_many": definitions(folder)["own_many"]}
    return account(facts(*rows), library=factors(folder), methods=methods, place="370600", year=year)


def made(
    folder: Path, rows: Iterable[Mapping[str, str]], *, years: tuple[int, ...] = (2025,), provisional: bool = False
) -> Model:
    """Model of the made inventory."""
    listed = list(rows)
    cells = [cell for year in years for cell in accounted(folder, listed, year).cells]
    statements = Statements(read_uncertainty(folder), read_pedigree(folder), provisional)
    return build_model(cells, factors(folder), statements, standard="ar5")
