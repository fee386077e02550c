"""Runs of the sector model with sets of measures: once on middle values, and in every draw.

Invariant: two runs that are compared differ in nothing but the measures that are done; the same set gives the same numbers in
whatever order it was reached.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.pathways.measures import Measure
from dafeng.pathways.model.axes import YEAR, Array, Space
from dafeng.pathways.model.levers import Pulled, add_levers
from dafeng.pathways.model.quantity import Graph
from dafeng.pathways.model.run import Labelled
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.session import Session, open_session
from dafeng.pathways.model.tape import compile_graph
from dafeng.pathways.model.trials import Trials, open_trials

AVOIDED: Mapping[str, str] = {"local": "co2", "consumed": "co2_consumed", "grid": "supplied_co2"}
"""Scopes in which avoided CO2 is counted and the quantity of each: within the city, of what it consumes, and with the
electricity it trades at the factor of the grid."""
BILLS: Mapping[str, str] = {"all": "energy_bill", "household": "household_bill", "city": "city_bill"}
"""Whose energy bill, and the quantity of each."""
ROWS = (*AVOIDED, *BILLS)
"""What a set of measures does, row by row: avoided CO2 by scope, then what is added to each energy bill."""
CHUNK = 50
"""Draws that stand in memory at once."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What measures do in every draw.

    Parameters
    ----------
    alone, last : mapping of str to (rows, columns, draws) array
        What a measure does by itself, and when all others are done already. [tCO2 or CNY]
    together : (rows, columns, draws) array
        What all do. [tCO2 or CNY]
    bought : mapping of str to (years, draws) array
        Change that the investment pays for, with the measure alone. [unit of its quantity]
    ranks : mapping of str to (draws,) array
        Ranks of figures that only the cost uses. [0..1]
    """

    alone: Mapping[str, Array]
    last: Mapping[str, Array]
    together: Array
    bought: Mapping[str, Array]
    ranks: Mapping[str, Array]


class Board:
    """The sector model with the measures of a city, each done or not.

    Parameters
    ----------
    graph : Graph
        The sector model with the cost of energy.
    values : mapping of str to array or Band
        Given quantities of the city.
    measures : sequence of Measure
        The measures.
    years : sequence of int
        Years asked for; what a set does in each, and in all years together, are the columns.
    """

    def __init__(
        self, graph: Graph, values: Mapping[str, Array | Band], measures: Sequence[Measure], years: Sequence[int]
    ) -> None:
        self.measures, self.years, self.space = tuple(measures), tuple(years), graph.space
        self.pulled: Pulled = add_levers(graph, (measure.lever for measure in measures))
        self.values = self.pulled.given(values)
        self.outputs = (*AVOIDED.values(), *BILLS.values(), *sorted({one.bought.quantity for one in measures if one.bought}))
        self._session: Session = open_session(compile_graph(self.pulled.graph, self.outputs), self._middle())
        self._done: frozenset[str] = frozenset()
        self._known: dict[frozenset[str], Array] = {}
        self._base = self._read()
        self._start = self._rows()

    @property
    def known(self) -> bool:
        """Whether the city's figures are enough: no year of its CO2 or its bill is missing."""
        return all(bool(np.isfinite(self._base[name].values).all()) for name in (*AVOIDED.values(), *BILLS.values()))

    def effect(self, done: frozenset[str]) -> Array:
        """What a set of measures does on middle values.

        Parameters
        ----------
        done : frozenset of str
            Ids of the measures that are done in full.

        Returns
        -------
        (rows, columns) array
            Avoided CO2 by scope and what is added to each bill, by year and in all. [tCO2 or CNY]
        """
        if done not in self._known:
            self._move(done)
            self._known[done] = self._picked(self._rows() - self._start)
        return self._known[done]

    def bought(self, measure: Measure) -> Array:
        """Change of the model that an investment pays for, with the measure alone, on middle values.

        Parameters
        ----------
        measure : Measure
            A measure whose investment pays for a change.

        Returns
        -------
        (years, 1) array
            Size by year. [unit of its quantity]

        Raises
        ------
        ValueError
            If its investment pays for its size.
        """
        self._move(frozenset({measure.id}))
        return _change(self.space, measure, self._base, self._read())

    def path(self, done: frozenset[str]) -> Array:
        """CO2 within the city with a set of measures, on middle values.

        Parameters
        ----------
        done : frozenset of str
            Ids of the measures.

        Returns
        -------
        (years,) array
            By year. [tCO2]
        """
        self._move(done)
        return self._read()["co2"].along(YEAR)

    def draw(self, draws: int, seed: int, costs: Mapping[str, Band]) -> Drawn:
        """What the measures do in every draw.

        Parameters
        ----------
        draws : int
            Number of draws.
        seed : int
            Their seed.
        costs : mapping of str to Band
            Figures that only the cost uses, to be drawn beside those of the model.

        Returns
        -------
        Drawn
            Alone, last and together.
        """
        bands = {name: value for name, value in self.values.items() if isinstance(value, Band)}
        tape = compile_graph(self.pulled.graph, self.outputs, drawn=tuple(bands))
        ranks = make_ranks(self.space, {name: bands[name] for name in bands if name in tape.given}, draws=draws, seed=seed)
        parts = []
        for start in range(0, draws, CHUNK):
            part = {name: rank[..., start : start + CHUNK] for name, rank in ranks.items()}
            parts.append(self._chunk(open_trials(tape, self.values, part)))
        own = make_ranks(self.space, costs, draws=draws, seed=seed)
        return _joined(parts, {name: rank.reshape(-1) for name, rank in own.items()})

    def _chunk(self, trials: Trials) -> Drawn:
        base = self._seen(trials)
        alone, last, bought = dict[str, Array](), dict[str, Array](), dict[str, Array]()
        names = [measure.id for measure in self.measures]
        for measure, past in zip(self.measures, [None, *names], strict=False):
            with_it = self._tried(trials, measure.id, 1.0, past)
            alone[measure.id] = differences(self.space, self.years, base, with_it)
            bought |= {measure.id: _change(self.space, measure, base, with_it)} if measure.bought else {}
        trials.change_all(dict.fromkeys(names, self._position(1.0)))
        every = self._seen(trials)
        for measure, past in zip(self.measures, [None, *names], strict=False):
            without = self._tried(trials, measure.id, 0.0, past)
            last[measure.id] = differences(self.space, self.years, without, every)
        return Drawn(alone, last, differences(self.space, self.years, base, every), bought, {})

    def _tried(self, trials: Trials, name: str, at: float, past: str | None) -> dict[str, Labelled]:
        """What one measure does at a position, the one tried before it put back."""
        back = {} if past is None else {past: self._position(1.0 - at)}
        trials.change_all({**back, name: self._position(at)})
        return self._seen(trials)

    def _seen(self, trials: Trials) -> dict[str, Labelled]:
        return {name: trials.read(name) for name in self.outputs}

    def _position(self, at: float) -> Array:
        return np.full(self.space.shape(()), at)

    def _middle(self) -> dict[str, Array]:
        return {name: value.mid if isinstance(value, Band) else value for name, value in self.values.items()}

    def _read(self) -> dict[str, Labelled]:
        return self._session.read()

    def _rows(self) -> Array:
        """What `ROWS` are formed from, as it stands: (rows, years); avoided is negative emission."""
        places = [self._session.arrays[self._session.tape.places[name]] for name in (*AVOIDED.values(), *BILLS.values())]
        signs = [-1.0] * len(AVOIDED) + [1.0] * len(BILLS)
        return np.array([sign * place.reshape(-1) for sign, place in zip(signs, places, strict=True)])

    def _picked(self, rows: Array) -> Array:
        at = [year - int(self.space.years[0]) for year in self.years]
        return np.concatenate([rows[:, at], rows.sum(axis=1, keepdims=True)], axis=1)

    def _move(self, done: frozenset[str]) -> None:
        self._session.change_all({name: self._position(float(name in done)) for name in sorted(done ^ self._done)})
        self._done = done


