"""What the page of a pseudonym shows: the account for those who may confirm, the forms that serve it for editors.

Invariant: nothing is booked here; nobody but those who may confirm is shown a figure of a person.
"""

from __future__ import annotations

from uuid import uuid4

from dafeng.core.labels import Label
from dafeng.ledger.definitions import kinds
from dafeng.ledger.inclusion.decision import spell_amount
from dafeng.ledger.inclusion.programme import GRAMS
from dafeng.web.asking import Ask
from dafeng.web.inclusion_views import LINES, Context, read_number, tell_kilograms
from dafeng.work.inclusion_account import count_left, find_member, read_account
from dafeng.work.inclusion_reading import read_inclusion
from dafeng.work.right_people import check_private, refuse_private


def build_account(ask: Ask, person: str) -> Context:
    """What the page of a pseudonym shows.

    Parameters
    ----------
    ask : Ask
        The request.
    person : str
        Pseudonym.

    Returns
    -------
    dict
        Balances, vouchers, statement of points, consents, and what stays after erasure.

    Raises
    ------
    AccessError
        If whoever asks may not see accounts of persons.
    LookupFailure
        If there never was such a pseudonym.
    """
    check_private(ask.office.rights, GRAMS, may=ask.visitor.sees_private)
    before = read_number(ask.request.query_params.get("before"))
    with read_inclusion(ask.office.city) as view:
        found = read_account(view, ask.office.rights, person, may=True, before=before, limit=LINES + 1)
        certified, every = count_left(view, person)
        policy = view.policy
    shown = found.lines[:LINES]
    return {
        "account": found, "policy": policy, "lines": shown, "certified": certified, "every": every, "order": uuid4().hex[:12],
        "more": shown[-1].seq if len(found.lines) > LINES else 0, "before": before, "kg": tell_kilograms,
        "kind_of": lambda name: kinds()[name].label if name in kinds() else Label(name, name),
        "done": ask.request.query_params.get("done", ""), "plain": spell_amount,
    }  # fmt: skip


def build_forms(ask: Ask, person: str) -> Context:
    """What editors need to serve a person whose account they are not shown: forms, and no figure.

    Parameters
    ----------
    ask : Ask
        The request.
    person : str
        Pseudonym.

    Returns
    -------
    dict
        The pseudonym, the vouchers, and why nothing else is shown.

    Raises
    ------
    AccessError
        If whoever asks may not edit.
    LookupFailure
        If there never was such a pseudonym.
    """
    check_private(ask.office.rights, GRAMS, may=ask.visitor.can_edit)
    with read_inclusion(ask.office.city) as view:
        find_member(view, person)
        policy = view.policy
    return {
        "person": person, "policy": policy, "order": uuid4().hex[:12], "plain": spell_amount, "refused": refuse_private(GRAMS),
        "done": ask.request.query_params.get("done", ""),
    }  # fmt: skip
