"""The pages of jobs: what was asked for, how far it is, cancel, and what moved when it was done.

Invariant: those who have an account see them, editors start and cancel; a page shows what the process wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Language
from dafeng.web.api_jobs import tell_job
from dafeng.web.asking import Ask, Context, show, wants_json, write
from dafeng.web.desk import Desk
from dafeng.web.filters import choose_window
from dafeng.web.forms import Handed
from dafeng.web.labels import Words
from dafeng.work.job_document import job_document
from dafeng.work.job_findings import find_findings, findings_document
from dafeng.work.jobs import AGAIN, KINDS, NOTED, Job, cancel_job, find_job, job_moves, list_jobs, start_job
from dafeng.work.moves import Move


def add_job_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the jobs.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/jobs", include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/jobs/", status_code=307)

    @app.get("/{slug}/jobs/", include_in_schema=False)
    def show_jobs(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _list)

    @app.get("/{slug}/jobs.json", include_in_schema=False)
    def tell_jobs(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: JSONResponse([job_document(one) for one in _jobs(ask)]))

    @app.get("/{slug}/jobs/{name}.json", include_in_schema=False)
    def tell_job(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: JSONResponse(_document(ask, _find(ask, name))))

    @app.get("/{slug}/jobs/{name}/", include_in_schema=False)
    def show_job(request: Request, slug: str, name: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "job.html", _context(ask, _find(ask, name))))

    @app.post("/{slug}/jobs/start", include_in_schema=False)
    async def start(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _start)

    @app.post("/{slug}/jobs/{name}/cancel", include_in_schema=False)
    async def cancel(request: Request, slug: str, name: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _cancel(ask, name))


def _list(ask: Ask) -> Response:
    jobs = _jobs(ask)
    live = [one for one in jobs if one.live]
    return _page(ask, "jobs.html", {"rows": [_row(one) for one in jobs], "live": [_row(one) for one in live], "kinds": KINDS})


def _start(ask: Ask, handed: Handed) -> Response:
    office = ask.office
    return _go(ask, start_job(office.city, kind=handed.get("kind"), who=ask.visitor.name, records=office.records))


def _cancel(ask: Ask, name: str) -> Response:
    found = _find(ask, name)
    return _go(ask, cancel_job(ask.office.city, found.id, who=ask.visitor.name, records=ask.office.records))


def _go(ask: Ask, job: Job) -> Response:
    if wants_json(ask.request):
        return JSONResponse(job_document(job))
    return RedirectResponse(f"/{ask.office.slug}/jobs/{job.id}/{'?there=1' if job.again else ''}", status_code=303)


def _jobs(ask: Ask) -> tuple[Job, ...]:
    return list_jobs(ask.office.city, records=ask.office.records)


def _find(ask: Ask, name: str) -> Job:
    try:
        return find_job(ask.office.city, name, records=ask.office.records)
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _page(ask: Ask, template: str, context: Context) -> Response:
    return ask.page(template, {**context, "jobs_base": f"/{ask.office.slug}/jobs/"}, name="jobs")


def _row(job: Job) -> Mapping[str, Any]:
    """What a list shows of a job."""
    upload = job.id.removeprefix("upload-")[:16] if job.id.startswith("upload-") else str(job.options.get("upload", ""))
    return {"job": job, "upload": upload, "label": NOTED[job.kind], "seconds": _seconds(job)}


def _seconds(job: Job) -> int | None:
    if job.began is None or job.ended is None or job.began == job.ended:
        return None
    return round((job.ended - job.began).total_seconds())


def _context(ask: Ask, job: Job) -> Context:
    moves, found = job_moves(ask.office.city, job.id), find_findings(ask.office.city, job)
    window = choose_window(found.lines.count if found is not None else 0, ask.request.query_params)
    newest = ask.desk.cities.get(ask.office.slug)
    shown = newest.run if newest is not None else ""
    return {
        **_row(job),
        "again": AGAIN if job.live and "there" in ask.request.query_params else None,
        "moves": moves,
        "found": findings_document(found) if found is not None else None,
        "findings": found.lines.window(window.start, window.end - window.start) if found is not None else [],
        "window": window,
        "current": bool(moves) and shown == job.run,
        "change": lambda one: _change(one, ask.language),
    }


def _change(one: Move, language: Language) -> str:
    """Difference of a figure with its sign: of shares in percentage points, of others in percent."""
    words = Words(language)
    if one.before is None:
        return words.say("jobs.fresh")
    if one.after is None:
        return words.say("jobs.gone")
    before, after = float(one.before), float(one.after)
    if one.unit == "%":
        return words.say("jobs.points", values={"value": _signed(after - before)})
    return words.say("jobs.percent", values={"value": _signed(100 * (after / before - 1))}) if before else "—"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _document(ask: Ask, job: Job) -> Mapping[str, Any]:
    return tell_job(ask.office, job)
