"""Shares of companies booked: a pre-allocation that takes nothing back, or the final allowance with its true-up.

Invariant: shares are judged by the ledger as it stands while nobody else writes; what is booked for a company ends at its
share, and the same act again books nothing.
"""

from __future__ import annotations

from dafeng.ledger.act import Allot
from dafeng.ledger.adjustments import Sides, adjust
from dafeng.ledger.effective_days import check_held
from dafeng.ledger.enterprise_sides import AllSides
from dafeng.ledger.handed import Handed, find_done, find_refused
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Booked, Refusal, Refused
from dafeng.ledger.requests import Request

FINAL = ("allocate", "true_up")
"""Kinds of transfers that only a final allowance brings."""


def judge_share(sides: Sides | None, final: int, *, before: bool) -> str:
    """What stands against booking a company's share.

    Parameters
    ----------
    sides : Sides or None
        Its accounts.
    final : int
        What it is entitled to. [minimal units]
    before : bool
        Whether it is a pre-allocation.

    Returns
    -------
    str
        Code of a refusal; empty if nothing does.
    """
    if sides is None:
        return "taker_unknown"
    if before and is_final(sides):
        return "after_final"
    if before and final < sides.booked:
        return "below_booked"
    beyond = sides.booked - final > sides.holder.free and (sides.claimant is None or sides.debtor is None)
    return "claims_missing" if beyond else ""


def is_final(sides: Sides) -> bool:
    """Whether the final allowance of a company was booked.

    Parameters
    ----------
    sides : Sides
        Its accounts.

    Returns
    -------
    bool
        True where something came or went that only a final allowance brings.
    """
    return sides.holder.count(*FINAL) > 0 or (sides.debtor is not None and sides.debtor.count() > 0)


def share_requests(act: Allot, sides: Sides, number: int) -> list[Request]:
    """Requests for a company of an allotment.

    Parameters
    ----------
    act : Allot
        The allotment.
    sides : Sides
        The company's accounts.
    number : int
        Its place in the allotment.

    Returns
    -------
    list of Request
        One group; none where nothing changes.
    """
    reason = "pre-allocation" if act.before else "final allocation"
    return adjust(sides, act.shares[number][1], act.effective, kind=act.kind, reason=reason, id=f"{act.id}:{number}")


def hand_allot(ledger: Ledger, act: Allot) -> Handed:
    """Bring companies to their shares, each as far as nothing stands against it.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Allot
        The act.

    Returns
    -------
    Handed
        Refused only where something was to be booked and nothing could be.
    """
    codes: dict[str, str] = {}
    whose: list[str] = []
    known: list[int] = []

    def make() -> list[list[Request]]:
        done = find_done(ledger, [f"{act.id}:{number}" for number in range(len(act.shares))])
        known.extend(done.values())
        found, groups = AllSides(ledger, act.book), []
        for number, (holder, final) in enumerate(act.shares):
            if f"{act.id}:{number}" in done:
                continue
            sides = found.sides(holder)
            if code := judge_share(sides, final, before=act.before):
                codes[holder] = code
            elif sides is not None and (group := share_requests(act, sides, number)):
                try:
                    check_held(ledger.rows, group)
                except Refusal as cause:
                    codes[holder] = cause.code
                    continue
                whose.append(holder)
                groups.append(group)
        return groups

    booked: list[int] = []
    for holder, said in zip(whose, ledger.book(make), strict=False):
        if guilty := find_refused(said):
            codes[holder] = guilty.code
        booked += [one.seq for one in said if isinstance(one, Booked)]
    if codes and not booked and not known:
        holder, code = next(iter(codes.items()))
        return Handed(Refused(code, holder), codes)
    return Handed(Booked(max((*booked, *known), default=0), again=bool(known) and not booked), codes)
