"""A small ledger for the tests of reading: a book with serial numbers and one without, at a clock that ticks by itself."""

from __future__ import annotations

from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.requests import Hold, OpenAccount, OpenBook, Post, Release, Reverse, Span, Transfer

DAY = 86_400_000_000
"""Microseconds of a day."""
START = 20_454 * DAY
"""2026-01-01 in UTC."""


class Clock:
    """An hour later each time it is read, unless it was set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += DAY // 24
        return self.now


def representatives():
    return {"primary": ("p",), "secondary": ("q",)}


def book_all(ledger: Ledger, *requests) -> None:
    """Book requests one by one; each must be booked."""
    for request in requests:
        ((answer,),) = ledger.submit([[request]])
        assert hasattr(answer, "seq"), (request, answer)


def opened(address: str) -> tuple[Ledger, Clock]:
    """A ledger with two books and five accounts in each; the first one has serial numbers."""
    clock = Clock()
    ledger = open_ledger(address, clock=clock)
    for book, serials in (("ccer", True), ("cea", False)):
        book_all(
            ledger,
            OpenBook(f"open {book}", book, book.upper(), "t", 0, serials),
            OpenAccount(f"{book} i", f"{book}:issuer", book, "issuer", ("gov",), limit=10_000),
            OpenAccount(f"{book} a", f"{book}:A", book, "trading", ("Anna",), **representatives()),
            OpenAccount(f"{book} b", f"{book}:B", book, "trading", ("Bert",), **representatives()),
            OpenAccount(f"{book} r", f"{book}:retired", book, "retired", ("gov",)),
        )
    return ledger, clock


def told(address: str) -> tuple[Ledger, Clock]:
    """The same with a story: issue, transfers, a reversal, a pending one that is posted in part, a freeze, a retirement."""
    ledger, clock = opened(address)
    book_all(
        ledger,
        Transfer("issue", "issue", "ccer:issuer", "ccer:A", 600, "2026-01-01", vintage="2024", project="P1"),
        Transfer("sale", "transfer", "ccer:A", "ccer:B", 50, "2026-01-02", spans=(Span(10, 59),), reason="contract 7"),
        Reverse("back", "sale", "2026-01-03", "wrong buyer"),
        Transfer("offer", "transfer", "ccer:A", "ccer:B", 200, "2026-01-04", reason="option", until=START + 9 * DAY),
        Post("take", "offer", 150),
        Hold("court", "ccer:A", "freeze", 100, "order 3"),
        Release("less", "court", 30),
        Transfer("gone", "retire", "ccer:B", "ccer:retired", 20, "2026-01-05", beneficiary="Carl", reason="flight"),
    )
    return ledger, clock
