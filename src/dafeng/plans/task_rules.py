"""How tasks are put on the board and how they may need one another: states, kinds of links, kinds of conclusions.

Invariant: a task of which nobody reported has no state of progress; it is told by the verdicts on its targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from dafeng.core.labels import Label
from dafeng.library.strict import load_yaml

Side = Literal["begins", "ends"]
"""One end of a task's time."""


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A kind of need.

    Parameters
    ----------
    label : Label
        In words.
    origin, goal : Side
        The end of the needed task that must come before the end of the other one.
    """

    label: Label
    origin: Side
    goal: Side


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A kind of link that is concluded, not delivered.

    Parameters
    ----------
    label, why : Label
        In words, and the rule behind it.
    ordered : bool
        Whether one task comes before the other.
    """

    label: Label
    why: Label
    ordered: bool


@dataclass(frozen=True, slots=True)
class TaskRules:
    """Everything of ``data/plans/schedule.yaml``.

    Parameters
    ----------
    states : mapping of str to Label
        What may be reported.
    open : frozenset of str
        States in which a task is not finished.
    silent : mapping of str to (Label, verdicts)
        Columns of tasks without a report.
    verdicts : tuple of str
        From the worst to the best.
    links : mapping of str to LinkRule
        Kinds of delivered links.
    derived : mapping of str to Conclusion
        Kinds of concluded links.
    """

    states: Mapping[str, Label]
    open: frozenset[str]
    silent: Mapping[str, tuple[Label, tuple[str, ...]]]
    verdicts: tuple[str, ...]
    links: Mapping[str, LinkRule]
    derived: Mapping[str, Conclusion]

    def worst(self, verdicts: Iterable[str | None]) -> str | None:
        """Worst of some verdicts.

        Parameters
        ----------
        verdicts : iterable of str or None
            Present and projected verdicts.

        Returns
        -------
        str or None
            ``None`` where there is none.
        """
        found = set(verdicts)
        return next((verdict for verdict in self.verdicts if verdict in found), None)

    def place(self, verdict: str | None) -> str:
        """Column of a task without a report.

        Parameters
        ----------
        verdict : str or None
            Worst verdict on its targets.

        Returns
        -------
        str
            Key of ``silent``.
        """
        return next((name for name, (_, held) in self.silent.items() if verdict in held), "bare")


@cache
def read_task_rules() -> TaskRules:
    """Rules of the package.

    Returns
    -------
    TaskRules
        As ``data/plans/schedule.yaml`` says.
    """
    read = load_yaml(files("dafeng").joinpath("data/plans/schedule.yaml").read_text(encoding="utf-8"))
    return TaskRules(
        states={name: Label(**row["label"]) for name, row in read["states"].items()},
        open=frozenset(name for name, row in read["states"].items() if row["open"]),
        silent={name: (Label(**row["label"]), tuple(row["verdicts"])) for name, row in read["silent"].items()},
        verdicts=tuple(read["verdicts"]),
        links={name: LinkRule(Label(**row["label"]), row["from"], row["to"]) for name, row in read["links"].items()},
        derived={
            name: Conclusion(Label(**row["label"]), Label(**row["why"]), row["ordered"])
            for name, row in read["derived"].items()
        },
    )
