"""Rules of markets: read from files, a city's laid over ours, and refused where they make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError, SettingError
from dafeng.ledger.market.amounts import read_amount, write_amount
from dafeng.ledger.market.asked import Offer, OpenAuction, OpenDay, OpenMarket, Order
from dafeng.ledger.market.exchange import open_exchange
from dafeng.ledger.market.reasons import market_reasons, refusal_error
from dafeng.ledger.market.terms import Terms, read_terms
from dafeng.ledger.refusals import Refused, reasons
from tests.ledger.market.made import MONEY, Clock, balances, make_exchange, openings

OWN = """markets:
  - id: town
    label: {zh: 本市, en: town}
    ways: [order]
    per: 1000
    tick: 10
    lot: 100
    band_bp: 500
    agreement_band_bp: null
    largest: null
    hours: ["09:00-12:00"]
    utc_offset_h: 8
    self_trade: cancel_resting
    tie: earlier
    source: dafeng-markets
    grade: assumed
    note: made up
"""


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "ledger" / "markets.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(OWN, encoding="utf-8")
    return tmp_path / "data"


@pytest.fixture
def town(tmp_path, overlay):
    """A market under the city's own rules, without an open day."""
    make_exchange(tmp_path).close()
    with open_exchange(str(tmp_path / "ledger.sqlite"), clock=Clock(), folders=(overlay,)) as exchange:
        exchange.submit([OpenMarket("town", "town", "cea", "yuan", "town")])
        members = [one._replace(id=f"t.{one.id}", market="town") for one in openings()[1:-1]]
        exchange.submit(members)
        yield exchange


def test_a_citys_rules_stand_beside_ours(overlay):
    assert set(read_terms(overlay)) == {*read_terms(), "town"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Order("x", "town", "ann", "sell", 100, 100), ""),
        (Order("x", "town", "ann", "sell", 150, 100), "lot_broken"),
        (Order("x", "town", "ann", "sell", 100, 101), "tick_broken"),
        (Order("x", "town", "ann", "sell", 100, 110), "price_outside"),
        (Offer("x", "town", "ann", "sell", 100, 100), "way_closed"),
        (OpenAuction("x", "town", "a", "city", 100), "way_closed"),
    ],
)
def test_lots_ticks_and_ways_are_kept(town, asked, said):
    town.submit([OpenDay("d", "town", 100)])
    answer = town.submit([asked])[0]
    assert (answer.code if isinstance(answer, Refused) else "") == said


def test_a_market_with_limits_needs_a_first_reference(town):
    assert town.submit([OpenDay("d", "town")]) == [Refused("reference_missing", "d")]


def test_money_is_exact_where_the_price_is_for_a_thousand_units(town):
    town.submit(
        [OpenDay("d", "town", 100), Order("s", "town", "ann", "sell", 300, 100), Order("b", "town", "bob", "buy", 200, 100)]
    )
    assert balances(town)["bob.yuan"] == (MONEY - 20, 0)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("per: 1000", "per: 3000"),
        ("tick: 10", "tick: 0"),
        ("ways: [order]", "ways: [barter]"),
        ('["09:00-12:00"]', '["12:00-09:00"]'),
        ('["09:00-12:00"]', '["morning"]'),
        ("tie: earlier", "tie: dice"),
        ("source: dafeng-markets", "source: nobody"),
        ("grade: assumed", "grade: official"),
        ("id: town", "id: plain"),
        ("note: made up", "notes: made up"),
    ],
)
def test_rules_that_make_no_sense_are_refused(overlay, was, now):
    (overlay / "ledger" / "markets.yaml").write_text(OWN.replace(was, now), encoding="utf-8")
    with pytest.raises(DefinitionError):
        read_terms(overlay)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 100))
def test_the_mean_price_is_within_half_a_tick_of_the_exact_one(quantity, price, tick):
    mean = Terms("x", "x", "x", tick=tick).mean_price(quantity, quantity * price)
    assert mean % tick == 0
    assert 2 * abs(mean - price) <= tick


@given(st.integers(0, 10**15), st.integers(0, 6))
def test_an_amount_that_is_written_is_read_again(value, scale):
    assert read_amount(write_amount(value, scale), scale, where="x") == value


@pytest.mark.parametrize("text", ["1.234", "ten", "NaN", "Infinity", ""])
def test_an_amount_with_too_many_digits_or_none_is_refused(text):
    with pytest.raises(SettingError):
        read_amount(text, 2, where="x")


def test_every_reason_has_words_and_none_hides_one_of_the_ledger():
    ours = set(market_reasons()) - set(reasons())
    assert len(market_reasons()) == len(reasons()) + len(ours)
    assert "nobody trades with itself" in refusal_error(Refused("self_trade", "x")).read("en")
