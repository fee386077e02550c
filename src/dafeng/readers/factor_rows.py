"""Turn the rows of a table of factors into factors, or say cell by cell why not.

Invariant: no part of a key is guessed; a value keeps its printed digits; a row with an error gives no factor, and a
value that lies powers of ten away from all known ones is held back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.sources import Grade
from dafeng.core.units import unit as read_unit
from dafeng.library.factor import Factor
from dafeng.library.factor_words import FactorWords, normal_word
from dafeng.library.factors import FactorLibrary
from dafeng.readers.factor_checks import find_dimension, find_slip
from dafeng.readers.factor_places import find_place
from dafeng.readers.factor_remarks import remark
from dafeng.readers.factor_table import FactorLine
from dafeng.readers.numbers import Reading, fold, read_number

_YEAR = re.compile(r"((?:19|20)\d{2})\s*年?")
_SPREAD = re.compile(r"(?:±|\+/-|\+-)?\s*(\d+(?:\.\d+)?)\s*%?")
_SIDES = re.compile(r"-\s*(\d+(?:\.\d+)?)\s*%?\s*(?:~|至|到|,|，|/|to)\s*\+?\s*(\d+(?:\.\d+)?)\s*%?")
_HUNDRED = Decimal(100)
KINDS: Mapping[str, Label] = {
    "substance": Label("物质", "substance"),
    "parameter": Label("参数", "parameter"),
    "purpose": Label("用途", "purpose"),
    "standard": Label("标准", "standard"),
}
"""Parts of a key that a table names in words."""


@dataclass(frozen=True, slots=True)
class FactorDefaults:
    """What the user says for all rows.

    Parameters
    ----------
    standard, purpose, parameter, source : str or None
        As the options give them.
    grade : str
        Evidence grade of the rows.
    today : int
        Year of the import; a figure of a later year is refused. [year]
    """

    standard: str | None
    purpose: str | None
    parameter: str | None
    source: str | None
    grade: str
    today: int


@dataclass(frozen=True, slots=True)
class FactorReading:
    """One row as read.

    Parameters
    ----------
    line : FactorLine
        The row.
    factor : Factor or None
        The factor; ``None`` where something in the row is wrong.
    source : str
        Source as the row or the user names it: an id or a title.
    held : bool
        Whether the value is so unusual that somebody has to confirm it.
    findings : tuple of Finding
        What was found in the row.
    """

    line: FactorLine
    factor: Factor | None
    source: str
    held: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    line: FactorLine
    words: FactorWords
    defaults: FactorDefaults
    library: FactorLibrary
    findings: list[Finding] = field(default_factory=list)

    def note(self, rule: str, column: str, **values: object) -> None:
        self.findings.append(remark(rule, self.line.at(column), values))


def read_rows(
    lines: Iterable[FactorLine], words: FactorWords, defaults: FactorDefaults, found: FactorLibrary
) -> Iterator[FactorReading]:
    """Read the rows of a table of factors.

    Parameters
    ----------
    lines : iterable of FactorLine
        Rows.
    words : FactorWords
        Names that are known.
    defaults : FactorDefaults
        What holds for all rows.
    found : FactorLibrary
        Factors that are known, for units and magnitudes.

    Yields
    ------
    FactorReading
        One per row.
    """
    for line in lines:
        row = _Row(line, words, defaults, found)
        factor, source, held = _read(row)
        broken = any(one.severity == "error" for one in row.findings)
        yield FactorReading(line, None if broken else factor, source, held, tuple(row.findings))


def _read(row: _Row) -> tuple[Factor | None, str, bool]:
    parameter = _parameter(row)
    substance = _substance(row, parameter)
    purpose, sector = _purpose(row)
    standard = _named(row, "standard", row.defaults.standard)
    value, text = _value(row), _unit(row)
    source = row.line.text("source") if row.defaults.source is None else row.defaults.source
    if not source:
        row.note("source", "source")
    place, year = _place(row), _year(row)
    if None in (parameter, substance, purpose, standard, value, text):
        return None, source, False
    key = (str(substance), str(parameter), str(purpose), str(standard), place, year, sector)
    lower, upper = _range(row, cast(Decimal, value))
    factor = _factor(row, key, cast(Decimal, value), str(text), lower, upper)
    return factor, source, _check(row, factor)


def _factor(
    row: _Row,
    key: tuple[str, str, str, str, str | None, int | None, str | None],
    value: Decimal,
    text: str,
    lower: Decimal | None,
    upper: Decimal | None,
) -> Factor:
    substance, parameter, purpose, standard, place, year, sector = key
    names = row.library.label("substance", substance), row.library.label("parameter", parameter)
    tail = [str(part) for part in (place, year, sector) if part is not None]
    said = [row.line.text(name) for name in ("path", "scope", "note") if row.line.text(name)]
    return Factor(
        id=".".join((standard, substance, parameter, purpose, *tail)),
        substance=substance,
        parameter=parameter,
        purpose=purpose,
        standard=standard,
        place=place,
        year=year,
        sector=sector,
        value=value,
        lower=lower,
        upper=upper,
        unit=text,
        source="",
        clause=fold(row.line.text("clause")),
        grade=cast(Grade, row.defaults.grade),
        label=Label(f"{names[0].zh} {names[1].zh}", f"{names[0].en}, {names[1].en}"),
        note=fold("；".join(dict.fromkeys(said))),
    )


def _named(row: _Row, kind: str, given: str | None) -> str | None:
    """Purpose, standard or parameter as the user or the row names it."""
    own = row.line.text(kind)
    text = given if given is not None else own
    if not text:
        row.note(f"no_{kind}", kind, text=row.line.text("name"))
        return None
    name = row.words.find(kind, text)
    if name is None:
        row.note("unknown", kind, text=text, **_near(row, kind, text))
    elif given is not None and own and row.words.find(kind, own) != name:
        row.note("differs", kind, own=own, given=given, kind=kind)
    return name


def _near(row: _Row, kind: str, text: str) -> dict[str, str]:
    names = row.words.suggest(kind, text)
    words = KINDS[kind]
    near = (f"相近的有 {'、'.join(names)}", f"near: {', '.join(names)}") if names else (
        "先在 data/factors/names.csv 中加一行", "add a row to data/factors/names.csv first")  # fmt: skip
    return {"kind_zh": words.zh, "kind_en": words.en, "near_zh": near[0], "near_en": near[1]}


def _parameter(row: _Row) -> str | None:
    if row.defaults.parameter is not None or row.line.text("parameter"):
        return _named(row, "parameter", row.defaults.parameter)
    found = _inside(row.words.names["parameter"], row.line.text("name"))
    if found is None:
        row.note("no_parameter", "name", text=row.line.text("name"))
    return found


def _inside(names: Mapping[str, str], text: str) -> str | None:
    """Id of the longest known name inside a text."""
    said = normal_word(text)
    inside = [name for name in names if name in said and (len(name) > 2 or name == said)]
    return names[max(inside, key=len)] if inside else None


def _substance(row: _Row, parameter: str | None) -> str | None:
    own = row.line.text("substance")
    text = own or _without(row, row.line.text("name"))
    name = row.words.find("substance", text) if text else _from_path(row)
    if name is None:
        column = "substance" if own else "name"
        said = row.line.text(column) or row.line.text("path")
        row.note("unknown", column, text=said, **_near(row, "substance", text or said))
    _gas(row, parameter)
    return name


def _without(row: _Row, text: str) -> str:
    """A factor's name without its parameter, its place and year, and what stands in brackets."""
    said = normal_word(_YEAR.sub("", re.sub(r"[（(][^）)]*[）)]", "", text)))
    said = said.removeprefix(normal_word(row.line.text("place")))
    inside = [name for name in row.words.names["parameter"] if name in said and len(name) > 2]
    return said.replace(max(inside, key=len), "") if inside else said


