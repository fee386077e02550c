"""Requests drawn at random over a small fixed world, by Hypothesis or by a seeded generator alike.

A drawn request has no id yet; references to claims and movements are places like ``@3``, and ``until`` is a distance in time:
`settle` puts real ones in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from dafeng.ledger.requests import (
    Hold,
    OpenAccount,
    OpenBook,
    Post,
    Release,
    Reverse,
    SetBook,
    SetLimit,
    SetState,
    Span,
    Transfer,
    Void,
)
from tests.ledger.model import KINDS, Model

TWO = {"primary": ("p",), "secondary": ("q",)}
DAYS = ("2025-12-31", "2026-01-01", "2026-02-03", "2026-03-31")


def world() -> list[list[Any]]:
    """The first batch: three books with accounts of all types."""
    sorts = {
        "cea": {"iss": "issuer", "op1": "operator", "op2": "operator", "tr": "trading", "pool": "pool", "sur": "surrendered",
                "ret": "retired", "can": "cancelled", "ext": "external"},
        "pts": {"piss": "issuer", "pa": "organisation", "pb": "organisation", "per": "person", "used": "used", "pool2": "pool",
                "pcan": "cancelled", "bud": "budget", "bud2": "budget"},
        "ccer": {"ciss": "issuer", "ca": "trading", "cb": "trading", "cret": "retired", "cext": "external"},
    }  # fmt: skip
    groups: list[list[Any]] = [
        [OpenBook("b1", "cea", "CEA", "t", 0, True, "2025"), OpenBook("b2", "pts", "points", "point", 2)],
        [OpenBook("b3", "ccer", "CCER", "t", 0, True, "", True)],
    ]
    for book, named in sorts.items():
        for name, sort in named.items():
            extra: dict[str, Any] = dict(TWO) if sort in ("operator", "trading") else {}
            if sort == "operator":
                extra |= {"installations": (f"plant {name}",), "contacts": ("c",), "period": "2025"}
            if sort == "issuer":
                extra["limit"] = 120
            if sort == "external":
                extra["registry"] = "EU"
            groups.append([OpenAccount(f"open {name}", name, book, sort, ("h",), **extra)])
    return groups


ACCOUNTS = tuple(request.account for group in world() for request in group if isinstance(request, OpenAccount))
BOOK_OF = {request.account: request.book for group in world() for request in group if isinstance(request, OpenAccount)}
TYPE_OF = {request.account: request.type for group in world() for request in group if isinstance(request, OpenAccount)}
FITTING = tuple(
    (kind, giver, taker)
    for kind, row in KINDS.items()
    for giver in ACCOUNTS
    for taker in ACCOUNTS
    if BOOK_OF[giver] == BOOK_OF[taker] and giver != taker
    and TYPE_OF[giver] in row["givers"].split() and TYPE_OF[taker] in row["takers"].split()
)  # fmt: skip
HOLDERS = ("op1", "op2", "tr", "pool", "pa", "pb", "per", "ca", "cb")


class Choices:
    """Where the choices come from: ``whole(least, most)``; the same requests from Hypothesis as from a seed."""

    def __init__(self, whole: Callable[[int, int], int]) -> None:
        self.whole = whole

    def one(self, values: Sequence[Any]) -> Any:
        """One of some values."""
        return values[self.whole(0, len(values) - 1)]

    def often(self, share: int) -> bool:
        """True in about ``share`` of ten cases."""
        return self.whole(0, 9) < share


def from_seed(seed: Any) -> Choices:
    """Choices of a pseudo-random generator."""
    return Choices(random.Random(seed).randint)


def draw_transfer(c: Choices) -> Transfer:
    """A transfer, mostly of a kind that fits its accounts."""
    kind, giver, taker = c.one(FITTING) if c.often(9) else (c.one(tuple(KINDS)), c.one(ACCOUNTS), c.one(ACCOUNTS))
    if c.often(4):  # supply, else nobody has anything
        kind, giver, taker = c.one(tuple(one for one in FITTING if one[1] in ("iss", "piss", "ciss")))
    made = Transfer(
        "",
        kind,
        giver,
        taker,
        c.whole(1, 25),
        c.one(DAYS),
        project="P" if c.often(9) else "",
        beneficiary="x" if c.often(8) else "",
    )
    if BOOK_OF[giver] != "pts" and c.often(4):
        made = made._replace(vintage=c.one(("2024", "2025")), restricted=c.often(2))
    if BOOK_OF[giver] != "pts" and c.often(2):
        first, second = c.whole(1, 90), c.whole(1, 90)
        cut = c.whole(0, made.quantity - 1)
        spans = (Span(first, first + made.quantity - 1),) if not cut else (
            Span(first, first + cut - 1), Span(second, second + made.quantity - cut - 1))  # fmt: skip
        made = made._replace(spans=spans, vintage="")
    if TYPE_OF[giver] not in ("issuer", "external") and c.often(3):
        made = made._replace(until=c.whole(0, 30))
    elif c.often(2):
        made = made._replace(hold=f"@{c.whole(0, 40)}")
    return made


def draw_request(c: Choices) -> Any:
    """Any request but the opening of books."""
    sort = c.whole(0, 19)
    if sort < 10:
        return draw_transfer(c)
    if sort < 13:
        spans = (Span(n := c.whole(1, 60), n + 4),) if c.often(1) else ()
        size = 5 if spans else c.whole(1, 30)
        until = c.whole(0, 40) if c.often(4) else None
        return Hold("", c.one(HOLDERS), c.one(("freeze", "pledge")), size, "r", c.whole(0, 2), c.often(5), spans, until)
    if sort < 15:
        return Release("", f"@{c.whole(0, 40)}", c.whole(1, 12) if c.often(6) else None)
    if sort == 15:
        return Post("", f"@{c.whole(0, 40)}", c.whole(1, 12) if c.often(5) else None)
    if sort == 16:
        return Void("", f"@{c.whole(0, 40)}")
    if sort in (17, 18):
        return Reverse("", f"@{c.whole(0, 60)}", c.one(DAYS), "wrong", c.often(5))
    return draw_rule(c)


def draw_rule(c: Choices) -> Any:
    """A change of what is allowed: states, limits, locks, further accounts."""
    sort = c.whole(0, 4)
    if sort == 0:
        return SetState("", c.one(ACCOUNTS), c.one(("open", "open", "blocked", "closed")), "r")
    if sort == 1:
        return SetLimit("", c.one(("iss", "piss", "ciss", "op1")), c.whole(0, 300), "r")
    if sort == 2:
        return SetBook("", c.one(("cea", "pts", "ccer")), c.one(("open", "open", "open", "closed", "")), c.one(("", *DAYS[:2])))
    name = f"more{c.whole(0, 3)}"
    return OpenAccount("", name, c.one(("cea", "pts")), c.one(("person", "trading")), ("h",), c.one(("", "N")), **TWO)


def settle(request: Any, name: str, model: Model) -> Any:
    """The request with its id and with what stands for its places."""
    made = request._replace(id=name)
    claims, moved = [*model.claims, "none"], [*model.moved, "none"]
    for field, known in (("hold", claims), ("pending", claims), ("transfer", moved)):
        value = getattr(made, field, "")
        if value.startswith("@"):
            sort = "pending" if field == "pending" else ""
            fit = [one for one in known if not sort or one == "none" or model.claims[one]["kind"] == "pending"]
            if field == "hold" and isinstance(made, Transfer):
                fit = [one for one in known if one != "none" and model.claims[one]["account"] == made.giver] or [""]
            made = made._replace(**{field: fit[-1 - int(value[1:]) % len(fit)]})
    if getattr(made, "until", None) is not None:
        made = made._replace(until=model.known_at + made.until)
    return made


def draw_batch(c: Choices, model: Model, number: int) -> list[list[Any]]:
    """Groups of requests, some of them handed in before with the same or with other content."""
    batch = []
    for at in range(c.whole(1, 4)):
        group = []
        for place in range(c.one((1, 1, 1, 1, 2, 3))):
            past = list(model.log.values())
            if past and c.often(1):
                kind, old = c.one(past)[1]
                changed = old._replace(id=old.id) if c.often(6) else draw_transfer(c)._replace(id=old.id)
                group.append(settle(changed, old.id, model) if type(changed) is not kind or changed != old else old)
            else:
                group.append(settle(draw_request(c), f"{number}.{at}.{place}", model))
        batch.append(undo_whole(group, f"{number}.{at}", model) if c.often(1) else group)
    return batch


def undo_whole(group: list[Any], name: str, model: Model) -> list[Any]:
    """Reversals of all movements that were booked together with the one that the group would reverse, if it would any."""
    wrong = next((one.transfer for one in group if isinstance(one, Reverse) and one.transfer in model.moved), None)
    if wrong is None:
        return group
    number = model.moved[wrong]["group"]
    mates = [other for other, one in model.moved.items() if one["group"] == number]
    return [Reverse(f"{name}.whole.{at}", other, DAYS[1], "wrong") for at, other in enumerate(mates)]
