"""What the numbers on our papers name: one question to the database, answered with the reader's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import text
from sqlmodel import Session, col, select

from logistics.rules import numbers
from logistics.rules.inquiry import typed
from logistics.rules.numbers import Reading
from logistics.store.crypto import Keyring
from logistics.store.inquiry import CODE
from logistics.tables import Original

DOCUMENT = "original_number"
"""The column by which digests of documents' own numbers are made."""

TELLING = 4
"""A document's number shorter than so many signs names nothing by itself: every second passport has a page 12."""


@dataclass(frozen=True)
class Found:
    """What a scanned or typed number is: `kind` is dossier, case, consignment, waybill, seal, original, paper, document
    (its own number), receipt, package, report; without a dossier: order, list, batch, item, record (of an old ledger,
    `no` is its id; only where nothing else has the number). `no` is the number as it stands there, `at` since when;
    `is_open`: the envelope, or else the dossier, is not over.
    """

    kind: str
    dossier_no: str
    consignment_no: str | None = None
    no: str = ""
    at: datetime | None = None
    is_open: bool = True


_SQL = text("""
    SELECT 1 AS place, 'dossier' AS kind, d.no AS dossier, NULL AS envelope, d.no AS no, d.opened_at AS at,
        d.closed_at IS NULL AS is_open
    FROM dossier d WHERE d.no = ANY(:numbers)
    UNION ALL SELECT 2, 'case', d.no, NULL, d.case_no, d.opened_at, d.closed_at IS NULL
    FROM dossier d WHERE d.case_no = ANY(:written)
    UNION ALL SELECT CASE WHEN c.no = ANY(:numbers) THEN 3 WHEN c.waybill_no = ANY(:numbers) THEN 4 ELSE 5 END,
        CASE WHEN c.no = ANY(:numbers) THEN 'consignment' WHEN c.waybill_no = ANY(:numbers) THEN 'waybill' ELSE 'seal'
        END, d.no, c.no, c.no, c.created_at, c.stage NOT IN ('received', 'voided')
    FROM consignment c JOIN dossier d ON d.id = c.dossier_id
    WHERE c.no = ANY(:numbers) OR c.waybill_no = ANY(:numbers) OR c.seal_no = ANY(:numbers)
    UNION ALL SELECT 6, 'original', d.no, NULL, o.code, o.listed_at, d.closed_at IS NULL
    FROM original o JOIN dossier d ON d.id = o.dossier_id WHERE o.code = ANY(:numbers)
    UNION ALL SELECT 7, 'paper', d.no, c.no, p.no, p.made_at, d.closed_at IS NULL
    FROM dossier d JOIN paper p ON p.dossier_id = d.id LEFT JOIN consignment c ON c.id = p.consignment_id
    WHERE d.no = ANY(:dossiers) AND p.no = ANY(:numbers)
    UNION ALL SELECT 8, CASE WHEN e.what LIKE 'consignment:b%' OR e.what LIKE 'w%' THEN 'waybill' ELSE 'seal' END,
        d.no, e.facts ->> 'consignment', e.number, e.at, false
    FROM ledger_entry e JOIN dossier d ON d.id = e.dossier_id WHERE e.number = ANY(:numbers)
    UNION ALL SELECT 9, 'document', d.no, NULL, o.title, o.listed_at, d.closed_at IS NULL
    FROM original o JOIN dossier d ON d.id = o.dossier_id WHERE o.number_digest = ANY(:documents)
    UNION ALL SELECT 10, 'receipt', d.no, NULL, d.no, i.made_at, d.closed_at IS NULL
    FROM inquiry_code i JOIN dossier d ON d.id = i.dossier_id WHERE i.code_digest = ANY(:receipts)
    UNION ALL SELECT 11, 'package', d.no, NULL, k.archival_code, k.sealed_at, d.closed_at IS NULL
    FROM kept_package k JOIN dossier d ON d.id = k.dossier_id
    WHERE k.archival_code = ANY(:codes) OR k.record_no = ANY(:codes)
    UNION ALL SELECT 12, 'report', d.no, NULL, d.no, k.at, d.closed_at IS NULL
    FROM package_check k JOIN dossier d ON d.id = k.dossier_id
    WHERE :report <> '' AND k.report_sha256 >= :report AND k.report_sha256 <= :report || 'g'
    UNION ALL SELECT 13, 'order', '', NULL, s.no, s.ordered_at, true FROM supervision s WHERE s.no = ANY(:numbers)
    UNION ALL SELECT 14, 'list', '', NULL, l.no, l.made_at, true FROM handover_list l WHERE l.no = ANY(:numbers)
    UNION ALL SELECT 15, 'batch', '', NULL, b.no, b.made_at, true FROM transfer_batch b WHERE b.no = ANY(:numbers)
    UNION ALL SELECT 16, 'record', '', NULL, r.id::text, r.sent_on, r.signed_on IS NULL FROM old_record r
    WHERE r.withdrawn_at IS NULL AND (r.case_no = ANY(:written) OR r.waybill_no = ANY(:numbers))
    ORDER BY place, is_open DESC, at DESC, dossier DESC
    LIMIT 60
""")


