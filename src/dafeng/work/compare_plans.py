"""``compare_plans``: a plan beside others: an earlier text of it, its province's, its nation's, another city's.

Invariant: every row leads back to both documents, or says that the position is unknown; a figure that nobody has seen is
shown and never counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.indicators import Catalogue, Indicator, read_indicators
from dafeng.plans.alignment import align
from dafeng.plans.contrast import STANDINGS, Contrast, Relation, Standing, contrast
from dafeng.plans.plan import Plan, Target
from dafeng.plans.revision import GoalChange, TaskChange, change_goals, change_tasks, find_move
from dafeng.work.city import City
from dafeng.work.parties import Party, distinguish, find_parties, parties_above, relate


@dataclass(frozen=True, slots=True)
class Line:
    """One target with its counterparts.

    Parameters
    ----------
    id : str
        Id of its target in the first plan, else ``party.id`` of the plan that has it.
    indicator : Indicator or None
        Indicator of the catalogue.
    target : Target or None
        Target of the first plan.
    cells : mapping of str to Contrast
        How the first plan stands to each of the others that say something.
    """

    id: str
    indicator: Indicator | None
    target: Target | None
    cells: Mapping[str, Contrast]


@dataclass(frozen=True, slots=True)
class Revision:
    """What changed between two texts of one plan beside its figures.

    Parameters
    ----------
    tasks : tuple of TaskChange
        Tasks side by side.
    goals : tuple of GoalChange
        Goals side by side.
    """

    tasks: tuple[TaskChange, ...]
    goals: tuple[GoalChange, ...]


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """A plan beside others.

    Parameters
    ----------
    parties : tuple of Party
        The plan that is judged, then those it is judged against.
    lines : tuple of Line
        Targets of the first plan in its order, then those only the others have.
    revisions : mapping of str to Revision
        For each party that is another text of the first plan.
    findings : tuple of Finding
        What a reader must know of the comparison.
    """

    parties: tuple[Party, ...]
    lines: tuple[Line, ...]
    revisions: Mapping[str, Revision]
    findings: tuple[Finding, ...]

    @property
    def others(self) -> tuple[Party, ...]:
        """Plans that the first one is judged against."""
        return self.parties[1:]

    def counts(self, party: Party) -> Mapping[Standing, int]:
        """How often the first plan stands in each way to another one.

        Parameters
        ----------
        party : Party
            One of the others.

        Returns
        -------
        mapping of Standing to int
            All standings, also those that do not occur; figures nobody has seen are left out.
        """
        counted = Counter(cell.standing for cell in self._cells(party) if party.is_firm(cell.right))
        return {name: counted[name] for name in STANDINGS}

    def recalled(self, party: Party) -> int:
        """How many rows rest on a figure that nobody has seen.

        Parameters
        ----------
        party : Party
            One of the others.

        Returns
        -------
        int
            Rows that the counts leave out.
        """
        return sum(not party.is_firm(cell.right) for cell in self._cells(party))

    def _cells(self, party: Party) -> list[Contrast]:
        return [line.cells[party.id] for line in self.lines if party.id in line.cells]


def compare_plans(
    first: City | Path | str,
    *others: City | Path | str,
    place: str | None = None,
    relation: Relation | None = None,
    straight: bool = False,
) -> PlanComparison:
    """Compare a plan with others: which targets are stricter, looser, missing or delegated.

    Parameters
    ----------
    first : City, Path or str
        The plan that is judged: a city or its folder, a file of facts (``plan.yaml``), a document, or the name of a
        reference (``nation``, ``shandong``).
    *others : City, Path or str
        Plans it is judged against, at least one; for two texts of one plan the earlier one.
    place : str, optional
        Administrative code of the place of those that are documents.
    relation : {"version", "level", "peer"}, optional
        How they belong together; by default found from the places.
    straight : bool
        Whether figures due in different years are compared along the straight line between two figures of one plan.

    Returns
    -------
    PlanComparison
        The plans side by side.

    Raises
    ------
    SettingError
        If there is nothing to compare with, or an argument is neither a file nor a known name.
    FileRefused
        If a document cannot be read.
    DefinitionError
        If a file of facts is damaged.
    CityError
        If a folder is no city.
    """
    if not others:
        raise _alone()
    parties, folders = find_parties((first, *others), place=place)
    return compare_parties(parties, read_indicators(*folders), relation=relation, straight=straight)


def compare_city(city: City, plan: Plan) -> PlanComparison | None:
    """Compare the plan of a city with the references of its province and of the nation.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        Its plan.

    Returns
    -------
    PlanComparison or None
        ``None`` where the plan is empty or no reference speaks of a place above the city.
    """
    above = parties_above(city)
    if not above or not (plan.targets or plan.goals):
        return None
    parties = [Party(city.slug, city.label, "city", replace(plan, place=city.code)), *above]
    return compare_parties(parties, city.catalogue())


def compare_parties(
    parties: Sequence[Party], catalogue: Catalogue, *, relation: Relation | None = None, straight: bool = False
) -> PlanComparison:
    """Compare plans that are at hand.

    Parameters
    ----------
    parties : sequence of Party
        The plan that is judged, then the others.
    catalogue : Catalogue
        Indicators.
    relation : {"version", "level", "peer"}, optional
        How they belong together; by default found from the places.
    straight : bool
        Whether figures of different years are compared along a straight line.

    Returns
    -------
    PlanComparison
        The plans side by side.
    """
    first, *others = distinguish(parties)
    related = [replace(one, relation=relation or relate(first.plan, one.plan)) for one in others]
    lines: list[Line] = [Line(target.id, None, target, {}) for target in first.plan.targets]
    for party in related:
        lines = _join(lines, party, _contrasts(first, party, catalogue, straight=straight))
    revisions = {
        party.id: Revision(change_tasks(first.plan, party.plan), change_goals(first.plan, party.plan))
        for party in related
        if party.relation == "version"
    }
    return PlanComparison((first, *related), tuple(lines), revisions, tuple(_notices((first, *related))))


def _contrasts(first: Party, party: Party, catalogue: Catalogue, *, straight: bool) -> list[Contrast]:
    relation: Relation = party.relation or "level"
    found = contrast(first.plan, party.plan, catalogue, relation=relation, straight=straight)
    return [_moved(cell, first.plan, party.plan) if relation == "version" else cell for cell in found]


def _moved(cell: Contrast, one: Plan, other: Plan) -> Contrast:
    if cell.left is None or cell.right is None:
        return cell
    return replace(cell, differences=(*cell.differences, *find_move(cell.left, cell.right, one, other)))


def _join(lines: Sequence[Line], party: Party, found: Iterable[Contrast]) -> list[Line]:
    """Put the contrasts with one more plan into the lines; what only it has joins a like target of an earlier plan."""
    cells = list(found)
    mine = {cell.left.id: cell for cell in cells if cell.left is not None}
    alone = {cell.right.id: cell for cell in cells if cell.left is None and cell.right is not None}
    shown = {line.id: next(iter(line.cells.values())).right for line in lines if line.target is None}
    earlier = {target.id: name for name, target in shown.items() if target is not None}
    pairs = align([one for one in shown.values() if one is not None], [one.right for one in alone.values() if one.right])
    homes = {earlier[p.left.id]: p.right.id for p in pairs if p.left is not None and p.right is not None and not p.obstacles}
    joined = [
        _with(line, party, mine.get(line.target.id) if line.target else alone.get(homes.get(line.id, ""))) for line in lines
    ]
    housed = set(homes.values())
    new = [
        Line(f"{party.id}.{name}", cell.indicator, None, {party.id: cell}) for name, cell in alone.items() if name not in housed
    ]
    return [*joined, *new]


def _with(line: Line, party: Party, cell: Contrast | None) -> Line:
    if cell is None:
        return line
    return replace(line, indicator=line.indicator or cell.indicator, cells={**line.cells, party.id: cell})


def _notices(parties: Sequence[Party]) -> Iterable[Finding]:
    first = parties[0].plan
    yield from (_empty(party) for party in parties if not party.plan.targets)
    for party in parties[1:]:
        same = bool(first.document.sha256) and first.document.sha256 == party.plan.document.sha256
        if same or first == party.plan:
            yield _same(party)
    yield from chain.from_iterable(party.plan.findings for party in parties if party.kind == "document")


def _empty(party: Party) -> Finding:
    return Finding(
        rule="compare.empty",
        at=party.id,
        severity="warning",
        says=Label(f"“{party.label.zh}”没有读出任何目标", f"no target was read in '{party.label.en}'"),
        remedy=Label("核对文件是否为方案正文", "check that the file is the text of a plan"),
    )


def _same(party: Party) -> Finding:
    return Finding(
        rule="compare.same",
        at=party.id,
        severity="warning",
        says=Label("两份方案是同一份文件，没有差别", "both plans are the same document: nothing differs"),
        remedy=Label("换成另一份文件", "give another document"),
    )


def _alone() -> SettingError:
    return SettingError(
        Label("只给了一份方案", "only one plan was given"),
        where="compare-plans",
        expected=Label("至少两份方案", "at least two plans"),
        remedy=Label("再给出一份方案，如 shandong 或 nation", "give another one, such as shandong or nation"),
    )
