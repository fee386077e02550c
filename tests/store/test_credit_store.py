"""The log of credit projects on PostgreSQL: the same steps, the same refusals, append-only."""

from __future__ import annotations

import psycopg
import pytest

from dafeng.ledger.adjustments import adjust
from dafeng.ledger.credit_log import find_break, read_register, read_steps, take_step
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.refusals import Refusal
from tests.ledger.test_adjustments import sides
from tests.ledger.test_projects import PATH, YEAR, Step

SCHEMES = read_schemes()
NOW = 1_800_000_000_000_000
"""After all days of the steps. [µs]"""


@pytest.fixture
def address(server) -> str:
    """Address of an empty database."""
    with psycopg.connect(server.get_uri(), autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")
    return str(server.get_uri())


def test_steps_are_kept_and_never_changed(address):
    with open_ledger(address) as ledger:
        for at, (step, who, day, values) in enumerate(PATH):
            take_step(ledger, Step(str(at), "p", step, who, day, values), SCHEMES, {}, now=NOW + at)
        assert take_step(ledger, Step("0", "p", PATH[0][0], PATH[0][1], PATH[0][2], PATH[0][3]), SCHEMES, {}).again
        with pytest.raises(Refusal, match="conflict"):
            take_step(ledger, Step("0", "p", "cancel", "a", "2026-01-01", {}), SCHEMES, {})
        with pytest.raises(Refusal, match="step_wrong"):
            take_step(ledger, Step("x", "p", "issue", "registry", "2024-08-01", YEAR), SCHEMES, {})
        assert len(read_steps(ledger.rows)) == len(PATH)
        assert find_break(ledger.rows) is None
        assert read_register(ledger.rows, SCHEMES).projects["p"].periods["2023-01-01/2023-12-31"].state == "issued"
    with psycopg.connect(address, autocommit=True) as database:
        for text in ("UPDATE ledger_credit SET step = 'issue'", "DELETE FROM ledger_credit", "TRUNCATE ledger_credit"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                database.execute(text)


def test_an_entitlement_is_booked_as_on_sqlite(address):
    from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Transfer

    with open_ledger(address) as ledger:
        for part, most in (("b", 1000), ("b.owed", MOST)):
            ledger.submit([[OpenBook(f"o{part}", part, "CEA", "t")]])
            ledger.submit([[OpenAccount(f"o{part}.i", f"{part}.i", part, "issuer", ("state",), limit=most)]])
            for who in ("firm", "market"):
                name = f"{part}.{who[0]}"
                ledger.submit([[OpenAccount(f"o{name}", name, part, "organisation", (who,))]])
        ledger.submit([adjust(sides(ledger), 700, "2024-01-01", kind="pre_allocate", reason="r", id="before")])
        ledger.submit([[Transfer("sale", "trade", "b.f", "b.m", 650, "2024-01-01")]])
        ledger.submit([adjust(sides(ledger), 600, "2024-01-01", kind="allocate", reason="r", id="final")])
        now = sides(ledger)
        assert (now.booked, now.holder.balance, now.owed) == (600, 0, 50)
        assert adjust(now, 600, "2024-01-01", kind="allocate", reason="r", id="again") == []
