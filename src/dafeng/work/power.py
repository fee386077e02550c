"""The hourly power balance of a target year, with capacities as planned and as known.

Invariant: every capacity, demand and limit in it has an address; what no figure gives is an assumption with a range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import conversion
from dafeng.energy.city import City as System
from dafeng.energy.city import Plant, build_city
from dafeng.energy.coast import coastal_year
from dafeng.energy.dispatch import Dispatch, dispatch
from dafeng.energy.profiles import Profiles
from dafeng.energy.technologies import Parameter, read_technologies
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.futures import Outset
from dafeng.work.measure import measure
from dafeng.work.outset import begin, middle_figure, read_goals
from dafeng.work.power_figures import BATTERY, MW, PARTS, SHARE, name_totals, totals_of
from dafeng.work.scores import Scores
from dafeng.work.targets import target_operand
from dafeng.work.tracing import TraceBook, number_text

WORKERS = 2
"""Cases solved at once; results do not depend on it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One operated system.

    Parameters
    ----------
    id : str
        Id of the case.
    label : Label
        Name.
    found : Dispatch
        Certified hourly result.
    totals : mapping of str to float
        Yearly figures by name: ``demand``, ``generation.*``, ``curtailed``, ``import``, ``export``, ``unserved``
        [亿千瓦时], ``curtailed_share`` [1], ``storage_power`` [万千瓦], ``storage_hours`` [h], ``cost`` [亿元].
    addresses : mapping of str to str
        Address of each figure.
    """

    id: str
    label: Label
    found: Dispatch
    totals: Mapping[str, float]
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Power:
    """Power balances of one year.

    Parameters
    ----------
    year : int
        Year.
    cases : tuple of Case
        Cases in the order of the city's file.
    sweep : tuple of Case
        The first case again with other storage powers, in rising order.
    assumptions : tuple of mapping
        Rows of what was assumed: id, label, low, mid, high, unit, source, grade, address, note.
    utilisation : float
        Least share of wind and sun that is to be used. [0..1]
    findings : tuple of Finding
        What was noticed.
    districts : mapping of str to Label
        Names of districts.
    """

    year: int
    cases: tuple[Case, ...]
    sweep: tuple[Case, ...]
    assumptions: tuple[Mapping[str, Any], ...]
    utilisation: float
    findings: tuple[Finding, ...]
    districts: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A system waiting to be operated.

    Parameters
    ----------
    id : str
        Id of the case.
    label : Label
        Name.
    system : System
        Components.
    storage : float
        Storage power. [MW]
    inputs : tuple of str
        Addresses of what it was built from.
    """

    id: str
    label: Label
    system: System
    storage: float
    inputs: tuple[str, ...]


def balance_power(city: City, plan: Plan, scores: Scores, traces: TraceBook, *, outset: Outset | None = None) -> Power | None:
    """Operate the city's power system hour by hour in the year its file names.

    Parameters
    ----------
    city : City
        The city; ``data/power.yaml`` names year, demand, lines and cases.
    plan : Plan
        The plan, for capacities that are targets.
    scores : Scores
        Indicators, for capacities that are known.
    traces : TraceBook
        Gets every input and figure.
    outset : Outset, optional
        The sector model that gives the demand; read afresh where it is asked for and not given.

    Returns
    -------
    Power or None
        ``None`` where the city names no balance or its demand is unknown.

    Raises
    ------
    SolveError
        If no solver gives a provable optimum.
    """
    asked = city.definition("power")
    if not asked:
        return None
    rules = load_yaml(shipped() / "scenarios" / "dispatch.yaml")
    desk = _Desk(city, plan, scores, traces, rules, asked, coastal_year(city.code), outset)
    findings: list[Finding] = []
    jobs = desk.jobs(findings)
    if not jobs:
        return None
    found = _operate([job.system for job in jobs])
    cases = [desk.close(job, result) for job, result in zip(jobs, found, strict=True)]
    count = len(asked["cases"])
    findings += [finding for result in found[:count] for finding in result.findings]
    return Power(
        int(asked["year"]),
        tuple(cases[:count]),
        tuple(cases[count:]),
        tuple(desk.rows),
        float(rules["utilisation"]["value"]),
        tuple(findings),
        {name: Label(**said) for name, said in asked.get("districts", {}).items()},
    )


def _operate(systems: Sequence[System]) -> list[Dispatch]:
    """The first system from nothing, the others each from where the first one ended."""
    first = dispatch(systems[0])
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        others = pool.map(lambda system: dispatch(system, start=first.outcome.solution.start), systems[1:])
        return [first, *others]


