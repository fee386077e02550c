"""Serial numbers in many pieces: transfers between accounts of thousands of blocks each, beside a plain sort of all of them.

Both sides book the same requests by the same rules and must leave the same blocks; only how blocks are found differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Peer, Told, case
from benchmarks.ledger_load import Meter, fresh

if TYPE_CHECKING:
    from dafeng.ledger.state import Block, State

PIECES = 8000
"""Blocks of either account when the clock starts."""
ROUNDS = 500
"""Pairs of transfers that are measured."""
DAY = "2026-01-01"


def pairs(first: int, last: int) -> Iterator[list[Any]]:
    """One unit each way, of which no two touch: the lowest number there, a number far above back."""
    from dafeng.ledger.requests import Span, Transfer

    for at in range(first, last):
        yield [Transfer(f"a{at}", "transfer", "A", "B", 1, DAY)]
        yield [Transfer(f"b{at}", "transfer", "B", "A", 1, DAY, spans=(Span(500_000 + 2 * at, 500_000 + 2 * at),))]


def broken(folder: Path, turn: Callable[[], None] | None = None) -> Told:
    """Break two accounts into pieces, turn to another way of finding blocks, then measure the transfers that follow."""
    from dafeng.ledger.ledger import open_ledger
    from dafeng.ledger.requests import OpenAccount, OpenBook, Transfer

    with open_ledger(fresh(folder)) as ledger:
        ledger.submit([[OpenBook("b", "cea", "CEA", "t", serials=True)]])
        ledger.submit([[OpenAccount("i", "issuer", "cea", "issuer", ("gov",), limit=10**9)]])
        ledger.submit([[OpenAccount(name, name, "cea", "pool", (name,))] for name in "AB"])
        ledger.submit([[Transfer(f"s{name}", "issue", "issuer", name, 500_000, DAY)] for name in "AB"])
        for first in range(0, PIECES, 500):
            ledger.submit(list(pairs(first, first + 500)))
        if turn:
            turn()
        meter = Meter()
        for first in range(PIECES, PIECES + ROUNDS, 100):
            answers = ledger.submit(list(pairs(first, first + 100)))
            assert all(hasattr(one, "seq") for group in answers for one in group)
        parts = meter.read(2 * ROUNDS)
        blocks = ledger.rows.query("SELECT * FROM ledger_block ORDER BY no")
        parts["blocks"] = sum(bool(row[-1]) for row in blocks)
    return Told({"blocks": len(blocks), "hash": sha256(repr(blocks).encode()).hexdigest()}, parts, parts["part_cpu_s"])


def sort_plainly() -> None:
    """From here on the blocks of an account are sorted for each transfer and searched from the beginning."""
    from dafeng.ledger import blocks
    from dafeng.ledger.state import State

    def order(held: Sequence[Block], claim: str, vintage: str, restricted: bool) -> Iterator[Block]:
        fit = [
            one for one in held if one.claim == claim and vintage in ("", one.vintage) and (restricted or not one.restricted)
        ]
        return iter(sorted(fit, key=lambda one: (one.vintage, one.first)))

    def find(held: Sequence[Block], claim: str, vintage: str, number: int) -> Block | None:
        return next((one for one in order(held, claim, vintage, True) if one.first <= number <= one.last), None)

    def take(state: State, block: Block, *instead: Block) -> None:
        state.save(block)
        block.account.blocks.remove(block)
        block.account.blocks.extend(instead)

    def put(_: State, block: Block) -> None:
        block.account.blocks.append(block)

    for place, name, ours in ((blocks, "_order", order), (blocks, "_find", find), (State, "take", take), (State, "put", put)):
        setattr(place, name, ours)


SORTED = Peer(
    lambda folder: broken(folder, sort_plainly),
    "plain list",
    "all blocks of the account sorted for each transfer, found and removed from the beginning",
)


def nothing(folder: Path) -> None:
    """Nothing is prepared: the accounts are broken into pieces before the clock runs."""


@case(name="ledger_fragments", prepare=nothing, repeats=1, peer=SORTED)
def in_order(folder: Path) -> Told:
    """Our side: blocks stand in the order in which they are given."""
    return broken(folder)
