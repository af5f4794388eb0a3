"""Stories of one envelope, told by the verbs, up to the point where a page takes over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, select

from couriers.contract import Booking, Milestone, TrackingEvent
from logistics.actor import Actor
from logistics.services import dispatch, dossiers, tracking
from logistics.services.dossiers import NewOriginal
from logistics.store import find, ledger
from logistics.tables import Discrepancy, LedgerEntry
from logistics.terms import Direction, Form, Secrecy
from tests import builders

WAYBILL = "1234567890123"

PAPERS = (
    ("毕业证书", "普通高等学校毕业证书", "107121201905001234", "示例大学", "王𠮷", 1),
    ("学位证书", "学士学位证书", "1071242019001234", "示例大学", "王𠮷", 1),
    ("成绩单", "本科学习成绩单", "JW-2019-00871", "示例大学教务处", "王𠮷", 4),
)


@dataclass
class Hall:
    """The house with one story going on."""

    house: builders.House
    dossier: str = ""
    envelope: str = ""
    codes: tuple[str, ...] = ()
    seal: str = ""

    def listed(self, count: int = 3) -> Hall:
        """A dossier whose originals lie at the window."""
        web, window = self.house.web, self.house.window
        self.dossier = builders.opened(self.house)
        self.codes = tuple(
            str(dossiers.list_original(web, window, self.house.command(), self.dossier, _new(one))["original"])
            for one in PAPERS[:count]
        )
        return self

    def sent(self, seal: str = "XN-004512", codes: tuple[str, ...] | None = None, waybill: str = WAYBILL) -> Hall:
        """An envelope with everything in it is booked and on its way to the authority."""
        self._pack(self.house.window, seal, codes or self.codes, Direction.OUTBOUND)
        dispatch.record_booking(self.house.system, self.envelope, Booking(waybill, "R1", destination_name="长沙"))
        self.house.clock.advance(hours=2)
        return self.heard("203", Milestone.PICKED_UP, "已收件", "咸宁揽投部", waybill=waybill)

    def _pack(self, who: Actor, seal: str, codes: tuple[str, ...], direction: Direction) -> None:
        web, command = self.house.web, self.house.command
        made = dispatch.start_consignment(web, who, command(), self.dossier, direction)
        self.envelope, self.seal = str(made["consignment"]), seal
        for code in codes:
            dispatch.pack(web, who, command(), self.envelope, code)
        dispatch.seal(web, who, command(), self.envelope, seal)
        dispatch.dispatch(web, who, command(), self.envelope, "ems")

    def sent_back(self, seal: str = "FR-000077", waybill: str = "1234567890999") -> Hall:
        """Everything is on its way back to the hall."""
        self._pack(self.house.receiver, seal, self.codes, Direction.RETURN)
        dispatch.record_booking(self.house.system, self.envelope, Booking(waybill, "R1"))
        self.house.clock.advance(hours=2)
        return self.heard("203", Milestone.PICKED_UP, "已收件", "长沙芙蓉", waybill=waybill)

    def heard(
        self, code: str, milestone: Milestone, words: str, place: str, ago: float = 0.1, source: str = "push",
        waybill: str = WAYBILL,
    ) -> Hall:  # fmt: skip
        """The courier says something that happened `ago` hours before now."""
        now = self.house.clock()
        event = TrackingEvent(waybill, milestone, None, code, "", words, now - timedelta(hours=ago), place, None, "ems")
        digest = hashlib.sha256(words.encode()).hexdigest()
        tracking.absorb(self.house.system, "ems", [event], source, digest, now)
        return self

    def delivered(self) -> Hall:
        """The courier says: delivered."""
        self.house.clock.advance(hours=20)
        self.heard("704", Milestone.DELIVERED, "投递成功,收发室签收", "长沙芙蓉投递部", waybill=self.waybill())
        self.house.clock.advance(hours=1)
        return self

    def waybill(self) -> str:
        """The number of the envelope in hand."""
        return self.house.consignment(self.envelope).waybill_no

    def whole(self) -> find.Whole:
        """Everything of the dossier, as the system sees it."""
        with Session(self.house.system.engine) as session:
            found = find.whole(session, find.dossier_by_no(session, self.dossier))
            session.expunge_all()
            return found

    def outcomes(self) -> dict[str, str]:
        """What the envelope's lines were counted as, by original's title."""
        whole = self.whole()
        titles = {one.id: one.title for one in whole.originals}
        no = next(one.id for one in whole.consignments if one.no == self.envelope)
        return {titles[line.original_id]: line.outcome.value for line in whole.packed if line.consignment_id == no}

    def open_differences(self) -> list[Discrepancy]:
        """Those nobody settled."""
        return [row for row in self.whole().discrepancies if row.settled_at is None]

    def entries(self, what: str) -> list[LedgerEntry]:
        """The chain's entries of one kind."""
        return [row for row in self.whole().entries if row.what == what]

    def checkpoint(self) -> None:
        """The log is extended and its head signed."""
        with Session(self.house.system.engine) as session, session.begin():
            ledger.sign_head(session, self.house.system.signing_key, self.house.clock())

    def count(self) -> int:
        """How many entries the whole ledger has."""
        with Session(self.house.system.engine) as session:
            return len(session.exec(select(LedgerEntry.id)).all())


def _new(one: tuple[str, str, str, str, str, int]) -> NewOriginal:
    kind, title, number, issuer, holder, pages = one
    return NewOriginal(kind, title, number, issuer, holder, pages, 1, Form.ORIGINAL, True, True, Secrecy.NONE, False)
