"""Policy rows: each kind that a city needs, checked on the quantities of the answer; prices, slack and refusals."""

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.policy import AVAILABLE, Policy, Term, share_policy, with_policies
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Table, make_table
from tests.energy.modes.toys import pathway_city, random_city

SAYS = Label("测试", "test")


def _power(outcome, name):
    return outcome.value("generator", "p")[:, outcome.network.table("generator").names.index(name)]


def _size(outcome, name):
    return outcome.capacity("generator")[outcome.network.table("generator").names.index(name)]


def test_non_fossil_share_by_the_coal_equivalent_method():
    network, share = random_city(0, 48, cap=False), 0.6
    part = tuple(Term("generator", name=name, factor=2.5) for name in ("sun", "wind"))
    whole = (*part, Term("generator", name="plant", factor=1 / 0.4), Term("generator", name="import", factor=2.5))
    outcome = solve_network(with_policies(network, share_policy("share", SAYS, part, whole, share)))
    clean = 2.5 * sum(_power(outcome, name).sum() for name in ("sun", "wind"))
    total = clean + 2.5 * (_power(outcome, "plant").sum() + _power(outcome, "import").sum())
    assert clean >= share * total * (1 - 1e-7)
    assert outcome.system_cost >= solve_network(network).system_cost * (1 - 1e-9)
    assert outcome.dual("policy.share")[0] >= 0


def test_share_of_clean_capacity():
    network = random_city(1, 24, cap=False)
    part = (Term("generator", "p_nom", name="sun"), Term("generator", "p_nom", name="wind"))
    whole = (*part, Term("generator", "p_nom", name="plant"))
    outcome = solve_network(with_policies(network, share_policy("clean", SAYS, part, whole, 0.9)))
    clean = _size(outcome, "sun") + _size(outcome, "wind")
    assert clean >= 0.9 * (clean + _size(outcome, "plant")) - 1e-6


def test_storage_minimum_and_coal_control():
    network = random_city(2, 24, cap=False)
    least = Policy("storage", SAYS, (Term("storage_unit", "p_nom"),), ">=", 55.0)
    most = Policy("coal", SAYS, (Term("generator", carrier="coal", factor=2.2),), "<=", 900.0)
    outcome = solve_network(with_policies(network, least, most))
    assert outcome.capacity("storage_unit").sum() >= 55.0 - 1e-6
    assert 2.2 * _power(outcome, "plant").sum() <= 900.0 + 1e-5


def test_curtailment_limit():
    network = random_city(3, 48, cap=False)
    known = network.table("generator")
    least = [150.0 if name in ("sun", "wind") else 0.0 for name in known.names]
    forced = Table(known.component, known.names, {**known.columns, "p_nom_min": np.array(least)}, known.series)
    used = tuple(Term("generator", name=name) for name in ("sun", "wind"))
    given = tuple(Term("generator", AVAILABLE, name=name) for name in ("sun", "wind"))
    outcome = solve_network(with_policies(network.put(forced), share_policy("use", SAYS, used, given, 0.95)))
    out = sum(_power(outcome, name).sum() for name in ("sun", "wind"))
    could = sum((known.series["p_max_pu"][name] * _size(outcome, name)).sum() for name in ("sun", "wind"))
    assert out >= 0.95 * could * (1 - 1e-7)


def test_reserve_holds_in_every_step():
    network = random_city(4, 24, cap=False)
    terms = (
        Term("generator", AVAILABLE, name="plant"),
        Term("generator", "p", name="plant", factor=-1.0),
        Term("load", "p_set", name="town", factor=-0.1),
    )
    outcome = solve_network(with_policies(network, Policy("reserve", SAYS, terms, ">=", each_step=True)))
    spare = _size(outcome, "plant") - _power(outcome, "plant")
    assert (spare >= 0.1 * network.table("load").series["p_set"]["town"] - 1e-6).all()
    assert outcome.dual("policy.reserve").shape == (24,)


