"""Someone's own workbook filled with a report: placeholders and named cells become numbers and texts, tables grow downward.

Invariant: only cells that ask for something change; formulas of the template stay as they are and are computed anew when it is
opened; nothing that is filled in can become a formula; the same template and report give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml

from dafeng.core.errors import FileRefused, SettingError
from dafeng.core.labels import Label
from dafeng.readers.containers import inspect_archive
from dafeng.reports.office import OLDEST
from dafeng.reports.workbook import neutralise

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
INSIDE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PLACE = re.compile(r"\{\{\s*(?:(figure|unit)\s*\[\s*['\"‘’“”]([^'\"‘’“”]+)['\"‘’“”]\s*\]|([a-z]+)(?:\.([a-z]+))?)\s*\}\}")
"""A word, a field of a row, a figure or its unit by the address."""
CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")
PREFIX = "dafeng_"
"""Beginning of the names of cells that are filled."""
Value = str | float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a workbook may ask for.

    Parameters
    ----------
    words : mapping of str to str
        Placeholder → text.
    figures : mapping of str to (float, str)
        Address → value and its unit as stored.
    rows : mapping of str to sequence of mapping
        Table → rows, field → value.
    """

    words: Mapping[str, str]
    figures: Mapping[str, tuple[float, str]]
    rows: Mapping[str, Sequence[Mapping[str, Value]]]


def fill_workbook(template: bytes, asked: Asked) -> bytes:
    """Fill a workbook.

    Parameters
    ----------
    template : bytes
        The workbook with placeholders.
    asked : Asked
        What stands in their place.

    Returns
    -------
    bytes
        The filled workbook.

    Raises
    ------
    SettingError
        If the file is no workbook, a placeholder or name is unknown or broken, or a table would cover a filled cell.
    """
    try:
        inspect_archive(template, name="template.xlsx")
    except FileRefused as cause:
        raise _no_workbook() from cause
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    book = _parse(parts["xl/workbook.xml"])
    sheets = _sheets(parts, book)
    shared = _shared(parts)
    named = _named(book, asked)
    for title, path in sheets.items():
        parts[path] = _Page(title, _parse(parts[path]), shared, asked, named.get(title, {})).fill()
    _recompute(book)
    parts["xl/workbook.xml"] = _write(book)
    return _pack(parts)


def name_cell(address: str) -> str:
    """Name by which a cell asks for a figure.

    Parameters
    ----------
    address : str
        Address of the figure.

    Returns
    -------
    str
        ``dafeng_headlines_peak_probability``.
    """
    return PREFIX + re.sub(r"[^0-9A-Za-z]", "_", address)


