"""What a job of reading found: how many findings by weight, which files stayed out, and the findings themselves.

Invariant: what is told was kept before the job ended; a job that keeps none is not said to have found nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.store.files import seal, unseal, write_whole
from dafeng.store.lines import KeptLines, Lines
from dafeng.work.city import City
from dafeng.work.ingest import Ingested
from dafeng.work.job_lock import FOLDER
from dafeng.work.jobs import LOOK, Job
from dafeng.work.looks import SEVERITIES, look_key, read_look
from dafeng.work.uploads import find_upload


@dataclass(frozen=True, slots=True)
class JobFindings:
    """What a job found.

    Parameters
    ----------
    counts : mapping of str to int
        Findings by severity.
    refused : tuple of str
        Files that were not taken in.
    upload : str
        File that was handed in, of which the findings are; empty where the job took in the city's own files.
    lines : Lines
        The findings.
    """

    counts: Mapping[str, int]
    refused: tuple[str, ...]
    upload: str
    lines: Lines


def keep_findings(city: City, name: str, taken: Ingested) -> None:
    """Keep what was found, with what an attempt before that was cut short had found.

    Parameters
    ----------
    city : City
        The city.
    name : str
        Id of the job.
    taken : Ingested
        What was taken in.
    """
    former = _read(city, name)
    before = former.lines.window(0, former.lines.count) if former is not None else []
    told = {json.dumps(row, sort_keys=True): row for row in (*before, *map(_tell, taken.findings))}
    rows = sorted(told.values(), key=lambda row: SEVERITIES.index(row["severity"]))
    counts = {kind: sum(row["severity"] == kind for row in rows) for kind in SEVERITIES}
    write_whole(findings_path(city, name), seal({"counts": counts, "refused": list(taken.refused), "rows": rows}))


def find_findings(city: City, job: Job) -> JobFindings | None:
    """What a job found.

    Parameters
    ----------
    city : City
        The city.
    job : Job
        The job.

    Returns
    -------
    JobFindings or None
        ``None`` where it is none that reads files, has not come to its end, or its file was read otherwise since.

    Raises
    ------
    StoreError
        If what was kept is damaged.
    """
    if job.state != "done":
        return None
    return _looked(city, job) if job.kind == LOOK else _read(city, job.id)


def findings_path(city: City, name: str) -> Path:
    """File with what a job found.

    Parameters
    ----------
    city : City
        The city.
    name : str
        Id of the job.

    Returns
    -------
    Path
        It need not be there.
    """
    return city.folder / FOLDER / f"{name}.findings.json"


def findings_document(found: JobFindings) -> dict[str, Any]:
    """How much a job found, as JSON-able values.

    Parameters
    ----------
    found : JobFindings
        What it found.

    Returns
    -------
    dict
        ``total``, ``counts`` (by severity), ``refused`` (files).
    """
    return {"total": found.lines.count, "counts": dict(found.counts), "refused": list(found.refused)}


def _read(city: City, name: str) -> JobFindings | None:
    path = findings_path(city, name)
    if not path.is_file():
        return None
    body = unseal(path)
    return JobFindings(body["counts"], tuple(body["refused"]), "", KeptLines(body["rows"]))


def _looked(city: City, job: Job) -> JobFindings | None:
    try:
        upload = find_upload(city, str(job.options["upload"]))
    except LookupFailure:
        return None
    look = read_look(city, upload)
    if look is None or look_key(upload) != job.options["key"]:
        return None
    return JobFindings(look.summary["counts"], (), upload.id, look.findings)


def _tell(finding: Finding) -> dict[str, Any]:
    told = {"rule": finding.rule, "at": finding.at, "severity": finding.severity}
    return {**told, **{part: {"zh": label.zh, "en": label.en} for part, label in
                       (("says", finding.says), ("remedy", finding.remedy))}}  # fmt: skip
