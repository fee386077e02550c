"""A scenario as a workbook that is edited in a spreadsheet and read back.

Invariant: an unchanged workbook gives back the same choice; a cell that cannot be used is refused with its address, and no text
becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path

from dafeng.core.errors import DafengError, FileRefused, SettingError
from dafeng.core.labels import Label
from dafeng.readers.cells import address
from dafeng.readers.table_book import read_book, write_book
from dafeng.work.scenario_choice import BASELINE, Choice, make_choice
from dafeng.work.scenario_iamc import SHEET, iamc_cells
from dafeng.work.scenario_live import LiveScenarios
from dafeng.work.scenarios import ScenarioTable, name_choice

SCENARIOS, SLIDERS, EVENTS, VALUES, RESULTS = "scenarios", "sliders", "events", "values", "results"
YES = ("1", "yes", "true", "是", "x")
NO = ("", "0", "no", "false", "否")
Rows = Sequence[Sequence[str]]


def write_scenario_book(table: ScenarioTable) -> bytes:
    """The last scenario of a table as a workbook to edit, with the figures of all.

    Parameters
    ----------
    table : ScenarioTable
        The scenarios; the last one stands in the sheets to edit.

    Returns
    -------
    bytes
        Sheets ``scenarios``, ``sliders``, ``events``, ``values`` to edit, ``results`` and ``data`` (IAMC) to read.
    """
    live, choice = table.live, table.answers[-1].choice
    return write_book(
        {
            SCENARIOS: list(_scenarios(live, choice)),
            SLIDERS: list(_sliders(live, choice)),
            EVENTS: list(_events(live, choice)),
            VALUES: [("value", "说明 note"), *((text, "") for text in choice.sets), ("", "quantity/member/year=value")],
            RESULTS: list(_results(table)),
            SHEET: list(iamc_cells(table)),
        }
    )


def read_scenario_book(live: LiveScenarios, source: Path | bytes, *, name: str = "scenarios.xlsx") -> Choice:
    """Choice of a workbook that was edited.

    Parameters
    ----------
    live : LiveScenarios
        Knows scenarios, sliders and events.
    source : Path or bytes
        The file, or its content.
    name : str
        File name, for messages.

    Returns
    -------
    Choice
        What the sheets to edit say.

    Raises
    ------
    FileRefused
        If it is no workbook, or lacks a sheet.
    SettingError
        If a cell cannot be used; its address stands in the message.
    """
    name = source.name if isinstance(source, Path) else name
    book = read_book(source, name=name)
    for sheet in (SCENARIOS, SLIDERS):
        if sheet not in book:
            raise _no_book(name, sheet)
    known = {one.id for one in live.layers.scenarios}
    over = [text for text, at in _ticked(book[SCENARIOS], f"{name}!{SCENARIOS}") if _known(text, known, at)]
    events = [
        text for text, at in _ticked(book.get(EVENTS, ()), f"{name}!{EVENTS}") if _known(text, set(live.panel.switches), at)
    ]
    sets = [row[0] for row in book.get(VALUES, ())[1:] if row and row[0].strip()]
    base = make_choice(live.panel, scenarios=over, sets=sets)
    positions = dict(_positions(live, base, book[SLIDERS], f"{name}!{SLIDERS}"))
    return make_choice(live.panel, scenarios=over, positions=positions, switched=events, sets=sets)


def _scenarios(live: LiveScenarios, choice: Choice) -> Iterator[tuple[str, ...]]:
    yield ("scenario", "laid_over", "名称", "name", "说明", "says")
    for one in live.layers.scenarios:
        chosen = one.id in choice.scenarios or (one.id == BASELINE and not choice.scenarios)
        yield (one.id, "1" if chosen else "0", one.label.zh, one.label.en, one.says.zh, one.says.en)


def _sliders(live: LiveScenarios, choice: Choice) -> Iterator[tuple[str, ...]]:
    yield ("slider", "value", "start", "low", "high", "unit", "名称", "name", "说明", "says")
    starts = live.starts(choice)
    for name, one in live.panel.sliders.items():
        numbers = (choice.positions.get(name, starts[name]), starts[name], one.low, one.high)
        said = (one.unit, one.label.zh, one.label.en, one.says.zh, one.says.en)
        yield (name, *(repr(float(number)) for number in numbers), *said)


def _events(live: LiveScenarios, choice: Choice) -> Iterator[tuple[str, ...]]:
    yield ("event", "happens", "名称", "name", "说明", "says", "source", "grade")
    for name, one in live.panel.switches.items():
        on = "1" if name in choice.switched else "0"
        yield (name, on, one.label.zh, one.label.en, one.says.zh, one.says.en, one.source, one.grade)


def _results(table: ScenarioTable) -> Iterator[tuple[str, ...]]:
    years = table.answers[0].years
    yield ("view", "名称", "name", "unit", "scenario", *(str(year) for year in years))
    for view in table.live.views:
        for answer in table.answers:
            values = (repr(value) if isfinite(value) else "" for value in answer.series[view.id])
            yield (view.id, view.label.zh, view.label.en, view.unit, name_choice(answer.choice), *values)


def _ticked(rows: Rows, sheet: str) -> Iterator[tuple[str, str]]:
    """Ids whose second cell says yes, with the place of the id."""
    for line, row in enumerate(rows[1:], 1):
        said = row[1].strip().lower().removesuffix(".0") if len(row) > 1 else ""
        if said not in (*YES, *NO):
            raise _bad(
                f"{sheet}!{address(line, 1)}",
                Label(f"“{row[1]}”不是 1 或 0", f"'{row[1]}' is neither 1 nor 0"),
                Label("1 或 0", "1 or 0"),
            )
        if said in YES and row[0].strip():
            yield row[0].strip(), f"{sheet}!{address(line, 0)}"


def _known(text: str, known: set[str], at: str) -> bool:
    if text not in known:
        listed = ", ".join(sorted(known))
        raise _bad(at, Label(f"没有“{text}”", f"there is no '{text}'"), Label(listed, listed))
    return True


def _positions(live: LiveScenarios, base: Choice, rows: Rows, sheet: str) -> Iterator[tuple[str, str]]:
    """Sliders that do not stand where the scenario has them."""
    heads = {head: at for at, head in enumerate(rows[0])}
    if "value" not in heads:
        raise _bad(f"{sheet}!A1", Label("没有 value 列", "there is no column 'value'"), Label("slider, value", "slider, value"))
    starts = live.starts(base)
    for line, row in enumerate(rows[1:], 1):
        name, text = row[0].strip(), row[heads["value"]].strip()
        _known(name, set(starts), f"{sheet}!{address(line, 0)}")
        at = f"{sheet}!{address(line, heads['value'])}"
        try:
            made = make_choice(live.panel, positions={name: text or "?"})
        except DafengError as cause:
            raise _bad(at, cause.what, cause.expected) from cause
        if made.positions[name] != starts[name]:
            yield name, text


def _bad(at: str, what: Label, expected: Label) -> SettingError:
    remedy = Label("改正该单元格后再交；没有写入任何内容", "correct the cell and hand it in again; nothing was written")
    return SettingError(what, where=at, expected=expected, remedy=remedy)


def _no_book(name: str, sheet: str) -> FileRefused:
    return FileRefused(
        Label(f"没有工作表“{sheet}”", f"there is no sheet '{sheet}'"),
        where=name,
        expected=Label(
            "从情景页或 dafeng scenarios --xlsx 导出的工作簿",
            "a workbook from the page of scenarios or dafeng scenarios --xlsx",
        ),
        remedy=Label("重新导出后在其中修改", "export it anew and edit that"),
    )
