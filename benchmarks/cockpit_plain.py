# ruff: noqa: E501, C901 - templates and their addresses read best in one place
"""What one would take instead of the cockpit: FastAPI with Jinja2 templates over the same view, each page made anew.

``python -m benchmarks.cockpit_plain CITY PORT`` serves the addresses that the people of ``cockpit_users`` open: pages
of 50 rows, the documented ways (handlers in threads, templates kept compiled, gzip middleware, static files), and no
explanation, order or design.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request

ROWS = 50
FRAME = """<!doctype html><html lang="{{ lang }}"><head><meta charset="utf-8"><title>{{ title }}</title>
{% for one in sheets %}<link rel="stylesheet" href="/static/{{ one }}">{% endfor %}{% for one in scripts %}<script defer src="/static/{{ one }}"></script>{% endfor %}
</head><body><nav>{% for one in names %}<a href="/yangli/{{ one }}">{{ one }}</a>{% endfor %}</nav><main><h1>{{ title }}</h1>{% block main %}{% endblock %}</main></body></html>
"""
PAGES: Mapping[str, str] = {
    "overview": """{% extends "frame" %}{% block main %}{% for one in view.answers %}<h2>{{ one.question[lang] }}</h2><p>{{ one.answer[lang] }}</p>{% endfor %}
<table>{% for one in view.fields %}<tr><th>{{ one.label[lang] }}</th>{% for name, n in one.counts.items() %}<td>{{ name }} {{ n }}</td>{% endfor %}</tr>{% endfor %}</table>{% endblock %}""",
    "targets": """{% extends "frame" %}{% block main %}<p>{{ total }}</p><table>{% for row in rows %}<tr><td>{{ row.verdict }}</td>
<td><a href="/yangli/targets/{{ row.target }}">{{ row.indicator[lang] }}</a></td><td>{{ row.year }}</td><td><a href="/yangli/explain/{{ row.value.address }}">{{ row.value.value }} {{ row.value.unit }}</a></td>
<td>{% if row.actual %}<a href="/yangli/explain/{{ row.actual.address }}">{{ row.actual.value }}</a>{% endif %}</td><td>{% if row.projected %}{{ row.projected.value }}{% endif %}</td>
<td>{{ row.reason[lang] }}</td><td>{% for one in row.organisations %}<span>{{ one }}</span>{% endfor %}</td></tr>{% endfor %}</table>{% endblock %}""",
    "target": """{% extends "frame" %}{% block main %}<p>{{ row.reason[lang] }}</p><p>{{ row.value.value }} {{ row.value.unit }}</p>
<script type="application/json">{{ row.months | tojson }}</script><table>{% for one in row.actuals %}<tr><td>{{ one[0] }}</td><td>{{ one[1] }}</td></tr>{% endfor %}</table>{% endblock %}""",
    "tasks": """{% extends "frame" %}{% block main %}{% for row in rows %}<h3>{{ row.number }} {{ row.title }}</h3><p>{% for one in row.organisations %}<span>{{ one }}</span>{% endfor %}</p>
<ul>{% for one in row.targets %}<li><a href="/yangli/targets/{{ one }}">{{ names_of[one][lang] }}</a></li>{% endfor %}</ul>{% endfor %}{% endblock %}""",
    "explain": """<section><h2>{{ trace.says[lang] }}</h2><p>{{ trace.value }} {{ trace.unit }} {{ trace.source }} {{ trace.grade }}</p>
<ul>{% for one in trace.inputs %}<li><a href="/yangli/explain/{{ one }}">{{ one }}</a></li>{% endfor %}</ul></section>""",
}  # fmt: skip


def create_plain(view: Mapping[str, Any], traces: Mapping[str, Any]) -> Any:
    """The application over a view in memory."""
    from fastapi import FastAPI, HTTPException
    from fastapi.responses import HTMLResponse, JSONResponse
    from jinja2 import DictLoader, Environment
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.staticfiles import StaticFiles

    from dafeng.web.links import STATIC

    app = FastAPI(docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    pages = Environment(loader=DictLoader({"frame": FRAME, **PAGES}), autoescape=True, auto_reload=False)
    rows = {row["target"]: row for row in view["verdicts"]}
    shared = {
        "view": view, "names": ("targets", "tasks"), "names_of": {name: row["indicator"] for name, row in rows.items()},
        "sheets": [f"css/{name}.css" for name in ("tokens", "base", "shell", "parts", "pages")],
        "scripts": [f"js/{name}.js" for name in ("drawer", "page", "charts", "series", "paths")],
    }  # fmt: skip

    def show(request: Request, name: str, **more: Any) -> HTMLResponse:
        lang = request.cookies.get("lang", "zh")
        return HTMLResponse(pages.get_template(name).render(shared, lang=lang, title=name, **more))

    def choose(query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        kept = [row for row in view["verdicts"] if all(row[k] == query[k] for k in ("field", "verdict") if k in query)]
        if "q" in query:
            kept = [row for row in kept if query["q"] in row["indicator"]["zh"] + row["target"]]
        by = query.get("sort", "verdict")
        keys = {"indicator": lambda row: row["indicator"]["zh"], "plan": lambda row: 0}
        return sorted(kept, key=keys.get(by, lambda row: str(row[by])))

    @app.get("/yangli/")
    def overview(request: Request) -> Any:
        return show(request, "overview")

    @app.get("/yangli/overview.json")
    def overview_data() -> Any:
        return JSONResponse({name: view[name] for name in ("city", "year", "answers", "counts", "fields", "headlines")})

    @app.get("/yangli/targets")
    def targets(request: Request) -> Any:
        kept, start = choose(dict(request.query_params)), int(request.query_params.get("offset", 0))
        return show(request, "targets", rows=kept[start : start + ROWS], total=len(kept))

    @app.get("/yangli/tasks")
    def tasks(request: Request) -> Any:
        query = request.query_params
        kept = [row for row in view["tasks"] if query.get("organisation", "") in ("", *row["organisations"])]
        return show(request, "tasks", rows=[row for row in kept if query.get("chapter", "") in ("", row["chapter"])])

    @app.get("/yangli/targets/{name}")
    def target(request: Request, name: str) -> Any:
        row = rows.get(name.removesuffix(".json"))
        if row is None:
            raise HTTPException(404)
        return JSONResponse(row) if name.endswith(".json") else show(request, "target", row=row)

    @app.get("/yangli/explain/{address:path}")
    def explain(request: Request, address: str) -> Any:
        return show(request, "explain", trace=traces[address])

    @app.get("/api/v1/cities/yangli/explain/{address:path}")
    def explain_data(address: str) -> Any:
        return JSONResponse(dict(traces[address]))

    @app.get("/api/v1/cities/yangli/verdicts")
    def verdicts(offset: int = 0, limit: int = ROWS) -> Any:
        return JSONResponse({"total": len(view["verdicts"]), "items": view["verdicts"][offset : offset + limit]})

    return app


def main(folder: Path, port: int) -> None:
    """Serve until stopped."""
    import uvicorn

    from dafeng.work.city import open_city
    from dafeng.work.frozen import city_view

    found = city_view(open_city(folder))
    uvicorn.run(create_plain(json.loads(json.dumps(found.view)), found.traces), port=port, log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
