"""One energy balance in physical amounts and in coal equivalents, electricity by both conventions side by side.

Invariant: a cell in coal equivalents is the delivered amount times one composed coefficient, rounded once to 9 places; a
cell whose coefficient is missing has no value and is named, and what was delivered is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

from dafeng.core.errors import FormulaError, LookupFailure, UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.numbers import to_decimal
from dafeng.core.units import ratio, unit
from dafeng.formula import check_unit
from dafeng.library.balances import Carrier, Flow, carriers, flows, is_standard, parts_of
from dafeng.library.factor import Key, Match
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import Method
from dafeng.methods.energy_views import CALORIFIC, EQUIVALENT, ViewBook

Row = Mapping[str, Any]
Place = tuple[str, str]
"""Row and column of a cell: flow and carrier."""

BALANCE, ELECTRICITY, TCE = "balance", "electricity", "tce"
ESTIMATED = "estimated"
"""Grade of facts that were not reported."""
SCALE = Decimal("0.000000001")
"""Scale to which a composed coefficient is rounded, once."""
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """Coal use of power generation in a year, which values electricity in the coal-equivalent method.

    Parameters
    ----------
    value : Decimal
        Coal per electricity. [kgce/kWh]
    address : str
        Address of its trace.
    grade : str
        Evidence grade.
    """

    value: Decimal
    address: str
    grade: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a balance.

    Parameters
    ----------
    flow, carrier : str
        Row and column.
    fact : mapping
        The delivered figure, a row of the table of facts.
    match : Match or None
        Coefficient by heat content; ``None`` where there is none.
    composed : Decimal or None
        Coal equivalents per unit of the figure. [tce/unit of the fact]
    calorific : Decimal or None
        By heat content. [tce]
    equivalent : Decimal or None
        With electricity at the coal use of generation; ``None`` where that is unknown. [tce]
    """

    flow: str
    carrier: str
    fact: Row
    match: Match | None
    composed: Decimal | None
    calorific: Decimal | None
    equivalent: Decimal | None

    @property
    def id(self) -> str:
        """Name of the cell: row and column."""
        return f"{self.flow}.{self.carrier}"

    def at(self, measure: str) -> Decimal | None:
        """Value in coal equivalents.

        Parameters
        ----------
        measure : {"calorific", "equivalent"}
            Convention for electricity.

        Returns
        -------
        Decimal or None
            Value. [tce]
        """
        return {CALORIFIC: self.calorific, EQUIVALENT: self.equivalent}[measure]


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance of one place and year.

    Parameters
    ----------
    place : str
        Administrative code.
    year : int
        Year.
    cells : mapping of (str, str) to Cell
        Cells by row and column, as delivered in physical units.
    standard : mapping of (str, str) to mapping
        Figures of a standard-quantity table that was delivered too.
    rate : Rate or None
        Coal use of generation.
    findings : tuple of Finding
        Contradictions and missing coefficients.
    """

    place: str
    year: int
    cells: Mapping[Place, Cell]
    standard: Mapping[Place, Row]
    rate: Rate | None
    findings: tuple[Finding, ...]

    @property
    def basis(self) -> str:
        """Whether its figures are ``actual`` or ``estimated``."""
        return ESTIMATED if any(cell.fact["grade"] == ESTIMATED for cell in self.cells.values()) else "actual"

    @property
    def columns(self) -> tuple[Carrier, ...]:
        """Columns with a figure, in the order of the table."""
        found = {carrier for _, carrier in self.cells}
        return tuple(carrier for carrier in carriers().values() if carrier.id in found)

    @property
    def rows(self) -> tuple[Flow, ...]:
        """Rows with a figure, in the order of the table."""
        found = {flow for flow, _ in self.cells}
        return tuple(flow for flow in flows().values() if flow.id in found)

    def pick(self, flow: str, carrier: str) -> tuple[Cell, ...]:
        """Cells that make a row of one column.

        Parameters
        ----------
        flow, carrier : str
            Row and column.

        Returns
        -------
        tuple of Cell
            Of a section its parts where any is printed, else the row itself; of any other row the reverse.
        """
        parts = tuple(self.cells[part, carrier] for part in parts_of(flow) if (part, carrier) in self.cells)
        own = (self.cells[flow, carrier],) if (flow, carrier) in self.cells else ()
        return (parts or own) if "." not in flow else (own or parts)


def build_balance(
    facts: Iterable[Row], *, book: ViewBook, method: Method, library: FactorLibrary, place: str, year: int, rate: Rate | None
) -> Balance:
    """Balance of one place and year from its facts.

    Parameters
    ----------
    facts : iterable of mapping
        Rows of the table of facts; those of other places, periods and indicators are passed over.
    book : ViewBook
        Where the coefficients stand.
    method : Method
        Method whose equation converts to coal equivalents.
    library : FactorLibrary
        Coefficients.
    place : str
        Administrative code.
    year : int
        Year.
    rate : Rate or None
        Coal use of generation.

    Returns
    -------
    Balance
        Physical and standard cells.
    """
    findings: list[Finding] = []
    physical: dict[Place, list[Row]] = {}
    delivered: dict[Place, list[Row]] = {}
    for row in _reported([row for row in facts if _belongs(row, place, year)], findings, place, year):
        kept = delivered if is_standard(row["carrier"], row["unit"]) else physical
        kept.setdefault((row["flow"], row["carrier"]), []).append(row)
    chosen = {key: rows[0] for key, rows in physical.items() if _agree(rows, findings)}
    standard = {key: rows[0] for key, rows in delivered.items() if _agree(rows, findings)}
    matches = _look_up({carrier for _, carrier in chosen}, book, library, place, year)
    cells = {key: _cell(key, row, matches, method, rate) for key, row in chosen.items()}
    findings += _missing(cells.values(), matches)
    return Balance(place, year, cells, standard, rate, tuple(findings))


def _belongs(row: Row, place: str, year: int) -> bool:
    ours = row["indicator"] == BALANCE and row["place"] == place and row["period"] == str(year) and not row["organisation"]
    return ours and row["flow"] in flows() and row["carrier"] in carriers()


def _reported(rows: list[Row], findings: list[Finding], place: str, year: int) -> list[Row]:
    """Rows of a reported table; only where there is none the estimated ones. The two are never mixed."""
    reported = [row for row in rows if row["grade"] != ESTIMATED]
    if len(reported) == len(rows):
        return rows
    used = Label("全部为推算值", "all of it is estimated") if not reported else Label("推算值未采用", "estimates are left out")
    findings.append(
        Finding(
            "balance.estimated",
            f"{place}/{year}",
            "warning",
            Label(
                f"{year}年平衡表含推算值 {len(rows) - len(reported)} 格：{used.zh}",
                f"the balance of {year} has {len(rows) - len(reported)} estimated cells: {used.en}",
            ),
            Label("取得统计数据后撤回推算批次", "withdraw the estimated delivery once statistics are at hand"),
        )
    )
    return reported or rows


def _agree(rows: list[Row], findings: list[Finding]) -> bool:
    if len({(row["value"], row["unit"]) for row in rows}) == 1:
        return True
    said = "; ".join(f"{row['value'].normalize():f} {row['unit']} ({row['file']}!{row['cell']})" for row in rows)
    findings.append(
        Finding(
            "balance.contradiction",
            f"facts/{rows[0]['fact']}",
            "error",
            Label(
                f"平衡表同一格有不同数值，未采用：{said}",
                f"one cell of the balance has different values and was left out: {said}",
            ),
            Label("保留一个，更正或撤回其余", "keep one; correct or withdraw the others"),
        )
    )
    return False


def _look_up(
    names: set[str], book: ViewBook, library: FactorLibrary, place: str, year: int
) -> dict[str, Match | LookupFailure]:
    wanted = sorted(name for name in names if carriers()[name].kind != "total")
    keys = {name: Key(name, "coal_equivalent", CALORIFIC, book.standard, place, year, None) for name in wanted}
    found = library.resolve(keys.values(), fallback=book.fallback)
    return {name: found[key] for name, key in keys.items()}


def _cell(key: Place, row: Row, matches: Mapping[str, Match | LookupFailure], method: Method, rate: Rate | None) -> Cell:
    flow, carrier = key
    match = matches.get(carrier)
    if not isinstance(match, Match):
        return Cell(flow, carrier, row, None, None, None, None)
    try:
        composed = compose(method, row["unit"], match)
    except (FormulaError, UnitError):
        return Cell(flow, carrier, row, None, None, None, None)
    calorific = row["value"] * composed
    equivalent = calorific
    if carrier == ELECTRICITY:
        equivalent = None if rate is None else row["value"] * _composed(rate.value, "kgce/kWh", row["unit"])
    return Cell(flow, carrier, row, match, composed, calorific, equivalent)


def compose(method: Method, amount_unit: str, match: Match) -> Decimal:
    """Coal equivalents per unit of a delivered figure, by the equation of the method.

    Parameters
    ----------
    method : Method
        Method with the one equation ``activity * coefficient``.
    amount_unit : str
        Unit of the figure.
    match : Match
        Coefficient.

    Returns
    -------
    Decimal
        Rounded once to 9 places. [tce/unit]

    Raises
    ------
    FormulaError
        If the coefficient does not fit the unit.
    """
    expression = next(iter(method.equations.values()))
    names = {method.activity.name: unit(amount_unit), next(iter(method.factors)): unit(match.factor.unit)}
    return _scaled(match.value, check_unit(expression, names, unit(TCE), where=method.id))


def _composed(value: Decimal, per: str, amount_unit: str) -> Decimal:
    return _scaled(value, ratio(unit(per) * unit(amount_unit), unit(TCE)))


def _scaled(value: Decimal, scale: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return (value * to_decimal(scale)).quantize(SCALE, ROUND_HALF_EVEN)


def _missing(cells: Iterable[Cell], matches: Mapping[str, Match | LookupFailure]) -> Iterator[Finding]:
    lost: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.calorific is None and carriers()[cell.carrier].kind != "total" and cell.fact["value"]:
            lost.setdefault(cell.carrier, []).append(cell)
    for name, group in lost.items():
        label, cause = carriers()[name].label, matches[name]
        zh = (
            cause.what.zh
            if isinstance(cause, LookupFailure)
            else f"系数单位 {cause.factor.unit} 与 {group[0].fact['unit']} 不符"
        )
        en = cause.what.en if isinstance(cause, LookupFailure) else f"{cause.factor.unit} does not fit {group[0].fact['unit']}"
        yield Finding(
            "balance.coefficient",
            f"facts/{group[0].fact['fact']}",
            "error",
            Label(
                f"{label.zh}没有折标准煤系数，{len(group)} 格未折算：{zh}",
                f"{label.en} has no coal equivalent, {len(group)} cells stay without: {en}",
            ),
            Label("在 factors/ 中补充带来源的折标系数", "add a coal equivalent with its source under factors/"),
        )
