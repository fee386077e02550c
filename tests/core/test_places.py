"""Places have official codes, names in both languages and one parent."""

from __future__ import annotations

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.core.places import ancestors, children, place

YANTAI = ["芝罘区", "福山区", "牟平区", "莱山区", "蓬莱区", "龙口市", "莱阳市", "莱州市", "招远市", "栖霞市", "海阳市"]
QINGDAO = ["市南区", "市北区", "黄岛区", "崂山区", "李沧区", "城阳区", "即墨区", "胶州市", "平度市", "莱西市"]
CODES = ["100000", "370000", "370200", "370600", *(p.code for c in ("370200", "370600") for p in children(c, zones=True))]


@pytest.mark.parametrize(("code", "zh"), [("370600", "烟台市"), ("370200", "青岛市"), ("370000", "山东省"), ("100000", "中国")])
def test_a_code_names_a_place(code, zh):
    assert place(code).label.zh == zh


@pytest.mark.parametrize(("code", "names"), [("370600", YANTAI), ("370200", QINGDAO)])
def test_a_city_has_all_its_districts(code, names):
    assert [p.label.zh for p in children(code)] == names


def test_development_zones_are_listed_only_on_request():
    assert {p.kind for p in children("370600", zones=True)} - {p.kind for p in children("370600")} == {"zone"}


def test_ancestors_lead_to_the_country():
    assert [p.code for p in ancestors("370602")] == ["370600", "370000", "100000"]


@pytest.mark.parametrize("code", CODES)
def test_a_code_begins_like_its_parent(code):
    found = place(code)
    assert code.startswith(found.parent.rstrip("0")) or found.parent in ("", "100000")


@pytest.mark.parametrize("code", ["", "370699", "3706", "烟台"])
def test_an_unknown_code_is_refused(code):
    with pytest.raises(LookupFailure):
        place(code)
