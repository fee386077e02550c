"""Gases as a report form groups them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.library.factors import read_factors
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method
from dafeng.methods.gas_groups import choose_groups, equivalent_groups, find_group, group_masses, read_gas_groups
from dafeng.methods.warming import find_potentials, is_gas

LIBRARY = read_factors()


def test_every_gas_of_a_method_has_one_column() -> None:
    methods: list[Method] = list(read_methods().values())
    gases = {method.quantity for method in methods if is_gas(method.quantity, LIBRARY)}
    assert all(sum(group.holds(gas) for group in read_gas_groups()) == 1 for gas in gases)


def test_mass_stays_mass_and_mixed_gases_become_equivalents() -> None:
    masses = {"ch4": Decimal(2), "cf4": Decimal(1), "c2f6": Decimal(1)}
    potentials = find_potentials(masses, LIBRARY, standard="ar5", year=2025)
    # AR5: CH4 28, CF4 6630, C2F6 11100
    assert group_masses(masses, potentials) == {"ch4": Decimal(2), "pfcs": Decimal(17730)}
    assert equivalent_groups(masses, potentials) == {"ch4": Decimal(56), "pfcs": Decimal(17730)}


def test_the_six_official_columns_are_always_printed() -> None:
    assert [group.id for group in choose_groups(["co2"])] == ["co2", "ch4", "n2o", "hfcs", "pfcs", "sf6"]
    assert choose_groups(["nf3"])[-1].id == "nf3"


def test_a_gas_without_column_is_an_error() -> None:
    with pytest.raises(LookupFailure, match="xenon"):
        find_group("xenon")
