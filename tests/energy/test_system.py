from __future__ import annotations

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.attributes import read_attributes
from dafeng.energy.system import Generator, Line, Load, Storage, build_system
from tests.energy.toys import battery, coal, line

CITY = {"name": "city", "annual_mwh": 1, "unserved_cost": 1, "surplus_cost": 1}


@pytest.mark.parametrize(
    ("component", "kind"), [("generator", Generator), ("storage", Storage), ("line", Line), ("load", Load)]
)
def test_the_table_and_the_component_have_the_same_attributes(component, kind):
    declared = [one.name for one in read_attributes() if one.component == component]
    assert declared == list(kind.__dataclass_fields__)


def test_defaults_come_from_the_table():
    found = build_system(generators=[coal()], loads=[CITY])[0].generators[0]
    assert (found.available_share, found.ramp_share, found.profile, found.renewable) == (1.0, 1.0, "constant", False)


def test_numbers_may_be_texts():
    assert build_system(generators=[coal(capacity_mw="12.5")], loads=[CITY])[0].generators[0].capacity_mw == 12.5


def test_an_unknown_attribute_is_a_finding():
    _, findings = build_system(generators=[coal(overnight_cost=3)], loads=[CITY])
    assert [(one.rule, one.at) for one in findings] == [("energy.attribute", "generator.coal.overnight_cost")]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"capacity_mw": None}, "generator.coal.capacity_mw: no value"),
        ({"capacity_mw": -1}, "'-1' is no admissible number"),
        ({"capacity_mw": "nan"}, "'nan' is no admissible number"),
        ({"capacity_mw": True}, "'True' is no admissible number"),
        ({"available_share": 1.2}, "0 … 1"),
        ({"renewable": "yes"}, "true or false"),
    ],
)
def test_an_impossible_value_is_refused(more, said):
    with pytest.raises(DefinitionError, match=said):
        build_system(generators=[coal(**more)], loads=[CITY])


def test_two_components_never_share_a_name():
    with pytest.raises(DefinitionError, match="occurs twice"):
        build_system(generators=[coal()], storages=[battery(name="coal")], loads=[CITY])


def test_every_carrier_has_its_load():
    with pytest.raises(DefinitionError, match="heat"):
        build_system(generators=[coal(carrier="heat")], loads=[CITY])


def test_a_line_goes_in_or_out():
    with pytest.raises(DefinitionError, match="sideways"):
        build_system(generators=[coal()], lines=[{**line("import"), "direction": "sideways"}], loads=[CITY])


def test_a_storage_gives_something_back():
    with pytest.raises(DefinitionError, match="efficiency"):
        build_system(generators=[coal()], storages=[battery(discharge_efficiency=0)], loads=[CITY])
