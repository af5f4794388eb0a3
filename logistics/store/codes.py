"""Codes that no table knew: where they stand, what was decided of them, who must still read them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from logistics.rules.reading import Meanings
from logistics.store.locks import Lock
from logistics.tables import CodeMapping, Officer

LIMIT = 200


@dataclass(frozen=True)
class Decided:
    """One version of a code's meaning, and who decided it."""

    row: CodeMapping
    by: str


@dataclass(frozen=True)
class UnknownCode:
    """A code that a courier used and no table knew. `words`, `dossiers`: a few of each, of those the reader may see.

    `history`: every decision about this very code and detail, the newest first.
    """

    courier: str
    code: str
    detail_code: str
    times: int
    since: datetime
    last: datetime
    dossier_count: int
    words: Sequence[str]
    dossiers: Sequence[str]
    holds: CodeMapping | None
    history: Sequence[Decided]


_UNKNOWN = text("""
    SELECT t.courier, t.code, t.detail_code, count(*) AS times, min(t.received_at) AS since, max(t.received_at) AS last,
        count(DISTINCT t.dossier_id) AS dossier_count, (array_agg(DISTINCT t.text))[1:3] AS words,
        (array_agg(DISTINCT d.no))[1:5] AS dossiers
    FROM tracking t JOIN dossier d ON d.id = t.dossier_id
    WHERE t.milestone = 'unrecognised' AND t.code <> ''
    GROUP BY t.courier, t.code, t.detail_code ORDER BY min(t.received_at) LIMIT :limit""")


def unknown(session: Session, limit: int = LIMIT) -> list[UnknownCode]:
    """Every unknown code in the dossiers the reader may see; those nobody has decided first, then the oldest first."""
    rows = session.execute(_UNKNOWN, {"limit": limit}).mappings().all()
    codes = {(row["courier"], row["code"]) for row in rows}
    decided = session.exec(
        select(CodeMapping, Officer.name)
        .join(Officer, col(Officer.id) == CodeMapping.decided_by)
        .where(col(CodeMapping.code).in_({code for _courier, code in codes}))
        .order_by(col(CodeMapping.id).desc())
    ).all()
    every = [Decided(mapping, name) for mapping, name in decided]
    found = []
    for row in rows:
        own = [
            one
            for one in every
            if (one.row.courier, one.row.code, one.row.detail_code) == (row["courier"], row["code"], row["detail_code"])
        ]
        known = Meanings([one.row for one in every])
        found.append(
            UnknownCode(**row, holds=known.holding(row["courier"], row["code"], row["detail_code"]), history=own)
        )
    return sorted(found, key=lambda one: (one.holds is not None, one.since))


def hold_decisions(session: Session) -> None:
    """Nobody else decides about a code until this transaction has ended."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.CODES.value})


def versions(session: Session, courier: str, code: str, detail_code: str) -> Sequence[CodeMapping]:
    """Every decision about this very code and detail, the oldest first."""
    return session.exec(
        select(CodeMapping)
        .where(CodeMapping.courier == courier, CodeMapping.code == code, CodeMapping.detail_code == detail_code)
        .order_by(col(CodeMapping.version))
    ).all()


def seen(session: Session, courier: str, code: str, detail_code: str) -> bool:
    """Whether a dossier that the reader may see has this unknown code; without a detail, with any."""
    found = session.execute(
        text(
            "SELECT 1 FROM tracking WHERE milestone = 'unrecognised' AND courier = :courier AND code = :code"
            " AND (:detail = '' OR detail_code = :detail) LIMIT 1"
        ),
        {"courier": courier, "code": code, "detail": detail_code},
    )
    return found.first() is not None


_LAGGING = text("""
    SELECT DISTINCT c.no FROM code_mapping m
    JOIN tracking t ON t.milestone = 'unrecognised' AND t.courier = m.courier AND t.code = m.code
        AND m.detail_code IN ('', t.detail_code)
    JOIN consignment c ON c.id = t.consignment_id AND c.read_with < m.id
    JOIN dossier d ON d.id = c.dossier_id AND d.closed_at IS NULL
    ORDER BY c.no LIMIT :limit""")


def lagging(session: Session, limit: int) -> list[str]:
    """Consignments of open dossiers that were last followed before a code of theirs was decided, over all agencies."""
    return [no for (no,) in session.execute(_LAGGING, {"limit": limit})]
