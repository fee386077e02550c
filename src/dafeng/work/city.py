"""A city as a folder: what it is called, where its files lie, what is laid over the package's definitions.

Invariant: opening a city changes nothing on disk; everything a run needs is inside the folder or the package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dafeng.core.errors import CityError, DafengError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.places import place as find_place
from dafeng.core.sources import Source
from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.library.rules import RuleBook, read_rules
from dafeng.library.sources import read_sources
from dafeng.library.strict import load_yaml
from dafeng.plans.magnitude import check_numbers
from dafeng.plans.plan import Plan, PlanDocument
from dafeng.plans.storage import load_plan
from dafeng.store.facts import FactStore
from dafeng.store.runs import RunStore
from dafeng.work.definitions import CityFile, read_definition


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan document that the city follows.

    Parameters
    ----------
    id : str
        Id inside the city, ``plan`` for the one that is judged.
    title : str
        Title as printed.
    sha256 : str
        Hash of the document's bytes.
    facts : str
        File with the plan's facts, relative to the city folder.
    """

    id: str
    title: str
    sha256: str
    facts: str


@dataclass(frozen=True, slots=True)
class City:
    """An open city.

    Parameters
    ----------
    folder : Path
        The folder.
    code : str
        Administrative code.
    slug : str
        Short name in addresses.
    label : Label
        Name.
    year : int
        Assessment year.
    invented : bool
        Whether the city exists only for tests and tutorials.
    documents : tuple of PlanFile
        Plan documents.
    figures : tuple of str
        Files with figures, relative to the folder.
    announcements : tuple of str
        Files with announced figures.
    context : tuple of str
        Codes of provinces whose figures surround the city.
    options : mapping
        Further settings of ``city.yaml``.
    """

    folder: Path
    code: str
    slug: str
    label: Label
    year: int
    invented: bool
    documents: tuple[PlanFile, ...]
    figures: tuple[str, ...]
    announcements: tuple[str, ...]
    context: tuple[str, ...]
    options: Mapping[str, Any]

    @property
    def overlay(self) -> Path:
        """Folder of the city's own definitions."""
        return self.folder / "data"

    @property
    def facts(self) -> FactStore:
        """Store of the city's facts."""
        return FactStore(self.folder / "facts")

    @property
    def runs(self) -> RunStore:
        """Store of the city's runs."""
        return RunStore(self.folder / "runs")

    @property
    def records(self) -> Path | str:
        """Address of the city's records: ``options.records`` of ``city.yaml``, else ``records.sqlite`` in the folder."""
        return str(self.options.get("records") or "") or self.folder / "records.sqlite"

    @property
    def ledger(self) -> str:
        """Address of the city's ledger: ``options.ledger`` of ``city.yaml``, else ``ledger.sqlite`` in the folder."""
        return str(self.options.get("ledger") or "") or str(self.folder / "ledger.sqlite")

    def catalogue(self) -> Catalogue:
        """Indicators of the package and of this city.

        Returns
        -------
        Catalogue
            All indicators.
        """
        return read_indicators(self.overlay)

    def rules(self) -> RuleBook:
        """Rules of the package and of this city.

        Returns
        -------
        RuleBook
            All rules.
        """
        return read_rules(self.overlay)

    def sources(self) -> Mapping[str, Source]:
        """Sources of the package and of this city.

        Returns
        -------
        mapping of str to Source
            By id.
        """
        return read_sources(self.overlay)

    def definition(self, name: str) -> Mapping[str, Any]:
        """A definition of the city's overlay.

        Parameters
        ----------
        name : str
            File name without ending, e.g. ``estimates``.

        Returns
        -------
        mapping
            Checked against its form; empty where the city has none.

        Raises
        ------
        DefinitionError
            If the file does not keep its form.
        """
        return read_definition(self.overlay / f"{name}.yaml", name)

    def read_plan(self) -> Plan:
        """The plan that the city is judged by.

        Returns
        -------
        Plan
            As kept in ``plans/``; an empty plan where the city has none yet.

        Raises
        ------
        DefinitionError
            If the file of facts is damaged.
        SettingError
            If it holds a number that cannot be believed.
        """
        for document in self.documents:
            path = self.folder / document.facts
            if path.is_file():
                plan = load_plan(path)
                check_numbers(plan, where=document.facts)
                return plan
        return Plan(PlanDocument("", "", ""), self.code, (), (), (), (), (_planless(),))


