"""Row labels that slid against their values: seen by the identities, never repaired silently.

Invariant: a table whose identities break like this is not read; the finding names the rows and the shift under
which it would close.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dafeng.readers.identities import Values, count_checks, count_strong, find_breaks

DOUBTFUL_SHARE = Decimal("0.3")
"""Share of broken strong identities from which labels are no longer trusted. [1]"""
LEAST_CHECKS = 6
PROBES = 4


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of rows whose labels would fit one row further on.

    Parameters
    ----------
    first, last : int
        Positions of the stretch among the labelled rows, from 0.
    step : int
        1 if the values belong to the label one row further down, -1 if one row further up.
    """

    first: int
    last: int
    step: int


def is_doubtful(values: Values) -> bool:
    """Whether so many identities break that the labels cannot be trusted.

    Parameters
    ----------
    values : mapping of (str, str) to Decimal
        Printed figures by flow and carrier.

    Returns
    -------
    bool
        True from three tenths of the checks of strong identities on, if there are at least six.
    """
    checks = count_checks(values)
    return checks >= LEAST_CHECKS and count_strong(find_breaks(values)) >= DOUBTFUL_SHARE * checks


def find_shift(labels: Sequence[str], rows: Sequence[Mapping[str, Decimal]]) -> Shift | None:
    """Shift of labels under which the identities close.

    Parameters
    ----------
    labels : sequence of str
        Flow ids in the order of the table.
    rows : sequence of mapping
        Figures by carrier, one mapping per label.

    Returns
    -------
    Shift or None
        The shift that mends most; ``None`` if none mends at least half of the breaks.
    """
    broken = Counter(b.carrier for b in find_breaks(_values(labels, rows)))
    probes = {carrier for carrier, _ in broken.most_common(PROBES)}
    kept = [{carrier: value for carrier, value in row.items() if carrier in probes} for row in rows]
    before = count_strong(find_breaks(_values(labels, kept)))
    best, left = None, before
    for shift in _candidates(len(labels)):
        count = count_strong(find_breaks(_values(_rotated(labels, shift), kept)))
        best, left = (shift, count) if count < left else (best, left)
    return best if best and left * 2 <= before else None


def _candidates(length: int) -> list[Shift]:
    spans = [(first, last) for first in range(length) for last in range(first + 1, length)]
    return [Shift(first, last, step) for first, last in spans for step in (1, -1)]


def _rotated(labels: Sequence[str], shift: Shift) -> list[str]:
    part = list(labels[shift.first : shift.last + 1])
    turned = [*part[1:], part[0]] if shift.step > 0 else [part[-1], *part[:-1]]
    return [*labels[: shift.first], *turned, *labels[shift.last + 1 :]]


def _values(labels: Sequence[str], rows: Sequence[Mapping[str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    return {(label, carrier): value for label, row in zip(labels, rows, strict=True) for carrier, value in row.items()}
