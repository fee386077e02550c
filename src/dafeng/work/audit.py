"""``audit``: facts × rules become findings.

Invariant: auditing changes no fact; it names the cells that a person must look at.
"""

from __future__ import annotations

from datetime import UTC, datetime

from dafeng.core.findings import Finding
from dafeng.readers.audit import audit_facts
from dafeng.work.city import City


def audit(city: City, *, year: int | None = None) -> tuple[Finding, ...]:
    """Audit the facts of a city.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        Only findings about this year; by default all.

    Returns
    -------
    tuple of Finding
        Broken identities, unit slips, impossible signs, copies, contradictions and gaps, by cell.

    Raises
    ------
    StoreError
        If the store is damaged.
    """
    facts = city.facts.read(places=(city.code,))
    today = datetime.now(UTC).date()
    return audit_facts(facts, catalogue=city.catalogue(), rules=city.rules(), today=today, year=year)
