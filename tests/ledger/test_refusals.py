"""Each reason to refuse, by a request that is refused for it.

Among them are the codes of Annex XII of Regulation (EC) No 2216/2004.
"""

from __future__ import annotations

from typing import Any

import pytest

from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.refusals import Booked, Refused, reasons
from dafeng.ledger.requests import (
    MOST,
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
from tests.ledger.requested import world

DAY = "2026-01-01"
ANNEX = {
    "7005": "book_closed", "7006": "book_closed_there", "7020": "taker_unknown", "7021": "giver_unknown",
    "7022": "book_mismatch",
    "7023": "registry_same", "7024": "restricted", "7025": "account_blocked", "7027": "not_held", "7101": "account_exists",
    "7102": "holder_count", "7103": "primary_count", "7104": "secondary_count", "7105": "contact_count",
    "7106": "installation_taken", "7107": "representatives_same", "7108": "name_taken", "7109": "period_wrong",
    "7110": "installation_count", "5008": "over_limit", "2017": "project_missing",
}  # fmt: skip
"""Response codes, from the table of the regulation and two of the international transaction log, and what each is here."""


def issue(name: str = "i", quantity: int = 50, **more: Any) -> Transfer:
    """Allowances to a trading account."""
    return Transfer(name, "issue", "iss", "tr", quantity, DAY, **more)


def move(name: str = "m", quantity: int = 10, **more: Any) -> Transfer:
    """From there to the pool."""
    return Transfer(name, "transfer", "tr", "pool", quantity, DAY, **more)


def operator(**more: Any) -> OpenAccount:
    """Another account of an operator, sound but for what is given."""
    made = OpenAccount("o", "op3", "cea", "operator", ("h",), "", ("p",), ("q",), ("c",), ("plant 3",), "2025")
    return made._replace(**more)


FROZEN = Hold("h", "tr", "freeze", 20, "court")
ASIDE = move("p", until=10**6)
POINTS = Transfer("i", "earn", "piss", "pa", 50, DAY)
PAIR = (move(), POINTS._replace(id="w"))
MANY = tuple(move(f"m{number}", 1) for number in range(40))
CASES: tuple[tuple[str, tuple[Any, ...], Any], ...] = (
    ("book_closed", (issue(), SetBook("s", "cea", "closed")), move()),
    ("book_closed", (issue(), SetBook("s", "cea", before="2026-01-02")), move()),
    ("book_closed", (SetBook("s", "cea", "closed"),), operator()),
    ("book_closed_there", (issue(), SetState("s", "ext", "blocked", "r")), Transfer("m", "export", "tr", "ext", 1, DAY)),
    ("taker_unknown", (issue(),), move()._replace(taker="nobody")),
    ("taker_unknown", (issue(), SetState("s", "pool", "closed", "r")), move()),
    ("giver_unknown", (), move()._replace(giver="nobody")),
    ("giver_unknown", (SetState("s", "tr", "closed", "r"),), move()),
    ("book_mismatch", (issue(),), move()._replace(taker="pool2")),
    ("book_mismatch", (issue(),), Transfer("m", "transfer", "tr", "ext", 1, DAY)),
    ("registry_same", (issue(),), Transfer("m", "export", "tr", "pool", 1, DAY)),
    ("restricted", (issue(restricted=True),), move()),
    ("restricted", (issue(restricted=True),), move(spans=(Span(1, 10),))),
    ("restricted", (issue(restricted=True),), move(until=10**6)),
    ("account_blocked", (issue(), SetState("s", "tr", "blocked", "r")), move()),
    ("account_blocked", (issue(), ASIDE, SetState("s", "tr", "blocked", "r")), Post("x", "p")),
    ("account_blocked", (issue(), move(), SetState("s", "pool", "blocked", "r")), Reverse("x", "m", DAY, "r")),
    ("not_held", (issue(),), move(quantity=51)),
    ("not_held", (issue(),), move(spans=(Span(46, 55),))),
    ("not_held", (issue(),), move(quantity=4, spans=(Span(1, 2), Span(2, 3)))),
    ("not_held", (issue(), FROZEN), move(quantity=31)),
    ("not_held", (issue(vintage="2024"),), move(vintage="2025")),
    ("not_held", (issue(vintage="2024"),), move(vintage="2025", until=10**6)),
    ("not_held", (issue(),), Hold("x", "tr", "freeze", 51, "r")),
    ("not_held", (issue(), move(quantity=50), Transfer("n", "transfer", "pool", "op1", 50, DAY)), Reverse("x", "m", DAY, "r")),
    ("account_exists", (operator(),), operator(id="x", name="N", installations=("plant 4",))),
    ("holder_count", (), operator(holders=("h", "k"))),
    ("primary_count", (), operator(primary=())),
    ("secondary_count", (), operator(secondary=("q", "r"))),
    ("contact_count", (), operator(contacts=())),
    ("installation_taken", (), operator(installations=("plant op1",))),
    ("representatives_same", (), operator(secondary=("p",))),
    ("representatives_same", (), operator(secondary=("\uff30",))),
    ("name_taken", (operator(name="N"),), operator(id="x", account="op4", name="N", installations=("plant 4",))),
    ("period_wrong", (), operator(period="2026")),
    ("installation_count", (), operator(installations=("plant 3", "plant 4"))),
    ("over_limit", (), issue(quantity=121)),
    ("over_limit", (POINTS,), Transfer("m", "earn", "piss", "pa", 71, DAY)),
    ("project_missing", (), Transfer("m", "issue", "ciss", "ca", 1, DAY)),
    ("project_missing",
     (OpenBook("b", "np", "credits", "t", project=True), OpenAccount("a", "ni", "np", "issuer", ("h",), limit=9),
      OpenAccount("c", "na", "np", "person", ("h",))),
     Transfer("m", "earn", "ni", "na", 1, DAY)),
    ("conflict", (issue(),), issue(quantity=51)),
    ("conflict", (issue(),), Void("i", "p")),
    ("group_failed", (), (OpenBook("x", "fresh", "i", "u"), OpenBook("y", "cea", "i", "u"))),
    ("book_unknown", (), SetBook("x", "nobody", "open")),
    ("book_unknown", (), operator(book="nobody")),
    ("book_exists", (), OpenBook("x", "cea", "i", "u")),
    ("type_unknown", (), operator(type="nobody")),
    ("kind_unknown", (issue(),), move()._replace(kind="give")),
    ("type_mismatch", (issue(),), move()._replace(kind="allocate")),
    ("type_mismatch", (), SetLimit("x", "tr", 5, "r")),
    ("type_mismatch", (), Hold("x", "ret", "freeze", 5, "r")),
    ("account_same", (issue(),), move()._replace(taker="tr")),
    ("quantity_bad", (issue(),), move(spans=(Span(1, 9),))),
    ("quantity_bad", tuple(Transfer(f"r{n}", "receive", "ext", "tr", MOST // 2 - 1, DAY) for n in range(2)),
     Transfer("x", "receive", "ext", "tr", 9, DAY)),
    ("serials_missing", (POINTS,), Transfer("m", "transfer", "pa", "pb", 1, DAY, spans=(Span(1, 1),))),
    ("serials_missing", (POINTS,), Hold("x", "pa", "freeze", 1, "r", spans=(Span(1, 1),))),
    ("account_in_use", (issue(),), SetState("x", "tr", "closed", "r")),
    ("account_in_use", (Hold("w", "pa", "pledge", 5, "bank", 0, True),), SetState("x", "pa", "closed", "r")),
    ("limit_below", (issue(),), SetLimit("x", "iss", 49, "r")),
    ("hold_unknown", (issue(),), Release("x", "h")),
    ("hold_unknown", (issue(), FROZEN), Post("x", "h")),
    ("hold_unknown", (issue(), ASIDE), Release("x", "p")),
    ("hold_over", (issue(), FROZEN, Release("r", "h")), Release("x", "h")),
    ("hold_over", (issue(), move("p", until=13)), Post("x", "p")),
    ("hold_over", (issue(), ASIDE, Void("v", "p")), Post("x", "p")),
    ("quantity_over", (issue(), FROZEN), Release("x", "h", 21)),
    ("quantity_over", (issue(), ASIDE), Post("x", "p", 11)),
    ("quantity_over", (issue(), FROZEN), move(quantity=21, hold="h")),
    ("hold_ranked", (issue(), FROZEN._replace(rank=5), Hold("b", "tr", "pledge", 40, "bank", 1, True)), move(hold="h")),
    ("transfer_unknown", (issue(), FROZEN), Reverse("x", "h", DAY, "r")),
    ("reversed_before", (issue(), move(), Reverse("r", "m", DAY, "r")), Reverse("x", "m", DAY, "r")),
    ("final", (issue(), Transfer("m", "retire", "tr", "ret", 5, DAY, beneficiary="b")), Reverse("x", "m", DAY, "r")),
    ("final", (issue(), move(), Reverse("r", "m", DAY, "r")), Reverse("x", "r", DAY, "r")),
    ("linked", (issue(), PAIR), Reverse("x", "m", DAY, "r")),
    ("linked", (issue(), PAIR), (Reverse("x", "m", DAY, "r"), Reverse("y", "i", DAY, "r"))),
    ("linked", (issue(), (*PAIR, *MANY)), tuple(Reverse(f"x{one.id}", one.id, DAY, "r") for one in (*PAIR, *MANY[:-1]))),
    ("reason_missing", (issue(),), FROZEN._replace(reason="")),
    ("reason_missing", (issue(), move()), Reverse("x", "m", DAY, "")),
    ("reason_missing", (), SetState("x", "tr", "blocked", "")),
    ("reason_missing", (), SetLimit("x", "iss", 500, "")),
    ("beneficiary_missing", (issue(),), Transfer("m", "retire", "tr", "ret", 5, DAY)),
    ("malformed", (issue(),), move(until=5)),
    ("malformed", (issue(), FROZEN), move(hold="h", until=10**6)),
    ("malformed", (issue(),), move()._replace(effective="20260101")),
    ("malformed", (issue(),), move()._replace(effective="2026-W01-1")),
    ("malformed", (), SetBook("x", "cea", before="soon")),
    ("malformed", (), SetState("x", "tr", "shut", "r")),
)  # fmt: skip
UNSOUND = (
    move(quantity=0), move(quantity=-1), move(quantity=True), move(quantity=1.5), move(quantity=MOST + 1), move(quantity="1"),
    move(name=""), move(name=" m"), move(name="m\n"), move(name="m" * 129), move(name=None), move(name=["m"]), move(name=b"m"),
    move(name="\ud800"), move()._replace(giver="a\x00b"), move()._replace(taker={}), move()._replace(effective=None),
    move(spans=[(1, 2)]), move(spans=(Span(0, 2),)), move(until=1.0), move(restricted="no"), move(reason="x" * 1001),
    move(reason="\x00"), OpenBook("x", "y", "i", "u", scale=19), operator(name="n" * 129), operator(holders="h"),
    operator(limit=-1), Post("x", ["p"]), Release("x", "h", 0), Reverse("x", None, DAY, "r"),
    Hold("x", "tr", "freeze", 1, 5), "no",
)  # fmt: skip


def ask(before: tuple[Any, ...], request: Any, address: str = ":memory:") -> Any:
    """Answers to the last request, in a world where those before it were booked."""
    at = iter(range(10, 10_000))
    with open_ledger(address, clock=lambda: next(at)) as ledger:
        ledger.submit(world())
        for one in before:
            assert type(ledger.submit([one if type(one) is tuple else (one,)])[0][0]) is Booked, one
        group = request if type(request) is tuple else (request,)
        rows = [ledger.rows.query(f"SELECT * FROM ledger_{table}") for table in ("event", "account", "claim", "block", "book")]
        answers = ledger.submit([group])[0]
        assert rows == [
            ledger.rows.query(f"SELECT * FROM ledger_{table}") for table in ("event", "account", "claim", "block", "book")
        ]
        return answers


@pytest.mark.parametrize(("code", "before", "request_"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_request_is_refused_for_its_reason_and_changes_nothing(code: str, before: tuple[Any, ...], request_: Any) -> None:
    assert ask(before, request_)[0].code == code


@pytest.mark.parametrize("once", [True, False], ids=["one batch", "two batches"])
def test_a_group_is_reversed_whole_or_leg_by_leg_on_purpose(once: bool) -> None:
    first, second = (tuple(Reverse(f"{mark}{one.id}", one.id, DAY, "r") for one in (*PAIR, *MANY)) for mark in "xy")
    at = iter(range(10, 10_000))
    with open_ledger(":memory:", clock=lambda: next(at)) as ledger:
        ledger.submit(world())
        ledger.submit([[issue()]])
        if once:
            told = ledger.submit([(*PAIR, *MANY), first])[1]
        else:
            ledger.submit([(*PAIR, *MANY)])
            told = ledger.submit([first])[0]
        assert {type(one) for one in told} == {Booked}
        assert {one.code for one in ledger.submit([second])[0] if isinstance(one, Refused)} == {
            "reversed_before",
            "group_failed",
        }
        ledger.submit([[move("n"), POINTS._replace(id="v")]])
        alone = ledger.submit([[Reverse("z", "n", DAY, "r", alone=True)], [Reverse("u", "v", DAY, "r")]])
        assert [type(one[0]) for one in alone] == [Booked, Booked], "what is left of a group is reversed like any other"


@pytest.mark.parametrize("request_", UNSOUND, ids=[str(n) for n in range(len(UNSOUND))])
def test_request_with_unsound_fields_is_malformed(request_: Any) -> None:
    assert ask((issue(), FROZEN), request_)[0].code == "malformed"


def test_request_with_unsound_fields_is_malformed_on_postgresql(server: Any) -> None:
    from tests.ledger.conftest import emptied

    with open_ledger(emptied(server.get_uri())) as ledger:
        ledger.submit(world())
        for request in UNSOUND:
            assert ledger.submit([[request]])[0][0].code == "malformed"


def test_every_reason_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(reasons())


def test_annex_xii_is_complete() -> None:
    assert {reason.annex: code for code, reason in reasons().items() if reason.annex} == ANNEX
    assert set(ANNEX.values()) <= {case[0] for case in CASES}


@pytest.mark.parametrize("code", sorted(reasons()))
def test_reason_says_what_is_wrong_and_what_to_do(code: str) -> None:
    reason = reasons()[code]
    assert all((reason.says.zh, reason.says.en, reason.remedy.zh, reason.remedy.en))


def test_rest_of_a_refused_group_names_the_guilty_one() -> None:
    assert ask((), (OpenBook("x", "fresh", "i", "u"), OpenBook("y", "cea", "i", "u")))[0] == Refused("group_failed", "y")


def test_blocked_account_may_surrender_and_cancel() -> None:
    for kind, taker in (("surrender", "sur"), ("cancel", "can")):
        at = iter(range(10, 10_000))
        with open_ledger(":memory:", clock=lambda at=at: next(at)) as ledger:
            ledger.submit(world())
            ledger.submit(
                [[Transfer("i", "allocate", "iss", "op1", 50, DAY, restricted=True)], [SetState("s", "op1", "blocked", "r")]]
            )
            assert type(ledger.submit([[Transfer("m", kind, "op1", taker, 5, DAY)]])[0][0]) is Booked


def test_claim_whose_instant_has_come_does_not_keep_an_account_open() -> None:
    at = [10]
    with open_ledger(":memory:", clock=lambda: at[0]) as ledger:
        ledger.submit(world())
        ledger.submit([[Hold("w", "pa", "pledge", 5, "bank", 0, True, (), 20)]])
        assert ledger.submit([[SetState("s", "pa", "closed", "r")]])[0][0].code == "account_in_use"
        at[0] = 20
        assert type(ledger.submit([[SetState("s", "pa", "closed", "r")]])[0][0]) is Booked
