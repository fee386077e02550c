"""Credit projects step by step: every refusal, and what holds whatever steps are asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.project_rules import check
from dafeng.ledger.project_values import overlaps
from dafeng.ledger.projects import OVER, Register, Step, credit_reasons, find_claims, step_kinds
from dafeng.ledger.refusals import Refusal

SCHEMES = read_schemes()
FACTS: dict[str, Any] = {
    "construction_start": "2021-05-01", "crediting_end": "2031-12-31", "crediting_years": 10, "required_by_law": False,
    "in_ets": False, "other_mechanism": False, "distance": "35.5", "coordinate_decimals": 6, "grid_connected": True,
}  # fmt: skip
WIND = {"scheme": "ccer", "method": "offshore_wind", "assets": ["w"], "facts": FACTS}
YEAR = {"start": "2023-01-01", "end": "2023-12-31"}
PATH = (
    ("enter", "owner", "2024-01-02", WIND),
    ("publish", "owner", "2024-01-10", {}),
    ("validate", "validator", "2024-03-01", {}),
    ("register", "registry", "2024-03-20", {}),
    ("monitor", "owner", "2024-04-01", {**YEAR, "quantity": 1000}),
    ("verify", "verifier", "2024-06-01", {**YEAR, "quantity": 900}),
    ("issue", "registry", "2024-07-01", YEAR),
    ("book", "registry", "2024-07-01", YEAR),
)


def taken(upto: str, **changes: Any) -> Register:
    """A register after the steps before one of them; ``facts`` change those of the project."""
    register = Register(SCHEMES)
    for at, (step, who, day, values) in enumerate(PATH):
        if step == upto:
            break
        given = {**values, **changes} if step == "enter" else values
        one = Step(str(at), "p", step, who, day, given)
        check(register, one, {})
        register.take(one)
    return register


def ask(register: Register, step: str, who: str, day: str, *, project: str = "p", **values: Any) -> str:
    """Code of the refusal, empty where the step passes."""
    try:
        check(register, Step("x", project, step, who, day, values), {})
    except Refusal as cause:
        return credit_reasons()[cause.code].code
    return ""


def test_the_path_is_walked_to_the_end():
    register = taken("")
    period = register.projects["p"].periods["2023-01-01/2023-12-31"]
    assert (period.state, period.verified, period.issued) == ("issued", 900, "2024-07-01")
    assert [one.who for one in register.projects["p"].steps] == [one[1] for one in PATH]


@pytest.mark.parametrize("skipped", [one[0] for one in PATH[1:]])
def test_no_step_may_be_left_out(skipped):
    register = taken(skipped)
    later = PATH[[one[0] for one in PATH].index(skipped) + 1 :]
    for step, who, _, values in later:
        assert ask(register, step, who, "2026-01-01", **values) in ("step_wrong", "period_unknown"), step


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scheme": "vcs"}, "scheme_unknown"),
        ({"method": "apple_orchard"}, "method_unknown"),
        ({"assets": []}, "asset_missing"),
        ({"assets": "w"}, "asset_missing"),
        ({"facts": {"colour": 1}}, "fact_unknown"),
        ({}, ""),
    ],
)
def test_entering(change, code):
    assert ask(Register(SCHEMES), "enter", "owner", "2024-01-01", **{**WIND, **change}) == code


def test_entering_twice_and_who_and_when():
    assert ask(taken("publish"), "enter", "owner", "2024-01-05", **WIND) == "project_exists"
    assert ask(taken("publish"), "publish", " ", "2024-01-05") == "role_missing"
    assert ask(taken("publish"), "publish", "owner", "2024-01-01") == "day_wrong"
    assert ask(taken("publish"), "publish", "owner", "2024-13-01") == "day_wrong"
    assert ask(taken("publish"), "bless", "owner", "2024-01-05") == "step_unknown"
    assert ask(taken("publish"), "publish", "owner", "2024-01-05", project="q") == "project_unknown"


def test_names_are_short_and_days_of_application_are_days():
    register = taken("publish")
    assert ask(register, "publish", "o" * 65, "2024-01-05") == "name_wrong"
    assert ask(register, "publish", "o\nx", "2024-01-05") == "name_wrong"
    assert ask(Register(SCHEMES), "enter", "owner", "2024-01-01", project="p" * 65, **WIND) == "name_wrong"
    assert ask(Register(SCHEMES), "enter", "owner", "2024-01-01", **{**WIND, "assets": ["w" * 65]}) == "name_wrong"
    assert ask(taken("register"), "register", "registry", "2024-03-20", applied="soon") == "day_wrong"
    assert ask(taken("register"), "register", "registry", "2024-03-20", applied="2024-03-21") == "day_wrong"
    assert ask(taken("register"), "register", "registry", "2024-03-20", applied="2024-03-20") == ""


def test_the_public_notice_runs_its_working_days():
    assert ask(taken("validate"), "validate", "validator", "2024-02-06") == "notice_running"
    assert ask(taken("validate"), "validate", "validator", "2024-02-20") == "notice_running"
    assert ask(taken("validate"), "validate", "validator", "2024-02-21") == ""
    assert ask(taken("verify"), "verify", "verifier", "2024-04-20", **YEAR, quantity=900) == "notice_running"


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("construction_start", "2012-11-08", "not_eligible"),
        ("construction_start", "2012-11-09", ""),
        ("required_by_law", True, "not_eligible"),
        ("in_ets", True, "not_eligible"),
        ("other_mechanism", True, "not_eligible"),
        ("in_ets", None, "not_known"),
        ("distance", None, "not_known"),
        ("distance", "30", "not_known"),  # the depth could still be enough
        ("coordinate_decimals", 5, "not_eligible"),
    ],
)
def test_only_what_is_met_is_validated(fact, value, code):
    register = taken("validate", facts={**FACTS, fact: value})
    assert ask(register, "validate", "validator", "2024-03-01") == code


def test_additionality_is_asked_where_the_method_does_not_exempt():
    facts = {**FACTS, "planted": "trees", "land": "barren", "plot_area": 700, "nonforest_years": 3, "cleared_share": "0.2"}
    forest = {"method": "afforestation", "facts": facts}
    assert ask(taken("validate", **forest), "validate", "validator", "2024-03-01") == "not_known"
    forest["facts"] = {**facts, "additional": True}
    assert ask(taken("validate", **forest), "validate", "validator", "2024-03-01") == ""


def test_who_validated_does_not_verify():
    for name in ("validator", "Validator", "VALI DATOR", "ｖalidator"):
        assert ask(taken("verify"), "verify", name, "2024-06-01", **YEAR, quantity=900) == "bodies_same"


@pytest.mark.parametrize("quantity", [1001, 0, -1, 1.5, "900", None, True])
def test_no_more_is_verified_than_was_reported(quantity):
    assert ask(taken("verify"), "verify", "verifier", "2024-06-01", **YEAR, quantity=quantity) == "quantity_wrong"
    if quantity != 1001:
        later = {"start": "2022-01-01", "end": "2022-12-31", "quantity": quantity}
        assert ask(taken("verify"), "monitor", "owner", "2024-06-01", **later) == "quantity_wrong"


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2023-12-31", "2024-01-31", "period_overlaps"),
        ("2022-01-01", "2023-01-01", "period_overlaps"),
        ("2023-01-01", "2023-12-31", "step_wrong"),
        ("2022-01-01", "2022-12-31", ""),
        ("2024-01-01", "2024-06-01", "period_wrong"),  # not over yet
        ("2022-12-31", "2022-01-01", "period_wrong"),
        ("20220101", "2022-12-31", "period_wrong"),
        ("2022", "2023", "period_wrong"),
    ],
)
def test_periods_never_overlap(start, end, code):
    assert ask(taken("verify"), "monitor", "owner", "2024-06-01", start=start, end=end, quantity=5) == code


def test_the_same_period_is_never_issued_twice():
    assert ask(taken(""), "issue", "registry", "2024-08-01", **YEAR) == "step_wrong"
    assert ask(taken(""), "withdraw", "owner", "2024-08-01", **YEAR) == "step_wrong"
    assert ask(taken(""), "monitor", "owner", "2024-08-01", **YEAR, quantity=5) == "step_wrong"
    assert ask(taken("book"), "issue", "registry", "2024-08-01", **YEAR) == "step_wrong"


@pytest.mark.parametrize(
    ("start", "end", "day", "code"),
    [
        ("2020-09-22", "2020-12-31", "2024-07-01", "not_eligible"),
        ("2020-09-23", "2020-12-31", "2024-07-01", ""),
        ("2021-01-01", "2021-12-31", "2026-01-01", ""),
        ("2021-01-01", "2021-12-31", "2026-01-02", "not_eligible"),  # more than five years before the application
    ],
)
def test_reductions_are_recent_and_after_the_start_of_the_scheme(start, end, day, code):
    register = taken("monitor")
    span = {"start": start, "end": end}
    for step, who, when, quantity in (("monitor", "owner", "2024-04-01", 9), ("verify", "verifier", "2024-06-01", 9)):
        one = Step(step, "p", step, who, when, {**span, "quantity": quantity})
        check(register, one, {})
        register.take(one)
    assert ask(register, "issue", "registry", day, **span) == code


def verified(day: str) -> Register:
    """A period of the year 2024 reported in 2025 and verified on a day."""
    register = taken("monitor")
    span = {"start": "2024-01-01", "end": "2024-12-31", "quantity": 9}
    for step, who, when in (("monitor", "owner", "2025-02-01"), ("verify", "verifier", day)):
        one = Step(step, "p", step, who, when, span)
        check(register, one, {})
        register.take(one)
    return register


@pytest.mark.parametrize(
    ("day", "applied", "code"),
    [
        ("2034-12-02", None, "not_eligible"),
        ("2034-12-02", "2025-01-01", "day_wrong"),  # before there was a report
        ("2034-12-02", "2034-11-30", "day_wrong"),  # before it was verified
        ("2034-12-02", "2034-12-01", "not_eligible"),
        ("2034-12-02", "2034-12-03", "day_wrong"),
        ("2034-12-02", "20341202", "day_wrong"),
    ],
)
def test_a_day_that_is_said_beats_no_test(day, applied, code):
    more = {} if applied is None else {"applied": applied}
    span = {"start": "2024-01-01", "end": "2024-12-31"}
    assert ask(verified("2034-12-01"), "issue", "registry", day, **span, **more) == code


def test_a_project_is_not_applied_for_before_it_was_validated():
    assert ask(taken("register"), "register", "registry", "2024-03-20", applied="2024-02-29") == "day_wrong"


@pytest.mark.parametrize("day", ["20240401", "2024-W14-1", "2024-4-1", " 2024-04-01", "２０２４-04-01", "2024-04-01T00:00", ""])
def test_a_day_has_one_spelling(day):
    assert ask(taken("monitor"), "monitor", "owner", day, **YEAR, quantity=5) == "day_wrong"
    assert ask(taken("verify"), "verify", "verifier", day, **YEAR, quantity=5) == "day_wrong"
    facts = {**FACTS, "construction_start": day}
    assert ask(Register(SCHEMES), "enter", "owner", "2024-01-01", **{**WIND, "facts": facts}) == "fact_unknown"


def test_a_period_that_is_not_over_is_not_past_by_its_spelling():
    span = {"start": "2024-01-01", "end": "2024-12-31"}
    assert ask(taken("monitor"), "monitor", "owner", "2024-04-01", **span, quantity=5) == "period_wrong"


def test_days_that_an_earlier_version_took_in_any_form_hold_nothing_up():
    register = taken("monitor")
    register.take(Step("m", "p", "monitor", "owner", "20240401", {**YEAR, "quantity": 9}))
    register.take(Step("a", "q", "enter", "owner", "20240102", {**WIND, "facts": {**FACTS, "construction_start": "20210501"}}))
    assert (register.projects["p"].day, register.projects["q"].day) == ("2024-04-01", "2024-01-02")
    assert register.projects["q"].facts == register.projects["p"].facts
    assert ask(register, "verify", "verifier", "2025-01-02", **YEAR, quantity=9) == ""


def test_an_issue_ends_on_its_day_whatever_was_done_meanwhile():
    register = taken("book")
    register.take(Step("m", "p", "monitor", "owner", "2024-09-01", {"start": "2022-01-01", "end": "2022-12-31", "quantity": 5}))
    assert ask(register, "book", "registry", "2024-07-01", **YEAR) == ""


@pytest.mark.parametrize("asset", ["W", "ｗ", " w", "w\u200b"])
def test_a_plant_is_one_plant_however_it_is_spelt(asset):
    register = taken("")
    use = {"asset": asset, "use": "substitution", "start": "2023-06-01", "end": "2023-06-30"}
    printable = asset.isprintable() and asset == asset.strip()
    assert ask(register, "use", "firm", "2024-08-01", **use) == "used_elsewhere"
    entered = ask(register, "enter", "owner", "2024-08-01", project="q", **{**WIND, "assets": [asset]})
    assert entered == ("" if printable else "name_wrong")
    if printable:
        register.take(Step("q1", "q", "enter", "owner", "2024-08-01", {**WIND, "assets": [asset]}))
        for step, who, _, values in PATH[1:4]:
            register.take(Step(f"q{step}", "q", step, who, "2024-08-02", values))
        assert ask(register, "monitor", "owner", "2024-09-01", project="q", **YEAR, quantity=5) == "used_elsewhere"
    cancelled = taken("monitor")
    cancelled.take(Step("c", "p", "cancel", "registry", "2025-01-01", {}))
    if printable:
        again = ask(cancelled, "enter", "owner", "2026-01-01", project="q", **{**WIND, "assets": [asset]})
        assert again == "project_cancelled"


def test_a_claim_that_an_earlier_version_let_through_is_found_at_the_issue():
    register = taken("issue")
    register.take(Step("u", "asset:W", "use", "firm", "2024-06-01", {**YEAR, "asset": "W", "use": "substitution"}))
    assert ask(register, "issue", "registry", "2024-07-01", **YEAR) == "used_elsewhere"


def test_a_cancelled_project_never_returns():
    register = taken("monitor")
    register.take(Step("c", "p", "cancel", "registry", "2025-01-01", {"reason": "x"}))
    for step, who, _, values in PATH:
        assert ask(register, step, who, "2026-01-01", **values) == "project_cancelled", step
    assert ask(register, "amend", "owner", "2026-01-01", facts={}) == "project_cancelled"
    assert ask(register, "enter", "owner", "2026-01-01", project="q", **WIND) == "project_cancelled"
    assert ask(register, "enter", "owner", "2026-01-01", project="q", **{**WIND, "assets": ["other"]}) == ""


def test_a_project_is_not_cancelled_while_units_are_being_issued():
    assert ask(taken("book"), "cancel", "registry", "2025-01-01") == "step_wrong"
    assert ask(taken(""), "cancel", "registry", "2025-01-01") == ""


def test_an_amended_design_is_published_anew():
    register = taken("validate")
    register.take(Step("a", "p", "amend", "owner", "2024-02-20", {"facts": {"distance": "40"}}))
    assert ask(register, "validate", "validator", "2024-03-30") == "step_wrong"
    register.take(Step("b", "p", "publish", "owner", "2024-02-21", {}))
    assert ask(register, "validate", "validator", "2024-03-01") == "notice_running"
    assert ask(register, "validate", "validator", "2024-04-10") == ""
    assert ask(register, "amend", "owner", "2024-03-01", facts={"colour": 1}) == "fact_unknown"


def test_a_reduction_has_one_use():
    register = taken("monitor")
    use = {"asset": "w", "use": "substitution", "start": "2023-06-01", "end": "2023-06-30"}
    assert ask(register, "use", "firm", "2024-01-01", **{**use, "use": "fun"}) == "use_unknown"
    assert ask(register, "use", "firm", "2024-01-01", **{**use, "asset": ""}) == "asset_missing"
    assert ask(register, "use", "firm", "2024-01-01", **use) == ""
    register.take(Step("u", "asset:w", "use", "firm", "2024-01-01", use))
    assert ask(register, "monitor", "owner", "2024-04-01", **YEAR, quantity=5) == "used_elsewhere"
    assert ask(register, "use", "firm", "2024-01-01", **{**use, "use": "ets"}) == "used_elsewhere"
    assert ask(taken("verify"), "use", "firm", "2024-08-01", **use) == "used_elsewhere"
    assert find_claims(register, ["w"], "2023-06-30", "2023-07-30") == ("substitution 2023-06-01/2023-06-30",)
    assert find_claims(register, ["w"], "2023-07-01", "2023-07-30") == ()


def test_one_plant_in_two_schemes_is_issued_once():
    register = taken("")
    facts = {"city_method": True, "in_ets": False, "other_mechanism": False, "owner_consents": True}
    other = {"scheme": "inclusion", "method": "apple_orchard", "assets": ["w"], "facts": facts}
    for step, who, day, values in (("enter", "owner", "2024-01-02", other), *PATH[1:4]):
        one = Step(f"q{step}", "q", step, who, day, values)
        check(register, one, {})
        register.take(one)
    assert ask(register, "monitor", "owner", "2024-09-01", project="q", **YEAR, quantity=5) == "used_elsewhere"


DAYS = st.sampled_from(["2024-01-02", "2024-03-01", "2024-06-01", "2024-09-01", "2025-01-01", "2026-06-01"])
SPANS = st.sampled_from([("2022-01-01", "2022-12-31"), ("2022-07-01", "2023-06-30"), ("2023-01-01", "2023-12-31")])
WISHES = st.lists(
    st.tuples(
        st.sampled_from([*step_kinds()]), st.sampled_from("pqr"), st.sampled_from(["a", "b", "c"]), DAYS, SPANS,
        st.sampled_from([5, 9]), st.sampled_from(["w", "v"]),
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=150)
@given(WISHES)
def test_whatever_is_asked_for_the_register_stays_sound(wishes):
    register = taken("monitor")
    cancelled: set[str] = set()
    for at, (step, project, who, day, (start, end), quantity, asset) in enumerate(wishes):
        values = {**WIND, "assets": [asset], "start": start, "end": end, "quantity": quantity, "asset": asset, "use": "other"}
        one = Step(f"s{at}", project, step, who, day, values)
        try:
            check(register, one, {})
        except Refusal:
            continue
        register.take(one)
        assert project not in cancelled or step == "use"
        cancelled |= {project} if step == "cancel" else set()
    claims = [
        (found.id, asset, period)
        for found in register.projects.values()
        for asset in found.assets
        for period in found.periods.values()
        if period.state != OVER
    ]
    for at, (_, asset, period) in enumerate(claims):
        for _, other, rival in claims[at + 1 :]:
            assert asset != other or not overlaps(period.start, period.end, rival.start, rival.end)
        for use in register.uses:
            assert asset != use.asset or not overlaps(period.start, period.end, use.start, use.end)
    for name, _, period in claims:
        assert period.verifier != register.projects[name].validator or not period.verifier
        assert period.verified is None or period.verified <= period.reported
