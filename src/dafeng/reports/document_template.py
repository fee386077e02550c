"""Someone's own text document filled with a report: placeholders become words, figures, tables and charts.

Invariant: a placeholder that nobody knows refuses the template, and what is filled in is text or blocks, never markup of its
own; the same template and report give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import docx
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.reports.blocks import Block, Heading
from dafeng.reports.office import settle
from dafeng.reports.paper_docx import Setter

LARGEST = 200 * 1024 * 1024
"""Most that a template may unpack to. [bytes]"""
PART = "word/document.xml"
UNKNOWN = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'")


class Blocks:
    """Blocks of a report that are set when the template asks for them, so that they are numbered as they stand.

    Parameters
    ----------
    setter : Setter
        Sets them.
    put : callable
        Sets the blocks by the setter.
    write : callable
        Writes an element of the document as text.
    """

    def __init__(self, setter: Setter, put: Callable[[Setter], None], write: Callable[[Any], str]) -> None:
        self.setter = setter
        self.put = put
        self.write = write

    def __html__(self) -> str:
        """The blocks as markup of the document."""
        body = self.setter.book.element.body
        before = set(body)
        self.put(self.setter)
        made = [element for element in body if element not in before]
        return "".join(self.write(element) for element in made)

    def __str__(self) -> str:
        return self.__html__()


def fill_document(
    template: bytes,
    words: Mapping[str, Any],
    chapters: Mapping[str, Sequence[Block]],
    language: Language,
    *,
    listed: str,
) -> bytes:
    """Fill a text document.

    Parameters
    ----------
    template : bytes
        The document with placeholders.
    words : mapping of str to object
        Placeholder → text, mapping of texts, or rows of texts.
    chapters : mapping of str to sequence of blocks
        Placeholder of a paragraph → blocks that stand in its place.
    language : {"zh", "en"}
        Language of the numbers of headings, tables and charts.
    listed : str
        Placeholder of the list of addresses.

    Returns
    -------
    bytes
        The filled document.

    Raises
    ------
    SettingError
        If ``docxtpl`` is not installed, the file is no such document, or a placeholder is unknown or broken.
    """
    refuse_archive(template)
    filler = _load_filler().DocxTemplate(io.BytesIO(template))
    filler.render_init()
    setter = Setter(filler.docx, language, own=False)
    blocks = {name: Blocks(setter, _putting(listed_blocks), filler.xml_to_string) for name, listed_blocks in chapters.items()}
    known = {**words, **blocks, listed: Blocks(setter, Setter.list_addresses, filler.xml_to_string)}
    world = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        unknown = filler.get_undeclared_template_variables(world, known)
        if unknown:
            raise _unknown(sorted(unknown), known)
        filler.render(known, world, autoescape=True)
        _refuse_nested(filler.docx)
    except TemplateSyntaxError as cause:
        raise _broken(cause) from cause
    except UndefinedError as cause:
        raise _unknown(
            [next((name for pair in UNKNOWN.findall(str(cause)) for name in pair if name), str(cause))], known
        ) from cause
    except (TemplateError, SyntaxError, TypeError) as cause:
        raise _broken(cause) from cause
    return settle(filler.docx)


def refuse_archive(template: bytes, *, part: str = PART) -> None:
    """Refuse what is no office document, or unpacks beyond measure.

    Parameters
    ----------
    template : bytes
        The file.
    part : str
        Part that it must hold.

    Raises
    ------
    SettingError
        If it is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            found = part in archive.namelist()
    except zipfile.BadZipFile as cause:
        raise _no_document(part) from cause
    if not found or unpacked > LARGEST:
        raise _no_document(part)
    if part == PART:
        try:
            docx.Document(io.BytesIO(template))
        except (ValueError, KeyError, SyntaxError, zipfile.BadZipFile) as cause:
            raise _no_document(part) from cause


def _putting(blocks: Sequence[Block]) -> Callable[[Setter], None]:
    def put(setter: Setter) -> None:
        if not any(isinstance(block, Heading) and block.level == 1 for block in blocks):
            setter.numbering.begin()
        for block in blocks:
            setter.put(block)

    return put


def _refuse_nested(book: Any) -> None:
    """Refuse blocks that were asked for inside a line of text."""
    if book.element.body.xpath(".//w:t[*]"):
        raise SettingError(
            Label("章节占位符写在了正文行内", "a chapter was asked for inside a line of text"),
            where="docx",
            expected=Label("{{p targets }} 独占一段", "{{p targets }} in a paragraph of its own"),
            remedy=Label("在占位符前加 p，并让它独占一段", "write a p before its name and give it a paragraph of its own"),
        )


def _load_filler() -> Any:
    try:
        return import_module("docxtpl")
    except ModuleNotFoundError:
        raise SettingError(
            Label("未安装模板组件 docxtpl，不能填写 docx 模板", "docxtpl is not installed, a docx template cannot be filled"),
            where="docx",
            expected=Label("附加组件 report", "the extra 'report'"),
            remedy=Label(
                "执行 pip install 'dafeng[report]'；或不用 --template", "pip install 'dafeng[report]'; or leave out --template"
            ),
        ) from None


def _no_document(part: str) -> SettingError:
    form = "docx" if part == PART else "xlsx"
    return SettingError(
        Label(f"模板不是 {form} 文件，或已损坏", f"the template is no {form} file, or it is damaged"),
        where=form,
        expected=Label(f"用办公软件保存的 .{form}", f"a .{form} saved by an office program"),
        remedy=Label(
            "重新另存为该格式；可用 dafeng report CITY --blank 写出空白模板",
            "save it again in that form; dafeng report CITY --blank writes a template to start from",
        ),
    )


def _unknown(names: Sequence[str], known: Mapping[str, Any]) -> SettingError:
    told = ", ".join(names)
    return SettingError(
        Label(f"模板中有不认识的占位符：{told}", f"the template has placeholders that nobody knows: {told}"),
        where="docx",
        expected=Label("、".join(known), ", ".join(known)),
        remedy=Label(
            "改正或删去这些占位符；数字写作 figure['地址']", "correct or remove them; a figure is written figure['ADDRESS']"
        ),
    )


def _broken(cause: Exception) -> SettingError:
    told = str(cause).splitlines()[0][:200]
    return SettingError(
        Label(f"模板中的占位符写法有误：{told}", f"a placeholder of the template is broken: {told}"),
        where="docx",
        expected=Label("成对的 {{ }} 和 {% %}，且不跨格式断开", "closed {{ }} and {% %}, each written in one go"),
        remedy=Label("在模板中重写该占位符", "write the placeholder anew in the template"),
    )
