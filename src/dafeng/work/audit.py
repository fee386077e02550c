"""``audit``: facts × rules become findings; ``accept``: a person makes a suggestion of them a correction.

Invariant: auditing changes no fact; it names the cells that a person must look at.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import read_factors
from dafeng.library.supplied import read_supplied
from dafeng.readers.audit import audit_facts
from dafeng.readers.audit_factors import find_strange_factors
from dafeng.readers.suggestions import AuditFinding, name_finding
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.correct import LONGEST, Correction, correct


def audit(city: City, *, year: int | None = None, factors: Path | str | None = None) -> tuple[Finding, ...]:
    """Audit the facts of a city.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        Only findings about this year; by default all.
    factors : Path or str, optional
        A file of supplied emission factors (``fuel,value,unit,source``) to be audited too; the city's own factors
        always are.

    Returns
    -------
    tuple of Finding
        Broken sums, unit slips, jumps, impossible signs, copies, implausible heat values, contradictions and gaps, by
        cell; an `AuditFinding` may suggest the one value that would mend it.

    Raises
    ------
    StoreError
        If the store is damaged.
    DefinitionError
        If the supplied factors cannot be read.
    """
    shipped, own = read_factors(), read_factors(city.overlay)
    margin = city.rules().value("audit.factor_margin")
    supplied = [factor for name, factor in own.factors.items() if name not in shipped.factors]
    supplied += read_supplied(factors, own) if factors is not None else ()
    found = audit_facts(
        city.facts.read(places=(city.code,)),
        catalogue=city.catalogue(),
        rules=city.rules(),
        today=datetime.now(UTC).date(),
        year=year,
        library=shipped,
        peers=city.facts.read(places=city.context) if city.context else None,
    )
    return (*found, *find_strange_factors(supplied, shipped, margin=margin))


def accept(city: City, finding: str, *, who: str, reason: str | None = None, records: Records | None = None) -> Correction:
    """Correct a figure as the audit suggests.

    Parameters
    ----------
    city : City
        The city.
    finding : str
        Id of a finding with a suggestion, as ``dafeng audit CITY --json`` prints it.
    who : str
        Who accepts it.
    reason : str, optional
        Why; by default what the finding says.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Correction
        Both values; the accepted one is graded ``derived``.

    Raises
    ------
    LookupFailure
        If no finding with a suggestion has the id now.
    """
    named = {name_finding(one): one for one in audit(city) if isinstance(one, AuditFinding) and one.suggestion}
    found = named.get(finding)
    if found is None or found.suggestion is None:
        raise LookupFailure(
            Label(f"没有编号为“{finding}”的建议", f"there is no suggestion '{finding}'"),
            where="--accept",
            expected=Label("现有审核建议的编号", "the id of a suggestion of the audit as it is now"),
            remedy=Label("用 dafeng audit CITY --json 查看", "see dafeng audit CITY --json"),
        )
    made = found.suggestion
    why = (reason or f"{found.rule}：{found.suggestion.how.zh}")[:LONGEST]
    return correct(city, made.fact, value=made.value, unit=made.unit, reason=why, who=who, grade="derived", records=records)
