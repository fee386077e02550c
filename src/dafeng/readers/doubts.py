"""What a readable file still gives reason to doubt, as findings.

Invariant: nothing here stops the reading; every finding names the file and, where there is one, the cell.
"""

from __future__ import annotations

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.cells import place_of
from dafeng.readers.containers import Part


def doubtful_encoding(name: str) -> Finding:
    """Finding for a text that was decoded, but hardly rightly.

    Parameters
    ----------
    name : str
        File name.

    Returns
    -------
    Finding
        A warning.
    """
    return Finding(
        "sheet.encoding",
        name,
        "warning",
        Label(
            "按 GB18030 解码后多为罕用字，编码可能有误",
            "decoded as GB18030 it holds mostly rare characters: perhaps another encoding",
        ),
        Label("另存为 UTF-8 的 CSV 再交", "save as CSV in UTF-8 and deliver again"),
    )


def doubts(name: str, hidden: tuple[str, ...], parts: dict[str, Part]) -> tuple[Finding, ...]:
    """What a workbook gives reason to look at.

    Parameters
    ----------
    name : str
        File name.
    hidden : tuple of str
        Names of hidden sheets.
    parts : dict of str to Part
        What was seen in each sheet's part.

    Returns
    -------
    tuple of Finding
        Hidden sheets, cells with error values, formulas.
    """
    unseen = [_hidden(name, title) for title in hidden]
    broken = [_broken(name, title, part) for title, part in parts.items() if part.broken]
    formulas = [_formulas(name, title, part) for title, part in parts.items() if part.formulas]
    return (*unseen, *broken, *formulas)


def _hidden(name: str, title: str) -> Finding:
    return Finding(
        "sheet.hidden",
        place_of(name, title, ""),
        "info",
        Label(f"工作表“{title}”是隐藏的，已照常读取", f"sheet '{title}' is hidden; it was read all the same"),
        Label("确认隐藏表也要报送，否则删去", "delete it if it is not meant to be delivered"),
    )


def _broken(name: str, title: str, part: Part) -> Finding:
    listed = ", ".join(part.broken)
    return Finding(
        "sheet.error_cell",
        place_of(name, title, part.broken[0]),
        "warning",
        Label(
            f"{part.counts[0]} 个单元格是错误值，按无数处理：{listed}",
            f"{part.counts[0]} cells hold an error value and count as absent: {listed}",
        ),
        Label("改正公式或填写数值", "mend the formula or type the value"),
    )


def _formulas(name: str, title: str, part: Part) -> Finding:
    listed = ", ".join(part.formulas)
    return Finding(
        "sheet.formula",
        place_of(name, title, part.formulas[0]),
        "info",
        Label(
            f"{part.counts[1]} 个单元格是公式，读取的是保存时的结果：{listed}",
            f"{part.counts[1]} cells are formulas; their saved results were read: {listed}",
        ),
        Label("保存前重新计算，或改填数值", "recalculate before saving, or type the values"),
    )
