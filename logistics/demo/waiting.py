"""Who lets a clock wait in the demo: the officer who examines asks, the authority's manager grants."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.demo.town import Town
from logistics.rules.pausing import PauseReason
from logistics.rules.policies import Leg
from logistics.services import pauses
from logistics.tables import Deadline, Dossier
from logistics.terms import Role


@dataclass
class Waiting:
    """The pause of one decision."""

    town: Town
    no: str
    officer: Actor
    _pause: int = field(default=0, init=False)

    def ask(self) -> None:
        """The officer has asked for it."""
        town, words = self.town, "学历信息与登记不一致，已一次性告知申请人补正"
        reason = PauseReason.APPLICANT.value
        asked = pauses.ask_pause(town.app, self.officer, town.click(), self._deadline, reason, words)
        self._pause = int(asked["pause"])

    def grant(self) -> None:
        """The clock stands still."""
        pauses.approve(self.town.app, self._manager, self.town.click(), self._pause)

    def run_on(self) -> None:
        """The applicant has mended it, and the clock runs on."""
        pauses.resume(self.town.app, self.officer, self.town.click(), self._deadline)

    @property
    def _deadline(self) -> int:
        with Session(self.town.system.engine) as session:
            of = select(Deadline.id).join(Dossier, col(Dossier.id) == Deadline.dossier_id)
            return session.exec(of.where(Dossier.no == self.no, Deadline.leg == Leg.CHECKED_TO_DECISION)).one() or 0

    @property
    def _manager(self) -> Actor:
        """One who may act as manager for the officer's agency, and is another person."""
        for one in self.town.people.values():
            mine = self.officer.agency_id in one.agencies
            if Role.MANAGER in one.roles and mine and one.officer_id != self.officer.officer_id:
                return one
        raise LookupError(f"nobody manages {self.officer.agency}")
