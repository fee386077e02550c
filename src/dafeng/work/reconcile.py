"""``reconcile``: can all targets of the plan, and of the plans above it, hold at once, and with what is known?

Invariant: a clash is a proven minimal set of clauses and facts (without any one of them the rest can hold); nothing
here is a text written in advance, every sentence is formed from the rows and their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dafeng.core.companion import begin
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml
from dafeng.plans.plan import Plan
from dafeng.work.clashes import Clash, keep_clash, tell_sides
from dafeng.work.project import Projection
from dafeng.work.reconcile_findings import find_lacking
from dafeng.work.reconcile_traces import trace_answer, trace_clash
from dafeng.work.reconcile_words import WayNames
from dafeng.work.target_actions import gather_means
from dafeng.work.target_answers import SystemAnswer, answer_system
from dafeng.work.target_reasons import Lacking
from dafeng.work.target_rows import Gatherer
from dafeng.work.target_system import TargetSystem
from dafeng.work.target_table import READINGS, Ground, Told, Way, build_system
from dafeng.work.target_years import Interim, interim_years
from dafeng.work.tracing import TraceBook


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """All targets under one way of counting.

    Parameters
    ----------
    way : Way
        Counting of capacities, reading of “about”, rule of non-fossil energy.
    label : Label
        The same in words.
    system : TargetSystem
        The rows.
    told : mapping of str to Told
        What each soft row says.
    answer : SystemAnswer
        What they come to.
    clashes : tuple of str
        Addresses of the minimal clashing sets.
    years : mapping of str to tuple of Interim
        By target: years on the way to it; none where it is no view of the model or its year has come.
    """

    way: Way
    label: Label
    system: TargetSystem
    told: Mapping[str, Told]
    answer: SystemAnswer
    clashes: tuple[str, ...]
    years: Mapping[str, tuple[Interim, ...]]

    @property
    def feasible(self) -> bool:
        """Whether the targets of the city's own plan can hold together with what is known."""
        return not any(all(not self.told[name].above for name in one.rows) for one in self.answer.sets)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What can and what cannot hold together.

    Parameters
    ----------
    clashes : tuple of Clash
        All minimal clashing sets up to six members; those of the city's own plan first, the closest to
        holding first.
    combinations : mapping of str to tuple of str
        Addresses of the clashes per ``year.counting.reading``; none where all rows hold together.
    tested : tuple of str
        Targets of the plan that were held against one another.
    projection : Projection
        What it was held against.
    plan : Plan
        The plan.
    traces : TraceBook
        Explanations.
    findings : tuple of Finding
        Targets that could not be put into rows.
    systems : tuple of Counted
        One for each way of counting.
    lacking : tuple of Lacking
        Targets that are no rows, of the plan and of those above it.
    """

    clashes: tuple[Clash, ...]
    combinations: Mapping[str, tuple[str, ...]]
    tested: tuple[str, ...]
    projection: Projection
    plan: Plan
    traces: TraceBook
    findings: tuple[Finding, ...]
    systems: tuple[Counted, ...] = ()
    lacking: tuple[Lacking, ...] = ()


def reconcile(plan: Plan, projection: Projection) -> Reconciliation:
    """Hold the targets of a plan, and of the plans above it, against one another, the sector model and what is known.

    Parameters
    ----------
    plan : Plan
        The plan.
    projection : Projection
        Pathways and projected indicators of the city.

    Returns
    -------
    Reconciliation
        All minimal clashes per counting rule and reading of “about”, what each target costs and how far it could go.

    Raises
    ------
    SolveError
        If a row system can be neither solved nor proved infeasible.
    """
    countings = [one["id"] for one in load_yaml(shipped() / "consistency" / "power.yaml")["countings"]]
    known = replace(projection, futures=None, power=None, ordered=None, influences=None)  # what rows are not made from
    others = [begin(_answer_counting, plan, known, one) for one in countings[1:]]
    traces = TraceBook(projection.traces)
    ground = _open_ground(plan, projection, traces)
    names = WayNames(ground.identities, ground.views, float(projection.city.rules().value("about.share")))
    clashes: dict[tuple[str, ...], Clash] = {}
    systems, keys, lacking = list[Counted](), list[tuple[tuple[str, ...], ...]](), dict.fromkeys(ground.gathered.lacking)
    for counting, answers in zip(countings, (lambda: _answers(ground, countings[0]), *others), strict=True):
        for (way, system, told, unknown), answer in zip(_systems(ground, counting), answers(), strict=True):
            lacking |= dict.fromkeys(unknown)
            keys.append(tuple(dict.fromkeys(keep_clash(one, told, way, names, clashes) for one in answer.sets)))
            years = {
                row.name: interim_years(system, answer, row, projection.city.year)
                for row in system.rows
                if row.name in system.targets
            }
            systems.append(Counted(way, names.label(way), system, told, answer, (), years))
    tested = {one.way.id: one.way for one in systems}
    numbered = _number({key: replace(one, sides=tell_sides(one, tested, names)) for key, one in clashes.items()}, traces)
    systems = [
        replace(one, clashes=tuple(numbered[key].address for key in own)) for one, own in zip(systems, keys, strict=True)
    ]
    for one in systems:
        trace_answer(one.way, one.label, one.system, one.told, one.answer, traces, years=one.years)
    placed = dict.fromkeys(told.target for one in systems for told in one.told.values() if told.target is not None)
    return Reconciliation(
        tuple(numbered.values()),
        _combinations(plan, systems, tuple(numbered.values())),
        tuple(placed),
        projection,
        plan,
        traces,
        find_lacking(tuple(lacking), ground.gathered, doubtful=sum(len(one.answer.doubtful) for one in systems)),
        tuple(systems),
        tuple(lacking),
    )


def _open_ground(plan: Plan, projection: Projection, traces: TraceBook) -> Ground:
    identities, views = (load_yaml(shipped() / "consistency" / f"{name}.yaml") for name in ("power", "views"))
    gathered = Gatherer(plan, projection, identities, views, traces).gather()
    return Ground(gathered, gather_means(projection.city, views["plants"]), projection, identities, views, traces)


def _systems(ground: Ground, counting: str) -> Iterator[tuple[Way, TargetSystem, dict[str, Told], tuple[Lacking, ...]]]:
    """Rows of every way of counting under one counting of capacities."""
    opened = ground.open(counting)
    for way in (Way(counting, reading, rule) for rule in ground.rules for reading in READINGS):
        yield (way, *build_system(ground, way, opened))


def _answers(ground: Ground, counting: str) -> list[SystemAnswer]:
    return [answer_system(system, priced=way.reading == "least") for way, system, _, _ in _systems(ground, counting)]


def _answer_counting(plan: Plan, projection: Projection, counting: str) -> list[SystemAnswer]:
    """The same from the beginning, for a companion: what each counting comes to hangs on no other."""
    return _answers(_open_ground(plan, projection, TraceBook(projection.traces)), counting)


def _number(clashes: Mapping[tuple[str, ...], Clash], traces: TraceBook) -> dict[tuple[str, ...], Clash]:
    """Clashes as they are told: the plan's own, then what stands however “about” is read, the closest to holding first."""
    order = sorted(clashes, key=lambda key: _closeness(clashes[key]))
    numbered = {}
    for number, key in enumerate(order, 1):
        one = clashes[key]
        address = trace_clash(str(number), one.explanation, one.slack, one.unit, one.year, key, traces)
        numbered[key] = replace(one, id=str(number), address=address)
    return numbered


def _closeness(clash: Clash) -> tuple[bool, bool, bool, float, int]:
    """Shares are compared by their points, amounts of other units by their part of what gives way."""
    share = clash.unit == "1"
    return clash.above, not clash.firm, not share, clash.slack if share else clash.relative, len(clash.members)


def _combinations(plan: Plan, systems: Sequence[Counted], clashes: Sequence[Clash]) -> dict[str, tuple[str, ...]]:
    """Addresses of the clashes per year, counting and reading, over all rules of counting non-fossil energy."""
    years = sorted({target.year for target in plan.targets if target.year is not None})
    by_address = {clash.address: clash for clash in clashes}
    found: dict[str, tuple[str, ...]] = {}
    for one in systems:
        for year in years:
            key = f"{year}.{one.way.counting}.{one.way.reading}"
            own = [address for address in one.clashes if by_address[address].year == year]
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *own)))
    return found
