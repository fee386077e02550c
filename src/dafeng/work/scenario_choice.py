"""What a reader chooses of a scenario: overlays, positions of sliders, events and single values, as an address carries them.

Invariant: the same choice always has the same address, whatever the order in which it was made, and the address alone
reproduces every figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from dafeng.core.errors import SettingError, UnitError
from dafeng.core.labels import Label
from dafeng.core.units import ratio
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Row
from dafeng.pathways.model.overlays import Overlay
from dafeng.pathways.model.sliders import Panel

BASELINE = "baseline"
MOST_OVERLAYS, MOST_SETS = 8, 200
EXAMPLE = "capacity/nuclear/2030=9000MW"
SOURCE = "dafeng-scenarios"
"""Source of a figure that a reader chose."""
LARGEST = 1e18
"""Least size of a given value that is refused; no quantity of a city comes near it. [unit of the value]"""
ALL = "all"
"""Stands for all members, as in the address of a row of drivers."""
_SET = re.compile(r"(?P<quantity>[a-z_0-9]+)(?P<members>(?:[/ -]+[a-z_0-9]+)*?)/*(?:/(?P<year>\d{4}))?=(?P<value>[^=]+)")
_VALUE = re.compile(r"(?P<number>[-−+]?[0-9.]+(?:[eE][-+]?\d+)?)\s*(?P<unit>.*)")


@dataclass(frozen=True, slots=True)
class Choice:
    """One scenario as a reader chose it.

    Parameters
    ----------
    scenarios : tuple of str
        Overlays by name, sorted; empty for the baseline.
    positions : mapping of str to float
        Sliders that were moved. [unit of each]
    switched : tuple of str
        Events that happen, sorted.
    sets : tuple of str
        Single values as typed: ``quantity/member/year=value``, sorted.
    """

    scenarios: tuple[str, ...] = ()
    positions: Mapping[str, float] = field(default_factory=dict)
    switched: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()

    @property
    def is_stored(self) -> bool:
        """Whether it is one scenario as its tables have it."""
        return len(self.scenarios) < 2 and not (self.positions or self.switched or self.sets)

    @property
    def key(self) -> str:
        """The choice as the tail of an address, always the same for the same choice."""
        return urlencode(self.query)

    @property
    def query(self) -> list[tuple[str, str]]:
        """Name and text of everything chosen."""
        told = [("over", name) for name in self.scenarios]
        told += [(name, f"{self.positions[name]:.10g}") for name in sorted(self.positions)]
        return [*told, *((name, "on") for name in self.switched), *(("set", text) for text in self.sets)]


def make_choice(
    panel: Panel,
    *,
    scenarios: Iterable[str] = (),
    positions: Mapping[str, str] | None = None,
    switched: Iterable[str] = (),
    sets: Iterable[str] = (),
) -> Choice:
    """Choice from texts.

    Parameters
    ----------
    panel : Panel
        Sliders and switches there are.
    scenarios : iterable of str
        Overlays by name.
    positions : mapping of str to str, optional
        Slider → number as typed.
    switched : iterable of str
        Events that happen.
    sets : iterable of str
        Single values.

    Returns
    -------
    Choice
        In the order that makes equal choices equal.

    Raises
    ------
    SettingError
        If a slider or event does not exist, a number is none or lies outside the slider, or there is too much of it.
    """
    names = tuple(sorted({name for name in scenarios if name and name != BASELINE}))
    texts = tuple(sorted({text.strip() for text in sets if text.strip()}))
    if len(names) > MOST_OVERLAYS or len(texts) > MOST_SETS:
        raise _wrong(
            "scenarios",
            Label("一次叠加的情景或取值太多", "there are too many overlays or values at once"),
            Label(f"至多{MOST_OVERLAYS}个情景、{MOST_SETS}个取值", f"at most {MOST_OVERLAYS} overlays and {MOST_SETS} values"),
        )
    chosen = {name: _position(panel, name, text) for name, text in sorted((positions or {}).items())}
    events = tuple(sorted(set(switched)))
    for name in events:
        if name not in panel.switches:
            raise _unknown(name, tuple(panel.switches))
    return Choice(names, chosen, events, texts)


def rows_of(model: Model, choice: Choice) -> tuple[Row, ...]:
    """Single values of a choice as rows of drivers.

    Parameters
    ----------
    model : Model
        The model.
    choice : Choice
        The choice.

    Returns
    -------
    tuple of Row
        One for each, with the text as its place.

    Raises
    ------
    SettingError
        If one cannot be read.
    """
    return tuple(_row(model, text) for text in choice.sets)


def moves_of(model: Model, panel: Panel, choice: Choice) -> tuple[Overlay, ...]:
    """What the sliders and events of a choice move.

    Parameters
    ----------
    model : Model
        The model.
    panel : Panel
        Sliders and switches.
    choice : Choice
        The choice.

    Returns
    -------
    tuple of Overlay
        One for each slider and event, by its name.
    """
    sliders = (Overlay(name, (), panel.sliders[name].moves(model, value)) for name, value in choice.positions.items())
    return *sliders, *(Overlay(name, (), panel.switches[name].moves) for name in choice.switched)


def _position(panel: Panel, name: str, text: str) -> float:
    slider = panel.sliders.get(name)
    if slider is None:
        raise _unknown(name, tuple(panel.sliders))
    try:
        value = Decimal(text.strip().replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation as cause:
        raise _no_number(name, text) from cause
    if not value.is_finite() or not slider.low <= float(value) <= slider.high:
        raise _wrong(
            name,
            Label(f"“{text[:40]}”超出滑杆范围", f"'{text[:40]}' lies outside the slider"),
            Label(*(f"{slider.low:g} {word} {slider.high:g} {slider.unit}" for word in ("至", "to"))),
        )
    return float(value)


def _row(model: Model, text: str) -> Row:
    """A single value as a row of drivers."""
    found = _SET.fullmatch(text)
    value = _VALUE.fullmatch(found["value"].strip()) if found else None
    if found is None or value is None:
        raise _wrong(
            "--set",
            Label(f"“{text[:80]}”不能识别", f"'{text[:80]}' cannot be read"),
            Label(f"数量/成员/年份=数值，如 {EXAMPLE}", f"quantity/member/year=value, e.g. {EXAMPLE}"),
        )
    quantity = model.graph.quantities.get(found["quantity"])
    if quantity is None or quantity.expression is not None:
        name = found["quantity"]
        raise _wrong(
            "--set",
            Label(f"“{name}”不是模型的给定量", f"'{name}' is not a given quantity of the model"),
            Label("docs/sector_model.md 所列的给定量", "a given quantity as docs/sector_model.md lists them"),
        )
    unit = value["unit"].strip() or quantity.unit
    year = None if found["year"] is None else int(found["year"])
    members = frozenset(re.split("[/ -]+", found["members"])) - {"", ALL}
    return Row(quantity.id, members, year, None, _number(value["number"], text), None, _checked(unit, quantity.unit, text),
               SOURCE, "assumption", None, text)  # fmt: skip


def _number(said: str, text: str) -> float:
    try:
        value = float(said.replace("\N{MINUS SIGN}", "-"))
    except ValueError as cause:
        raise _no_number("--set", text) from cause
    if abs(value) >= LARGEST:
        raise _no_number("--set", text)
    return value


def _checked(unit: str, wanted: str, text: str) -> str:
    try:
        ratio(unit, wanted)
    except UnitError as cause:
        raise _wrong(
            "--set",
            Label(f"“{text[:80]}”的单位不是“{wanted}”一类", f"'{text[:80]}' has no unit like '{wanted}'"),
            Label(f"可换算为 {wanted} 的单位", f"a unit that converts to {wanted}"),
        ) from cause
    return unit


def _unknown(name: str, known: Sequence[str]) -> SettingError:
    listed = ", ".join(known)
    what = Label(f"没有“{name[:40]}”这个滑杆或开关", f"'{name[:40]}' is no slider or switch")
    return _wrong(name[:40], what, Label(listed or "—", listed or "none"))


def _no_number(where: str, text: str) -> SettingError:
    what = Label(f"“{text[:80]}”中没有可用的数", f"'{text[:80]}' holds no number that can be used")
    return _wrong(where, what, Label("一个数", "a number"))


def _wrong(where: str, what: Label, expected: Label) -> SettingError:
    remedy = Label("改正后重试；没有写入任何内容", "correct it and try again; nothing was written")
    return SettingError(what, where=where, expected=expected, remedy=remedy)
