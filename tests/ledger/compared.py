"""A ledger beside its model: the same requests to both, then everything compared that can be asked of either."""

from __future__ import annotations

from typing import Any

from dafeng.ledger.claims import expire_claims
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.loading import load, read_head, read_state
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import SetState
from dafeng.ledger.state import State
from tests.ledger.model import Model


def plain(answers: Any) -> list[list[tuple[str, Any]]]:
    """Answers of the ledger as the model gives them."""
    return [
        [
            ("again" if one.again else "booked", one.seq) if isinstance(one, Booked) else ("refused", one.code)
            for one in group
        ]
        for group in answers
    ]  # fmt: skip


def freshly(ledger: Ledger, names: Any) -> State:
    """A state read from the database alone, with some accounts in it."""
    state = read_state(ledger.rows)
    load(state, ledger.rows, [[SetState("look", name, "open", "look") for name in names]])
    return state


def seen(state: State, names: Any, now: int) -> dict[str, Any]:
    """What a state knows of accounts, every claim ended that was due."""
    told = {}
    for name in names:
        account = state.accounts[name]
        expire_claims(state, account, now)
        units = sorted((n, block.claim, block.vintage) for block in account.blocks for n in range(block.first, block.last + 1))
        claims = sorted((one.id, one.asked, one.left, one.rank) for one in account.claims)
        told[name] = (account.balance, account.state, account.held, account.limit, units, claims)
    return told


def expected(model: Model) -> dict[str, Any]:
    """The same of the model."""
    told = {}
    for name, at in model.accounts.items():
        units = sorted((key[1], one["claim"], one["vintage"]) for key, one in model.units.items() if one["holder"] == name)
        claims = sorted(
            (key, one["asked"], one["left"], one["rank"])
            for key, one in model.claims.items()
            if one["account"] == name and not one["over"]
        )
        told[name] = (at["balance"], at["state"], model.held(name), at["limit"], units, claims)
    return told


def compare(ledger: Ledger, model: Model) -> None:
    """Accounts, claims, units, movements and head of both are the same, in the database and in memory."""
    told = expected(model)
    assert seen(freshly(ledger, told), told, model.known_at) == told
    kept = ledger._state
    if (
        kept is not None and kept.hash == read_head(ledger.rows)[2]
    ):  # a copy of what is in memory would share its blocks: look, do not expire
        names = [name for name in told if name in kept.accounts]
        fresh = freshly(ledger, names)
        for name in names:
            mine, read = kept.accounts[name], fresh.accounts[name]
            assert (mine.balance, mine.held, mine.state, mine.limit) == (read.balance, read.held, read.state, read.limit)
            assert [claim.id for claim in mine.claims] == [claim.id for claim in read.claims]
            assert {(b.no, b.first, b.last, b.claim) for b in mine.blocks} == {
                (b.no, b.first, b.last, b.claim) for b in read.blocks
            }
        assert (kept.seq, kept.known_at) == (fresh.seq, fresh.known_at)
    rows = ledger.rows.query(
        "SELECT e.id, e.kind, g.name, t.name, e.quantity, e.known_at, e.seq FROM ledger_event e"
        " JOIN ledger_account g ON g.no = e.giver JOIN ledger_account t ON t.no = e.taker ORDER BY e.seq"
    )
    moved = [
        (name, *(one[key] for key in ("kind", "giver", "taker", "quantity", "known_at", "seq")))
        for name, one in model.moved.items()
    ]
    assert rows == moved
    spans = ledger.rows.query("SELECT e.id, m.first, m.last FROM ledger_move m JOIN ledger_event e ON e.seq = m.seq")
    assert sorted((name, n) for name, first, last in spans for n in range(first, last + 1)) == sorted(
        (name, unit[1]) for name, one in model.moved.items() for unit in one["units"]
    )
    assert sorted(ledger.rows.query("SELECT id FROM ledger_reversed")) == sorted((name,) for name in model.undone)
