"""What may be claimed once: scenes that overlap, and projects registered elsewhere, both as tables.

Invariant: a scene stands in one group at most; a project without a boundary covers all of a city.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dafeng.ledger.inclusion.scenes import Scene
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
    """

    project: str
    scheme: str
    scene: str
    place: str
    operator: str
    begin: int
    end: int

    def covers(self, scene: str, places: Collection[str], operator: str, day: int) -> bool:
        """Whether an event lies inside its boundary.

        Parameters
        ----------
        scene : str
            Scene of the event.
        places : collection of str
            Its place and those around it.
        operator : str
            Who ran it.
        day : int
            Its day. [d]

        Returns
        -------
        bool
            True if the event must not be claimed again.
        """
        return (
            self.scene in ("", scene)
            and (not self.place or self.place in places)
            and self.operator in ("", operator)
            and self.begin <= day <= self.end
        )


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


def read_registered(*folders: Path) -> tuple[Registered, ...]:
    """Projects registered elsewhere.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``inclusion/registered*.csv`` list projects.

    Returns
    -------
    tuple of Registered
        In the order of the files.

    Raises
    ------
    DefinitionError
        If a column is missing or a day is no date.
    """
    found = []
    for path in definition_files(folders, "inclusion/registered*.csv"):
        for number, row in enumerate(_table(path), 1):
            if any(row.get(name) is None for name in _REGISTERED):
                named = ", ".join(_REGISTERED)
                raise refusal(f"{path.name}:{number}", f"缺少列：应有 {named}", f"a column is missing; there must be {named}")
            try:
                begin, end = (date.fromisoformat(row[name]).toordinal() for name in ("begin", "end"))
            except ValueError:
                raise refusal(f"{path.name}:{number}", "日期应为 2026-01-31", "a day must be like 2026-01-31") from None
            found.append(Registered(row["project"], row["scheme"], row["scene"], row["place"], row["operator"], begin, end))
    return tuple(found)


def _table(path: Path) -> list[dict[str, str]]:
    lines = [line for line in read_text(path, name=path.name).splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))
