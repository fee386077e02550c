"""What came of an act, and what was booked of it before.

Invariant: an answer that says booked names an event, or says by 0 that nothing had to be booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Answer, Refused
from dafeng.store.ledger_tables import EVENT


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of an act.

    Parameters
    ----------
    answer : Booked or Refused
        The last event, 0 where nothing had to be booked; or why nothing was booked.
    codes : mapping of str to str
        Of an allotment, the companies that the ledger refused, with the code.
    """

    answer: Answer
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """What was left out, or what a refusal is about."""
        if isinstance(self.answer, Refused) and not self.codes:
            return self.answer.about
        return "; ".join(f"{holder}: {code}" for holder, code in self.codes.items())


def find_done(ledger: Ledger, ids: Iterable[str]) -> dict[str, int]:
    """Which requests were booked.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    ids : iterable of str
        Their ids.

    Returns
    -------
    dict of str to int
        Id → number of the event.
    """
    return {row[1]: row[0] for row in ledger.rows.find(EVENT, "id", ids)}


def find_refused(answers: Iterable[Answer]) -> Refused | None:
    """The refusal that ended a group.

    Parameters
    ----------
    answers : iterable of Answer
        Answers of the group.

    Returns
    -------
    Refused or None
        ``None`` where it was booked.
    """
    return next((one for one in answers if isinstance(one, Refused) and one.code != "group_failed"), None)
