"""Applicants' ratings of halls, with the reader's eyes (row-level security)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from logistics.rules.inquiry import RATING
from logistics.rules.ratings import Rated
from logistics.tables import ApplicantWord, Dossier, ServiceItem

MOST = 40_000
"""So many ratings one page is made of at most; who asks for more is asked for a shorter period."""


class TooMany(Exception):
    """More than one page is made of."""


_RATED: tuple[Any, ...] = (
    col(Dossier.no), col(Dossier.sender_agency_id), col(ServiceItem.name), col(ApplicantWord.stars),
    col(ApplicantWord.reasons), col(ApplicantWord.words_sealed) != "", col(ApplicantWord.said_at),
)  # fmt: skip


def of_halls(session: Session, halls: Collection[int], span: tuple[datetime, datetime]) -> list[Rated]:
    """Ratings given in that time to the halls that took the originals in, the newest first: what the other party of a
    dossier is rated for is not its affair. Raises `TooMany`.
    """
    begin, end = span
    rows = session.execute(
        select(*_RATED)
        .join(Dossier, col(Dossier.id) == ApplicantWord.dossier_id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .where(col(ApplicantWord.key) == RATING, col(Dossier.sender_agency_id).in_(halls))
        .where(col(ApplicantWord.said_at) >= begin, col(ApplicantWord.said_at) < end)
        .order_by(col(ApplicantWord.said_at).desc(), col(ApplicantWord.id).desc())
        .limit(MOST + 1)
    ).all()
    if len(rows) > MOST:
        raise TooMany
    return [Rated._make(row) for row in rows]
