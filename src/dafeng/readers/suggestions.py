"""Findings of the audit that can name the figure which would mend them.

Invariant: a suggestion is never applied; it names one cell and one value, and there is none where two would do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.readers.delivery import place_in
from dafeng.readers.numbers import plain
from dafeng.readers.series import Row

ID_DIGITS = 10
"""Length of a finding's id. [hexadecimal digits]"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The one value of one cell that would mend a finding.

    Parameters
    ----------
    fact : str
        Id of the fact, empty for a row that is not in the store yet.
    at : str
        Its cell.
    value : Decimal
        The value. [unit]
    unit : str
        Unit of the delivered figure.
    how : Label
        What was done to the delivered digits.
    """

    fact: str
    at: str
    value: Decimal
    unit: str
    how: Label

    @property
    def says(self) -> Label:
        """The suggestion in words."""
        return Label(
            f"{self.how.zh}，应为 {plain(self.value)} {self.unit}（建议，未改动）",
            f"{self.how.en}, giving {plain(self.value)} {self.unit} (a suggestion; nothing was changed)",
        )


@dataclass(frozen=True, slots=True)
class AuditFinding(Finding):
    """A finding with the suggestion that would mend it.

    Parameters
    ----------
    suggestion : Suggestion or None
        ``None`` where no single figure mends it, or several do.
    covers : frozenset of str
        Cells whose own leaps it explains.
    """

    suggestion: Suggestion | None = None
    covers: frozenset[str] = frozenset()


def name_finding(finding: Finding) -> str:
    """Id of a finding: the same as long as rule, cell and figures are the same.

    Parameters
    ----------
    finding : Finding
        Any finding.

    Returns
    -------
    str
        Ten hexadecimal digits.
    """
    content = "|".join((finding.rule, finding.at, finding.says.zh))
    return hashlib.sha256(content.encode()).hexdigest()[:ID_DIGITS]


def suggest(row: Row, value: Decimal, how: Label) -> Suggestion:
    """Suggestion for a figure.

    Parameters
    ----------
    row : mapping
        The fact.
    value : Decimal
        The value that would mend it. [unit of the fact]
    how : Label
        What was done to its digits.

    Returns
    -------
    Suggestion
        For this cell.
    """
    return Suggestion(str(row.get("fact") or ""), place_in(row), value, str(row["unit"]), how)


def find(
    rule: str,
    row: Row,
    severity: Severity,
    says: tuple[str, str],
    remedy: tuple[str, str],
    *,
    made: Suggestion | None = None,
    covers: Iterable[Row] = (),
) -> AuditFinding:
    """Finding at the cell of a figure.

    Parameters
    ----------
    rule : str
        Id of the rule.
    row : mapping
        The fact.
    severity : {"info", "warning", "error"}
        Weight.
    says, remedy : tuple of str
        What is wrong and what to do, in Chinese and English.
    made : Suggestion, optional
        The figure that would mend it; it is added to the remedy.
    covers : iterable of mapping, optional
        Further facts that it explains.

    Returns
    -------
    AuditFinding
        The finding.
    """
    advice = Label(*remedy)
    if made is not None:
        advice = Label(f"{made.says.zh}；{advice.zh}", f"{made.says.en}; {advice.en}")
    return AuditFinding(rule, place_in(row), severity, Label(*says), advice, made, frozenset(map(place_in, covers)))
