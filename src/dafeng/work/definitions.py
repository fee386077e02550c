"""The forms of a city's own definition files, checked before anything is read from them.

Invariant: a file that lacks something, or has something nobody reads, is refused with its place and the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.library.strict import load_yaml


class Form(BaseModel):
    """A record in which every field is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Words(Form):
    """A text in both languages."""

    zh: str
    en: str


class Constant(Form):
    """A number with its source."""

    value: float
    low: float | None = None
    high: float | None = None
    unit: str
    source: str
    grade: str
    label: Words


class Reference(Form):
    """An input that stands elsewhere: an indicator, a target, a pathway value or an earlier estimate."""

    indicator: str | None = None
    year: int | None = None
    of: Literal["province"] | None = None
    target: str | None = None
    pathway: str | None = None
    scenario: str | None = None
    estimate: str | None = None


class EstimateRule(Form):
    """One estimate."""

    id: str
    indicator: str
    year: int
    basis: Literal["estimated", "projected"]
    outlook: bool = False
    expression: str
    inputs: Mapping[str, Constant | Reference]
    name: Words | None = None
    says: Words


class Estimates(Form):
    """``estimates.yaml``."""

    id: str
    estimates: tuple[EstimateRule, ...]


class Exchange(Form):
    """One direction of the line to the outside."""

    limit: Constant
    co2_intensity: Constant | None = None


class PowerCase(Form):
    """Capacities of one case."""

    id: str
    label: Words
    capacities: Mapping[str, Reference]


class PowerFile(Form):
    """``power.yaml``."""

    id: str
    year: int
    demand: Reference
    lines: Mapping[Literal["import", "export"], Exchange]
    storage: Reference | None = None
    sweep: tuple[float, ...] = ()
    cases: tuple[PowerCase, ...]


class BandRow(Form):
    """A dated band of a driver."""

    year: int
    low: float | None = None
    mid: float | None = None
    high: float | None = None
    target: str | None = None
    short: float = 0.0
    extra: float = 0.0
    source: str
    grade: str
    note: Words | None = None


class ScenarioRow(Form):
    """Bands that a city lays over a scenario."""

    id: str
    drivers: Mapping[str, tuple[BandRow, ...]]


class Scenarios(Form):
    """``scenarios.yaml``."""

    id: str
    scenarios: tuple[ScenarioRow, ...]
    horizon: int | None = None
    draws: int | None = None
    seed: int | None = None
    scatter_years: int | None = None


FORMS: Mapping[str, type[Form]] = {"estimates": Estimates, "power": PowerFile, "scenarios": Scenarios}
"""Form of each file in a city's ``data`` folder."""


def read_definition(path: Path, name: str) -> Mapping[str, Any]:
    """A city's definition file, checked.

    Parameters
    ----------
    path : Path
        The file; it need not exist.
    name : str
        One of ``FORMS``.

    Returns
    -------
    mapping
        As it was read; empty where there is no file.

    Raises
    ------
    DefinitionError
        If the file is no strict YAML or does not keep its form.
    """
    if not path.is_file():
        return {}
    read = load_yaml(path)
    try:
        FORMS[name].model_validate(read)
    except ValidationError as cause:
        raise _refusal(path, cause) from cause
    _check_lines(path, read)
    _check_bands(path, read)
    return dict(read)


def _check_lines(path: Path, read: Mapping[str, Any]) -> None:
    lines = read.get("lines")
    if lines is not None and (set(lines) != {"import", "export"} or "co2_intensity" not in lines["import"]):
        raise _error(path, "lines", "须有 import（含 co2_intensity）和 export", "needs import (with co2_intensity) and export")


def _check_bands(path: Path, read: Mapping[str, Any]) -> None:
    for scenario in read.get("scenarios", ()):
        for name, rows in scenario["drivers"].items():
            for row in rows:
                if "target" not in row and not {"low", "mid", "high"} <= set(row):
                    where = f"{scenario['id']}.{name}.{row['year']}"
                    raise _error(path, where, "须有 low、mid、high，或 target", "needs low, mid and high, or a target")


def _refusal(path: Path, cause: ValidationError) -> DefinitionError:
    first = cause.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "file"
    return _error(path, where, f"写法不成立：{first['msg']}", f"does not hold: {first['msg']}")


def _error(path: Path, where: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{where}”{zh}", f"'{where}' {en}"),
        where=str(path),
        expected=Label("docs/data.md 所列的字段", "the fields that docs/data.md lists"),
        remedy=Label("改正这一处；可对照 cities/yantai/data", "mend this place; compare with cities/yantai/data"),
    )
