"""The frozen copy of the public side: files that any web server can offer, or that open from a folder.

Invariant: everything in it is made from the published document; the folder appears whole or not at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.web.book_words import book_words
from dafeng.web.freeze import LANGUAGES
from dafeng.web.labels import Words
from dafeng.web.links import STATIC
from dafeng.web.public import draw_file, make_part
from dafeng.web.public_links import PublicLinks, plain
from dafeng.web.public_pages import PAGES, Stage, build_article, build_page, render_public
from dafeng.work.publish import Published
from dafeng.work.publish_table import FORMS, make_file
from dafeng.work.right_books import tell_quantity
from dafeng.work.right_register import PublicBook, tell_certificate, tell_public_book

FILES = ("mark.svg", "css/tokens.css", "css/dark.css", "css/public.css", "js/theme.js", "js/public.js")
"""What the public pages need; nothing else of the programme is copied."""


def write_public_site(published: Published, folder: Path, *, books: Sequence[PublicBook] = ()) -> Path:
    """Write the frozen copy of a city's public pages.

    Parameters
    ----------
    published : Published
        The public side of a run.
    folder : Path
        Folder to make; a copy that lies there already is replaced.
    books : sequence of PublicBook, optional
        Books of rights that are public; without any the copy has no registry.

    Returns
    -------
    Path
        The first page.

    Raises
    ------
    SettingError
        If the folder holds something else than such a copy.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "static/css/public.css").is_file():
        raise _occupied(folder)
    made = folder.with_name(f".{folder.name}-new")
    shutil.rmtree(made, ignore_errors=True)
    for name in FILES:
        (made / "static" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(STATIC / name, made / "static" / name)
    for language in LANGUAGES:
        _write_language(made if language == "zh" else made / "en", published, Words(language), books)
    if books:
        told = {"city": published.view["city"]["slug"], "books": [tell_public_book(one) for one in books]}
        (made / "registry.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for form in FORMS:
        (made / f"{published.view['city']['slug']}.{form}").write_bytes(make_file(published, form, "zh"))
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
    return folder / "index.html"


def _write_language(folder: Path, published: Published, words: Words, books: Sequence[PublicBook]) -> None:
    """All pages, figures and data of the indicators in one language."""
    folder.mkdir(parents=True, exist_ok=True)
    links = PublicLinks(published.view["city"]["slug"], frozen=words.language)

    def put(name: str, template: str, page: str, context: dict[str, Any]) -> None:
        shown = {"registry": "registry.html", **context} if books else context
        text = render_public(template, Stage(words, links, published, page, name), shown)
        (folder / name).write_text(text, encoding="utf-8")

    for page in PAGES:
        put(links.page(page), f"public_{page}.html", page, build_page(page, published, words))
    for entry in published.view["indicators"]:
        article = build_article(published, entry, words, links)
        put(links.indicator(entry["id"]), "public_indicator.html", "indicators", article)
        put(links.embed(entry["id"]), "public_embed.html", "indicators", article)
        _write_parts(folder / f"indicator-{plain(entry['id'])}", published, entry, words)
    if books:
        put("registry.html", "public_registry.html", "registry", {
            **book_words(words.language),
            "books": books, "tell": tell_quantity, "public": tell_certificate, "start": 0, "home": "registry.html",
            "named": words.read(published.view["city"]["label"]), "registry_file": f"{links.top}registry.json",
        })  # fmt: skip
    put("explain.html", "public_explain.html", "data", {"rows": [*published.traces.items()], "inputs": None})


def _write_parts(stem: Path, published: Published, entry: Any, words: Words) -> None:
    """Figure and data of one indicator."""
    for form in ("csv", "json"):
        stem.with_name(f"{stem.name}.{form}").write_bytes(make_part(published, entry, form)[0])
    drawn = draw_file(published, entry, words)
    if drawn is not None:
        stem.with_name(f"{stem.name}.svg").write_text(drawn, encoding="utf-8")


def _occupied(folder: Path) -> SettingError:
    return SettingError(
        Label(f"“{folder}”里有别的内容", f"'{folder}' holds something else"),
        where="--out",
        expected=Label("新的或空的文件夹，或以前的公开副本", "a new or empty folder, or an earlier copy"),
        remedy=Label("换一个文件夹；没有删除任何内容", "choose another folder; nothing was removed"),
    )
