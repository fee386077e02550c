"""What is done over the API: decisions on a review, visibility, views, jobs, deliveries with their cells, and files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app as commands
from dafeng.core.errors import AccessError
from dafeng.store.access_tokens import make_token
from dafeng.web.app import create_app
from dafeng.web.city_files import list_names
from dafeng.web.methods import list_rows
from dafeng.work.publish_rules import read_visibility
from dafeng.work.versions import read_version
from tests.web.attacked import LAUGHS, Target, build_target, squeezed, verified
from tests.web.browser import served
from tests.web.client import Client
from tests.web.sample import city as sample_city
from tests.web.sample import view

PLACE = "/api/v1/cities/qinglan"
TABLE = "指标,年份,数值,单位\n能源消费总量,2024,551,万吨标准煤\n能源消费总量,2025,abc,万吨标准煤\n".encode()
CLIENT = Client(create_app([sample_city()]))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = build_target(tmp_path_factory.mktemp("work"))
    yield made
    made.office.records.close()


class Program:
    """A program with a token of somebody."""

    def __init__(self, target: Target, name: str, scope: str = "write") -> None:
        at = datetime.now(UTC)
        with target.office.records.write(actor=name, at=at) as session:
            self.token = make_token(session, name, "test", scope, 3, at=at)
        self.headers = {"authorization": f"Bearer {self.token}"}
        self.client = Client(target.app)

    def get(self, path: str) -> Any:
        """JSON of an address below the city."""
        answer = self.client.get(f"{PLACE}/{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Status code and JSON."""
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = self.client.post(f"{PLACE}/{path}", headers=self.headers, **sent)
        return answer.status_code, answer.json()


@pytest.fixture(scope="module")
def editor(target: Target) -> Program:
    return Program(target, "张三")


@pytest.fixture(scope="module")
def chief(target: Target) -> Program:
    return Program(target, "李四")


def walk(program: Program, path: str) -> list[Any]:
    """All rows of a list, three at a time."""
    rows, following = [], f"{path}{'&' if '?' in path else '?'}limit=3"
    while following:
        told = program.get(following)
        rows += told["items"]
        following = (told["next"] or "").removeprefix(f"{PLACE}/")
        assert len(told["items"]) <= 3
    return rows


def test_a_decision_on_a_record_is_made_on_the_state_that_was_seen(target: Target, editor: Program, chief: Program) -> None:
    place = f"reviews/{target.names['review.name']}"
    records = walk(editor, f"{place}/records?show=unseen")
    first = records[0]
    code, told = editor.post(
        f"{place}/edits", {"changes": [{"record": first["id"], "action": "accept", "seen": first["seen"]}]}
    )
    assert (code, told["made"][0]["action"], told["made"][0]["who"], told["made"][0]["counts"]) == (201, "accept", "张三", True)
    late = {"changes": [{"record": first["id"], "action": "reject", "seen": first["seen"]}]}
    code, refusal = chief.post(f"{place}/edits", late)
    assert (code, refusal["error"], set(refusal["says"]), set(refusal["remedy"])) == (409, 409, {"zh", "en"}, {"zh", "en"})
    assert "张三" in refusal["says"]["zh"]
    now = next(one for one in walk(editor, f"{place}/records") if one["id"] == first["id"])
    assert (now["state"], now["seen"]) == ("accepted", told["edits"])
    assert [one["serial"] for one in walk(editor, f"{place}/edits")] == list(range(1, told["edits"] + 1))
    assert editor.get(place)["done"] == 1
    assert verified(target.city)


def test_all_changes_of_a_request_are_written_or_none(target: Target, editor: Program) -> None:
    place = f"reviews/{target.names['review.name']}"
    record = walk(editor, f"{place}/records?show=unseen")[0]
    before = editor.get(place)["edits"]
    wrong = [
        {"record": record["id"], "action": "accept", "seen": record["seen"]},
        {"record": "none", "action": "accept", "seen": 0},
    ]
    code, refusal = editor.post(f"{place}/edits", {"changes": wrong})
    assert (code, "none" in refusal["says"]["en"], editor.get(place)["edits"]) == (422, True, before)


def test_a_plan_is_confirmed_on_the_edits_that_were_seen(target: Target, editor: Program, chief: Program) -> None:
    place = f"reviews/{target.names['review.name']}"
    record = walk(editor, f"{place}/records?show=unseen")[0]
    change = {"record": record["id"], "action": "reject", "seen": record["seen"], "remark": "not of this city"}
    assert editor.post(f"{place}/edits", {"changes": [change]})[0] == 201
    seen = chief.get(place)["edits"]
    assert editor.post(f"{place}/confirm", {"seen": seen})[0] == 403
    assert chief.post(f"{place}/confirm", {"seen": seen - 1})[0] == 422
    code, made = chief.post(f"{place}/confirm", {"seen": seen})
    assert (code, made["number"], made["who"]) == (201, 2, "李四")
    told = editor.get("versions/2")
    assert len(told["targets"]) == told["counts"]["targets"] == len(read_version(target.city, 2).targets)
    assert told["changes"] is not None
    assert [one["number"] for one in walk(editor, "versions")] == [2, 1]