def power_systems(city: City, *, case: str | None = None) -> Callable[[Profiles], System]:
    """The city's power system of one case in whatever weather.

    Parameters
    ----------
    city : City
        The city; ``data/power.yaml`` names year, demand, lines and cases.
    case : str, optional
        Id of the case; the first if not given.

    Returns
    -------
    callable
        Takes hourly profiles, returns the system with the case's fixed capacities.

    Raises
    ------
    DefinitionError
        If the city names no balance, not this case, or a capacity or the demand is unknown.
    """
    asked = city.definition("power")
    items = {str(item["id"]): item for item in asked["cases"]} if asked else {}
    item = items.get(case or next(iter(items), ""))
    if item is None:
        raise _no_case(city.code, case, tuple(items))
    scores = measure(city)
    rules = load_yaml(shipped() / "scenarios" / "dispatch.yaml")
    desk = _Desk(city, city.read_plan(), scores, TraceBook(scores.traces), rules, asked, coastal_year(city.code))
    demand = desk.find(asked["demand"], "亿千瓦时")
    storage = desk.find(asked["storage"], MW) if "storage" in asked else None

    def system(profiles: Profiles) -> System:
        desk.profiles = profiles
        findings: list[Finding] = []
        job = desk.job(item, demand[0], storage[0] if storage else 0.0, (), findings) if demand else None
        if job is None:
            raise _no_case(city.code, case, tuple(items))
        return job.system

    return system


def _no_case(city: str, case: str | None, known: tuple[str, ...]) -> DefinitionError:
    return DefinitionError(
        Label(
            f"没有电力平衡“{case or '（首个）'}”，或缺数", f"there is no power balance '{case or 'first'}', or it lacks figures"
        ),
        where=f"{city}/power.yaml",
        expected=Label("、".join(known) or "cases", ", ".join(known) or "cases"),
        remedy=Label("改正名称，或补充数据", "correct the name, or add the figures"),
    )


