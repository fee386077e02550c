"""Numbers with more digits than can be believed: told with their place, never a figure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from dafeng.core.errors import SettingError
from dafeng.plans.edits import Change
from dafeng.plans.magnitude import check_numbers
from dafeng.plans.review import make_edit
from dafeng.plans.typed import NUMBER
from dafeng.plans.values import read_value
from tests.plans.reviews import AT, base

GOOD = "到2030年，风电装机容量达到300万千瓦。"
TOO_LONG = {
    "digits": "9" * 400,
    "grouped": "1" + ",999" * 200,
    "beyond what Python turns into text": "9" * 5000,
    "multiplier": "1" + "亿" * 60,
    "fraction": "0." + "1" * 400,
    "range": "1—" + "9" * 16,
}


@pytest.mark.parametrize("number", TOO_LONG.values(), ids=TOO_LONG)
def test_a_number_that_cannot_be_believed_is_told_with_its_place_and_is_no_figure(read_text, number):
    text = f"{GOOD}到2030年，核电装机容量达到{number}万千瓦。"
    plan = read_text(text)
    told = [one for one in plan.findings if one.rule == "plan.number_size"]
    start, end = map(int, told[0].at.removeprefix("plan.txt:").split("-"))
    assert ([one.value for one in plan.targets], plan.others, len(told)) == ([Decimal(300)], (), 1)
    assert text[start:end].rstrip("万千") in number
    assert told[0].severity == "error"


@pytest.mark.parametrize("number", ["999999999999999", "1.123456789012", "0.9万", "2.5万亿"])
def test_a_long_number_that_can_be_believed_is_read(read_text, number):
    plan = read_text(f"到2030年，核电装机容量达到{number}千瓦。")
    assert len(plan.targets) == 1
    assert not [one for one in plan.findings if one.rule == "plan.number_size"]


def test_a_cell_with_too_many_digits_is_no_value():
    assert read_value("9" * 15, "万千瓦") is not None
    assert read_value("9" * 16, "万千瓦") is None


def test_what_is_typed_is_within_the_same_limit():
    assert NUMBER.fullmatch("9" * 15)
    assert not NUMBER.fullmatch("9" * 16)


def test_a_plan_with_such_a_number_is_refused(read_text):
    plan = read_text(GOOD)
    check_numbers(plan, where="plans/plan.yaml")
    for name in ("value", "upper", "base_value"):
        target = replace(plan.targets[0], **{name: Decimal("9" * 400)})
        with pytest.raises(SettingError, match=r"T01.*too many digits") as caught:
            check_numbers(replace(plan, targets=(target,)), where="plans/plan.yaml")
        assert caught.value.where == "plans/plan.yaml:{}-{}".format(*target.figure)


def test_a_unit_with_too_large_a_multiplier_is_refused_when_it_is_typed():
    review = base()
    name = review.reading.targets[0].id
    with pytest.raises(SettingError, match="does not fit"):
        make_edit(review, Change(name, "correct", ({"unit": "亿" * 60 + "千瓦"},)), who="张三", at=AT)
