"""Energy flows: conserved at every node, without circles, and open ends are said."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given

from dafeng.methods.sankey import CONVERSION_LOSS, draw_sankey
from tests.methods.balances import TABLE, built, rows
from tests.methods.test_energy_views import BALANCES


def inner(links):
    return {link.source for link in links} & {link.target for link in links}


def test_the_hand_made_balance_flows_without_a_leak() -> None:
    """By hand, in 万tce: 90 % of what thermal power takes in... 40*0.7143 - 12*1.229 = 13.824 are lost, heat loses 0.319."""
    found = draw_sankey(built(rows(TABLE)))
    lost = {link.source: link.value for link in found.links if link.target == CONVERSION_LOSS}
    assert (found.findings, lost) == (
        (), {"transformation.thermal_power": Decimal("13.824"), "transformation.heat": Decimal("0.319")},
    )  # fmt: skip


def test_what_enters_from_outside_leaves_by_use_and_loss() -> None:
    found = draw_sankey(built(rows(TABLE)))
    assert {node: found.surplus(node) for node in inner(found.links)} == dict.fromkeys(inner(found.links), Decimal(0))


def test_a_column_that_does_not_close_is_a_finding_and_a_link_of_its_own() -> None:
    table = {**TABLE, "final.industry": {**TABLE["final.industry"], "natural_gas": "0.5"}}
    found = draw_sankey(built(rows(table)))
    assert [finding.rule for finding in found.findings] == ["balance.leak"]
    assert ("carrier.natural_gas", "unexplained.out", Decimal("6.65")) in [(k.source, k.target, k.value) for k in found.links]


def test_energy_that_goes_in_circles_is_taken_out_and_told() -> None:
    """Heat from electric boilers feeds a thermal plant: 2*1.229 against 10*0.03412, the smaller circulates."""
    table = {
        "available.inflow": {"raw_coal": "40"},
        "transformation.thermal_power": {"raw_coal": "-40", "heat": "-10", "electricity": "12"},
        "transformation.heat": {"electricity": "-2", "heat": "60"},
        "final.industry": {"electricity": "10", "heat": "50"},
    }
    found = draw_sankey(built(rows(table)))
    assert found.circulating == Decimal("0.3412")
    assert all(found.surplus(node) == 0 for node in inner(found.links))


@given(BALANCES)
def test_every_inner_node_is_conserved_whatever_the_table(table) -> None:
    found = draw_sankey(built(rows(table)))
    assert all(found.surplus(node) == 0 for node in inner(found.links))
    assert all(link.value > 0 for link in found.links)