def open_city(folder: Path | str) -> City:
    """Open a city folder.

    Parameters
    ----------
    folder : Path or str
        The folder; it holds ``city.yaml``.

    Returns
    -------
    City
        The city.

    Raises
    ------
    CityError
        If there is no ``city.yaml``, or it lacks something.
    """
    path = Path(folder)
    described = path / "city.yaml"
    if not described.is_file():
        raise _no_city(path)
    read = load_yaml(described)
    try:
        return _city(path, read)
    except ValidationError as cause:
        raise _broken(described, cause) from cause


def init(folder: Path | str, *, place: str) -> City:
    """Make a new, empty city.

    Parameters
    ----------
    folder : Path or str
        Folder to make; it must not hold a city.
    place : str
        Administrative code of the city.

    Returns
    -------
    City
        The new city, open.

    Raises
    ------
    CityError
        If the folder holds something already, or the code is no place code.
    """
    path = Path(folder)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise CityError(
            Label(f"“{path}”已存在且不为空", f"'{path}' exists and is not empty"),
            where=str(path),
            expected=Label("一个新的或空的文件夹", "a new or empty folder"),
            remedy=Label("换一个文件夹名", "choose another folder"),
        )
    label = _label_of(place)
    for name in ("data", "plans", "inbox"):
        (path / name).mkdir(parents=True, exist_ok=True)
    described = path / "city.yaml"
    draft = path / "city.yaml.part"
    draft.write_text(_described(place, label, _slug(path.resolve().name)), encoding="utf-8")
    (path / "data" / "sources.yaml").write_text(
        "# 本城市数据的来源 · sources of this city's figures\nsources: {}\n", encoding="utf-8"
    )
    draft.replace(described)
    return open_city(path)


def _city(path: Path, read: Mapping[str, Any]) -> City:
    form = CityFile.model_validate(read)
    return City(
        folder=path,
        code=form.place,
        slug=form.slug,
        label=Label(form.label.zh, form.label.en),
        year=form.assessment_year,
        invented=form.invented,
        documents=tuple(PlanFile(d.id, d.title, d.sha256 or "", d.facts) for d in form.documents),
        figures=tuple(form.figures),
        announcements=tuple(form.announcements),
        context=tuple(form.context),
        options=form.options,
    )


def _planless() -> Finding:
    return Finding(
        rule="plan.none",
        at="plans",
        severity="warning",
        says=Label("本城市还没有方案，不能判断目标", "the city has no plan yet: no target can be judged"),
        remedy=Label(
            "运行 dafeng read-plan FILE --place CODE --out DIR/plans/plan.yaml",
            "run dafeng read-plan FILE --place CODE --out DIR/plans/plan.yaml",
        ),
    )


def _label_of(code: str) -> Label:
    try:
        return find_place(code).label
    except DafengError as cause:
        if re.fullmatch(r"\d{6}", code):
            return Label(f"{code}", f"place {code}")
        raise CityError(
            Label(f"“{code}”不是行政区划代码", f"'{code}' is no administrative code"),
            where="--place",
            expected=Label("6 位数字，如 370600", "six digits such as 370600"),
            remedy=Label("查国家统计局区划代码", "look up the code of the city"),
        ) from cause


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-") or "city"


def _described(code: str, label: Label, slug: str) -> str:
    return (
        "# A city of dafeng.\n"
        "schema: 1\n"
        f'place: "{code}"\n'
        f"slug: {json.dumps(slug)}\n"
        f"label: {{zh: {json.dumps(label.zh, ensure_ascii=False)}, en: {json.dumps(label.en)}}}\n"
        f"assessment_year: {datetime.now(UTC).year - 1}\n"
        "invented: false\n"
        "documents:\n"
        f"  - {{id: plan, title: 方案, sha256: null, facts: plans/plan.yaml}}\n"
        "figures: [data/figures.csv]\n"
        "context: []\n"
        "options: {}\n"
    )


def _no_city(path: Path) -> CityError:
    return CityError(
        Label(f"“{path}”不是城市文件夹", f"'{path}' is no city folder"),
        where=str(path),
        expected=Label("含有 city.yaml 的文件夹", "a folder with city.yaml"),
        remedy=Label(f"用 dafeng init {path} --place 代码 新建", f"make one with dafeng init {path} --place CODE"),
    )


def _broken(path: Path, cause: ValidationError) -> CityError:
    first = cause.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "file"
    return CityError(
        Label(f"“{where}”写法不成立：{first['msg']}", f"'{where}' does not hold: {first['msg']}"),
        where=str(path),
        expected=Label(
            "schema、place、slug、label、assessment_year、documents、figures",
            "schema, place, slug, label, assessment_year, documents, figures",
        ),
        remedy=Label("对照 docs/data.md 补全", "complete it as docs/data.md says"),
    )
