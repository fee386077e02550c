"""What was wrong with a part of a request, in both languages.

Invariant: a kind of error without words of its own is told in general in Chinese and as the checker says it in English; the
value that was sent is never repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dafeng.core.labels import Label
from dafeng.web.labels import read_labels

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "missing",
        "extra_forbidden": "extra",
        **dict.fromkeys(("string_type", "string_unicode"), "text"),
        **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "whole"),
        **dict.fromkeys(("float_type", "float_parsing", "finite_number", "decimal_type", "decimal_parsing"), "number"),
        **dict.fromkeys(("bool_type", "bool_parsing"), "truth"),
        **dict.fromkeys(("list_type", "tuple_type", "set_type"), "list"),
        **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "mapping_type"), "fields"),
        **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "date"),
        **dict.fromkeys(("literal_error", "enum"), "choice"),
        "string_too_long": "long",
        "string_too_short": "short",
        "string_pattern_mismatch": "pattern",
        "too_long": "many",
        "too_short": "few",
        "greater_than": "above",
        "greater_than_equal": "least",
        "less_than": "below",
        "less_than_equal": "most",
        "json_invalid": "json",
    }
)
"""Kind of an error → its words under ``misread``."""


def tell_places(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Parts of a request that could not be read.

    Parameters
    ----------
    errors : sequence of mapping
        Place (``loc``), kind (``type``), values of its words (``ctx``) and text (``msg``) of each.

    Returns
    -------
    list of dict
        ``at`` with dots between the parts, and ``says`` in both languages.
    """
    return [{"at": ".".join(map(str, one["loc"])), "says": _both(say_misread(one))} for one in errors]


def say_misread(error: Mapping[str, Any]) -> Label:
    """What is wrong with a part of a request.

    Parameters
    ----------
    error : mapping
        As `tell_places` has it.

    Returns
    -------
    Label
        In both languages.
    """
    found = read_labels().get(f"misread.{_KINDS.get(error.get('type', ''), '')}")
    if found is None:
        return Label(read_labels()["misread.other"].zh, str(error["msg"]))
    values = {name: str(value) for name, value in (error.get("ctx") or {}).items()}
    zh = {**values, "expected": values.get("expected", "").replace(" or ", " 或 ")}
    return Label(found.zh.format_map(zh), found.en.format_map(values))


def _both(said: Label) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
