"""The certificate as pdf: what stands on it, one page, the same bytes again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dafeng.core.errors import SettingError
from dafeng.reports import certificate_pdf
from dafeng.reports.certificate_pdf import MOST, set_page, write_pdf

FORM: dict[str, Any] = {
    "number": "x-ccer-20", "event": 20, "kind": "retire", "city": {"zh": "青岚", "en": "Qinglan"}, "book": "ccer",
    "instrument": "CCER", "label": {"zh": "核证自愿减排量", "en": "certified voluntary reductions"},
    "counted": {"zh": "二氧化碳当量", "en": "CO2e"}, "quantity": "120", "unit": "t", "effective": "2026-03-01",
    "booked_at": "2026-03-01 08:00:00 UTC", "holder": "甲公司", "beneficiary": "海边马拉松 #*_[1]", "reason": "碳中和",
    "serials": [[3801, 3920]], "origins": [["CN-WIND-7", "2024"]], "hash": "ab" * 32, "code": "20-4G7K-0MVD-9QXT",
    "verify": "https://city.example/public/x/registry/verify", "invented": False,
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_certificate_is_one_page_and_the_same_again(language: Any) -> None:
    pdf = write_pdf(FORM, language)
    assert (pdf[:5], len(re.findall(rb"/Type\s*/Page\b", pdf)), write_pdf(FORM, language) == pdf) == (b"%PDF-", 1, True)


def test_every_fact_stands_on_it_in_both_languages() -> None:
    page = set_page(FORM, "zh")
    said = {zh: text for zh, _, text in page["rows"]}
    assert (said["受益人"], said["编号"], said["账簿事件"]) == (FORM["beneficiary"], "ccer/3801–3920", "20")
    assert (page["title"], page["code"]) == (["自愿注销凭证", "Certificate of Retirement"], "20-4G7K-0MVD-9QXT")
    assert all(zh and en for zh, en, _ in page["rows"])


def test_what_is_not_known_has_no_row() -> None:
    page = set_page({**FORM, "reason": "", "serials": [], "origins": []}, "en")
    assert {"原因", "编号", "项目（年份批次）"} & {row[0] for row in page["rows"]} == set()


def test_more_blocks_than_fit_are_counted() -> None:
    blocks = [[at, at] for at in range(1, 2 * MOST)]
    told = {row[0]: row[2] for row in set_page({**FORM, "serials": blocks}, "en")["rows"]}["编号"]
    assert told.endswith(f"ccer/{MOST} … ({len(blocks)})")


def test_without_the_typesetter_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("dafeng.reports.paper_pdf.import_module", missing)
    with pytest.raises(SettingError, match="report"):
        certificate_pdf.write_pdf(FORM, "zh")
