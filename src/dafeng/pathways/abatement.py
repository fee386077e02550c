"""Abatement of a city measure by measure: CO2 avoided, cost, who pays, though measures act on the same emissions.

Invariant: contributions add up to what all measures do together, in both ways of counting (mean over all orders, and cheapest
next) and for every payer; a measure without a known cost has no price, and its effect counts all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dafeng.pathways.abatement_peaks import move_peaks, price_shifts
from dafeng.pathways.abatement_runs import AVOIDED, BILLS, ROWS, Board, Drawn
from dafeng.pathways.abatement_shares import ORDERED, Abatement, Curve, Share, Span, Taken, Terms
from dafeng.pathways.annual_cost import cost_bands, yearly_cost
from dafeng.pathways.attribution import Attribution, attribute
from dafeng.pathways.measures import PAYERS, Measure
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.quantity import Graph
from dafeng.pathways.model.sampling import Band


def compare_measures(
    graph: Graph,
    values: Mapping[str, Array | Band],
    measures: Sequence[Measure],
    terms: Terms,
    *,
    erring: Callable[[Array], Array] | None = None,
) -> Abatement | None:
    """Abatement, cost and effect on the peak of each measure of a city.

    Parameters
    ----------
    graph : Graph
        The sector model with the cost of energy.
    values : mapping of str to array or Band
        Given quantities of the city.
    measures : sequence of Measure
        Measures; their order changes nothing.
    terms : Terms
        Years, rate, draws.
    erring : callable, optional
        From emissions of the baseline (draws, years) to factors of the model's own error on the paths whose peak is looked at,
        for each draw once or several times (times · draws, years); without it the peak is that of the drivers alone.

    Returns
    -------
    Abatement or None
        ``None`` where the figures of the city do not suffice, or there is no measure.

    Raises
    ------
    DefinitionError
        If a measure acts on what the model does not have.
    """
    if not measures:
        return None
    board = Board(graph, values, measures, terms.years)
    if not board.known:
        return None
    by_id = {measure.id: measure for measure in measures}
    found = attribute(by_id, board.effect, orders=terms.orders, seed=terms.seed)
    drawn = board.draw(terms.draws, terms.seed, cost_bands(board.space, by_id, terms.rate))
    outlays = {name: _outlay(board, one, terms, None) for name, one in by_id.items()}
    bands = {name: _outlay(board, one, terms, drawn) for name, one in by_id.items()}
    halves = contributions_drawn(drawn)
    curves = []
    for column, year in enumerate((*terms.years, None)):
        shares = [_share(one, column, found, outlays[one.id], bands[one.id], halves[one.id]) for one in measures]
        whole = {scope: _span(found.together[row, column], drawn.together[row, column]) for row, scope in enumerate(AVOIDED)}
        asked = () if year is None else ORDERED
        orders = {scope: cheapest_next(board.effect, outlays, column, ROWS.index(scope)) for scope in asked}
        curves.append(Curve(year, tuple(shares), whole, orders))
    base, shifted = move_peaks(board, draws=terms.peak_draws, seed=terms.peak_seed, erring=erring)
    gains = price_shifts(shifted, measures, outlays, bands, terms.seed)
    return Abatement(tuple(measures), tuple(curves), base, shifted, terms, gains)


def contributions_drawn(drawn: Drawn) -> dict[str, Array]:
    """Contribution of each measure in every draw: the mean of what it does first and last.

    That is its mean over all orders where measures act on one another in pairs only; what is left to the joint effect is
    spread in proportion, so that contributions add up in every draw.

    Parameters
    ----------
    drawn : Drawn
        What the measures do in every draw.

    Returns
    -------
    dict of str to (rows, columns, draws) array
        By measure. [tCO2 or CNY]
    """
    halves = {name: (drawn.alone[name] + drawn.last[name]) / 2 for name in drawn.alone}
    sizes = np.sum([np.abs(half) for half in halves.values()], axis=0)
    left = drawn.together - np.sum(list(halves.values()), axis=0)
    part = np.divide(left, sizes, out=np.zeros_like(left), where=sizes > 0)
    return {name: half + np.abs(half) * part for name, half in halves.items()}


def cheapest_next(
    effect: Callable[[frozenset[str]], Array], outlays: Mapping[str, Array | None], column: int, row: int
) -> tuple[Taken, ...]:
    """Order in which the cheapest next measure is taken.

    Cost per CO2 cannot rank measures that save money (the smaller the saved CO2, the better they would look): those are
    taken by the money they save, before all others.

    Parameters
    ----------
    effect : callable
        Set of measures → (rows, columns) array of what it does.
    outlays : mapping of str to array or None
        Outlay of each measure by column; ``None`` where it is unknown. [CNY]
    column : int
        Year.
    row : int
        Scope.

    Returns
    -------
    tuple of Taken
        The steps add up to what all do together.
    """
    bill = ROWS.index("all")
    taken, steps = frozenset[str](), list[Taken]()
    while len(taken) < len(outlays):
        before = effect(taken)[:, column]
        nexts = []
        for name in sorted(set(outlays) - taken):
            added = effect(taken | {name})[:, column] - before
            outlay = outlays[name]
            cost = None if outlay is None else float(outlay[column] + added[bill])
            nexts.append(_taken(name, float(added[row]), cost))
        step = min(nexts, key=_rank)
        steps.append(step)
        taken = taken | {step.measure}
    return tuple(steps)


def _taken(name: str, avoided: float, cost: float | None) -> Taken:
    price = cost / avoided if cost is not None and avoided > _LEAST else None
    return Taken(name, avoided, cost, price)


_LEAST = 1.0
"""CO2 below which a measure is said to avoid none. [tCO2]"""


def _rank(step: Taken) -> tuple[int, float, str]:
    if step.cost is None or step.price is None:
        return 2, -step.avoided, step.measure
    return (0, step.cost, step.measure) if step.cost < 0 else (1, step.price, step.measure)


def _outlay(board: Board, measure: Measure, terms: Terms, drawn: Drawn | None) -> Array | None:
    """Outlay by column: the years asked for, then the sum of all; with draws as a second axis where there are any."""
    bought = None
    if measure.bought is not None and measure.priced:
        bought = board.bought(measure) if drawn is None else drawn.bought[measure.id]
    unit = board.pulled.graph.quantities[measure.bought.quantity].unit if measure.bought is not None else ""
    made = yearly_cost(board.space, measure, bought, unit, terms.rate, {} if drawn is None else drawn.ranks)
    if made is None:
        return None
    first = int(board.space.years[0])
    picked = np.stack([*(made[year - first] for year in terms.years), made.sum(axis=0)])
    return picked[:, 0] if drawn is None else np.broadcast_to(picked, (len(picked), terms.draws))


def _share(
    measure: Measure, column: int, found: Attribution, outlay: Array | None, drawn_outlay: Array | None, half: Array
) -> Share:
    mids, drawn = found.contributions[measure.id][:, column], half[:, column]
    bill = ROWS.index("all")
    scopes = list(enumerate(AVOIDED))
    share = Share(
        measure.id,
        {scope: _span(mids[row], drawn[row]) for row, scope in scopes},
        {scope: float(found.errors[measure.id][row, column]) for row, scope in scopes},
        {scope: float(found.alone[measure.id][row, column]) for row, scope in scopes},
        {scope: float(found.last[measure.id][row, column]) for row, scope in scopes},
        _span(mids[bill], drawn[bill]),
    )
    if outlay is None or drawn_outlay is None:
        return share
    spent, spent_drawn = float(outlay[column]), drawn_outlay[column]
    cost, cost_drawn = spent + float(mids[bill]), spent_drawn + drawn[bill]
    prices = {scope: _ratio(cost, float(mids[row]), cost_drawn, drawn[row]) for row, scope in scopes}
    return Share(
        share.measure,
        share.avoided,
        share.error,
        share.alone,
        share.last,
        share.saving,
        _span(spent, spent_drawn),
        _span(cost, cost_drawn),
        {scope: price for scope, price in prices.items() if price is not None},
        _paid(measure, spent, {payer: float(mids[ROWS.index(payer)]) for payer in BILLS}),
    )


def _paid(measure: Measure, outlay: float, bills: Mapping[str, float]) -> dict[str, float]:
    """Cost by payer; what neither households nor the budget see is the enterprises', power and heat companies among them."""
    if measure.supplies:
        return {payer: (outlay + bills["all"]) * measure.share(payer) for payer in PAYERS}
    own = {**bills, "enterprise": bills["all"] - bills["household"] - bills["city"]}
    return {payer: outlay * measure.share(payer) + own[payer] for payer in PAYERS}


def _ratio(cost: float, avoided: float, cost_drawn: Array, avoided_drawn: Array) -> Span | None:
    """Price; ``None`` where nothing is avoided, and where one draw in ten avoids nothing its interval would mean nothing."""
    if avoided <= _LEAST or np.quantile(avoided_drawn, 0.1) <= _LEAST:
        return None
    costs, amounts = np.broadcast_arrays(cost_drawn, avoided_drawn)
    return _span(cost / avoided, costs[amounts > _LEAST] / amounts[amounts > _LEAST])


def _span(mid: float, drawn: Array) -> Span:
    low, high = np.quantile(drawn, [0.1, 0.9])
    return Span(float(mid), float(low), float(high))