def test_the_text_of_a_document_comes_in_pages(target: Target, editor: Program) -> None:
    rows = walk(editor, f"reviews/{target.names['review.name']}/text")
    assert [one["number"] for one in rows] == list(range(len(rows)))
    assert all(one["end"] - one["start"] == len(one["text"]) for one in rows)


def test_a_document_is_taken_in_once(editor: Program) -> None:
    text = "到2030年，风电装机达到500万千瓦。".encode()
    code, made = editor.post("reviews?name=..%2Fplan.txt", text)
    assert (code, editor.post("reviews?name=plan.txt", text)[1]) == (201, made)
    assert {one["name"] for one in walk(editor, "reviews") if one["id"] == made["id"]} == {"plan.txt"}
    assert editor.post("reviews?name=plan.docx", squeezed("word/document.xml", 0, kept=LAUGHS))[0] == 422


def test_what_is_public_changes_on_the_rules_that_were_seen(target: Target, editor: Program, chief: Program) -> None:
    rules = chief.get("visibility")
    objects = [one["id"] for one in walk(chief, "visibility/objects?kind=targets")]
    wish = {"kind": "targets", "name": objects[0], "state": "public"}
    assert editor.post("visibility", {"seen": rules["seen"], "decisions": [wish]})[0] == 403
    code, told = chief.post("visibility", {"seen": rules["seen"], "decisions": [wish]})
    assert (code, told["seen"]) == (200, read_visibility(target.city).sha256)
    code, refusal = chief.post("visibility", {"seen": rules["seen"], "decisions": [{**wish, "state": "internal"}]})
    assert (code, set(refusal["says"])) == (409, {"zh", "en"})
    found = {one["id"]: one for one in walk(editor, "visibility/objects?kind=targets")}
    assert (found[objects[0]]["state"], found[objects[0]]["because"]) == ("public", "object")
    assert (found[objects[1]]["state"], walk(editor, "visibility/log")[0]["who"]) == ("internal", "李四")
    assert chief.post("visibility", {"seen": told["seen"], "decisions": [{"kind": "nothing", "state": "public"}]})[0] == 422


def test_a_view_is_kept_listed_and_removed(editor: Program) -> None:
    code, made = editor.post("views", {"name": " my  view ", "query": "verdict=met&evil=1", "shared": False})
    assert (code, made["name"], made["query"], made["address"]) == (
        201,
        "my view",
        "verdict=met",
        "/qinglan/targets?verdict=met",
    )
    assert editor.get(f"views/{made['id']}") == made == editor.get("views")["items"][0]
    assert editor.post(f"views/{made['id']}/remove", b"")[0] == 200
    assert editor.get("views")["total"] == 0


def test_a_job_is_asked_for_and_taken_back(editor: Program) -> None:
    code, made = editor.post("jobs", {"kind": "inventory"})
    assert (code, made["kind"], made["who"], made["live"]) == (202, "inventory", "张三", True)
    assert made["id"] in {one["id"] for one in editor.get("jobs")}
    code, told = editor.post(f"jobs/{made['id']}/cancel", b"")
    assert (code, told["state"]) == (202, "cancelled")
    before = len(editor.get("jobs"))
    assert [editor.post("jobs", wanted)[0] for wanted in ({"kind": "nothing"}, {})] == [422, 422]
    assert len(editor.get("jobs")) == before
    assert editor.post("jobs/none/cancel", b"")[0] == 404


def test_a_delivery_is_told_with_its_findings_by_cell(editor: Program) -> None:
    _, made = editor.post("deliveries?name=a.csv", TABLE)
    place = f"deliveries/{made['id']}"
    content = editor.get(f"{place}/content")
    assert (content["figures"], [one["meaning"] for one in content["sheets"][0]["columns"]][:2]) == (1, ["indicator", "period"])
    found = walk(editor, f"{place}/findings")
    assert "C3" in {one["cell"] for one in found}
    assert len(found) == sum(content["findings"].values())
    assert walk(editor, f"{place}/sheets/1")[2] == {"line": 3, "cells": ["能源消费总量", "2025", "abc", "万吨标准煤"]}
    assert editor.client.get(f"{PLACE}/{place}/sheets/2", headers=editor.headers).status_code == 404


def test_the_lists_of_deliveries_and_jobs_tell_the_next_page_in_a_header(editor: Program) -> None:
    editor.post("deliveries?name=b.csv", TABLE + b"\n")
    answer = editor.client.get(f"{PLACE}/deliveries?limit=1", headers=editor.headers)
    assert (len(answer.json()), answer.headers["link"]) == (1, f'<{PLACE}/deliveries?limit=1&offset=1>; rel="next"')


