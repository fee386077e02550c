"""The hourly power balances of a city as a run keeps them.

Invariant: names, roles and units are those of the technology tables; the series are those of the certified optimum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dafeng.core.labels import Label
from dafeng.energy.city import Member
from dafeng.energy.kit import read_carriers
from dafeng.energy.technologies import read_technologies
from dafeng.work import hourly
from dafeng.work.power import Case, Power

PARTS: Mapping[str, Label] = {"unserved": Label("缺供", "unserved"), "surplus": Label("余量排放", "surplus")}
"""Parts of a plant that are shown apart from it."""


def keep_power(power: Power | None) -> hourly.Kept | None:
    """Hourly series of the power balances.

    Parameters
    ----------
    power : Power or None
        Operated systems.

    Returns
    -------
    Kept or None
        One case for each of the city's file; ``None`` where no system was operated.
    """
    if power is None or not power.cases:
        return None
    return hourly.keep_hours(_case(case, power) for case in power.cases)


def _case(case: Case, power: Power) -> hourly.Case:
    city = case.found.city
    return hourly.Case(
        case.id,
        case.label,
        case.found.outcome,
        power.year,
        {**_names(city.members), **_buses(city.network.table("bus").names, power.districts)},
        {(one.component, one.name): _technology(one) for one in city.members},
        {_technology(one) for one in city.members if one.kit.technology.renewable},
        {name: carrier.unit for name, carrier in read_carriers().items()},
    )


def _technology(member: Member) -> str:
    """Its part, or its plant; a plant that is named like a carrier is told apart from it."""
    if member.part in PARTS:
        return member.part
    return f"{member.plant.id}_plant" if member.plant.id in read_carriers() else member.plant.id


def _names(members: tuple[Member, ...]) -> Mapping[str, Label]:
    """Names of carriers, technologies and plants; a demand is named after its carrier."""
    carriers = {name: carrier.label for name, carrier in read_carriers().items()}
    technologies = {one.id: one.label for one in read_technologies().values()}
    plants = {_technology(one): one.plant.label or one.kit.technology.label for one in members if one.part not in PARTS}
    return {**technologies, **plants, **carriers, **PARTS}


def _buses(names: Sequence[str], districts: Mapping[str, Label]) -> Mapping[str, Label]:
    """Names of the buses that stand in a district with a name."""
    carriers = {name: carrier.label for name, carrier in read_carriers().items()}
    found = {}
    for name in names:
        place, _, carrier = name.rpartition(".")
        if place in districts and carrier in carriers:
            zh, en = f"{districts[place].zh} · {carriers[carrier].zh}", f"{districts[place].en} · {carriers[carrier].en}"
            found[name] = Label(zh, en)
    return found
