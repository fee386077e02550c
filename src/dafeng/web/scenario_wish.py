"""What an address of the scenario page asks for: the reader's own scenario, those beside it, and what the waterfall compares.

Invariant: equal wishes have one address; a slider that nobody touched is not in it, even where a plain form sends all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from dafeng.work.scenario_choice import BASELINE, Choice, make_choice
from dafeng.work.scenario_live import LiveScenarios

MINE = "mine"
"""The reader's own scenario in the selection of the waterfall."""
MOST = 4
"""Scenarios side by side, the reader's own among them."""
USUAL = ("plan", "deep")
"""Scenarios that stand beside the reader's own until others are chosen."""
HORIZON = 2035
"""Year that the waterfall ends in until another is chosen."""


SIDES = ("left", "left_year", "right", "right_year")
"""What the waterfall compares, as the form names it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a page shows.

    Parameters
    ----------
    choice : Choice
        The reader's own scenario.
    beside : tuple of str
        Scenarios beside it.
    left, right : tuple of (str, int)
        Scenario (or ``mine``) and year that the waterfall leads from and to.
    plain : bool
        Whether the address is one that a form without script made.
    told : bool
        Whether the scenarios beside were chosen.
    """

    choice: Choice
    beside: tuple[str, ...]
    left: tuple[str, int]
    right: tuple[str, int]
    plain: bool
    told: bool

    @property
    def base(self) -> Choice:
        """The stored scenarios under the reader's own."""
        return Choice(self.choice.scenarios)

    @property
    def columns(self) -> tuple[Choice, ...]:
        """Choices side by side: the base, those beside it, and the reader's own where it differs from the base."""
        others = (Choice(() if name == BASELINE else (name,)) for name in self.beside)
        own = () if self.choice == self.base else (self.choice,)
        kept = tuple({one.key: one for one in (self.base, *others)}.values())
        return (*kept[: MOST - len(own)], *own)

    @property
    def address(self) -> str:
        """Tail of the address."""
        shown = [("shown", "1"), *(("beside", name) for name in self.beside)] if self.told else []
        return urlencode([*self.choice.query, *shown, *self._sides])

    @property
    def sides(self) -> str:
        """What the waterfall compares as long as nothing else was chosen, so that a form can tell whether it was changed."""
        return "" if self._sides else ".".join(str(part) for side in (self.left, self.right) for part in side)

    @property
    def _sides(self) -> list[tuple[str, str]]:
        usual = usual_sides(self.choice)
        told = []
        for name, side, other in zip(("left", "right"), (self.left, self.right), usual, strict=True):
            told += [(name, side[0]), (f"{name}_year", str(side[1]))] if side != other else []
        return told

    def choice_of(self, name: str) -> Choice:
        """Choice under a name of the waterfall's selection.

        Parameters
        ----------
        name : str
            ``mine`` or a scenario.

        Returns
        -------
        Choice
            The choice.
        """
        return self.choice if name == MINE else Choice(() if name == BASELINE else (name,))


def usual_sides(choice: Choice) -> tuple[tuple[str, int], tuple[str, int]]:
    """What the waterfall compares until something else is chosen.

    Parameters
    ----------
    choice : Choice
        The reader's own scenario.

    Returns
    -------
    tuple of (str, int)
        From and to: the base and the own scenario in one year, or two years of a stored scenario.
    """
    if choice.is_stored or len(choice.scenarios) > 1:
        return (MINE, 2020), (MINE, HORIZON)
    return (choice.scenarios[0] if choice.scenarios else BASELINE, HORIZON), (MINE, HORIZON)


def read_wish(live: LiveScenarios, items: Sequence[tuple[str, str]]) -> Wish:
    """Wish of an address.

    Parameters
    ----------
    live : LiveScenarios
        Knows scenarios, sliders and events.
    items : sequence of (str, str)
        Names and texts of the address, in any order.

    Returns
    -------
    Wish
        What it does not know is left out.

    Raises
    ------
    SettingError
        If a number or a single value cannot be used.
    """
    names, panel = {one.id for one in live.layers.scenarios}, live.panel
    given = {name: text for name, text in items if text}
    over = [text for name, text in items if name == "over"]
    touched = {name: given[name] for name in panel.sliders if name in given}
    if "was" in given:
        starts = live.starts(Choice(tuple(sorted(set(given["was"].split("+")) & names - {BASELINE}))))
        touched = {name: text for name, text in touched.items() if not _same(text, starts[name])}
    choice = make_choice(
        panel,
        scenarios=over,
        positions=touched,
        switched=[name for name in panel.switches if name in given],
        sets=[text for name, text in items if name == "set"],
    )
    told = "shown" in given
    beside = tuple(dict.fromkeys(text for name, text in items if name == "beside" and text in names)) if told else USUAL
    if "was" in given and given.get("sides") == ".".join(given.get(name, "") for name in SIDES):
        given = {name: text for name, text in given.items() if name not in SIDES}
    sides = [_side(live, given, name, usual) for name, usual in zip(("left", "right"), usual_sides(choice), strict=True)]
    return Wish(choice, beside[: MOST - 1], sides[0], sides[1], "was" in given, told)


def _side(live: LiveScenarios, given: dict[str, str], name: str, usual: tuple[str, int]) -> tuple[str, int]:
    known = {MINE, *(one.id for one in live.layers.scenarios)}
    years = {str(year): int(year) for year in live.model.graph.space.years}
    scenario = given.get(name, "")
    return scenario if scenario in known else usual[0], years.get(given.get(f"{name}_year", ""), usual[1])


def _same(text: str, start: float) -> bool:
    try:
        return Decimal(text) == Decimal(f"{start:.10g}")
    except InvalidOperation:
        return False