def test_a_scenario_of_a_city_without_drivers_is_refused_with_the_remedy(editor: Program) -> None:
    assert {"plan", "deep"} <= {one["id"] for one in walk(editor, "scenarios")}
    wish = {"id": "baseline", "label": {"zh": "甲", "en": "A"}, "query": "", "seen": ""}
    code, refusal = editor.post("scenarios", wish)
    assert (code, sorted(refusal["remedy"])) == (422, ["en", "zh"])


def test_every_file_of_the_pages_is_under_the_api() -> None:
    named = [one["name"] for one in CLIENT.get("/api/v1/cities/yangli/files").json()["items"]]
    assert (named, len(named) > 8) == (list_names(sample_city()), True)
    for name in [one for one in named if one.endswith((".csv", ".svg"))]:
        answer = CLIENT.get(f"/api/v1/cities/yangli/files/{name}")
        assert (answer.status_code, answer.content) == (200, CLIENT.get(f"/yangli/{name}").content), name
    assert CLIENT.get("/api/v1/cities/yangli/files/targets").status_code == 404


METHOD = next(iter(list_rows(sample_city().view)))["id"]
SUBJECTS: Mapping[str, str] = {
    "targets": "T01", "tasks": view()["tasks"][0]["id"], "fields": "energy",
    "organisations": view()["organisations"][0]["name"], "methods": METHOD,
}  # fmt: skip


@pytest.mark.parametrize("page", SUBJECTS)
def test_the_json_of_a_single_page_is_that_of_the_api(page: str) -> None:
    told = CLIENT.get(f"/api/v1/cities/yangli/pages/{page}/{SUBJECTS[page]}")
    assert (told.status_code, told.json()) == (200, CLIENT.get(f"/yangli/{page}/{SUBJECTS[page]}.json").json())
    assert CLIENT.get(f"/api/v1/cities/yangli/pages/{page}/nothing").status_code == 404


def test_the_brief_is_told_as_data() -> None:
    told = CLIENT.get("/api/v1/cities/yangli/brief").json()
    assert (told["run"], told["brief"] == {}) == (sample_city().run, False)


def test_every_body_of_the_description_has_an_example_that_it_accepts() -> None:
    from dafeng.web import api_decisions, api_jobs, api_saved, api_scenarios, api_visibility

    forms = (api_decisions.WantedEdits, api_decisions.WantedVersion, api_jobs.WantedJob, api_saved.WantedView,
             api_scenarios.WantedScenario, api_visibility.WantedRules)  # fmt: skip
    schemas = CLIENT.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for form in forms:
        for example in schemas[form.__name__]["examples"]:
            form.model_validate_json(json.dumps(example))


def run(*words: str) -> Any:
    return CliRunner().invoke(commands, ["remote", *words], catch_exceptions=True)


def test_the_command_line_reads_and_changes_over_a_server(target: Target, tmp_path: Path) -> None:
    held = tmp_path / "token.txt"
    held.write_text(Program(target, "管理").token)
    with served(target.app) as server:
        shown = ["--server", server, "--token-file", str(held)]
        rows = json.loads(run("reviews", "qinglan", *shown, "--json").stdout)
        assert target.names["review.name"] in {one["id"] for one in rows}
        records = json.loads(run("reviews", "qinglan", target.names["review.name"], *shown, "--json").stdout)
        whole = json.loads(
            run("read", "qinglan", f"reviews/{target.names['review.name']}/records?limit=2", *shown, "--all").stdout
        )
        assert records == whole
        assert "王五" in run("accounts", "qinglan", *shown).stdout
        assert "access_token" in run("accounts", "qinglan", "--log", *shown).stdout
        found = json.loads(run("findings", "qinglan", target.names["deliver.name"], *shown, "--json").stdout)
        assert isinstance(found, list)
        before = json.loads(run("publish", "qinglan", *shown, "--json").stdout)["seen"]
        after = json.loads(run("publish", "qinglan", "--show", "targets", *shown, "--json").stdout)
        assert after["seen"] != before
        assert next(one for one in after["kinds"] if one["id"] == "targets")["state"] == "public"
        for name in ("views", "versions", "scenarios", "jobs", "files"):
            assert (name, run(name, "qinglan", *shown, "--lang", "en").exit_code) == (name, 0)
        assert json.loads(run("start", "qinglan", "inventory", *shown, "--json").stdout)["state"] == "waiting"
        assert json.loads(run("page", "qinglan", "targets/T01", *shown).stdout)["target"] == "T01"
        kept = tmp_path / "t.csv"
        assert run("download", "qinglan", "targets.csv", "--out", str(kept), *shown).exit_code == 0
        assert kept.read_bytes() == Client(target.app).get("/qinglan/targets.csv").content
        assert isinstance(run("accounts", "qinglan", "--server", server).exception, AccessError)
