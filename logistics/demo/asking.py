"""Who asks whom in the demo: whoever packed answers differences; managers order answers and get them, or wait."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.demo.town import Town
from logistics.rules import answering
from logistics.services import answers, supervision
from logistics.services.supervision import NewOrder
from logistics.tables import Deadline, Dossier
from logistics.terms import Cause, DiscrepancyKind, Urgency

ANSWERS = {
    DiscrepancyKind.DAMAGED: (Cause.COURIER, "装封时完好并有照片，折痕应为途中挤压"),
    DiscrepancyKind.SEAL: (Cause.RECORD, "窗口登记封签号时抄错一位，实物照片号码与到件一致"),
    DiscrepancyKind.MISSING: (Cause.OURS, "原件压在申请表下漏装，已找到，当日补寄"),
}


@dataclass(frozen=True)
class Asking:
    """One dossier in which somebody is asked: by the manager, the window that sends answers."""

    town: Town
    no: str
    window: Actor
    manager: Actor

    def answer_differences(self) -> None:
        """The window has said what it found out about each difference of the opening."""
        for one in self.town.open_differences(self.no):
            if one.kind in answering.AT_THE_OPENING:
                cause, words = ANSWERS[one.kind]
                town = self.town
                answers.answer_discrepancy(town.app, self.window, town.click(), self.no, one.id or 0, words, cause)

    def order_about_the_missing_one(self) -> str:
        """The manager wants to know today what became of it; the order's number."""
        missing = next(one for one in self.town.open_differences(self.no) if one.kind is DiscrepancyKind.MISSING)
        reason, demand = "原件寄丢一件，申请人已来电询问", "今天查清原件在哪里；能补寄的当天补寄"
        return self._order(NewOrder(self._hall, reason, demand, Urgency.URGENT, discrepancy=missing.id))

    def order_about_the_forgotten_one(self) -> str:
        """The manager wants to know why nothing was sent; the order's number."""
        with Session(self.town.system.engine) as session:
            of = select(Deadline.id).join(Dossier, col(Dossier.id) == Deadline.dossier_id)
            deadline = session.exec(of.where(Dossier.no == self.no).order_by(col(Deadline.id))).first()
        reason, demand = "受理后迟迟没有寄出", "今天装封寄出；说明为什么没有按时寄、谁负责"
        return self._order(NewOrder(self._hall, reason, demand, deadline=deadline))

    def sign(self, order: str) -> None:
        """The window has the order."""
        supervision.sign(self.town.app, self.window, self.town.click(), order)

    def answer(self, order: str) -> None:
        """The window says what was done."""
        words, measures = "原件在窗口抽屉找到，系装封时漏装，今日补寄", "装封时两人核对清单并拍照"
        supervision.answer(self.town.app, self.window, self.town.click(), order, words, Cause.OURS, measures)

    def accept(self, order: str) -> None:
        """The manager is content."""
        supervision.accept(self.town.app, self.manager, self.town.click(), order, "同意，本月复查一次")

    @property
    def _hall(self) -> int:
        return self.window.agency_id or 0

    def _order(self, new: NewOrder) -> str:
        done = supervision.order(self.town.app, self.manager, self.town.click(), self.no, new)
        return str(done["supervision"])
