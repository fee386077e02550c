"""Description of the public data for programs, in OpenAPI form.

Invariant: it names the addresses below the public entrance of one city and no others.
"""

from __future__ import annotations

from typing import Any

from dafeng.work.publish import Published
from dafeng.work.publish_table import COLUMNS


def describe_addresses(published: Published) -> dict[str, Any]:
    """What can be fetched.

    Parameters
    ----------
    published : Published
        The public side of a run.

    Returns
    -------
    dict
        OpenAPI 3.1.
    """
    view = published.view
    slug, name, licence = view["city"]["slug"], view["city"]["label"]["en"], view["licence"]["en"]
    row = {"type": "object", "properties": {name: {"description": label.en} for name, label in COLUMNS.items()}}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"dafeng public data: {name}", "version": "1", "description": licence},
        "paths": {
            f"/public/{slug}/data/{slug}.json": _get("All public data with metadata and dictionary"),
            f"/public/{slug}/data/{slug}.csv": _get("All public figures as one table"),
            f"/public/{slug}/data/{slug}.xlsx": _get("All public data as a workbook"),
            f"/public/{slug}/indicators/{{indicator}}.json": _get("One indicator", "indicator"),
            f"/public/{slug}/indicators/{{indicator}}.csv": _get("Figures of one indicator", "indicator"),
            f"/public/{slug}/indicators/{{indicator}}.svg": _get("Chart of one indicator", "indicator"),
            f"/public/{slug}/explain/{{address}}.json": _get("How a public figure came about", "address"),
        },
        "components": {"schemas": {"Row": row}},
    }  # fmt: skip


def _get(summary: str, name: str = "") -> dict[str, Any]:
    parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    answers = {"200": {"description": summary}, "404": {"description": "There is nothing public under this address"}}
    return {"get": {"summary": summary, "parameters": [parameter] if name else [], "responses": answers}}
