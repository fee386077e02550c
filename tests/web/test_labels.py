"""One mechanism for words: both languages, no key missing, no key idle."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.web.labels import Words, read_labels

WEB = Path(__file__).resolve().parents[2] / "src/dafeng/web"
CLOSED = (
    "verdict", "basis", "grade", "severity", "strength", "counting", "comparator", "trajectory", "kind", "match", "purpose",
    "error", "error_why", "misread", "task_state", "task_role", "task_place", "task_trouble", "task_view", "task_group",
    "task_file", "task_said", "task_lack", "task_origin", "task_sub", "standing", "change", "energy_kind",
    "check_state", "key_side", "key_test", "input_subject", "dimension", "upload", "delivery", "job_state",
    "visible", "visible_because", "public_field", "public_goal", "role", "role_may", "scope",
    "method_years", "beside_aspect", "hours_curve", "hours_end", "scenario_line", "scenario_theme",
    "settled", "test_answer",
    "project_state", "period_state", "step_role",
    "book_kind",
    "order_state", "look_state", "order_verb", "account_state", "book_state", "claim_kind", "certificate_kind",
    "operation",
    "inclusion_rule", "inclusion_kind", "inclusion_done", "link_state", "enterprise_against", "enterprise_side",
    "enterprise_event",
    "market_state", "auction_state", "market_way", "market_side", "market_thing", "market_verb", "bid_why", "budget_state",
    "budget_level", "choice",
)  # fmt: skip
SCRIPT = re.compile(r"words(?:\(\))?\.([a-z_]+)")
KEY = re.compile(r"""(?:\bt|say|_part)\(\s*["']([a-z]+\.[a-z0-9_]+)["']""")
CHOSEN = re.compile(r"""["']((?:chart|empty|overview)\.[a-z_]+)["']""")
EMPTY = re.compile(r"""p\.empty\(["']([a-z_]+)["'](?: if [^)]*? else ["']([a-z_]+)["'])?\)""")
LACKING = re.compile(r"""p\.chart\([^)]*?["'][a-z_-]+["'], ["']([a-z]+)["']""")


def texts(pattern: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(WEB.rglob(pattern)) if "vendor" not in path.parts]


def used() -> set[str]:
    """Keys that templates, modules and scripts name, with those that are put together from a closed list."""
    source = "\n".join([*texts("*.html"), *texts("*.py")])
    empty = {name for pair in EMPTY.findall(source) for name in pair if name} | set(LACKING.findall(source))
    made = {f"empty.{name}{tail}" for name in empty for tail in ("", "_why")}
    made |= {f"overview.go_{name}" for name in ("peak", "plan", "clash", "first")}
    made |= {f"targets.sort_{name}" for name in ("verdict", "year", "indicator", "plan")}
    made |= {f"targets.{name}" for name in ("due", "goal", "actual", "projected", "reason", "organisation")}
    scripts = {f"js.{name}" for text in texts("js/*.js") for name in SCRIPT.findall(text)}
    heads = {"overview.go_", "targets.sort_", "targets.", "empty.", "overview.json"}
    return (set(KEY.findall(source)) | set(CHOSEN.findall(source)) | made | scripts) - heads


def test_every_word_is_there_in_both_languages() -> None:
    assert [key for key, label in read_labels().items() if not (label.zh.strip() and label.en.strip())] == []


def test_every_key_that_is_used_exists() -> None:
    assert sorted(used() - set(read_labels())) == []


def test_every_key_that_exists_is_used() -> None:
    open_keys = {key for key in read_labels() if key.split(".")[0] not in CLOSED}
    assert sorted(open_keys - used()) == []


def test_both_languages_take_the_same_values() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [key for key, label in read_labels().items() if places(label.zh) != places(label.en)] == []


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(LookupFailure, match=r"targets\.nothing"):
        Words("zh").say("targets.nothing")


def test_a_label_without_one_language_reads_in_the_other() -> None:
    assert Words("en").read({"zh": "目标", "en": ""}) == "目标"


def test_a_member_without_a_word_stands_for_itself() -> None:
    assert Words("zh").word("match", "nearest_place") == "nearest_place"
