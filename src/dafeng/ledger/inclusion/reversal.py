"""Taking back an event that should not have been booked: by a reversing entry, never by a change.

Invariant: an event that was taken back is never certified, and its evidence stays used; one that was certified stays.
"""

from __future__ import annotations

from datetime import date

from dafeng.core.errors import AddressError, ConflictError
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.bundles import REVERSED
from dafeng.ledger.inclusion.intake import resume
from dafeng.ledger.inclusion.programme import Programme, require
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import Request, Reverse


def reverse_event(programme: Programme, scene: str, evidence: str, *, reason: str) -> tuple[int, int]:
    """Take back what an event saved and, unless they were spent, the points for it.

    Parameters
    ----------
    programme : Programme
        The programme.
    scene, evidence : str
        Scene and evidence number, as handed in.
    reason : str
        Why.

    Returns
    -------
    (int, int)
        Grams and points taken back; no points where the holder has spent them. [g CO2, points]

    Raises
    ------
    AddressError
        If there is no such event.
    ConflictError
        If it was certified or its holder has left, or it was taken back for another reason.
    """
    programme.prepare()
    resume(programme)
    key = programme.kept_key(scene, evidence)
    with programme.rows.transaction():
        text = "UPDATE event SET bundle = ? WHERE key = ? AND scene = ? AND bundle = ''"
        programme.rows.run(text, REVERSED, key, scene)
        found = programme.rows.query("SELECT bundle, grams, points FROM event WHERE key = ? AND scene = ?", key, scene)
    expected = Label("已记账、未核证的事件", "an event that was booked and is not certified")
    remedy = Label("核对场景与凭证编号", "check scene and evidence number")
    if not found:
        says = Label("没有该凭证的事件", "there is no event with this evidence")
        raise AddressError(says, where=scene, expected=expected, remedy=remedy)
    bundle, grams, points = found[0]
    if bundle != REVERSED:
        says = Label(f"该事件已在“{bundle}”之中", f"the event stands in '{bundle}'")
        raise ConflictError(says, where=scene, expected=expected, remedy=remedy)
    taken = [_undo(programme, key, part, reason) if quantity else False for part, quantity in (("g", grams), ("p", points))]
    return grams if taken[0] else 0, points if taken[1] else 0


def _undo(programme: Programme, key: str, part: str, reason: str) -> bool:
    """Whether a transfer was reversed, now or before by the same request."""
    name = f"puhui:reverse:{key}:{part}"
    before = programme.ledger.rows.query("SELECT effective FROM ledger_event WHERE id = ?", name)
    day = date.fromordinal(before[0][0]).isoformat() if before else programme.today()
    request: Request = Reverse(name, f"puhui:{key}:{part}", day, reason, alone=True)
    answers = programme.ledger.submit([[request]])[0]
    if part == "p" and not before and not isinstance(answers[0], Booked):
        return False  # spent: what cannot be taken back stays
    return bool(require(answers))
