"""From a number down to its clause."""

from __future__ import annotations

from dataclasses import replace

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.explain import addresses, gather, reach, sentence, told
from dafeng.web.labels import Words
from tests.web.client import Client
from tests.web.sample import HASH, RUN, TEXT, anchor, city, label, number, trace, traces, view
from tests.web.sample_districts import outline

ZH = Words("zh")


def test_an_address_is_found_with_and_without_its_run() -> None:
    assert gather(city(), f"{RUN}/verdicts/T01", ZH) == gather(city(), "verdicts/T01", ZH)


def test_an_unknown_address_explains_nothing() -> None:
    assert gather(city(), "facts/never", ZH) is None


def test_an_input_that_was_not_kept_is_named() -> None:
    found = gather(city(), "results/co2.2020", ZH) or {}
    assert dict(found["inputs"])["facts/gone"] is None


def test_the_clause_stands_in_its_sentence() -> None:
    before, clause, after = sentence({HASH: TEXT}, anchor("海上风电建成及在建装机达到500万千瓦")) or ("", "", "")
    assert (before[:6], clause, after) == ("到2030年", "海上风电建成及在建装机达到500万千瓦", "。")


def test_traces_of_an_editor_are_not_shown() -> None:
    assert (sentence({HASH: TEXT}, anchor("目标")) or ("", "", ""))[0] == "一、"


def test_a_position_beyond_the_text_shows_no_sentence() -> None:
    assert sentence({HASH: TEXT}, anchor("目标") | {"end": len(TEXT) + 1}) is None


def test_a_document_that_is_not_at_hand_shows_no_sentence() -> None:
    assert sentence({}, anchor("目标")) is None


def test_every_number_of_the_view_reaches_down() -> None:
    found = reach(city(), addresses(view()))
    assert {"verdicts/T01", "targets/T01", "clauses/T01", "facts/T01.2025", "assumptions/growth"} <= set(found)


def test_what_no_number_needs_is_not_reached() -> None:
    assert set(traces()) - set(reach(city(), addresses(view()))) >= {"results/co2.2013", "projection/T03"}


def test_a_circle_of_traces_ends() -> None:
    circle = {"a/1": {"inputs": ("b/1",)}, "b/1": {"inputs": ("a/1",)}}
    assert set(reach(CityView(view(), circle), ["a/1"])) == {"a/1", "b/1"}


def test_a_citation_names_city_value_and_address() -> None:
    said = (gather(city(), "targets/T02", Words("en")) or {})["citation"]
    assert (
        said == f"Sample City: Goal for Offshore wind capacity in 2030 500 万千瓦. dafeng 9.9.9, 2026-01-15, {RUN}/targets/T02"
    )


def test_what_earlier_runs_said_stands_beside() -> None:
    past = ({"run": "0001", "at": "2026-01-01", "known": True, "value": "1", "unit": "t"},)
    own = replace(city(), past=lambda address: past if address == "results/co2.2020" else ())
    assert ((gather(own, "results/co2.2020", ZH) or {})["past"], (gather(city(), "results/co2.2020", ZH) or {})["past"]) == (
        past,
        (),
    )


def test_a_share_is_explained_as_the_pages_show_it() -> None:
    """A stored 0.9343 is 93.4 % on the page and in its explanation; a figure that no page shows stays as stored."""
    shown, at = view(), "headlines/chance"
    shown["answers"][0]["figures"] = [number(93.43, "%", at, basis="projected", low=88.7, high=97.0)]
    stored = trace(at, "projection", label("概率", "probability"), value="0.9343", unit="1")
    other = CityView(
        shown, traces() | {at: stored, "a/seed": stored | {"address": "a/seed", "value": "20260101", "unit": None}}
    )
    text = Client(create_app([other])).get(f"/yangli/explain/{at}?fragment=1").text
    assert ('<span class="digits">93.4</span>' in text, "<code>0.9343</code>" in text, "88.7–97" in text) == (True, True, True)
    assert told(other, "a/seed", other.trace("a/seed")) is None
    assert (told(other, "a/none", stored) or {})["unit"] == "1"


def test_the_drawer_says_the_source_in_the_language_of_the_page() -> None:
    document, kept = view(), traces()
    own = {
        "title": {"zh": "评价规则", "en": "Rules of assessment"},
        "seen": {"zh": "本项目选定", "en": "choice of this project"},
    }
    document["sources"] = [{**row, **own} for row in document["sources"]]
    client = Client(create_app([CityView(document, kept, {HASH: TEXT})]))
    address = next(one for one, trace in kept.items() if trace.get("source") in {row["id"] for row in document["sources"]})
    for language, said, other in (("zh", "评价规则", "choice of this"), ("en", "Rules of assessment", "本项目选定")):
        page = client.get(f"/yangli/explain/{address}?lang={language}").text
        assert (said in page, other in page) == (True, False)


def test_the_wall_names_what_its_map_does_not_draw() -> None:
    shown = view()
    zone = {"zh": "高新区", "en": "High-tech zone"}
    shown["districts"] = {**shown["districts"], "outline": {**outline(), "missing": [zone]}}
    page = Client(create_app([CityView(shown, traces(), {HASH: TEXT})])).get("/yangli/wall?lang=en").text
    assert "Not drawn on their own: High-tech zone." in page
