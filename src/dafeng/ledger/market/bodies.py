"""A desk at the ledger for each body of rules: it passes on what the body may ask, and nothing else.

Invariant: a request outside the rights of a body never reaches the ledger.
"""

from __future__ import annotations

from dafeng.core.errors import AccessError
from dafeng.core.labels import Label
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.market.terms import Body
from dafeng.ledger.refusals import Answer
from dafeng.ledger.requests import VERBS, Groups, Request, Transfer


class Desk:
    """Where a body asks the ledger.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    body : Body
        Whose rights count.
    """

    def __init__(self, ledger: Ledger, body: Body) -> None:
        self.ledger, self.body = ledger, body
        self._kinds = tuple(VERBS[verb] for verb in body.verbs)

    def submit(self, groups: Groups) -> list[list[Answer]]:
        """Pass groups on.

        Parameters
        ----------
        groups : sequence of sequence of Request
            Each is booked whole or not at all.

        Returns
        -------
        list of list of Answer
            The ledger's answers.

        Raises
        ------
        AccessError
            If the body may not ask that; nothing is passed on.
        """
        for group in groups:
            for request in group:
                self._check(request)
        return self.ledger.submit(groups) if groups else []

    def _check(self, request: Request) -> None:
        if type(request) in self._kinds and (type(request) is not Transfer or request.kind in self.body.kinds):
            return
        name = next(verb for verb, kind in VERBS.items() if kind is type(request))
        raise AccessError(
            Label(f"{self.body.label.zh}机构无权要求 {name}", f"the {self.body.label.en} body may not ask for {name}"),
            where=self.body.name,
            expected=Label("、".join(sorted(self.body.verbs)) or "无", ", ".join(sorted(self.body.verbs)) or "nothing"),
            remedy=Label("交由有权的机构办理", "leave it to the body that may"),
        )
