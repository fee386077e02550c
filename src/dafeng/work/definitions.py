"""The forms of a city's own definition files, checked before anything is read from them.

Invariant: a file that lacks something, or has something nobody reads, is refused with its place and the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from dafeng.core.errors import DefinitionError, UnitError
from dafeng.core.labels import Label
from dafeng.core.sources import Grade
from dafeng.core.units import unit
from dafeng.library.strict import load_yaml

Number = int | Decimal
"""What the strict loader makes of a number."""


KINDS_OF_REFERENCE = (
    frozenset({"indicator", "year"}),
    frozenset({"target", "year"}),
    frozenset({"pathway", "scenario", "year"}),
    frozenset({"estimate"}),
    frozenset({"estimate", "indicator"}),
)
"""Fields that name a value that stands elsewhere."""


def _known_unit(text: str) -> str:
    try:
        unit(text)
    except UnitError as cause:
        raise ValueError(f"unknown unit '{text}'") from cause
    return text


def _inside(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"'{text}' leaves the city's folder")
    return text


def _known_grade(text: str) -> str:
    if text not in get_args(Grade):
        raise ValueError(f"unknown grade '{text}'; one of {', '.join(get_args(Grade))}")
    return text


class Form(BaseModel):
    """A record in which every field is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Words(Form):
    """A text in both languages."""

    zh: str
    en: str


class Constant(Form):
    """A number with its source."""

    value: Number
    low: Number | None = None
    high: Number | None = None
    unit: Annotated[str, AfterValidator(_known_unit)]
    source: str
    grade: Annotated[str, AfterValidator(_known_grade)]
    label: Words

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not (self.value if self.low is None else self.low) <= self.value <= (self.value if self.high is None else self.high):
            raise ValueError(f"low {self.low} <= value {self.value} <= high {self.high} does not hold")
        return self


class Reference(Form):
    """An input that stands elsewhere: an indicator, a target, a pathway value or an earlier estimate."""

    indicator: str | None = None
    year: int | None = None
    of: Literal["province"] | None = None
    target: str | None = None
    pathway: str | None = None
    scenario: str | None = None
    estimate: str | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        found = self.model_fields_set - {"of"}
        if found not in KINDS_OF_REFERENCE:
            raise ValueError(f"an input names {sorted(found)}; it needs one of {[sorted(one) for one in KINDS_OF_REFERENCE]}")
        return self


class EstimateRule(Form):
    """One estimate."""

    id: str
    indicator: str
    year: int
    basis: Literal["estimated", "projected"]
    outlook: bool = False
    expression: str
    inputs: dict[str, Constant | Reference]
    name: Words | None = None
    says: Words


class Estimates(Form):
    """``estimates.yaml``."""

    id: str
    estimates: list[EstimateRule]


class Exchange(Form):
    """One direction of the line to the outside."""

    limit: Constant
    co2_intensity: Constant | None = None


class PowerCase(Form):
    """Capacities of one case."""

    id: str
    label: Words
    capacities: dict[str, Reference]
    scenarios: list[str] = Field(default_factory=list)


class PlantRow(Form):
    """A plant or a demand beside the capacities of a case."""

    technology: str
    place: str = ""
    units: dict[str, Annotated[str, AfterValidator(_known_unit)]] = Field(default_factory=dict)
    figures: dict[str, Constant | Reference]


class OrdersFile(Form):
    """Plan targets as constraints."""

    standing: dict[str, Reference] = Field(default_factory=dict)
    known: dict[str, Reference] = Field(default_factory=dict)
    energy: Reference | None = None
    coal_rate: Constant | None = None
    utilisation: bool = False
    segments: int = Field(default=730, ge=1, le=8760)


class RetrofitCost(Form):
    """What a retrofit costs in this city."""

    capex: Constant
    life: Constant


class RetrofitRow(Form):
    """A coal plant whose retrofits the optimiser may choose."""

    plant: str
    unit: Constant | None = None
    costs: dict[Literal["efficiency", "heat", "flexibility"], RetrofitCost] = Field(default_factory=dict)
    figures: dict[str, Constant] = Field(default_factory=dict)


class PowerFile(Form):
    """``power.yaml``."""

    id: str
    year: int
    demand: Reference
    lines: dict[Literal["import", "export"], Exchange]
    storage: Reference | None = None
    sweep: list[Number] = Field(default_factory=list)
    places: dict[str, str] = Field(default_factory=dict)
    districts: dict[str, Words] = Field(default_factory=dict)
    plants: list[PlantRow] = Field(default_factory=list)
    cases: list[PowerCase] = Field(min_length=1)
    orders: OrdersFile | None = None
    retrofits: list[RetrofitRow] = Field(default_factory=list)


class PlanEntry(Form):
    """A plan document of a city."""

    id: str
    title: str
    sha256: str | None = None
    facts: Annotated[str, AfterValidator(_inside)]


class CityFile(Form):
    """``city.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)
    edition: Literal[1] = Field(alias="schema")
    place: str = Field(pattern=r"^\d{6}$")
    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    label: Words
    assessment_year: int = Field(ge=1990, le=2100)
    invented: bool = False
    documents: list[PlanEntry] = Field(default_factory=list)
    figures: list[Annotated[str, AfterValidator(_inside)]] = Field(default_factory=list)
    announcements: list[Annotated[str, AfterValidator(_inside)]] = Field(default_factory=list)
    events: list[Annotated[str, AfterValidator(_inside)]] = Field(default_factory=list)
    context: list[str] = Field(default_factory=list)
    options: dict[str, Any] = Field(default_factory=dict)


FORMS: Mapping[str, type[Form]] = {"estimates": Estimates, "power": PowerFile}
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
    return dict(read)


def _check_lines(path: Path, read: Mapping[str, Any]) -> None:
    lines = read.get("lines")
    if lines is not None and (set(lines) != {"import", "export"} or "co2_intensity" not in lines["import"]):
        raise _error(path, "lines", "须有 import（含 co2_intensity）和 export", "needs import (with co2_intensity) and export")


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