def _from_path(row: _Row) -> str | None:
    """Substance that a part of the category path names, where exactly one does."""
    parts = re.split(r"[-—/>|、]", row.line.text("path"))
    found = {name for part in parts if (name := row.words.find("substance", part)) is not None}
    return found.pop() if len(found) == 1 else None


def _gas(row: _Row, parameter: str | None) -> None:
    """An emission factor of a gas has that gas in its unit."""
    text = row.line.text("gas")
    if not text or parameter not in ("emission_factor", None):
        return
    gas = row.words.find("substance", text) or text
    symbol = row.library.names.get(("substance", gas), (Label(gas, gas), ""))[1] or gas
    if normal_word(symbol) not in normal_word(row.line.text("unit")):
        row.note("gas", "gas", gas=text, unit=row.line.text("unit"))


def _purpose(row: _Row) -> tuple[str | None, str | None]:
    """Purpose and inventory category: from the column or option, else from the category path."""
    path = row.line.text("path")
    rule = row.words.rule(path)
    sector = row.line.text("sector") or (rule.sector if rule else None)
    if rule is None or row.line.text("purpose"):
        return _named(row, "purpose", row.defaults.purpose), sector
    given = row.defaults.purpose
    if given and row.words.find("purpose", given) != rule.purpose:
        row.note("differs", "path", own=f"{path} → {rule.purpose}", given=given, kind="purpose")
    return rule.purpose, sector


