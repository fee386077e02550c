"""What may be claimed once: scenes that overlap, and projects registered elsewhere, both as tables.

Invariant: a scene stands in one group at most; a project without a boundary covers all of a city; no event is said to lie
outside a project while too little is told of it.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.days import parse_day
from dafeng.ledger.inclusion.events import places_around
from dafeng.ledger.inclusion.scenes import Scene
from dafeng.ledger.inclusion.spelling import spell_evidence
from dafeng.library.overlay import definition_files, layers
from dafeng.library.strict import read_text, refusal

_REGISTERED = ("project", "scheme", "scene", "place", "operator", "begin", "end", "source")


@dataclass(frozen=True, slots=True)
class Overlap:
    """A group of scenes of which the same thing may be claimed once.

    Parameters
    ----------
    group : str
        Name of the group; its scenes share their evidence numbers.
    interval : bool
        Whether nobody can be in two events of the group at a time.
    """

    group: str
    interval: bool


@dataclass(frozen=True, slots=True)
class Registered:
    """What a project registered elsewhere has claimed already; an empty field stands for all.

    Parameters
    ----------
    project, scheme : str
        Project and where it is registered.
    scene, place, operator : str
        Its boundary: scene, administrative code, operator.
    begin, end : int
        First and last day of its period, as ordinals. [d]
    decided : bool
        Whether what lies inside is claimed; else nobody knows yet.
    strict : bool
        Whether an event of which nobody says who ran it may lie inside.
    """

    project: str
    scheme: str
    scene: str
    place: str
    operator: str
    begin: int
    end: int
    decided: bool = True
    strict: bool = True

    def covers(self, scene: str, place: str, operator: str, first: int, last: int) -> bool | None:
        """Whether an event lies inside its boundary.

        Parameters
        ----------
        scene : str
            Scene of the event.
        place : str
            Where it was.
        operator : str
            Who ran it; empty where nobody says.
        first, last : int
            Its days. [d]

        Returns
        -------
        bool or None
            True if the event must not be claimed again; ``None`` if what is told of it does not decide.
        """
        if last < self.begin or self.end < first or self.scene not in ("", scene):
            return False
        said = (self._holds_place(place), self._runs(operator), self.decided or None)
        return False if False in said else None if None in said else True

    def _holds_place(self, place: str) -> bool | None:
        around = places_around(place)
        if not self.place or self.place in around:
            return True
        return None if not around or place in places_around(self.place) else False

    def _runs(self, operator: str) -> bool | None:
        if not self.operator:
            return True
        told = spell_evidence(operator)
        if not told:
            return None if self.strict else False
        return told == spell_evidence(self.operator)


def read_overlaps(scenes: Mapping[str, Scene], *folders: Path) -> Mapping[str, Overlap]:
    """What may be claimed once.

    Parameters
    ----------
    scenes : mapping of str to Scene
        Scenes that it may name.
    *folders : Path
        Overlay folders; their ``inclusion/overlaps*.csv`` add scenes.

    Returns
    -------
    mapping of str to Overlap
        By scene; a scene that is not listed is a group of its own.

    Raises
    ------
    DefinitionError
        If a scene is unknown or in two groups.
    """
    found: dict[str, Overlap] = {}
    for path in definition_files(layers(*folders), "inclusion/overlaps*.csv"):
        for number, row in enumerate(_table(path), 1):
            scene = row.get("scene", "")
            if scene in found or scene not in scenes or row.get("interval") not in ("yes", "no") or not row.get("group"):
                raise refusal(f"{path.name}:{number}", f"场景“{scene}”未知或重复", f"scene '{scene}' is unknown or comes twice")
            found[scene] = Overlap(row["group"], row["interval"] == "yes")
    return found


def read_registered(*folders: Path, scenes: Collection[str] | None = None) -> tuple[Registered, ...]:
    """Projects registered elsewhere.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``inclusion/registered*.csv`` list projects.
    scenes : collection of str, optional
        Scenes that a row may name; any by default.

    Returns
    -------
    tuple of Registered
        In the order of the files.

    Raises
    ------
    DefinitionError
        If a column is missing, a scene or place is unknown, or the days are none or the wrong way round.
    """
    return tuple(
        _registered(row, f"{path.name}:{number}", scenes)
        for path in definition_files(folders, "inclusion/registered*.csv")
        for number, row in enumerate(_table(path), 1)
    )


def _registered(row: Mapping[str, str | None], at: str, scenes: Collection[str] | None) -> Registered:
    cells = {name: (row.get(name) or "").strip() for name in _REGISTERED}
    if any(row.get(name) is None for name in _REGISTERED):
        named = ", ".join(_REGISTERED)
        raise refusal(at, f"缺少列：应有 {named}", f"a column is missing; there must be {named}")
    scene, place = cells["scene"], cells["place"]
    if scene and scenes is not None and scene not in scenes:
        raise refusal(at, f"没有场景“{scene}”", f"there is no scene '{scene}'")
    if place and not places_around(place):
        raise refusal(at, f"没有地点“{place}”", f"there is no place '{place}'")
    begin, end = (_day(cells[name], at) for name in ("begin", "end"))
    if end < begin:
        raise refusal(at, "截止日早于起始日", "the last day is before the first")
    return Registered(cells["project"], cells["scheme"], scene, place, cells["operator"], begin, end)


def _day(text: str, at: str) -> int:
    try:
        return parse_day(text).toordinal()
    except ValueError:
        raise refusal(at, "日期应为 2026-01-31", "a day must be like 2026-01-31") from None


def _table(path: Path) -> list[dict[str, str]]:
    lines = [line for line in read_text(path, name=path.name).splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))
