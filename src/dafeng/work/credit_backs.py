"""An issue of credits taken back: units that nobody has moved or retired go back to the issuer, the period to verified.

Invariant: what a crash interrupts is finished by the same command; the register says that an issue is taken back only where the
ledger has reversed it.
"""

from __future__ import annotations

from collections.abc import Mapping

from dafeng.ledger.act import name_back, name_issue
from dafeng.ledger.credit_log import Taken, read_register, take_step
from dafeng.ledger.effective_days import check_held
from dafeng.ledger.eligibility import Schemes
from dafeng.ledger.handed import find_done
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.projects import Period, Project, Step, find_begun
from dafeng.ledger.refusals import Answer, Booked, Refusal, Refused
from dafeng.ledger.requests import Request, Reverse
from dafeng.store.ledger_tables import REVERSED


def take_back(
    ledger: Ledger, step: Step, schemes: Schemes, holidays: Mapping[str, bool]
) -> tuple[Taken, Answer | None]:  # fmt: skip
    """Say first that units are about to be taken back, then reverse their issue, then say how it ended.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    step : Step
        The step.
    schemes : Schemes
        What it refers to.
    holidays : mapping of str to bool
        Days that differ from the week.

    Returns
    -------
    (Taken, Answer or None)
        The step, and the ledger's answer; none where it had ended before.

    Raises
    ------
    Refusal
        If it may not be taken.
    """
    begun = find_begun(read_register(ledger.rows, schemes), step)
    taken = take_step(ledger, step if begun is None else begun, schemes, holidays)
    register = read_register(ledger.rows, schemes)
    begun = find_begun(register, taken.step)
    if begun is None or begun.id != taken.step.id:
        return taken, None
    project = register.projects[step.project]
    period = project.periods[f"{begun.values['start']}/{begun.values['end']}"]
    answer = _reverse(ledger, back_request(project, period, begun))
    ended = "unbook" if isinstance(answer, Booked) else "keep"
    values = {"start": period.start, "end": period.end}
    take_step(ledger, begun._replace(id=f"{begun.id}:{ended}", step=ended, values=values), schemes, holidays)
    return taken, answer


def _reverse(ledger: Ledger, request: Reverse) -> Answer:
    """The ledger's answer; of an issue that an earlier version reversed by an order that reversal."""
    before = [by for _, by in ledger.rows.find(REVERSED, "id", [request.transfer]) if by != request.id]
    if before:
        return Booked(find_done(ledger, before)[before[0]], again=True)

    def make() -> list[list[Request]]:
        check_held(ledger.rows, [request])
        return [[request]]

    try:
        return ledger.book(make)[0][0]
    except Refusal as cause:
        return Refused(cause.code, cause.about)


def back_request(project: Project, period: Period, step: Step) -> Reverse:
    """Request that takes back the credits of a period; the same one for the same issue, whoever asks.

    Parameters
    ----------
    project : Project
        The project.
    period : Period
        The period.
    step : Step
        Step that takes them back.

    Returns
    -------
    Reverse
        Of the last issue of the period.
    """
    issued = name_issue(project.id, period.start, period.end, again=period.backs)
    why = str(step.values.get("reason") or step.values.get("document") or f"{project.id} {period.start}/{period.end}")
    return Reverse(name_back(issued), issued, step.day, why)
