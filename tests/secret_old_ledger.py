"""An old ledger of the sender's: a file under import, a remark, a saved mapping, a record."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from logistics.tables import Dossier, OldLedger, OldLedgerMapping, OldLedgerRemark, OldRecord
from logistics.terms import OldLedgerState, RowVerdict


def kept_before(session: Session, now: datetime, dossier: Dossier) -> None:
    """The sender had an old ledger imported; its words are the dossier's secrets."""
    ours = {"agency_id": dossier.sender_agency_id}
    file = {"file_name": "秘密台账.xlsx", "sha256": "0" * 64, "size_bytes": 17, "head_sealed": "v1:k1:x"}
    made = {"uploaded_at": now, "uploaded_by": dossier.opened_by, "state": OldLedgerState.IMPORTED, "imported_at": now}
    row = OldLedger(**ours, **file, **made)
    session.add(row)
    session.flush()
    of = {"old_ledger_id": row.id or 0, "row_no": 2}
    session.add(OldLedgerRemark(**ours, **of, verdict=RowVerdict.WARNED, words_sealed="v1:k1:x"))
    saved = {"headings": {"case_no": "秘密"}, "saved_at": now, "saved_by": dossier.opened_by}
    session.add(OldLedgerMapping(**ours, name="秘密", **saved))
    words = {"courier": "秘密", "item": "秘密事项", "receiver": "秘密单位", "words_sealed": "v1:k1:x"}
    numbers = {"row_digest": "0" * 64, "case_no": "BJ-SECRET-OLD", "waybill_no": "SECRETOLD1"}
    session.add(OldRecord(**ours, **of, **numbers, **words))
