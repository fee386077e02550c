"""Problems in data, as rows.

Invariant: a finding never stops the work by itself; it says where the problem sits and how to mend it,
in both languages, so that a person can act on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dafeng.core.labels import Label

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem found in data.

    Parameters
    ----------
    rule : str
        Id of the rule that found it, e.g. ``balance.final``.
    at : str
        Where: ``file!sheet!cell``, a fact id, an address, or a document position ``document:start-end``.
    severity : {"info", "warning", "error"}
        ``error`` means the row cannot be used, ``warning`` that it needs a look.
    says : Label
        What is wrong, with the values.
    remedy : Label
        What to do.
    """

    rule: str
    at: str
    severity: Severity
    says: Label
    remedy: Label
