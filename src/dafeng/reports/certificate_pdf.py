"""A certificate of retirement as pdf: one A4 page in Chinese and English, set by typst.

Invariant: what stands on the paper is the form and nothing else; the same form and fonts give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dafeng.core.labels import Label, Language
from dafeng.reports.paper_pdf import BORN, choose_fonts, load_typesetter

TEMPLATE = Path(__file__).with_name("certificate.typ")
MOST = 24
"""Blocks of serial numbers that stand on the paper; of more the number of blocks is told."""
_TITLES: Mapping[str, Label] = MappingProxyType(
    {
        "retire": Label("自愿注销凭证", "Certificate of Retirement"),
        "surrender": Label("清缴凭证", "Certificate of Surrender"),
        "cancel": Label("注销凭证", "Certificate of Cancellation"),
    }
)
_DONE: Mapping[str, Label] = MappingProxyType(
    {
        "retire": Label(
            "下列单位已自愿注销，不得再用于转让、抵销或其他声明。",
            "The units below were retired and can never be moved, used or claimed again.",
        ),
        "surrender": Label(
            "下列单位已用于清缴，不得再转让或使用。", "The units below were surrendered and can never be moved or used again."
        ),
        "cancel": Label(
            "下列单位已注销，不得再转让或使用。", "The units below were cancelled and can never be moved or used again."
        ),
    }
)


def write_pdf(form: Mapping[str, Any], language: Language) -> bytes:
    """Write a certificate as pdf.

    Parameters
    ----------
    form : mapping
        ``work.right_certificate.certificate_form``.
    language : {"zh", "en"}
        Language that stands first.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If the package ``typst`` or a font with Chinese characters is missing.
    """
    typst = load_typesetter()
    page = {**set_page(form, language), "fonts": choose_fonts(typst.Fonts().families())}
    content: bytes = typst.compile(
        TEMPLATE.read_bytes(), sys_inputs={"page": json.dumps(page, ensure_ascii=False)}, timestamp=BORN
    )
    return content


def set_page(form: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What stands on the paper.

    Parameters
    ----------
    form : mapping
        The certificate.
    language : {"zh", "en"}
        Language that stands first.

    Returns
    -------
    dict
        Title, sentences and rows, each in both languages.
    """
    kind = form["kind"]
    return {
        "language": language,
        "city": _pair(form["city"]),
        "title": _both(_TITLES[kind]),
        "says": _both(_DONE[kind]),
        "quantity": form["quantity"],
        "unit": form["unit"],
        "label": _pair(form["label"]),
        "counted": _pair(form["counted"]),
        "rows": [[*_both(name), text] for name, text in _rows(form) if text],
        "number": form["number"],
        "code": form["code"],
        "verify": form["verify"],
        "hash": form["hash"],
        "root": f"{form['day']} {form['root']}" if form.get("root") else "",
        "invented": bool(form["invented"]),
    }


def _rows(form: Mapping[str, Any]) -> list[tuple[Label, str]]:
    return [
        (Label("账户持有人", "Account holder"), form["holder"]),
        (Label("受益人", "Beneficiary"), form["beneficiary"]),
        (Label("原因", "Reason"), form["reason"]),
        (Label("编号", "Serial numbers"), _serials(form["book"], form["serials"])),
        (Label("项目（年份批次）", "Project (vintage)"), "； ".join(_origin(*one) for one in form["origins"])),
        (Label("生效日期", "Effective day"), form["effective"]),
        (Label("记账时间", "Booked at"), form["booked_at"]),
        (Label("账簿事件", "Event of the ledger"), str(form["event"])),
    ]


def _serials(book: str, blocks: Sequence[Sequence[int]]) -> str:
    told = [f"{book}/{first}" if first == last else f"{book}/{first}–{last}" for first, last in blocks[:MOST]]
    return ", ".join(told) + (f" … ({len(blocks)})" if len(blocks) > MOST else "")


def _origin(project: str, vintage: str) -> str:
    return f"{project} ({vintage})" if vintage else project


def _pair(said: Mapping[str, str]) -> list[str]:
    return [said["zh"], said["en"]]


def _both(label: Label) -> list[str]:
    return [label.zh, label.en]
