"""Definition files read into their forms, refused with the place of what breaks them.

Invariant: what is returned keeps its form; nothing is filled in that a file does not say, save stated defaults.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dafeng.core.labels import Label
from dafeng.library.strict import read_yaml, refusal

T = TypeVar("T", bound=BaseModel)


def read_form(path: Path, form: type[T]) -> T:
    """A definition file in its form.

    Parameters
    ----------
    path : Path
        The file.
    form : type
        What it must be.

    Returns
    -------
    BaseModel
        The content.

    Raises
    ------
    DefinitionError
        With file, line and column of what is wrong.
    """
    read = read_yaml(path)
    try:
        return form.model_validate(read.value)
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise refusal(
            read.at(*first["loc"]),
            f"“{where}”写法不成立：{first['msg']}",
            f"'{where}' does not hold: {first['msg']}",
            expected=Label("文档所列的字段和写法", "the fields and spellings that the documentation lists"),
        ) from cause