class _Page:
    """One sheet that is filled."""

    def __init__(self, title: str, root: Any, shared: Sequence[str], asked: Asked, named: Mapping[str, Value]) -> None:
        self.title = title
        self.root = root
        self.shared = shared
        self.asked = asked
        self.named = dict(named)
        self.data = root.find(f"{{{MAIN}}}sheetData")
        self.rows: dict[int, Any] = {int(row.get("r")): row for row in self.data}
        self.cells: dict[str, Any] = {cell.get("r"): cell for row in self.data for cell in row}

    def fill(self) -> bytes:
        for reference, cell in list(self.cells.items()):
            formula = cell.find(f"{{{MAIN}}}f")
            if formula is not None:
                self._forget(cell)
            elif "{{" in (text := self._text(cell)):
                self._ask(reference, cell, text)
        for reference, value in self.named.items():
            self._put(reference, value, None)
        dimension = self.root.find(f"{{{MAIN}}}dimension")
        if dimension is not None:
            self.root.remove(dimension)
        return _write(self.root)

    def _text(self, cell: Any) -> str:
        if cell.get("t") == "s":
            return self.shared[int(cell.findtext(f"{{{MAIN}}}v"))]
        if cell.get("t") == "inlineStr":
            return "".join(cell.itertext())
        return ""

    def _ask(self, reference: str, cell: Any, text: str) -> None:
        places = list(PLACE.finditer(text))
        if len(places) != text.count("{{"):
            raise self._broken(reference, text)
        tables = {found[3] for found in places if found[4]}
        if not tables:
            self._put(reference, self._say(reference, text, {}), cell.get("s"))
            return
        if len(tables) > 1:
            raise self._broken(reference, text)
        self._grow(reference, cell, text, tables.pop())

    def _grow(self, reference: str, cell: Any, text: str, table: str) -> None:
        """Lay out a table downward from the row that names its fields."""
        rows = self.asked.rows.get(table)
        if rows is None:
            raise self._unknown(reference, table)
        column, first = CELL.fullmatch(reference).groups()  # type: ignore[union-attr] # a cell's own reference
        for at, row in enumerate(rows):
            place = f"{column}{int(first) + at}"
            if at and place in self.cells and (self._text(self.cells[place]) or len(self.cells[place])):
                raise self._covered(place, table, len(rows))
            self._put(place, self._say(reference, text, {table: row}), cell.get("s"))
        if not rows:
            self._put(reference, "", cell.get("s"))

    def _say(self, reference: str, text: str, rows: Mapping[str, Mapping[str, Value]]) -> Value:
        whole = PLACE.fullmatch(text.strip())
        if whole:
            return self._find(reference, whole, rows)
        return PLACE.sub(lambda found: str(self._find(reference, found, rows)), text)

    def _find(self, reference: str, found: re.Match[str], rows: Mapping[str, Mapping[str, Value]]) -> Value:
        kind, address, word, field = found.groups()
        if kind:
            figure = self.asked.figures.get(address)
            value: Value | None = None if figure is None else figure[0 if kind == "figure" else 1]
        else:
            value = rows.get(word, {}).get(field) if field else self.asked.words.get(word)
        if value is None:
            raise self._unknown(reference, address or (f"{word}.{field}" if field else word))
        return value

    def _put(self, reference: str, value: Value, style: str | None) -> None:
        cell = self._cell(reference)
        kept = cell.get("s") or style
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if kept:
            cell.set("s", kept)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = _append(_append(cell, "is"), "t")
            text.text = neutralise("".join(sign for sign in value if sign >= " " or sign in "\t\n"))
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        else:
            _append(cell, "v").text = repr(float(value))

    def _cell(self, reference: str) -> Any:
        """The cell of a reference, made in its place where there is none."""
        if reference in self.cells:
            return self.cells[reference]
        letters, number = CELL.fullmatch(reference).groups()  # type: ignore[union-attr] # made from a reference
        row = self.rows.get(int(number))
        if row is None:
            row = self.root.makeelement(f"{{{MAIN}}}row", {"r": number})
            later = next((other for other in self.data if int(other.get("r")) > int(number)), None)
            self.data.append(row) if later is None else later.addprevious(row)
            self.rows[int(number)] = row
        row.attrib.pop("spans", None)
        cell = self.root.makeelement(f"{{{MAIN}}}c", {"r": reference})
        after = next((other for other in row if _column(other.get("r")) > _column(letters + number)), None)
        row.append(cell) if after is None else after.addprevious(cell)
        self.cells[reference] = cell
        return cell

    def _forget(self, cell: Any) -> None:
        """Drop the value that a formula had before; it is computed anew."""
        value = cell.find(f"{{{MAIN}}}v")
        if value is not None:
            cell.remove(value)

    def _unknown(self, reference: str, name: str) -> SettingError:
        known = [*self.asked.words, *(f"{table}.…" for table in self.asked.rows), "figure['…']", "unit['…']"]
        return SettingError(
            Label(f"模板中有不认识的占位符：{name}", f"the template has a placeholder that nobody knows: {name}"),
            where=f"{self.title}!{reference}",
            expected=Label("、".join(known), ", ".join(known)),
            remedy=Label("改正或删去该占位符", "correct or remove the placeholder"),
        )

    def _broken(self, reference: str, text: str) -> SettingError:
        return SettingError(
            Label(f"占位符写法有误：{text[:80]}", f"a placeholder is broken: {text[:80]}"),
            where=f"{self.title}!{reference}",
            expected=Label(
                "{{ title }}、{{ figure['地址'] }}、{{ targets.name }}，一格只用一个表",
                "{{ title }}, {{ figure['ADDRESS'] }}, {{ targets.name }}, one table to a cell",
            ),
            remedy=Label("重写该占位符", "write the placeholder anew"),
        )

    def _covered(self, place: str, table: str, count: int) -> SettingError:
        return SettingError(
            Label(f"表 {table} 有 {count} 行，会盖住已有内容", f"table {table} has {count} rows and would cover what is there"),
            where=f"{self.title}!{place}",
            expected=Label("占位符所在列以下为空", "nothing below the placeholders"),
            remedy=Label("把下方内容移到表的上方、旁边或另一工作表", "move it above, beside or to another sheet"),
        )