class _Desk:
    """Where a balance is put together: the city's file, the rules, and the traces of what goes in."""

    def __init__(
        self,
        city: City,
        plan: Plan,
        scores: Scores,
        traces: TraceBook,
        rules: Mapping[str, Any],
        asked: Mapping[str, Any],
        profiles: Profiles,
        outset: Outset | None = None,
    ) -> None:
        self.city, self.plan, self.scores, self.traces = city, plan, scores, traces
        self.rules, self.asked, self.profiles, self.outset = rules, asked, profiles, outset
        self.rows: list[Mapping[str, Any]] = []
        self.catalogue = city.catalogue()
        self.technologies = read_technologies()
        self.used: list[str] = []

    def jobs(self, findings: list[Finding]) -> list[Job]:
        demand = self.find(self.asked["demand"], "亿千瓦时")
        if demand is None:
            findings.append(_no_demand())
            return []
        storage = self.find(self.asked["storage"], MW) if "storage" in self.asked else None
        power = storage[0] if storage else 0.0
        given = (demand[1], *((storage[1],) if storage else ()), *self.assume())
        jobs = [job for item in self.asked["cases"] if (job := self.job(item, demand[0], power, given, findings))]
        sweep = [float(size) * float(conversion("万千瓦", MW)) for size in self.asked.get("sweep", ())]
        first = self.asked["cases"][0]
        extra = [self.job({**first, "id": f"storage-{size:.0f}"}, demand[0], size, given, findings) for size in sweep]
        return jobs + [job for job in extra if job is not None]

    def job(
        self, item: Mapping[str, Any], demand: float, storage: float, given: tuple[str, ...], findings: list[Finding]
    ) -> Job | None:
        found = {name: self.find(where, MW) for name, where in item["capacities"].items()}
        known = {name: value for name, value in found.items() if value is not None}
        lacking = sorted(set(found) - set(known))
        if lacking:
            findings.append(_no_capacity(item["id"], lacking))
            return None
        others, used = self.others()
        sizes = {**{name: value[0] for name, value in known.items()}, **({BATTERY: storage} if storage > 0 else {})}
        places = self.asked.get("places", {})
        plants = [Plant(name, {"capacity": size}, place=places.get(name, "")) for name, size in sizes.items()]
        made = build_city([*plants, *self.outside(demand), *others], self.profiles, name=self.city.code)
        findings.extend(made.findings)
        for figure in made.parameters:
            self.keep_parameter(figure)
        return Job(item["id"], Label(**item["label"]), made, storage, (*given, *used, *(value[1] for value in known.values())))

    def outside(self, demand: float) -> tuple[Plant, ...]:
        """Electricity demand and the lines to the provincial grid."""
        imports, exports = (self.limit(direction) for direction in ("import", "export"))
        factor = float(self.asked["lines"]["import"]["co2_intensity"]["value"])
        return (
            Plant("grid_import", {"capacity": imports, "co2_intensity": factor}),
            Plant("grid_export", {"capacity": exports}),
            Plant("electricity", {"annual": demand * float(conversion("亿千瓦时", "MWh"))}),
        )

    def others(self) -> tuple[list[Plant], tuple[str, ...]]:
        """What the city names beside the capacities of a case: heat, hydrogen …, and the addresses of its figures."""
        plants: list[Plant] = []
        used: list[str] = []
        for item in self.asked.get("plants", ()):
            found = {name: self.figure(item, name, where) for name, where in item["figures"].items()}
            known = {name: value for name, value in found.items() if value is not None}
            figures = {name: value for name, (value, _) in known.items()}
            plants.append(Plant(item["technology"], figures, place=item.get("place", "")))
            used += [address for _, address in known.values()]
        return plants, tuple(used)

    def figure(self, item: Mapping[str, Any], name: str, where: Mapping[str, Any]) -> tuple[float, str] | None:
        """A plant's figure: one that stands elsewhere, or a number with its source."""
        if "value" not in where:
            return self.find(where, item["units"][name])
        kept = f"power.{item['technology']}.{name}"
        known = f"assumptions/{kept}"
        return float(where["value"]), known if known in self.traces else self.keep(kept, where)

    def find(self, where: Mapping[str, Any], unit: str) -> tuple[float, str] | None:
        if "target" in where:
            goal = target_operand(self.plan, where["target"], int(where["year"]), self.catalogue, self.traces)
            return None if goal is None else (goal.value * float(conversion(goal.unit, unit)), goal.address)
        if "pathway" in where:
            self.outset = self.outset or begin(self.city, self.scores, read_goals(self.plan, self.city, self.traces))[0]
            path = middle_figure(self.outset, where, self.traces)
            return None if path is None else (path.value * float(conversion(path.unit, unit)), path.address)
        rows = self.scores.of(where["indicator"])
        wanted = f".{where['estimate']}" if "estimate" in where else f".{where['year']}"
        row = next((r for r in rows if r.address.endswith(wanted)), None)
        return None if row is None else (row.value * float(conversion(row.unit, unit)), row.address)

    def limit(self, direction: str) -> float:
        line = self.asked["lines"][direction]["limit"]
        return float(line["value"]) * float(conversion(line["unit"], MW))

    def assume(self) -> tuple[str, ...]:
        lines = [self.keep(f"power.{name}", line["limit"]) for name, line in self.asked["lines"].items()]
        factor = self.keep("power.import_co2", self.asked["lines"]["import"]["co2_intensity"])
        return (*lines, factor, self.keep("power.utilisation", self.rules["utilisation"]))

    def keep_parameter(self, figure: Parameter) -> None:
        name = f"power.{figure.technology}.{figure.name}"
        if f"assumptions/{name}" not in self.traces:
            label = self.technologies[figure.technology].label
            said = {"zh": f"{label.zh}：{figure.label.zh}", "en": f"{label.en}: {figure.label.en}"}
            row: dict[str, Any] = {
                "value": figure.value,
                "unit": figure.unit,
                "source": figure.source.split("|")[0],
                "grade": figure.grade,
            }
            self.used.append(self.keep(name, {**row, "label": said}))

    def keep(self, name: str, row: Mapping[str, Any]) -> str:
        label = Label(**row["label"])
        value, low, high = (float(row.get(key, row["value"])) for key in ("value", "low", "high"))
        address = self.traces.add(
            Trace(
                f"assumptions/{name}",
                "assumption",
                label,
                number_text(value),
                str(row["unit"]),
                source=row["source"],
                grade=row["grade"],
                note=Label(f"区间 {low:.4g} 至 {high:.4g}", f"interval {low:.4g} to {high:.4g}") if low != high else None,
            )
        )
        told = {"id": name, "label": label, "low": low, "mid": value, "high": high, "unit": row["unit"]}
        self.rows.append({**told, "source": row["source"], "grade": row["grade"], "address": address, "note": None})
        return address

    def close(self, job: Job, found: Dispatch) -> Case:
        totals = totals_of(found, job.storage)
        addresses: dict[str, str] = {}
        for name, (value, unit, label) in name_totals(totals).items():
            addresses[name] = self.traces.add(
                Trace(
                    f"power/{job.id}.{name}",
                    "result",
                    Label(f"{job.label.zh}：{label.zh}", f"{job.label.en}: {label.en}"),
                    number_text(value),
                    unit,
                    int(self.asked["year"]),
                    expression=SHARE if name == "curtailed_share" else None,
                    inputs=tuple(addresses[part] for part in PARTS) if name == "curtailed_share" else (*job.inputs, *self.used),
                    grade="estimated",
                )
            )
        return Case(job.id, job.label, found, totals, addresses)


def _no_demand() -> Finding:
    return Finding(
        rule="power.no_demand",
        at="power.yaml",
        severity="warning",
        says=Label("用电需求未知，未做逐时电力平衡", "electricity demand is unknown; no hourly balance was made"),
        remedy=Label("补充用电量", "deliver the electricity consumption"),
    )


def _no_capacity(case: str, names: list[str]) -> Finding:
    said = "、".join(names)
    return Finding(
        rule="power.no_capacity",
        at=f"power.yaml:{case}",
        severity="warning",
        says=Label(f"情形“{case}”缺少装机：{said}", f"case '{case}' lacks the capacity of {', '.join(names)}"),
        remedy=Label("补充装机数据或目标", "deliver the capacity or name a target"),
    )
