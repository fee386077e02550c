"""Explanations of the numbers on uncertainty and quality.

Invariant: every number of the analysis has an address; under it stand the results, the inputs and the statement with
its source that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.pedigree import DIMENSIONS
from dafeng.methods.key_categories import KeyCategory
from dafeng.methods.uncertain import Input, Model
from dafeng.methods.uncertainty import Row, Total, Uncertainty
from dafeng.work.tracing import number_text

UNIT = "tCO2e"
"""Unit of all sums."""
SCORED = "dafeng-quality"
"""Source of what scores of quality mean."""
LISTED = 12
"""Inputs that the trace of a sum names, largest contribution first."""


def total_address(year: int) -> str:
    """Address of the interval of a year's sum.

    Parameters
    ----------
    year : int
        Year.

    Returns
    -------
    str
        ``uncertainty/total.YEAR``.
    """
    return f"uncertainty/total.{year}"


def row_address(category: str, quantity: str, year: int) -> str:
    """Address of a row of the table of uncertainties.

    Parameters
    ----------
    category, quantity : str
        Category and gas.
    year : int
        Year.

    Returns
    -------
    str
        ``uncertainty/CATEGORY.GAS.YEAR``.
    """
    return f"uncertainty/{category}.{quantity}.{year}"


def key_address(row: KeyCategory, year: int) -> str:
    """Address of a key category.

    Parameters
    ----------
    row : KeyCategory
        The category.
    year : int
        Year.

    Returns
    -------
    str
        ``uncertainty/key.CATEGORY.GAS.YEAR``.
    """
    return f"uncertainty/key.{row.category}.{row.quantity}.{year}"


def input_address(one: Input, numbers: dict[str, int]) -> str:
    """Address of an uncertain input.

    Parameters
    ----------
    one : Input
        The input.
    numbers : dict of str to int
        Number of each input in its model.

    Returns
    -------
    str
        ``uncertainty/input.NUMBER``.
    """
    return f"uncertainty/input.{numbers[one.key]}"


def number_inputs(model: Model) -> dict[str, int]:
    """Numbers of the inputs of a model, for short addresses.

    Parameters
    ----------
    model : Model
        The inventory.

    Returns
    -------
    dict of str to int
        Number by key, from 1.
    """
    return {key: number for number, key in enumerate(model.inputs, start=1)}


def trace_uncertainty(model: Model, found: Uncertainty, keys: Iterable[KeyCategory]) -> tuple[Trace, ...]:
    """Traces of an analysis of uncertainty.

    Parameters
    ----------
    model : Model
        The inventory.
    found : Uncertainty
        The analysis.
    keys : iterable of KeyCategory
        Key categories.

    Returns
    -------
    tuple of Trace
        Of the sums, the trend, the rows, the inputs and the key categories.
    """
    numbers, year = number_inputs(model), found.total.year
    of_rows = _row_inputs(model, numbers, year)
    return (
        *_sums(found, numbers),
        *(_row(row, year, of_rows.get((row.category, row.quantity), ())) for row in found.rows),
        *(_base(row, found.before.year, model) for row in found.rows if found.before is not None and row.base is not None),
        *(_input(one, numbers) for one in model.inputs.values()),
        *(_key(row, year) for row in keys),
    )


def _sums(found: Uncertainty, numbers: dict[str, int]) -> Iterator[Trace]:
    largest = tuple(input_address(one, numbers) for one, _ in found.inputs[:LISTED])
    for total in (found.total, found.before):
        if total is None:
            continue
        rows = tuple(row_address(r.category, r.quantity, total.year) for r in found.rows) if total is found.total else ()
        yield Trace(
            total_address(total.year),
            "result",
            Label(f"{total.year}年温室气体净排放的95%区间", f"95 % interval of the net emissions of {total.year}"),
            number_text(total.half),
            UNIT,
            total.year,
            "1.96 * sqrt(sum((effect * deviation) ** 2))",
            inputs=(*rows, *largest),
            source="ipcc-2006",
            grade="derived",
            note=_drawn(found, total),
        )
    if found.trend is not None:
        yield Trace(
            "uncertainty/trend",
            "result",
            Label(
                f"{found.trend.base}至{found.total.year}年净排放的变化",
                f"change of the net emissions from {found.trend.base} to {found.total.year}",
            ),
            number_text(found.trend.change),
            "1",
            found.total.year,
            "now / then - 1",
            inputs=(total_address(found.total.year), total_address(found.trend.base)),
            source="ipcc-2006",
            grade="derived",
            note=Label(f"95%区间半宽 {found.trend.half:.4g}", f"half the 95 % interval: {found.trend.half:.4g}"),
        )


def _drawn(found: Uncertainty, total: Total) -> Label:
    drawn = total.simulated
    ends = f"±{total.half:.0f}", f"{drawn.low:.0f}", f"{drawn.high:.0f}"
    return Label(
        f"净排放 {total.value:f}；误差传播 {ends[0]}；蒙特卡洛 {found.draws} 次，种子 {found.seed}：{ends[1]} 至 {ends[2]}；"
        f"增温潜势 {found.standard} 视为确定",
        f"net {total.value:f}; propagation {ends[0]}; Monte Carlo, {found.draws} draws, seed {found.seed}: {ends[1]} to "
        f"{ends[2]}; potentials of {found.standard} are taken as certain",
    )


def _row_inputs(model: Model, numbers: dict[str, int], year: int) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for term in model.terms:
        if term.cell.year == year:
            listed = found.setdefault((term.row[1], term.row[2]), {})
            listed |= dict.fromkeys(input_address(model.inputs[key], numbers) for key in term.keys(model))
    return {key: tuple(listed) for key, listed in found.items()}


def _row(row: Row, year: int, inputs: tuple[str, ...]) -> Trace:
    return Trace(
        row_address(row.category, row.quantity, year),
        "result",
        Label(f"{row.label.zh}（{row.gas.zh}）的不确定性", f"uncertainty of {row.label.en}, {row.gas.en}"),
        None if row.combined is None else number_text(row.combined),
        "1",
        year,
        "1.96 * sqrt(sum((effect * deviation) ** 2)) / value",
        inputs=(*(f"results/{name}" for name in row.cells), *inputs),
        source="ipcc-2006",
        grade="derived",
        note=Label(
            f"排放 {row.value:f} {UNIT}；已说明不确定性的部分 {row.covered:.1%}",
            f"emissions {row.value:f} {UNIT}; {row.covered:.1%} of it with stated uncertainty",
        ),
    )


def _base(row: Row, year: int, model: Model) -> Trace:
    """The row in the base year."""
    cells = (term.cell.id for term in model.terms if term.row == (year, row.category, row.quantity))
    return Trace(
        row_address(row.category, row.quantity, year),
        "result",
        Label(f"{year}年{row.label.zh}（{row.gas.zh}）", f"{row.label.en}, {row.gas.en}, {year}"),
        None if row.base is None else number_text(row.base),
        UNIT,
        year,
        inputs=tuple(f"results/{name}" for name in cells),
        grade="derived",
    )


def _input(one: Input, numbers: dict[str, int]) -> Trace:
    stated = one.stated
    return Trace(
        input_address(one, numbers),
        "assumption",
        Label(f"{one.label.zh}：不确定性", f"{one.label.en}: uncertainty"),
        number_text(one.deviation) if one.known else None,
        "1",
        inputs=(one.address,) if one.address else (),
        source=stated.source if stated else SCORED if one.scores else None,
        grade=one.evidence or ("assumption" if one.subject == "pedigree" else None),
        note=_told(one),
    )


def _told(one: Input) -> Label:
    spread = one.spreads[0] if one.spreads else None
    zh, en = [], []
    if not one.known:
        zh.append("没有人说明其不确定性")
        en.append("nobody stated its uncertainty")
    elif spread is not None and one.subject != "pedigree":
        zh.append(f"{spread.shape} {spread.low:.3g} 至 {spread.high:.3g} 倍")
        en.append(f"{spread.shape}, {spread.low:.3g} to {spread.high:.3g} times the value")
    if one.scores is not None:
        scored = ", ".join(f"{name} {score}" for name, score in zip(DIMENSIONS, one.scores, strict=True))
        zh.append(f"质量评分 {scored}")
        en.append(f"scores {scored}")
    if one.stated is not None and one.stated.note:
        zh.append(one.stated.note)
        en.append(one.stated.note)
    return Label("；".join(zh) or "无附加不确定性", "; ".join(en) or "no additional uncertainty")


def _key(row: KeyCategory, year: int) -> Trace:
    shares = ", ".join(f"{test} {share:.4f}" for test, share in row.shares.items())
    return Trace(
        key_address(row, year),
        "result",
        Label(
            f"{row.label.zh}（{row.gas.zh}）在关键类别分析中的份额",
            f"share of {row.label.en}, {row.gas.en}, in the analysis of key categories",
        ),
        number_text(row.shares["level"]) if "level" in row.shares else None,
        "1",
        year,
        "abs(value) / sum(abs(value))",
        inputs=tuple(f"results/{name}" for name in row.cells),
        source="ipcc-2006",
        grade="derived",
        note=Label(f"各项检验的份额：{shares}", f"shares by test: {shares}"),
    )