def known(session: Session, line: str, keyring: Keyring | None = None) -> list[Found]:
    """Everything the reader may see under this number, likeliest first, each place once; empty for nothing.

    Without a `keyring` documents' own numbers and codes of receipts are not looked for: their digests need it.
    """
    read = numbers.read(line)
    if not read.numbers and not read.digest:
        return []
    found: dict[tuple[str, str | None, str], Found] = {}
    for _place, kind, dossier, envelope, no, at, is_open in session.execute(_SQL, _asked(line, read, keyring)):
        place = (dossier, envelope, "" if dossier else no)
        found.setdefault(place, Found(kind, dossier, envelope, no, at, is_open))
    seen = [one for one in found.values() if one.kind != "record"]  # what the system saw itself comes first
    return seen or list(found.values())


def _asked(line: str, read: Reading, keyring: Keyring | None) -> dict[str, object]:
    documents, receipts = [], []
    if keyring is not None and not read.qr:
        documents = [_digest(keyring, one) for one in (line, *read.numbers) if len(numbers.folded(one)) >= TELLING]
        receipts = [keyring.digest(typed(one), CODE) for one in read.numbers]
    return {
        "numbers": list(read.numbers),
        "written": list(read.written),
        "dossiers": [one for number in read.numbers for one in _heads(number)],
        "codes": [*read.numbers, *(one.replace(".", "·") for one in read.numbers)],
        "documents": documents,
        "receipts": receipts,
        "report": read.digest if read.qr == "4" else "",
    }


def _heads(number: str) -> list[str]:
    """Dossiers whose paper this number may be: it begins with theirs."""
    parts = number.split("-")
    return ["-".join(parts[:count]) for count in range(1, len(parts))]


def by_code(session: Session, code: str) -> Found | None:
    """The one thing of a dossier that the reader may see under this number: an open one before one that is over, the
    newest where a number was used again; None for nothing.

    A QR of ours reads `YD1|<kind>|<number>|…`, that of an applicant's receipt `…/i/<number>/<key>`: only the number
    counts here.
    """
    return next((one for one in known(session, code) if one.kind in _OF_A_DOSSIER), None)


_OF_A_DOSSIER = frozenset({"dossier", "case", "consignment", "waybill", "seal", "original", "paper"})


def _digest(keyring: Keyring, number: str) -> str:
    return keyring.digest(numbers.folded(number), DOCUMENT)


def digest_of(keyring: Keyring, number: str) -> str:
    """By what a document's own number is found; empty where it is too short to name anything."""
    return _digest(keyring, number) if len(numbers.folded(number)) >= TELLING else ""


def digest_some(session: Session, keyring: Keyring, after: int, limit: int) -> list[int] | None:
    """Originals listed before their numbers could be found get their digest, up to `limit` with an id above `after`;
    the ids looked at in order, None when there is none left."""
    rows = session.exec(
        select(Original)
        .where(col(Original.number_digest) == "", col(Original.id) > after)
        .order_by(col(Original.id))
        .limit(limit)
    ).all()
    for row in rows:
        row.number_digest = digest_of(keyring, keyring.unseal(row.number_sealed, f"original:{row.code}:number"))
        session.add(row)
    return [cast(int, row.id) for row in rows] or None
