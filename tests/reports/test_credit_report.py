"""The credit report as pdf and workbook: what it says is what its body holds."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

import pytest

from dafeng.readers.sheets import read_sheets
from dafeng.reports.credit_pdf import write_pdf
from dafeng.reports.credit_report import write_report
from dafeng.reports.credit_xlsx import write_xlsx

BOTH = {"zh": "单位产值碳排放", "en": "emissions per output"}
ADDRESS = "enterprise/E1.2025.emission_intensity"


def document() -> dict[str, Any]:
    """A report made by hand."""
    figure = {
        "year": 2025,
        "field": "emission_intensity",
        "kind": "indicator",
        "label": BOTH,
        "value": "1.25",
        "unit": "tCO2/10^4 CNY",
    }
    unknown = {
        **figure,
        "field": "output",
        "kind": "fact",
        "value": None,
        "address": "x",
        "why": {"zh": "不能确定", "en": "unknown"},
    }
    judged = {"year": 2025, "kind": "grade", "rule": "s", "label": {"zh": "四色", "en": "colours"}, "result": "green"}
    body = {
        "schema": "dafeng.credit/1",
        "city": {"code": "990100", "label": {"zh": "云汀市", "en": "Yunting"}, "invented": True},
        "enterprise": {"id": "E1", "label": {"zh": "=甲厂", "en": "=Firm"}, "sector": "C25"},
        "recipient": "云汀银行",
        "purpose": "绿色贷款",
        "authorisation": {"id": "A00001", "at": "2026-03-01", "until": "2026-12-31", "evidence": "letter"},
        "issued_at": "2026-03-01",
        "fields": ["emission_intensity", "output"],
        "figures": [{**figure, "address": ADDRESS, "why": None}, unknown],
        "judgements": [{**judged, "says": {"zh": "绿", "en": "green"}, "colour": None, "address": "y", "source": "src"}],
        "traces": {
            ADDRESS: {"address": ADDRESS, "says": BOTH, "value": "1.25", "unit": "tCO2/10^4 CNY", "expression": "a / b"}
        },
        "scales": {},
    }
    return {"body": body, "sha256": "ab" * 32, "code": "AAAA-BBBB-CCCC-DDDD"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_says_for_whom_and_that_unknown_is_no_zero(language: Any) -> None:
    told = str(write_report(document(), language))
    for text in ("云汀银行", "A00001", "2026-12-31", "1.25", "AAAA-BBBB-CCCC-DDDD", "ab" * 32):
        assert text in told
    assert ("不等于零" if language == "zh" else "not zero") in told


def test_the_workbook_holds_terms_figures_and_explanations_and_no_formula() -> None:
    content = write_xlsx(document(), "zh")
    book = read_sheets(content, name="r.xlsx")
    assert [sheet.name for sheet in book.sheets] == ["说明", "评价", "数据", "追溯"]
    texts = {text for sheet in book.sheets for row in sheet.rows for text in row}
    assert {"1.25", "不能确定", "AAAA-BBBB-CCCC-DDDD", "a / b", "'=甲厂 E1"} <= texts
    with ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/"))


def test_the_same_report_gives_the_same_bytes() -> None:
    assert write_xlsx(document(), "en") == write_xlsx(document(), "en")


def test_the_pdf_is_a_pdf() -> None:
    assert write_pdf(document(), "zh").startswith(b"%PDF")
