"""Addresses for the server and for files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dafeng.web.frozen_links import FrozenLinks
from dafeng.web.links import ServedLinks, query_text
from dafeng.web.site_files import field_file, organisation_file, target_file


def test_served_addresses_are_absolute_and_quoted() -> None:
    links = ServedLinks("yangli")
    made = (
        links.page("overview"),
        links.page("targets", query={"verdict": "met", "q": ""}),
        links.target("T/1"),
        links.explain("facts/风 1"),
    )
    assert made == (
        "/yangli/",
        "/yangli/targets?verdict=met",
        "/yangli/targets/T%2F1",
        "/yangli/explain/facts/%E9%A3%8E%201",
    )


def test_frozen_addresses_are_relative() -> None:
    links = FrozenLinks("en")
    made = (links.page("overview"), links.static("css/base.css"), links.other("zh", "tasks.html"), links.explain("facts/1"))
    assert made == (
        "index.html",
        "../static/css/base.css",
        "../tasks.html",
        "explain.html#facts/1",
    )


def test_a_static_file_carries_its_stamp() -> None:
    assert ServedLinks("yangli").static("js/theme.js").startswith("/static/js/theme.js?v=")


def test_filters_that_say_nothing_are_left_out() -> None:
    assert query_text({"a": "", "b": "x y"}) == "?b=x+y"


def test_fields_and_organisations_have_addresses_in_both_kinds() -> None:
    served, frozen = ServedLinks("yangli"), FrozenLinks("zh")
    assert (served.field("energy"), frozen.field("energy")) == ("/yangli/fields/energy", "field-energy.html")
    assert served.organisation("市/局") == "/yangli/organisations/%E5%B8%82%2F%E5%B1%80"
    assert frozen.organisation("市能源局") == organisation_file("市能源局") != organisation_file("市林业局")


@given(st.text(min_size=1, max_size=20))
def test_a_field_or_organisation_cannot_leave_its_folder(name: str) -> None:
    assert set(field_file(name) + organisation_file(name)) & set("/\\:") == set()


@given(st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=6, unique=True))
def test_targets_never_share_a_file(targets: list[str]) -> None:
    assert len({target_file(target) for target in targets}) == len(targets)


@given(st.text(min_size=1, max_size=20))
def test_a_target_cannot_leave_its_folder(target: str) -> None:
    assert set(target_file(target)) & set("/\\:") == set()
