"""A scenario that is moved: one slider of a real city, and one given quantity of a bound model of 150 quantities.

The peers do what a tool without an open session does: read the drivers and compute everything again, or join tables again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.harness import Peer, Target, Told, case
from benchmarks.pathways import _tape, _values, run_joined, write_inputs

CITY = Path(__file__).resolve().parents[1] / "cities" / "yantai"
POSITIONS = tuple(f"{1000 * step}" for step in range(1, 9))


def choose_city(folder: Path) -> None:
    """Nothing to prepare: the city lies in the repository."""


def _live() -> Any:
    from dafeng.work.city import open_city
    from dafeng.work.scenario_live import open_scenarios

    return open_scenarios(open_city(CITY))


def _choices(live: Any) -> list[Any]:
    from dafeng.work.scenario_choice import make_choice

    return [make_choice(live.panel, positions={"nuclear": text}) for text in POSITIONS]


def recompute_all(folder: Path) -> Told:  # noqa: ARG001 - the city lies in the repository
    """Read the drivers, bind the model and compute all of it for every position of the slider."""
    from time import process_time

    from dafeng.pathways.model.session import open_session
    from dafeng.work.scenario_live import middle_of

    live = _live()
    choices, total = _choices(live), 0.0
    live.compose(choices[0])
    start = process_time()
    for choice in choices:
        values = {name: middle_of(value) for name, value in live.compose(choice).values.items()}
        total += float(open_session(live.tape, values).read()["co2"].values.sum()) * 1e-6
    return Told(total, {"positions": len(choices)}, (process_time() - start) / len(choices))


@case(
    prepare=choose_city,
    peer=Peer(recompute_all, "everything again", "our own reading, binding and running for every position; tables in memory"),
    repeats=3,
    tolerance=1e-9,
    target=Target(10),
)
def scenario_slider(folder: Path) -> Told:  # noqa: ARG001 - the city lies in the repository
    """Answer every position of the slider with all official views."""
    from time import process_time

    live = _live()
    choices = _choices(live)
    live.answer(choices[-1])
    start = process_time()
    total = sum(sum(live.answer(choice).series["co2"]) for choice in choices)
    return Told(total, {"positions": len(choices)}, (process_time() - start) / len(choices))


@case(
    prepare=write_inputs,
    peer=Peer(run_joined, "join per operation (polars)", "own re-creation: the whole model again after a change"),
    repeats=3,
    tolerance=1e-9,
    target=Target(100),
)
def scenario_change(folder: Path) -> Told:
    """Change one given quantity of 150 and compute only what follows from it."""
    from time import process_time

    from dafeng.pathways.model.session import open_session

    values = _values(folder)
    session = open_session(_tape(), values)
    start = process_time()
    for _ in range(1000):
        session.change("activity_0", values["activity_0"])
        found = session.read()["co2"]
    return Told(float(found.values.sum()), {"runs": 1000}, (process_time() - start) / 1000)
