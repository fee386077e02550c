"""Arrange the results of an inventory in the lines of a reporting standard.

Invariant: every line is the fold of results in tonnes of each gas; all layouts of one inventory hold the same results,
each once; a line without results has a notation key, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.library.factors import FactorLibrary
from dafeng.methods.explanation import plain
from dafeng.methods.inventory import Computed, Missing
from dafeng.methods.layouts import Layout, Line, within
from dafeng.methods.notation import Notation
from dafeng.methods.warming import Potential, find_potentials, gas_label, is_gas

_DIGITS = 60
BIOGENIC = "co2_biogenic"
"""Carbon dioxide of biomass: shown beside the total, never in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line or total of an arranged inventory.

    Parameters
    ----------
    code : str
        Code of the line, or id of the total.
    label : Label
        Name in words.
    level : int
        Depth below the top, 0 for top lines and totals.
    scope : int or None
        Scope.
    gases : mapping of str to Decimal
        Mass of each gas. [t]
    value : Decimal or None
        All gases; ``None`` where nothing was computed. [tCO2e]
    biogenic : Decimal or None
        Carbon dioxide of biomass, which is in no total. [t]
    key : str or None
        Notation key where there is no value.
    says : Label or None
        Why there is none, or why it is incomplete.
    cells : tuple of str
        Ids of the results.
    missing : tuple of str
        Ids of results that could not be computed: the line is too low.
    address : str
        Address of its trace.
    total : bool
        Whether it is a total of the standard.
    """

    code: str
    label: Label
    level: int
    scope: int | None
    gases: Mapping[str, Decimal]
    value: Decimal | None
    biogenic: Decimal | None
    key: str | None
    says: Label | None
    cells: tuple[str, ...]
    missing: tuple[str, ...]
    address: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class Arranged:
    """An inventory of one year in the lines of one standard.

    Parameters
    ----------
    layout : Layout
        The layout.
    year : int
        Year.
    standard : str
        Standard of the warming potentials.
    entries : tuple of Entry
        Lines in the order of print, then totals.
    traces : tuple of Trace
        One for each entry that has a value, and one for each potential.
    findings : tuple of Finding
        What no line takes, what is not estimated, and keys that contradict results.
    """

    layout: Layout
    year: int
    standard: str
    entries: tuple[Entry, ...]
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]

    def entry(self, code: str) -> Entry:
        """Entry under a code.

        Parameters
        ----------
        code : str
            Code of a line or id of a total.

        Returns
        -------
        Entry
            The entry.

        Raises
        ------
        KeyError
            If there is none.
        """
        return {entry.code: entry for entry in self.entries}[code]


def arrange(
    cells: Sequence[Computed],
    missing: Sequence[Missing],
    layout: Layout,
    library: FactorLibrary,
    *,
    standard: str,
    year: int,
    notation: Sequence[Notation] = (),
) -> Arranged:
    """Arrange the results of one place and year.

    Parameters
    ----------
    cells : sequence of Computed
        Results; those that are no gas are passed over.
    missing : sequence of Missing
        Results that could not be computed.
    layout : Layout
        The layout.
    library : FactorLibrary
        Potentials and names.
    standard : str
        Standard of the warming potentials.
    year : int
        Year.
    notation : sequence of Notation
        Keys that the city has declared.

    Returns
    -------
    Arranged
        Lines, totals, traces and findings.

    Raises
    ------
    LookupFailure
        If the standard has no potential for a gas.
    """
    gases = [cell for cell in cells if is_gas(cell.method.quantity, library)]
    lost = [cell for cell in missing if is_gas(cell.method.quantity, library)]
    potentials = find_potentials({cell.method.quantity for cell in gases}, library, standard=standard, year=year)
    categories = {cell.activity.category.id for cell in gases} | {cell.activity.category.id for cell in lost}
    codes = {name: line.code for name in categories if (line := layout.line_of(name))}
    sheet = _Sheet(layout, year, tuple(gases), tuple(lost), potentials, notation, codes)
    lines = [sheet.line(line) for line in layout.lines]
    totals = [sheet.total(t.id, t.label, t.lines) for t in layout.totals]
    entries = (*lines, *totals)
    traces = (*(sheet.trace(entry, library) for entry in entries if entry.value is not None), *_traces(potentials))
    return Arranged(layout, year, standard, entries, traces, tuple(_findings(sheet, entries)))


@dataclass(frozen=True, slots=True)
class _Sheet:
    layout: Layout
    year: int
    cells: tuple[Computed, ...]
    lost: tuple[Missing, ...]
    potentials: Mapping[str, Potential]
    notation: Sequence[Notation]
    codes: Mapping[str, str]

    def line(self, line: Line) -> Entry:
        codes = set(self.layout.under(line.code))
        return self._entry(line.code, line.label, codes, level=self._level(line), scope=line.scope)

    def total(self, name: str, label: Label, lines: Iterable[str]) -> Entry:
        codes = {code for line in lines for code in self.layout.under(line)}
        return self._entry(name, label, codes, level=0, scope=None, total=True)

    def _level(self, line: Line) -> int:
        parents = {each.code: each.parent for each in self.layout.lines}
        depth, at = 0, line.parent
        while at is not None:
            depth, at = depth + 1, parents[at]
        return depth

    def _entry(self, code: str, label: Label, codes: set[str], *, level: int, scope: int | None, total: bool = False) -> Entry:
        chosen = [cell for cell in self.cells if self._code(cell) in codes]
        lost = tuple(cell.id for cell in self.lost if self._code(cell) in codes)
        counted = [cell for cell in chosen if cell.method.quantity != BIOGENIC]
        masses = _masses(counted, self.potentials)
        value = self._equivalent(masses) if counted else None
        biogenic = _masses([cell for cell in chosen if cell.method.quantity == BIOGENIC], self.potentials).get(BIOGENIC)
        declared = self._declared(code, codes) if value is None and not lost else None
        key = None if value is not None else "NE" if declared is None else declared.key
        ids = tuple(cell.id for cell in chosen)
        address = f"inventories/{self.layout.id}.{code}.{self.year}"
        says = _INCOMPLETE if lost else declared.says if declared else self._lacking(codes) if total and counted else None
        return Entry(code, label, level, scope, masses, value, biogenic, key, says, ids, lost, address, total)

    def _lacking(self, codes: set[str]) -> Label | None:
        """What a total does not hold because nobody has estimated it."""
        used = {self._code(cell) for cell in self.cells}
        parents = {line.parent for line in self.layout.lines}
        lines = [line for line in self.layout.lines if line.code in codes and line.code not in used | parents]
        open_lines = [line for line in lines if self._declared(line.code, {line.code}) is None]
        if not open_lines:
            return None
        return Label(
            f"不含未估算的 {'、'.join(f'{line.code} {line.label.zh}' for line in open_lines)}",
            f"without what is not estimated: {', '.join(f'{line.code} {line.label.en}' for line in open_lines)}",
        )

    def _code(self, cell: Computed | Missing) -> str | None:
        return self.codes.get(cell.activity.category.id)

    def _equivalent(self, masses: Mapping[str, Decimal]) -> Decimal:
        with localcontext() as context:
            context.prec = _DIGITS
            return sum((mass * self.potentials[gas].value for gas, mass in masses.items()), Decimal(0))

    def _declared(self, code: str, codes: set[str]) -> Notation | None:
        """Key declared for the line itself, or one that covers every category below it."""
        direct = [n for n in self.notation if n.category == f"{self.layout.id}:{code}"]
        names = [name for line in self.layout.lines if line.code in codes for name in line.categories]
        covering = [n for n in self.notation if names and all(within(name, n.category) for name in names)]
        return next(iter((*direct, *covering)), None)

    def trace(self, entry: Entry, library: FactorLibrary) -> Trace:
        parts = [(gas_label(gas, library), plain(mass), plain(self.potentials[gas].value)) for gas, mass in entry.gases.items()]
        zh = "；".join(f"{name.zh} {mass} t × {value}" for name, mass, value in parts)
        en = "; ".join(f"{name.en} {mass} t x {value}" for name, mass, value in parts)
        used = [at for gas in entry.gases if (at := self.potentials[gas].address)]
        return Trace(
            address=entry.address,
            kind="result",
            says=Label(
                f"{entry.label.zh}：{len(entry.cells)} 项之和（{zh}）",
                f"{entry.label.en}: sum of {len(entry.cells)} results ({en})",
            ),
            value=plain(entry.value or Decimal(0)),
            unit="tCO2e",
            year=self.year,
            inputs=(*(f"results/{name}" for name in entry.cells), *used),
            source=self.layout.source,
            note=entry.says,
        )


_INCOMPLETE = Label("部分结果因缺少因子未能核算，偏低", "some results lack a factor and are not in it: too low")


def _masses(cells: Iterable[Computed], potentials: Mapping[str, Potential]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    with localcontext() as context:
        context.prec = _DIGITS
        for cell in cells:
            quantity = cell.method.quantity
            mass = convert(cell.value, cell.method.unit, potentials[quantity].species)
            found[quantity] = found.get(quantity, Decimal(0)) + mass
    return found


def _traces(potentials: Mapping[str, Potential]) -> Iterator[Trace]:
    return (potential.trace for potential in potentials.values() if potential.trace is not None)


def _findings(sheet: _Sheet, entries: Iterable[Entry]) -> Iterator[Finding]:
    homeless = {c.activity.category.id for c in sheet.cells} - sheet.codes.keys()
    for name in sorted(homeless):
        if not sheet.layout.leaves_out(name):
            yield _unassigned(sheet.layout, name)
    yield from _contradictions(sheet)
    open_lines = [
        entry for entry in entries if entry.key == "NE" and not entry.missing and not entry.total and entry.says is None
    ]
    leaves = [entry for entry in open_lines if not any(line.parent == entry.code for line in sheet.layout.lines)]
    if leaves:
        yield _not_estimated(sheet, leaves)


def _unassigned(layout: Layout, name: str) -> Finding:
    return Finding(
        "inventory.unassigned",
        f"{layout.id}/{name}",
        "error",
        Label(f"“{layout.label.zh}”没有收入类别 {name} 的行", f"'{layout.label.en}' has no line for the category {name}"),
        Label("在 data/layouts 的该口径中列入或列为 aside", "list it in a line of that layout, or under aside"),
    )


def _contradictions(sheet: _Sheet) -> Iterator[Finding]:
    for declared in sheet.notation:
        found = [cell.id for cell in sheet.cells if cell.value and within(cell.activity.category.id, declared.category)]
        if found and declared.key in ("NO", "NE", "NA"):
            yield Finding(
                "inventory.notation",
                declared.category,
                "warning",
                Label(
                    f"{declared.category} 申明为 {declared.key}，却有 {len(found)} 项结果；以结果为准",
                    f"{declared.category} is declared {declared.key} but has {len(found)} results; the results count",
                ),
                Label("改正 data/notation.csv 或撤回数据", "mend data/notation.csv or withdraw the data"),
            )


def _not_estimated(sheet: _Sheet, entries: Sequence[Entry]) -> Finding:
    zh = "、".join(f"{entry.code} {entry.label.zh}" for entry in entries)
    en = ", ".join(f"{entry.code} {entry.label.en}" for entry in entries)
    return Finding(
        "inventory.not_estimated",
        f"{sheet.layout.id}/{sheet.year}",
        "warning",
        Label(f"未估算（NE）：{zh}", f"not estimated (NE): {en}"),
        Label(
            "交付活动数据，或在 data/notation.csv 中申明 NO（不存在）、IE（计入别处）、NA 并说明理由",
            "deliver activity data, or declare NO (does not occur), IE (included elsewhere) or NA in data/notation.csv",
        ),
    )