def _column(reference: str) -> int:
    letters = CELL.fullmatch(reference).group(1)  # type: ignore[union-attr] # a cell's own reference
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _parse(part: bytes) -> Any:
    try:
        return parse_xml(part)
    except SyntaxError as cause:
        raise _no_workbook() from cause


def _write(root: Any) -> bytes:
    made: bytes = serialize_part_xml(root)
    return made


def _append(parent: Any, name: str) -> Any:
    """A new element within another."""
    made = parent.makeelement(f"{{{MAIN}}}{name}")
    parent.append(made)
    return made


def _sheets(parts: Mapping[str, bytes], book: Any) -> dict[str, str]:
    """Sheet name → path of its part."""
    links = {
        link.get("Id"): link.get("Target")
        for link in _parse(parts["xl/_rels/workbook.xml.rels"]).iter(f"{{{LINKS}}}Relationship")
    }
    found: dict[str, str] = {}
    for sheet in book.iter(f"{{{MAIN}}}sheet"):
        target = str(links.get(sheet.get(f"{{{INSIDE}}}id")) or "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in parts and "worksheets/" in path:
            found[str(sheet.get("name"))] = path
    return found


def _shared(parts: Mapping[str, bytes]) -> list[str]:
    if "xl/sharedStrings.xml" not in parts:
        return []
    return ["".join(text.text or "" for text in _texts(item)) for item in _parse(parts["xl/sharedStrings.xml"])]


def _texts(item: Any) -> Iterator[Any]:
    """Texts of a shared string without its phonetic readings."""
    for child in item:
        if child.tag == f"{{{MAIN}}}t":
            yield child
        elif child.tag == f"{{{MAIN}}}r":
            yield from child.iter(f"{{{MAIN}}}t")


def _named(book: Any, asked: Asked) -> dict[str, dict[str, Value]]:
    """Values of named cells by sheet and reference."""
    values: dict[str, Value] = {PREFIX + word: text for word, text in asked.words.items()}
    values |= {name_cell(address): value for address, (value, _) in asked.figures.items()}
    found: dict[str, dict[str, Value]] = {}
    for name in book.iter(f"{{{MAIN}}}definedName"):
        said = str(name.get("name"))
        if not said.startswith(PREFIX):
            continue
        sheet, _, reference = (name.text or "").rpartition("!")
        cell = CELL.fullmatch(reference)
        if said not in values or cell is None:
            raise SettingError(
                Label(f"模板中有不认识的命名单元格：{said}", f"the template names a cell that nobody knows: {said}"),
                where=name.text or said,
                expected=Label(
                    "dafeng_ 加占位符名或地址（非字母数字改为下划线），指向一个单元格",
                    "dafeng_ with a placeholder or address, other signs as underscores, for one cell",
                ),
                remedy=Label("在名称管理器中改正或删去", "correct or delete it in the name manager"),
            )
        found.setdefault(sheet.strip("'").replace("''", "'"), {})["".join(cell.groups())] = values[said]
    return found


def _recompute(book: Any) -> None:
    """Let the program that opens the workbook compute every formula."""
    setting = book.find(f"{{{MAIN}}}calcPr")
    if setting is None:
        setting = book.makeelement(f"{{{MAIN}}}calcPr")
        names = book.find(f"{{{MAIN}}}definedNames")
        (names if names is not None else book.find(f"{{{MAIN}}}sheets")).addnext(setting)
    setting.set("fullCalcOnLoad", "1")


def _pack(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(zipfile.ZipInfo(path, OLDEST), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _no_workbook() -> SettingError:
    return SettingError(
        Label("模板不是 xlsx 工作簿，或已损坏", "the template is no xlsx workbook, or it is damaged"),
        where="xlsx",
        expected=Label("用办公软件保存的 .xlsx", "an .xlsx saved by an office program"),
        remedy=Label(
            "重新另存为该格式；可用 dafeng report CITY --format xlsx --blank 写出空白模板",
            "save it again in that form; dafeng report CITY --format xlsx --blank writes a template to start from",
        ),
    )