def test_adequacy_counts_capacity_by_its_credit():
    network = random_city(5, 24, cap=False)
    peak = network.table("load").series["p_set"]["town"].max()
    credit = {"plant": 0.9, "sun": 0.1, "wind": 0.15, "import": 1.0}
    terms = tuple(Term("generator", "p_nom", name=name, factor=share) for name, share in credit.items())
    outcome = solve_network(with_policies(network, Policy("adequacy", SAYS, terms, ">=", 1.15 * peak)))
    assert sum(share * _size(outcome, name) for name, share in credit.items()) >= 1.15 * peak - 1e-6


def test_a_cap_of_one_period_counts_its_year_and_its_price_is_a_dual():
    network = pathway_city(0)
    bare = network.put(make_table("global_constraint", {}))
    terms = (Term("generator", carrier="coal", factor=0.9), Term("generator", carrier="gas", factor=0.4))
    cap = Policy("co2", Label("碳排放上限", "CO2 cap"), terms, "<=", 5e4, clause="第十条", period=2030)
    outcome = solve_network(with_policies(bare, cap))
    clock, names = network.clock, network.table("generator").names
    factor = np.array([0.9 if name == "plant" else 0.4 if name.startswith("gas") else 0.0 for name in names])
    emitted = (outcome.value("generator", "p") @ factor * clock.generators)[clock.period == 1].sum()
    assert emitted <= 5e4 * (1 + 1e-7)
    looser = solve_network(with_policies(bare, Policy("co2", SAYS, terms, "<=", 5e4 + 10, period=2030)))
    slope = (looser.system_cost - outcome.system_cost) / 10
    assert slope == pytest.approx(outcome.dual("policy.co2")[0], rel=1e-3, abs=1e-3)


def test_a_row_equals_the_limit_that_the_network_has_for_it():
    network = random_city(6, 48)
    limit = float(network.table("global_constraint").number("constant")[0])
    bare = network.put(make_table("global_constraint", {}))
    cap = Policy("co2", SAYS, (Term("generator", carrier="coal", factor=0.9),), "<=", limit)
    assert solve_network(with_policies(bare, cap)).system_cost == pytest.approx(solve_network(network).system_cost, rel=1e-8)


def test_what_cannot_be_met_is_missed_at_its_price():
    network = random_city(7, 12, cap=False)
    impossible = Policy("much", SAYS, (Term("generator", "p_nom", name="sun"),), ">=", 1000.0, slack_cost=7.0)
    outcome = solve_network(with_policies(network, impossible))
    missed = outcome.solution.value("policy.much.short")[0]
    assert missed == pytest.approx(1000.0 - _size(outcome, "sun"), rel=1e-6)
    assert outcome.dual("policy.much")[0] == pytest.approx(7.0)


def test_rounding_of_a_given_design_does_not_break_a_row_of_capacities():
    rounded = Policy("most", SAYS, (Term("generator", "p_nom", name="import"),), "<=", 60.0 - 1e-8)
    assert solve_network(with_policies(random_city(1, 12, cap=False), rounded)).solution.certificate.passed


@pytest.mark.parametrize(
    "policy",
    [
        Policy("x", SAYS, (Term("generator", name="nobody"),), "<="),
        Policy("x", SAYS, (Term("generator", "speed"),), "<="),
        Policy("x", SAYS, (Term("generator"),), "<"),
        Policy("x", SAYS, (Term("generator"),), "<=", period=2030),
    ],
)
def test_what_does_not_exist_is_refused(policy):
    with pytest.raises(DefinitionError):
        solve_network(with_policies(random_city(0, 6), policy))


def test_a_term_without_its_policy_and_a_name_twice_are_refused():
    network = random_city(0, 6)
    one = Policy("x", SAYS, (Term("generator"),), "<=", 1e9)
    with pytest.raises(DefinitionError):
        with_policies(with_policies(network, one), one)
    with pytest.raises(DefinitionError):
        solve_network(network.put(make_table("policy_term", {"lost": {"policy": "nowhere"}})))