def differences(space: Space, years: Sequence[int], base: Mapping[str, Labelled], changed: Mapping[str, Labelled]) -> Array:
    """What differs between two runs.

    Parameters
    ----------
    space : Space
        The axes.
    years : sequence of int
        Years asked for.
    base, changed : mapping of str to Labelled
        Outputs without and with measures.

    Returns
    -------
    (rows, columns, draws) array
        Avoided CO2 by scope and what is added to each bill, by year and in all years together. [tCO2 or CNY]
    """
    avoided = [_by_year(base[name]) - _by_year(changed[name]) for name in AVOIDED.values()]
    added = [_by_year(changed[name]) - _by_year(base[name]) for name in BILLS.values()]
    rows = np.stack([*avoided, *added])
    picked = [rows[:, year - int(space.years[0])] for year in years]
    return np.stack([*picked, rows.sum(axis=1)], axis=1)


def _by_year(found: Labelled) -> Array:
    at = found.space.position(YEAR)
    moved = np.moveaxis(found.values, at, 0)
    return np.asarray(moved.reshape(moved.shape[0], -1, moved.shape[-1]).sum(axis=1))


def _change(space: Space, measure: Measure, base: Mapping[str, Labelled], changed: Mapping[str, Labelled]) -> Array:
    if measure.bought is None:
        raise ValueError(f"the investment of {measure.id} pays for its size, not for a change")
    named, members = measure.bought.quantity, measure.bought.members
    sides = [_summed(space, found[named].values, members) for found in (base, changed)]
    return np.asarray(np.abs(sides[1] - sides[0]))


def _summed(space: Space, values: Array, members: Collection[str]) -> Array:
    """Values summed over the members meant: (years, draws)."""
    for at, axis in enumerate(space.axes):
        kept = [place for place, member in enumerate(axis.members) if member in members]
        if kept and axis.name != YEAR and values.shape[at] > 1:
            values = values.take(kept, axis=at)
    return _by_year(Labelled(space, values))


def _joined(parts: Sequence[Drawn], ranks: Mapping[str, Array]) -> Drawn:
    def side(name: str, axis: int) -> dict[str, Array]:
        return {key: np.concatenate([getattr(part, name)[key] for part in parts], axis=axis) for key in getattr(parts[0], name)}

    together = np.concatenate([part.together for part in parts], axis=-1)
    return Drawn(side("alone", -1), side("last", -1), together, side("bought", -1), ranks)
