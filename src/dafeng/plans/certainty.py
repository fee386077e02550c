"""How sure a reading is: the product of the factors of the remarks that were made on it.

Invariant: between 0 and 1; the factors stand in ``data/plans/words.yaml`` and are a choice of this project, not a measurement.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from dafeng.plans.lexicon import lexicon
from dafeng.plans.statements import Statement


def rate(statement: Statement) -> Decimal:
    """Certainty of a reading.

    Parameters
    ----------
    statement : Statement
        What was read.

    Returns
    -------
    Decimal
        Two digits. [0..1]
    """
    known = lexicon().certainty
    sure = Decimal(1)
    for remark in statement.remarks:
        sure *= known[remark]
    return sure.quantize(Decimal("0.01"))


@cache
def least() -> Decimal:
    """Certainty below which a reading is a finding instead of a target.

    Returns
    -------
    Decimal
        From the data file. [0..1]
    """
    return lexicon().certainty["emit"]
