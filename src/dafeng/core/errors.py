"""The one tree of errors: what a program, a definition or a caller did wrong.

Invariant: every error says what is wrong, where, what was expected and what to do, in Chinese and
English. Problems *in data* are not errors but rows (``core.findings``).
"""

from __future__ import annotations

from dafeng.core.labels import Label, Language


class DafengError(Exception):
    """Any refusal by ``dafeng``; catch this one to catch them all.

    Parameters
    ----------
    what : Label
        What is wrong, with the offending value quoted.
    where : str
        Place of the fault: file, cell, definition id, option name.
    expected : Label
        What would have been accepted.
    remedy : Label
        What to do now.
    """

    def __init__(self, what: Label, *, where: str, expected: Label, remedy: Label) -> None:
        self.what = what
        self.where = where
        self.expected = expected
        self.remedy = remedy
        super().__init__(self.read("en"))

    def __reduce__(self) -> tuple[object, ...]:
        """Cross a process border whole: what was proven stays where it was proven."""
        return _rebuilt, (type(self), self.what, self.where, self.expected, self.remedy)

    def read(self, language: Language) -> str:
        """Whole message in one language.

        Parameters
        ----------
        language : {"zh", "en"}
            The language wanted.

        Returns
        -------
        str
            ``where: what. expected. remedy.``
        """
        parts = (self.what, self.expected, self.remedy)
        heads = ("", "应为：", "处理：") if language == "zh" else ("", "Expected: ", "Remedy: ")
        joint = "；" if language == "zh" else ". "
        said = joint.join(head + part.read(language).rstrip("。.") for head, part in zip(heads, parts, strict=True))
        return f"{self.where}: {said}{'。' if language == 'zh' else '.'}"


def _rebuilt(kind: type[DafengError], what: Label, where: str, expected: Label, remedy: Label) -> DafengError:
    return kind(what, where=where, expected=expected, remedy=remedy)


class UnitError(DafengError):
    """A unit is unknown, or two quantities do not have the same dimension or species."""


class FormulaError(DafengError):
    """An expression cannot be parsed, uses a forbidden construct, or its units do not agree."""


class DefinitionError(DafengError):
    """A definition file (method, factor, indicator, rule …) breaks its schema."""


class LookupFailure(DafengError):
    """No definition answers the key that was asked for."""


class PurposeError(DafengError):
    """Factors of different purposes were about to be mixed, compared or added."""


class TableError(DafengError):
    """A table does not have the columns it declares."""


class FileRefused(DafengError):
    """A delivered file cannot be read as what it claims to be; nothing of it was kept."""


class CityError(DafengError):
    """A folder is no city, or a city's definition is inconsistent."""


class StoreError(DafengError):
    """The store of facts or records is missing, damaged or of another version."""


class SolveError(DafengError):
    """No solver produced a result that passes its own certificate."""


class AddressError(DafengError):
    """An address does not exist in the run it names."""


class SettingError(DafengError):
    """An option, argument or environment variable has a value that cannot be used."""


class ConflictError(DafengError):
    """Somebody else changed the same thing since it was shown; nothing was overwritten."""


class AccessError(DafengError):
    """Whoever asks is not known, or may not do this."""