def _value(row: _Row) -> Decimal | None:
    text = row.line.text("value")
    reading = read_number(text)
    rule = _fault(text, reading)
    if rule:
        row.note(rule, "value", text=text)
    elif reading.percent and normal_word(row.line.text("unit")) not in ("%", ""):
        row.note("percent", "value", unit=row.line.text("unit"))
    return reading.value


def _fault(text: str, reading: Reading) -> str:
    tests = {
        "cell": text.startswith("#"),
        "blank": reading.missing,
        "number": reading.value is None or bool(reading.qualifier),
        "negative": reading.value is not None and reading.value < 0,
        "zero": reading.value == 0,
    }
    return next((rule for rule, holds in tests.items() if holds), "")


def _unit(row: _Row) -> str | None:
    text = fold(row.line.text("unit")) or ("%" if read_number(row.line.text("value")).percent else "")
    if not text:
        row.note("no_unit", "unit")
        return None
    try:
        read_unit(text)
    except UnitError as cause:
        row.note("unit", "unit", text=text, near_zh=cause.expected.zh, near_en=cause.expected.en)
        return None
    return text


def _place(row: _Row) -> str | None:
    text = fold(row.line.text("place"))
    place, known = find_place(text)
    if not known:
        row.note("place", "place", text=text)
    return place


def _year(row: _Row) -> int | None:
    text = fold(row.line.text("year"))
    if not text:
        return None
    found = _YEAR.fullmatch(text.removesuffix(".0"))
    year = int(found[1]) if found else None
    if year is None or year > row.defaults.today:
        row.note("year", "year", text=text)
    return year


def _range(row: _Row, value: Decimal) -> tuple[Decimal | None, Decimal | None]:
    lower, upper = (read_number(row.line.text(name)).value for name in ("lower", "upper"))
    text = fold(row.line.text("uncertainty"))
    if lower is None and upper is None and text:
        lower, upper = _spread(row, value, text)
    if (lower is not None and lower > value) or (upper is not None and upper < value):
        row.note("range", "lower", value=f"{value:f}", lower=lower, upper=upper)
    return lower, upper


def _spread(row: _Row, value: Decimal, text: str) -> tuple[Decimal | None, Decimal | None]:
    sides, both = _SIDES.fullmatch(text), _SPREAD.fullmatch(text)
    if sides is None and both is None:
        row.note("uncertainty", "uncertainty", text=text)
        return None, None
    down, up = (sides[1], sides[2]) if sides else (both[1], both[1]) if both else ("0", "0")
    return value * (_HUNDRED - Decimal(down)) / _HUNDRED, value * (_HUNDRED + Decimal(up)) / _HUNDRED


def _check(row: _Row, factor: Factor) -> bool:
    """Whether a value must be confirmed; a wrong dimension is an error."""
    if any(one.severity == "error" for one in row.findings):
        return False
    known = find_dimension(factor, row.library)
    if known is not None:
        row.note("dimension", "unit", unit=factor.unit, zh=factor.label.zh, en=factor.label.en, known=known)
        return False
    slip = find_slip(factor, row.library)
    if slip is not None:
        row.note(slip.rule, "value", value=f"{factor.value:f}", known=slip.known, power=slip.power)
    return slip is not None
