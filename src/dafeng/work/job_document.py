"""A job as JSON-able values, for pages, scripts and the command line.

Invariant: nothing is said that the job does not hold.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dafeng.work.job_findings import JobFindings, findings_document
from dafeng.work.jobs import AGAIN, NOTED, Job
from dafeng.work.moves import Moves


def job_document(job: Job, *, moves: Moves | None = None, findings: JobFindings | None = None) -> dict[str, Any]:
    """A job as JSON-able values.

    Parameters
    ----------
    job : Job
        The job.
    moves : Moves, optional
        What moved when it was done.
    findings : JobFindings, optional
        What it found in the files that it read.

    Returns
    -------
    dict
        ``id``, ``kind``, ``who``, ``at``, ``state``, ``live``, ``attempts``, ``share``, ``step``, ``began``, ``ended``,
        ``run``, ``says``, ``options``, and ``moves`` and ``findings`` where they are known; ``note`` where it was there already
        when it was asked for.
    """
    kind, step = NOTED[job.kind], job.progress.label if job.progress is not None else None
    told = {
        "id": job.id,
        "kind": job.kind,
        "label": {"zh": kind.zh, "en": kind.en},
        "who": job.who,
        "at": job.at.isoformat(),
        "state": job.state,
        "live": job.live,
        "attempts": job.attempts,
        "share": round(job.share, 4),
        "step": {"zh": step.zh, "en": step.en} if step is not None else None,
        "began": job.began.isoformat() if job.began else None,
        "ended": job.ended.isoformat() if job.ended else None,
        "run": job.run or None,
        "says": dict(job.says) or None,
        "options": dict(job.options),
    }
    told |= {"note": {"zh": AGAIN.zh, "en": AGAIN.en}} if job.again else {}
    told |= {"moves": asdict(moves)} if moves is not None else {}
    return told | ({"findings": findings_document(findings)} if findings is not None else {})
