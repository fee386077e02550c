"""Documents under review: their files in the city's folder, and the rows of edits and versions in its records.

Invariant: the files of a review appear together or not at all and are never changed; rows of edits are only added, in order.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dafeng.store.files import sync_folder, write_durably
from dafeng.store.models import PlanEdit, PlanReview, PlanVersion


def keep_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Make a folder with some files, whole or not at all; one that is there already stays as it is.

    Parameters
    ----------
    folder : Path
        The folder; the one around it is made where it is missing.
    contents : mapping of str to bytes
        File name → content.
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in contents.items():
            write_durably(draft / name, content)
        sync_folder(draft)
        try:
            os.rename(draft, folder)
        except OSError:
            if not folder.is_dir():  # another process was first: the same id is the same content
                raise
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def list_reviews(session: Session) -> Sequence[PlanReview]:
    """All documents under review.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    sequence of PlanReview
        The newest first.
    """
    return session.scalars(select(PlanReview).order_by(PlanReview.at.desc(), PlanReview.id)).all()


def find_review(session: Session, name: str) -> PlanReview | None:
    """Review under an id.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    name : str
        Its id.

    Returns
    -------
    PlanReview or None
        ``None`` where there is none.
    """
    return session.get(PlanReview, name)


def list_edits(session: Session, review: str) -> Sequence[PlanEdit]:
    """Edits of a review.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    review : str
        Id of the review.

    Returns
    -------
    sequence of PlanEdit
        In order.
    """
    return session.scalars(select(PlanEdit).where(PlanEdit.review == review).order_by(PlanEdit.serial)).all()


def count_edits(session: Session) -> Mapping[str, int]:
    """Number of edits per review.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    mapping of str to int
        Reviews with at least one.
    """
    rows = session.execute(select(PlanEdit.review, func.count()).group_by(PlanEdit.review))
    return {review: count for review, count in rows}  # noqa: C416 - rows are no plain pairs


def list_versions(session: Session) -> Sequence[PlanVersion]:
    """Confirmed plans.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    sequence of PlanVersion
        The newest first.
    """
    return session.scalars(select(PlanVersion).order_by(PlanVersion.number.desc())).all()
