"""A city with an invented plan under review, a spreadsheet program, and a confirmation that is killed."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from html import escape
from pathlib import Path
from typing import Any

from dafeng.work.city import City, init, open_city
from dafeng.work.review import review
from dafeng.work.review_sheet import compare_sheet
from tests.plans.reviews import TEXT

WHO = "张三"


def new_city(folder: Path) -> City:
    """An empty city."""
    return init(folder / "qinglan", place="990200")


def taken_in(folder: Path) -> tuple[City, Any]:
    """A city with the plan under review."""
    city = new_city(folder)
    return city, review(city, source=TEXT.encode(), name="plan.txt", who=WHO)


def type_in(data: bytes, **cells: str) -> bytes:
    """The workbook with texts typed into cells: ``targets_E4="x"``, as a spreadsheet program saves it."""
    names = {"targets": "sheet3", "tasks": "sheet4", "goals": "sheet5", "organisations": "sheet6", "others": "sheet7"}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    for place, text in cells.items():
        sheet, cell = place.split("_")
        path = f"xl/worksheets/{names[sheet]}.xml"
        typed = f'<c r="{cell}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'.encode()
        content, count = re.subn(
            rf'<c r="{cell}"(?: [^>]*?)?(?:/>|>.*?</c>)'.encode(), lambda _, typed=typed: typed, parts[path]
        )
        if count != 1:
            raise KeyError(place)
        parts[path] = content
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def column(data: bytes, table: str, field: str) -> str:
    """Letter of the column of a field in a sheet."""
    from dafeng.readers.review_form import read_form

    row = read_form(data, name="review.xlsx").tables[table][0]
    return re.sub(r"\d", "", row.cells[field].split("!")[-1])


def cells_of(reviewed: Any, data: bytes) -> list[tuple[str, str, str]]:
    """Field, before and after of each changed cell."""
    return [(one.field, one.before, one.after) for one in compare_sheet(reviewed, data).cells]


def main() -> None:
    """Kill a confirmation at every system call; print what was found after each."""
    from dafeng.plans.edits import Change
    from dafeng.work.review import revise
    from dafeng.work.versions import confirm, list_versions
    from tests.store.killed import walk

    def prepare(folder: Path) -> None:
        city, reviewed = taken_in(folder)
        confirm(city, reviewed, who=WHO)
        revise(city, reviewed, Change("990200-T01", "correct", ({"value": "30"},)), who=WHO)

    def change(folder: Path) -> None:
        city = open_city(folder / "qinglan")
        confirm(city, review(city), who=WHO)

    def value(city: City) -> int:
        return int(city.read_plan().targets[0].value or 0)

    def look(folder: Path) -> Any:
        city = open_city(folder / "qinglan")
        seen = value(city)
        versions = [one.number for one in list_versions(city)]
        agreed = value(city)
        change(folder)
        return {"seen": seen, "versions": versions, "agreed": agreed, "healed": value(city), "last": len(list_versions(city))}

    sys.stdout.write(json.dumps(walk(Path(sys.argv[1]), prepare, change, look)))


if __name__ == "__main__":
    main()
