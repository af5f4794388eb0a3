"""What sealing reads and counts: dossiers that wait for their package, their evidence in the log, raw messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from logistics.archive.contents import CLOSED, LeafProof, RawMessage, Witness, printed_heads
from logistics.errors import Rejected
from logistics.rules import merkle
from logistics.rules.chain import Entry
from logistics.store import ledger
from logistics.store.find import Whole
from logistics.store.packed import unpack
from logistics.tables import (
    Agency,
    Checkpoint,
    Dossier,
    Exchange,
    FilingCounter,
    InboxMessage,
    LedgerEntry,
    LogLeaf,
    Paper,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A closed dossier that has no package yet, and why. `missing` is `fonds_no` or `checkpoint`."""

    dossier_no: str
    agency_id: int
    agency: str
    missing: str

    @property
    def zh(self) -> str:
        """Why it waits and what to do."""
        if self.missing == "fonds_no":
            return (
                f"{self.agency}没有全宗号，不能归档。请向同级档案馆取得全宗号，由系统管理员用名录文件导入（fonds_no）。"
            )
        return "等待下一个签名检查点，稍后自动归档。"

    @property
    def en(self) -> str:
        """The same in English."""
        if self.missing == "fonds_no":
            return (
                "The agency has no fonds number: get it from the archive and import it with the directory (fonds_no)."
            )
        return "It waits for the next signed checkpoint and is sealed then."


def ready(session: Session, limit: int) -> list[str]:
    """Closed dossiers without a package whose agency has a fonds number and whose closing entry stands under a signed
    head; oldest first.
    """
    head = ledger.newest_checkpoint(session)
    if head is None:
        return []
    rows = session.exec(
        select(Dossier.no)
        .join(LedgerEntry, col(LedgerEntry.dossier_id) == Dossier.id)
        .join(LogLeaf, col(LogLeaf.entry_id) == LedgerEntry.id)
        .join(Agency, col(Agency.id) == Dossier.sender_agency_id)
        .where(LedgerEntry.what == CLOSED, LogLeaf.leaf < head.size, Agency.fonds_no != "")
        .where(LedgerEntry.at == Dossier.closed_at)  # not an earlier closing that was taken back
        .where(col(Dossier.closed_at).is_not(None), col(Dossier.id).not_in(_packaged()))
        .order_by(col(Dossier.closed_at))
        .limit(limit)
    )
    return list(rows)


def waiting(session: Session, limit: int = 200) -> list[Waiting]:
    """Closed dossiers without a package, as far as the reader may see them, oldest first, each with the reason."""
    rows = session.exec(
        select(Dossier.no, Agency.id, Agency.name, Agency.fonds_no)
        .join(Agency, col(Agency.id) == Dossier.sender_agency_id)
        .where(col(Dossier.closed_at).is_not(None), col(Dossier.id).not_in(_packaged()))
        .order_by(col(Dossier.closed_at))
        .limit(limit)
    )
    return [Waiting(no, id_ or 0, name, "checkpoint" if fonds_no else "fonds_no") for no, id_, name, fonds_no in rows]


def _packaged() -> Any:
    return select(Paper.dossier_id).where(Paper.kind == "package")


def next_number(session: Session, fonds_no: str, year: int, retention: str) -> int:
    """The next 件号; its row stays locked until commit, so a number whose package was not stored is given again."""
    row = insert(FilingCounter).values(fonds_no=fonds_no, year=year, retention=retention, last=1)
    row = row.on_conflict_do_update(
        index_elements=["fonds_no", "year", "retention"], set_={"last": col(FilingCounter.last) + 1}
    )
    return int(session.execute(row.returning(col(FilingCounter.last))).scalar_one())


def chain_until_closed(session: Session, dossier: Dossier) -> list[Entry]:
    """The chain up to its last closing entry; what came later (a late scan) stays in the ledger, outside the package.

    Empty while the dossier is open. One that was closed twice was opened again in between.
    """
    entries = ledger.entries(session, dossier) if dossier.closed_at is not None else []
    last = max((index for index, entry in enumerate(entries) if entry.what == CLOSED), default=-1)
    return entries[: last + 1]


def proofs(session: Session, dossier: Dossier, count: int, head: Checkpoint) -> list[LeafProof]:
    """The inclusion proofs of the first `count` entries under the head. Raises `Rejected` ("not_ready")."""
    leaves = [(seq, leaf) for seq, leaf in ledger.leaves_of(session, dossier) if seq <= count and leaf < head.size]

    def of_all(get: merkle.Get) -> list[LeafProof]:
        return [LeafProof(seq, leaf, merkle.inclusion(leaf, head.size, get)) for seq, leaf in leaves]

    found = of_all(ledger.fetched(session, of_all))
    if len(found) != count:
        raise Rejected("留痕尚未全部签名，稍后自动归档。", "The chain is not wholly signed yet.", "not_ready")
    return found


def witnesses(session: Session, entries: Sequence[Entry], head: Checkpoint) -> list[Witness]:
    """Every head that was printed on a paper, with the proof that the signed one continues it."""
    printed = sorted(printed_heads(entries))

    def of_all(get: merkle.Get) -> list[Witness]:
        return [Witness(size, root, merkle.consistency(size, head.size, get)) for size, root in printed]

    return of_all(ledger.fetched(session, of_all))


def raw_messages(session: Session, whole: Whole) -> dict[str, RawMessage]:
    """Every message an event of this dossier was read from, and every answer of a courier about it, by SHA-256."""
    wanted = {row.raw_sha256 for row in whole.tracking}
    pushes = session.exec(select(InboxMessage).where(col(InboxMessage.body_sha256).in_(wanted)))
    answers = session.exec(select(Exchange).where(Exchange.dossier_id == whole.dossier.id).order_by(col(Exchange.id)))
    courier = {one.id: one.courier for one in whole.consignments}
    speaker = {row.raw_sha256: row.courier for row in whole.tracking}
    found = {
        row.body_sha256: RawMessage(unpack(row.body, row.packed), row.received_at, row.courier, "push")
        for row in pushes
    }
    for row in answers:
        body = unpack(row.body, row.packed)
        said_by = speaker.get(row.sha256, courier.get(row.consignment_id, ""))  # an aggregator, where it was asked
        found.setdefault(row.sha256, RawMessage(body, row.received_at, said_by, row.operation))
    for event in whole.tracking:
        if event.raw_sha256 not in found:
            raise LookupError(f"tracking event {event.id} has lost its raw message {event.raw_sha256}")
    return found
