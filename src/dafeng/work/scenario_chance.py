"""Chance that a choice of scenarios, sliders and events peaks before 2030, as ``project`` would tell it with fewer draws.

Invariant: the same seeds, bands and error of the model as in ``project``; what the hourly model gives back is not within.
"""

from __future__ import annotations

from dataclasses import dataclass

from dafeng.pathways.model.held import Held, hold_draws, list_changes
from dafeng.pathways.model.run import Labelled, run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tape import Tape, compile_graph
from dafeng.pathways.model_error import ModelError
from dafeng.pathways.peak import find_peak
from dafeng.work.error_draws import SEED, draw_peak_errors, size_errors
from dafeng.work.future import EMISSIONS
from dafeng.work.scenario_choice import Choice
from dafeng.work.scenario_live import LiveScenarios

DRAWS = 400
"""Draws of the drivers of an answer while sliders move: the chance is sure to about a point (one standard error)."""
TREND = Choice(("baseline",))
"""Scenario whose drivers' spread is taken off the error of the model."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Chance of a peak before 2030.

    Parameters
    ----------
    before : float
        With the model's own error. [0..1]
    least, most : float
        The same if an error of the model lasts a year, as assumed, or for good. [0..1]
    drivers : float
        By the drivers alone. [0..1]
    draws : int
        Draws.
    """

    before: float
    least: float
    most: float
    drivers: float
    draws: int


def find_chance(live: LiveScenarios, choice: Choice, *, draws: int = DRAWS) -> Chance:
    """Chance that a choice peaks before 2030.

    Parameters
    ----------
    live : LiveScenarios
        The city.
    choice : Choice
        Scenarios, sliders, events and single values.
    draws : int
        How many, at least 1.

    Returns
    -------
    Chance
        By the bands of its drivers and the model's own error.

    Raises
    ------
    SettingError
        If a scenario does not exist or overlays contradict each other.
    DefinitionError
        If a table breaks its form.
    """
    key = (choice.scenarios, tuple(sorted(choice.positions.items())), choice.switched, choice.sets, draws)
    found: Chance = live.chances.find(key, lambda: _find(live, choice, draws))
    return found


def _find(live: LiveScenarios, choice: Choice, draws: int) -> Chance:
    years = live.model.graph.space.years
    alone = _draw(live, choice, draws)[EMISSIONS].along("year", "draw").T
    errors = draw_peak_errors(_error(live), draws, len(years))
    peak = find_peak(years, errors.apply(alone))
    least, most = errors.range_chances(years, alone, peak)
    return Chance(peak.probability_before_2030, least, most, find_peak(years, alone).probability_before_2030, draws)


def _error(live: LiveScenarios) -> ModelError:
    """Error of the model for this city: from its trend, once."""
    if EMISSIONS not in live.errors:
        live.errors.update(size_errors(_draw(live, TREND, DRAWS)))
    return live.errors[EMISSIONS]


def _draw(live: LiveScenarios, choice: Choice, draws: int) -> dict[str, Labelled]:
    """Draws of a choice; a slider that is moved on computes only what follows from what it moves."""
    drivers, graph = live.compose(choice), live.model.graph
    drawn = frozenset(drivers.drawn)
    tape: Tape = live.prepared.find(("tape", drawn), lambda: compile_graph(graph, (EMISSIONS,), drawn=drivers.drawn))
    values = {name: drivers.values[name] for name in drivers.drawn if name in tape.given}
    bands = {name: one for name, one in values.items() if isinstance(one, Band)}
    shape = frozenset((name, one.apart) for name, one in bands.items())
    ranks = live.prepared.find(("ranks", shape, draws), lambda: make_ranks(graph.space, bands, draws=draws, seed=SEED))
    changed = list_changes(tape, live.outset(choice).values, drivers.values)
    if not changed:
        return run_tape(tape, drivers.values, ranks=ranks)
    key = (choice.scenarios, choice.sets, drawn, shape, draws, changed)
    held: Held = live.held.find(key, lambda: hold_draws(tape, drivers.values, changed, ranks=ranks))
    return held.run(drivers.values, ranks=ranks)
