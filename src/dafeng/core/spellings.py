"""How units are written: their table of spellings, and the grammar of a composed unit.

Invariant: a spelling means one unit; a table in which two rows claim the same one is refused.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dafeng.core.dimensions import Atom
from dafeng.core.errors import UnitError
from dafeng.core.labels import Label

PREFIXES: Mapping[str, tuple[int, str]] = {
    "m": (-3, "毫"),
    "c": (-2, "厘"),
    "k": (3, "千"),
    "M": (6, "兆"),
    "G": (9, "吉"),
    "T": (12, "太"),
    "P": (15, "拍"),
    "E": (18, "艾"),
}
"""SI prefixes: power of ten and Chinese character."""
_TONNES: Mapping[str, str] = {"k": "千", "M": "百万", "G": "十亿"}
_WORDS: Mapping[int, str] = {4: "万", 5: "十万", 6: "百万", 7: "千万", 8: "亿", 9: "十亿", 10: "百亿", 11: "千亿", 12: "万亿"}
_MASSES = (
    ("mg", "毫克", "milligram", Fraction(1, 1000), ()),
    ("g", "克", "gram", Fraction(1), ()),
    ("kg", "千克", "kilogram", Fraction(1000), ("公斤",)),
    ("t", "吨", "tonne", Fraction(10**6), ("Mg",)),
    ("kt", "千吨", "kilotonne", Fraction(10**9), ("Gg",)),
    ("Mt", "百万吨", "megatonne", Fraction(10**12), ("Tg",)),
    ("Gt", "十亿吨", "gigatonne", Fraction(10**15), ("Pg",)),
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass(frozen=True, slots=True)
class Named:
    """One unit that has a name of its own.

    Parameters
    ----------
    symbol : str
        Canonical symbol.
    base : str
        Name, in the table of definitions, of the unit it is a multiple of.
    multiple : Fraction
        How many of `base` it is.
    label : Label
        Chinese noun and English symbol.
    family : str
        Symbol of the unprefixed unit: ``W`` for kW and GW.
    spellings : tuple of str
        All ways to write it.
    """

    symbol: str
    base: str
    multiple: Fraction
    label: Label
    family: str
    spellings: tuple[str, ...]


def refuse(what: Label, *, where: str, expected: Label, remedy: Label) -> UnitError:
    """Make the error for a unit that cannot be used.

    Parameters
    ----------
    what, expected, remedy : Label
        As in `DafengError`.
    where : str
        The text, or the place it stands in.

    Returns
    -------
    UnitError
        Ready to raise.
    """
    return UnitError(what, where=where, expected=expected, remedy=remedy)


def definitions(units: str, species: str) -> tuple[tuple[str, str], ...]:
    """Definitions of the base names, from the texts of the two tables.

    Parameters
    ----------
    units, species : str
        Contents of ``units.csv`` and ``species.csv``.

    Returns
    -------
    tuple of (str, str)
        Name and definition in the units library's language.
    """
    plain = [(row["name"], row["definition"]) for row in _rows(units)]
    return (*plain, *((_ident(row["symbol"]), f"[{_ident(row['symbol'])}]") for row in _rows(species)))


def named(units: str, species: str) -> Iterator[Named]:
    """All units with a name of their own, prefixed ones included.

    Parameters
    ----------
    units, species : str
        Contents of ``units.csv`` and ``species.csv``.

    Yields
    ------
    Named
        One for each symbol.
    """
    for row in _rows(units):
        yield from _prefixed(row)
    for row in _rows(species):
        yield from _weighed(row)


def index(entries: Iterable[Named]) -> Mapping[str, str]:
    """Symbol for each spelling.

    Parameters
    ----------
    entries : iterable of Named
        All units.

    Returns
    -------
    mapping
        Spelling, without spaces, to symbol.

    Raises
    ------
    UnitError
        If a symbol is defined twice, or one spelling is claimed by two units.
    """
    found: dict[str, str] = {}
    symbols: set[str] = set()
    for entry in entries:
        for spelling in {tidy(s) for s in (entry.symbol, *entry.spellings)}:
            if entry.symbol in symbols or found.get(spelling, entry.symbol) != entry.symbol:
                raise _twice(spelling, found.get(spelling, entry.symbol), entry.symbol)
            found[spelling] = entry.symbol
        symbols.add(entry.symbol)
    return found


def tidy(text: str) -> str:
    """Text of a unit in one form of writing: no spaces, plain digits, one multiplication and one power sign.

    Parameters
    ----------
    text : str
        As a person wrote it: full-width letters, superscripts, ``·``, ``**`` …

    Returns
    -------
    str
        The same unit; ``10⁴`` became ``10^4``, ``m²`` ``m^2``, ``㎡`` ``m2``.
    """
    raised = re.sub("([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "^" + found[1].translate(_SUPERSCRIPTS), text)
    folded = unicodedata.normalize("NFKC", raised.replace("℃", "\0")).replace("\0", "℃")
    joined = re.sub(r"\s+", "", folded.replace("°C", "℃"))
    return re.sub("[·×⋅・]", "*", joined.replace("**", "^")).replace("µ", "μ")


def scale_text(scale: Fraction) -> str:
    """How a number in front of a unit is written in Chinese: 万, 亿, 百亿.

    Parameters
    ----------
    scale : Fraction
        A number with a finite decimal form.

    Returns
    -------
    str
        The word, or empty if there is none.
    """
    exponent = _exponent(scale)
    return "" if exponent is None else _WORDS.get(exponent, "")


def scale_number(scale: Fraction) -> str:
    """How a number in front of a unit is written in figures.

    Parameters
    ----------
    scale : Fraction
        A number with a finite decimal form.

    Returns
    -------
    str
        ``10^4``, ``0.5`` …
    """
    exponent = _exponent(scale)
    if exponent is not None and abs(exponent) > 1:
        return f"10^{exponent}"
    return str(scale.numerator) if scale.denominator == 1 else format(float(scale), "f").rstrip("0")


def atom_of(scale: Fraction, entry: Named, power: int) -> Atom:
    """Factor of a unit's text.

    Parameters
    ----------
    scale : Fraction
        Number in front.
    entry : Named
        The unit.
    power : int
        Exponent.

    Returns
    -------
    Atom
        ``万千瓦`` / ``10^4 kW``.
    """
    if scale == 1:
        return Atom(entry.symbol, entry.label, power)
    number, word = scale_number(scale), scale_text(scale)
    zh = word + entry.label.zh if word else f"{number} {entry.label.zh}"
    return Atom(zh if word else f"{number} {entry.symbol}", Label(zh, f"{number} {entry.label.en}"), power)


def refuse_definition(name: str, definition: str, cause: str) -> UnitError:
    """Make the error for a definition that cannot be used.

    Parameters
    ----------
    name, definition : str
        As in the table.
    cause : str
        What the units library said.

    Returns
    -------
    UnitError
        Ready to raise.
    """
    return refuse(
        Label(
            f"单位定义“{name} = {definition}”无法使用：{cause}",
            f"the definition '{name} = {definition}' cannot be used: {cause}",
        ),
        where=name,
        expected=Label("未定义过的名称，和由已定义名称组成的式子", "a new name, and an expression of names defined above"),
        remedy=Label("改名或改正定义；单位不得重定义", "rename it or correct it; a unit is never redefined"),
    )


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def _ident(symbol: str) -> str:
    return "species_" + symbol.replace("-", "_")


def _prefixed(row: Mapping[str, str]) -> Iterator[Named]:
    written = [s.partition(":") for s in row["spellings"].split("|") if s]
    for prefix in ("", *row["prefixes"].split()):
        more = [name for name, _, kind in written if kind == prefix]
        exponent, zh = PREFIXES.get(prefix, (0, ""))
        zh = _TONNES.get(prefix, zh) if row["zh"].startswith("吨") else zh
        label = Label(zh + row["zh"], prefix + row["en"])
        names = (row["name"], label.zh, label.en, *more) if not prefix else (label.zh, label.en, *more)
        yield Named(prefix + row["symbol"], row["name"], Fraction(10) ** exponent, label, row["symbol"], names)


def _weighed(row: Mapping[str, str]) -> Iterator[Named]:
    kinds = [row["symbol"], row["zh"], *(s for s in row["spellings"].split("|") if s)]
    for symbol, zh, word, grams, more in _MASSES:
        heads = (symbol, zh, word, *more, *(("公斤",) if symbol == "kg" else ()))
        joint = " " if symbol in ("kt", "Mt", "Gt") else ""
        full = f"{symbol}{joint}{row['symbol']}"
        names = {f"{head}{gap}{kind}" for head in heads for kind in kinds for gap in ("", "_")}
        yield Named(
            full, _ident(row["symbol"]), grams, Label(zh + row["symbol"], full), "g" + row["symbol"], tuple(sorted(names))
        )


def _exponent(scale: Fraction) -> int | None:
    exponent = len(str(scale.numerator)) - len(str(scale.denominator))
    return exponent if Fraction(10) ** exponent == scale else None


def _twice(spelling: str, first: str, second: str) -> UnitError:
    return refuse(
        Label(
            f"单位写法“{spelling}”已属于“{first}”，又被“{second}”占用",
            f"'{spelling}' already means '{first}' and is claimed by '{second}'",
        ),
        where=spelling,
        expected=Label("每种写法只对应一个单位", "one unit for each spelling"),
        remedy=Label("给新单位另取名称，不得重定义已有单位", "give the new unit another name; a unit is never redefined"),
    )
