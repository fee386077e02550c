"""Addresses of the scenario page: the page, its live answers, files; saving and importing for those who are logged in.

Invariant: reading computes and writes nothing; a choice that cannot be answered is a page, or JSON, that says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import ConflictError, DafengError
from dafeng.core.recent import Recent
from dafeng.web.asking import Ask, refuse, write
from dafeng.web.cities import CityView
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.labels import Words
from dafeng.web.scenario_wish import Wish, read_wish
from dafeng.web.scenarios import build_results, build_scenarios
from dafeng.web.unknown_choices import choices_of_scenarios, compare_choices, tell_unknown
from dafeng.work.city import City
from dafeng.work.scenario_choice import Choice
from dafeng.work.scenario_files import read_scenario
from dafeng.work.scenario_iamc import iamc_text
from dafeng.work.scenario_live import LiveScenarios, open_scenarios
from dafeng.work.scenario_pending import saved_by
from dafeng.work.scenario_published import Published, find_published, tell_published
from dafeng.work.scenario_save import mark_scenario, mark_scenarios, save_scenario, scenario_label
from dafeng.work.scenario_sheet import write_scenario_book
from dafeng.work.scenarios import ScenarioTable, write_answer

MOST_PUBLISHED = 64
"""Scenarios of assessments kept at hand."""
LONGEST = 4000
"""Most characters that an address may carry."""
TABLES = ("drivers.csv", "drivers_scenarios.csv", "drivers_scenarios.yaml", "sliders.yaml", "sources.yaml")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Items = list[tuple[str, str]]
Make = Callable[[ScenarioTable], bytes | str]


@dataclass(slots=True)
class Keeper:
    """Scenarios of all cities, opened when first asked for and again when a table changed.

    Parameters
    ----------
    published : Recent
        What assessments say of scenarios, which is looked for among all figures of a run.
    """

    published: Recent[Published | None] = field(default_factory=lambda: Recent(MOST_PUBLISHED))
    _open: dict[str, tuple[tuple[int, ...], LiveScenarios]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def live(self, city: City) -> LiveScenarios:
        """Scenarios of a city as its tables stand.

        Parameters
        ----------
        city : City
            The city.

        Returns
        -------
        LiveScenarios
            Kept between requests.

        Raises
        ------
        DefinitionError
            If a table breaks its form.
        """
        paths = [city.overlay / name for name in TABLES] + [city.folder / one.facts for one in city.documents]
        stamp = tuple(_stamp(path) for path in paths)
        with self._lock:
            kept = self._open.get(city.slug)
            if kept is None or kept[0] != stamp:
                kept = (stamp, open_scenarios(city))
                self._open[city.slug] = kept
        return kept[1]


def add_scenario_pages(app: FastAPI, desk: Desk, keeper: Keeper) -> None:
    """Addresses of the scenario page.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    keeper : Keeper
        Their scenarios.
    """
    add_scenario_files(app, desk, keeper)

    @app.get("/{slug}/scenarios", include_in_schema=False)
    def show_scenarios(request: Request, slug: str) -> Response:
        found = desk.offices.get(slug)
        desk.city(slug)
        return _page(desk, request, slug, {"live": None}) if found is None else _answer_page(desk, request, keeper, found.city)

    @app.get("/{slug}/scenarios/live.json", include_in_schema=False)
    def answer_live(request: Request, slug: str) -> Response:
        return _answer_json(desk, request, keeper, _city(desk, slug))

    @app.get("/{slug}/scenarios.json", include_in_schema=False)
    def answer_data(request: Request, slug: str) -> Response:
        view, found = desk.city(slug).view, desk.offices.get(slug)
        if found is None:
            return JSONResponse({"run": view["run"], "pathway": view.get("pathway")})
        try:
            return JSONResponse(tell_answers(keeper.live(found.city), read_items(request)))
        except DafengError as cause:
            return _refusal(cause)


def tell_answers(live: LiveScenarios, items: Items) -> dict[str, Any]:
    """The scenarios that an address asks for, side by side, as data.

    Parameters
    ----------
    live : LiveScenarios
        Scenarios of the city.
    items : list of (str, str)
        The choice, as in the address of the page.

    Returns
    -------
    dict
        ``query``, ``years``, ``views`` (what the series are, with units) and ``scenarios``.

    Raises
    ------
    SettingError
        If the choice cannot be answered.
    """
    wish = read_wish(live, items)
    told = [write_answer(live, live.answer(choice)) for choice in wish.columns]
    years = [int(year) for year in live.model.graph.space.years]
    views = [{"id": view.id, "label": {"zh": view.label.zh, "en": view.label.en}, "unit": view.unit} for view in live.views]
    return {"query": wish.address, "years": years, "views": views, "scenarios": told}


def add_scenario_files(app: FastAPI, desk: Desk, keeper: Keeper) -> None:
    """Addresses of files, and of what those who are logged in may hand in.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    keeper : Keeper
        Their scenarios.
    """

    @app.get("/{slug}/scenarios.xlsx", include_in_schema=False)
    def offer_workbook(request: Request, slug: str) -> Response:
        return _file(desk, request, keeper, write_scenario_book, f"{slug}-scenarios.xlsx", WORKBOOK)

    @app.get("/{slug}/scenarios.csv", include_in_schema=False)
    def offer_table(request: Request, slug: str) -> Response:
        return _file(desk, request, keeper, iamc_text, f"{slug}-scenarios.csv", "text/csv; charset=utf-8")

    @app.post("/{slug}/scenarios/save", include_in_schema=False)
    async def keep(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _keep(ask, handed, keeper))

    @app.post("/{slug}/scenarios/import", include_in_schema=False)
    async def bring(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _bring(ask, handed, keeper))


def _file(desk: Desk, request: Request, keeper: Keeper, make: Make, name: str, kind: str) -> Response:
    city = _city(desk, request.path_params["slug"])
    try:
        live = keeper.live(city)
        wish = read_wish(live, read_items(request))
        columns = wish.columns if wish.choice == wish.columns[-1] else (*wish.columns, wish.choice)
        content = make(ScenarioTable(city, live, tuple(live.answer(choice) for choice in columns)))
    except DafengError as cause:
        return _refusal(cause)
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _keep(ask: Ask, handed: Handed, keeper: Keeper) -> Response:
    live = keeper.live(ask.office.city)
    wish = read_wish(live, parse_qsl(handed.get("choice")[:LONGEST]))
    label = scenario_label(handed.get("label_zh"), handed.get("label_en"))
    name, who, records = handed.get("id").strip(), ask.visitor.name, ask.office.records
    seen = _seen(ask, handed, name)
    try:
        made = save_scenario(ask.office.city, live, wish.choice, id=name, label=label, who=who, seen=seen, records=records)
    except ConflictError as cause:
        again = {key: handed.get(key) for key in ("token", "choice", "id", "label_zh", "label_en")}
        return refuse(ask, cause, handed=handed, again={**again, "replace": mark_scenario(ask.office.city, name)})
    return RedirectResponse(f"/{ask.office.slug}/scenarios?over={made.id}", status_code=303)


def _seen(ask: Ask, handed: Handed, name: str) -> str:
    """What stood under an id when the form was made; what somebody else kept there is replaced on the word to do so only."""
    if handed.get("replace"):
        return handed.get("replace")
    mine = saved_by(ask.office.records, name).who == ask.visitor.name
    return dict(part.partition(":")[::2] for part in handed.get("seen").split()).get(name, "") if mine else ""


def _bring(ask: Ask, handed: Handed, keeper: Keeper) -> Response:
    """A workbook becomes an address; nothing is written."""
    choice = read_scenario(keeper.live(ask.office.city), handed.file, name=handed.file_name or "upload")
    return RedirectResponse(f"/{ask.office.slug}/scenarios{'?' if choice.key else ''}{choice.key}", status_code=303)


def _writer(desk: Desk, request: Request, city: City) -> dict[str, Any]:
    """What the forms of somebody who may edit need; whether anybody could log in."""
    office = desk.offices[city.slug]
    visitor = office.visitor(request) if office.is_open() else None
    may = visitor is not None and visitor.can_edit
    return {"can_log_in": office.is_open() and visitor is None,
            "marks": " ".join(f"{name}:{mark}" for name, mark in mark_scenarios(city).items()) if may else "",
            "form_token": office.form_token(visitor.token) if visitor is not None and may else ""}  # fmt: skip


def _answer_page(desk: Desk, request: Request, keeper: Keeper, city: City) -> Response:
    words = Words(desk.language(request))
    try:
        live = keeper.live(city)
        live.answer(Choice())
    except DafengError as cause:
        return _page(desk, request, city.slug, {"live": None, "said": _said(cause, words)})
    refused: DafengError | None = None
    try:
        wish = read_wish(live, read_items(request))
        context = build_scenarios(live, wish, words, city.sources())
    except DafengError as cause:
        refused = cause
        wish = read_wish(live, [])
        context = build_scenarios(live, wish, words, city.sources())
    if wish.plain:
        return RedirectResponse(f"/{city.slug}/scenarios{'?' if wish.address else ''}{wish.address}", status_code=303)
    said = _said(refused, words) if refused else None
    unknown = compare_choices(read_items(request), choices_of_scenarios(live))
    context["unknown_choices"] = tell_unknown(unknown, "scenarios", words)
    context["stored"] = _stored(desk.city(city.slug), keeper, live, wish, words)
    shown = {"live": live, "said": said, "command": _command(city, wish), **_writer(desk, request, city), **context}
    response = _page(desk, request, city.slug, shown, code=422 if refused else 200)
    if shown["form_token"]:
        response.headers["Cache-Control"] = "no-store"
    return response


def _stored(city: CityView, keeper: Keeper, live: LiveScenarios, wish: Wish, words: Words) -> str:
    """What the assessment shown on the other pages says of the scenario under the choice; empty where it says nothing."""
    key = (city.slug, city.run, wish.base.scenarios)
    found = keeper.published.find(key, lambda: find_published(city.run, city.traces, wish.base))
    if found is None:
        return ""
    return tell_published(found, live.name(found.scenario), live.answer(wish.base)).read(words.language)


def _answer_json(desk: Desk, request: Request, keeper: Keeper, city: City) -> Response:
    words = Words(desk.language(request))
    try:
        live = keeper.live(city)
        wish = read_wish(live, read_items(request))
        results = build_results(live, wish, words)
        starts = live.starts(wish.choice)
    except DafengError as cause:
        return _refusal(cause)
    shown = {**results, "wish": wish, "command": _command(city, wish)}
    parts = {name: desk.fragment(request, f"_scenario_{name}.html", shown) for name in ("head", "table", "split", "share")}
    charts = {**results["charts"], "waterfall": results["waterfall"]}
    return JSONResponse(
        {
            "address": wish.address,
            "choice": wish.choice.key,
            "sides": wish.sides,
            "parts": parts,
            "charts": charts,
            "starts": starts,
        }
    )


def _page(desk: Desk, request: Request, slug: str, context: dict[str, Any], *, code: int = 200) -> Response:
    return desk.page(request, "scenarios.html", city=desk.city(slug), name="scenarios", context=context, code=code)


def _city(desk: Desk, slug: str) -> City:
    found = desk.offices.get(slug)
    if found is None:
        raise HTTPException(404)
    return found.city


def read_items(request: Request) -> Items:
    """Choice in an address.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    list of (str, str)
        Its parts, in order.

    Raises
    ------
    HTTPException
        400 for an address that is too long.
    """
    if len(request.url.query) > LONGEST:
        raise HTTPException(400)
    return list(request.query_params.multi_items())


def _command(city: City, wish: Wish) -> str:
    """Command that prints the same figures."""
    choice = wish.choice
    scenario = "+".join(choice.scenarios) or "baseline"
    parts = [f"--scenario {scenario}", *(f"--lever {name}={value:.10g}" for name, value in sorted(choice.positions.items()))]
    parts += [*(f"--event {name}" for name in choice.switched), *(f'--set "{text}"' for text in choice.sets)]
    return f"dafeng scenarios cities/{city.slug} {' '.join(parts)} --json"


def _said(cause: DafengError, words: Words) -> dict[str, str]:
    return {
        "what": cause.what.read(words.language),
        "expected": cause.expected.read(words.language),
        "remedy": cause.remedy.read(words.language),
        "where": cause.where,
    }


def _refusal(cause: DafengError) -> Response:
    told = {language: _said(cause, Words(language)) for language in ("zh", "en")}
    return JSONResponse({"error": 422, "says": told}, status_code=422)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
