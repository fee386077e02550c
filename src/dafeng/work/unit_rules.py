"""Which account gives the emissions of a power unit in a year: dated rows of ``data/rights/unit_accounts.yaml``.

Invariant: a year belongs to one row at most; a year without a row is not known and nothing stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dafeng.core.labels import Label
from dafeng.ledger.policies import GRADES
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Texts, read_texts, read_yaml, refusal

FILES = "rights/unit_accounts*.yaml"
"""Files of the rules."""
_ACCOUNT = frozenset(("label", "years", "package", "required", "source", "grade", "note"))
_FACTOR = frozenset(("parameter", "purpose", "substance"))


@dataclass(frozen=True, slots=True)
class UnitRule:
    """How the emissions of a power unit are accounted in some years.

    Parameters
    ----------
    id : str
        Its id.
    label : Label
        Name in words.
    years : tuple of int
        Compliance years it holds for.
    package : str
        Package of methods and their editions.
    required : tuple of str
        Methods that must have a result: what they count is no part of every unit, so that silence is not zero.
    source, grade : str
        Where it stands and how sure it is.
    """

    id: str
    label: Label
    years: tuple[int, ...]
    package: str
    required: tuple[str, ...]
    source: str
    grade: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator whose figure is a factor of a unit.

    Parameters
    ----------
    parameter, purpose : str
        Part of the key of the factor.
    substance : str or None
        Substance of the key; ``None`` takes the fuel of the figure.
    """

    parameter: str
    purpose: str
    substance: str | None


@dataclass(frozen=True, slots=True)
class UnitRules:
    """Rules for the accounts of power units.

    Parameters
    ----------
    rules : mapping of str to UnitRule
        By id.
    factors : mapping of str to Measured
        By indicator.
    """

    rules: Mapping[str, UnitRule]
    factors: Mapping[str, Measured]

    def find(self, year: int) -> UnitRule | None:
        """Rule of a compliance year.

        Parameters
        ----------
        year : int
            The year.

        Returns
        -------
        UnitRule or None
            ``None`` where none is known.
        """
        return next((one for one in self.rules.values() if year in one.years), None)


def read_unit_rules(*folders: Path) -> UnitRules:
    """Rules of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; they add rows, never edit them.

    Returns
    -------
    UnitRules
        The rules.

    Raises
    ------
    DefinitionError
        If a file breaks the form, an id comes twice, or a year belongs to two rows.
    """
    return _rules(read_texts(definition_files(layers(*folders), FILES)), frozenset(read_sources(*folders)))


@lru_cache(maxsize=16)
def _rules(texts: Texts, known: frozenset[str]) -> UnitRules:
    rules = merged(_rows(texts, known))
    seen: dict[int, str] = {}
    for one in rules.values():
        for year in one.years:
            other = seen.setdefault(year, one.id)
            if other != one.id:
                raise refusal(FILES, f"{year} 年度同属“{other}”与“{one.id}”", f"{year} belongs to '{other}' and to '{one.id}'")
    return UnitRules(rules, merged(_factors(texts)))


def _rows(texts: Texts, known: frozenset[str]) -> Iterator[tuple[str, str, UnitRule]]:
    for file, text in texts:
        marked = read_yaml(text, name=file)
        root = Record(marked, ()).allow({"accounts", "factors"})
        for name in root.child("accounts").keys():  # noqa: SIM118 - a record is no mapping
            record = root.child("accounts").child(name)
            at = marked.at(*record.path)
            yield name, at, _rule(name, record.allow(_ACCOUNT), known, at)


def _rule(name: str, record: Record, known: frozenset[str], at: str) -> UnitRule:
    years = record.value("years")
    if not isinstance(years, list) or not all(isinstance(one, int) for one in years):
        raise record.error("years 应为年份列表", "years must be a list of years", key="years")
    return UnitRule(
        name, record.label("label"), tuple(years), record.text("package"), record.texts("required"),
        check_source(record.text("source"), known, at), record.text("grade", among=GRADES),
    )  # fmt: skip


def _factors(texts: Texts) -> Iterator[tuple[str, str, Measured]]:
    for file, text in texts:
        marked = read_yaml(text, name=file)
        root = Record(marked, ()).child("factors")
        for name in root.keys():  # noqa: SIM118 - a record is no mapping
            record = root.child(name).allow(_FACTOR)
            made = Measured(record.text("parameter"), record.text("purpose"), record.text_or_none("substance"))
            yield name, marked.at(*record.path), made
