"""How one case of the demo is played, act by act: each story says when its next act is, then does it."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Generator, Iterator
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from couriers.contract import Reason
from couriers.sandbox.scans import Kind
from logistics.actor import Actor
from logistics.demo import neighbours
from logistics.demo.asking import Asking
from logistics.demo.cases import BDC, HOLDERS, ITEMS, LANES, XL, Case, Plot
from logistics.demo.pens import pen
from logistics.demo.rating import rate
from logistics.demo.signing import sign
from logistics.demo.town import SEED, Town
from logistics.demo.waiting import Waiting
from logistics.rules.policies import Leg
from logistics.rules.workdays import (
    CHINA,
    USUAL_HOURS,
    add_working_minutes,
    china_date,
    is_workday,
    next_working_moment,
    state_calendar,
)
from logistics.services import deadlines, dispatch, dossiers, milestones, receipt, tracking
from logistics.tables import Deadline, Dossier, Material
from logistics.terms import (
    DecisionResult,
    Direction,
    DiscrepancyKind,
    Form,
    Mode,
    Outcome,
    Resolution,
    Secrecy,
    SignatureKind,
    SigningRole,
)

Act = Generator[datetime, None, None]
OPENING = time(9, 0)
PAUSES = (Plot.PAUSED, Plot.PAUSED_STILL, Plot.PAUSE_ASKED)
AGENT = dossiers.Person("柯文静", "421200198805060026", "13000099001")
DAY_MINUTES = 7 * 60  # of work
OUT, BACK = Direction.OUTBOUND, Direction.RETURN
ISSUERS = {"毕业证书": "示例大学", "学位证书": "示例大学", "成绩单": "示例大学教务处", "婚姻登记证": "示例区民政局"}
SIGNED_FORM = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)  # stands for the photo: one white point
OFFICIAL = "机关推荐函"  # 国家机关公文


def accepted_at(end: datetime, case: Case, number: int) -> datetime:
    """When the window took the case in: on a working day, in working time, before `end`."""
    dice = random.Random(SEED + number)  # noqa: S311 - a play's dice, no secret
    calendar, day, left = state_calendar(), china_date(end), case.days_ago
    while True:
        opening = datetime.combine(day, OPENING, CHINA)
        if is_workday(calendar, day) and opening < end:
            if left == 0:
                break
            left -= 1
        day -= timedelta(days=1)
    wanted = add_working_minutes(calendar, USUAL_HOURS, opening, dice.randrange(10, DAY_MINUTES - 60)).due_at
    return min(wanted, opening + (end - opening) * 0.5)


class Story:
    """One case from the window to wherever it stands. `told` yields the moment of each next act."""

    def __init__(self, town: Town, case: Case, number: int) -> None:
        self._town, self._case, self._number = town, case, number
        self._lane = (LANES | neighbours.LANES)[case.lane]
        self._dice = random.Random(SEED * 1000 + number)  # noqa: S311 - a play's dice, no secret
        self._no = ""
        self._codes: list[str] = []
        self._seals = 0
        self._envelope = self._waybill = ""

    def told(self) -> Iterator[datetime]:
        """The whole story; it ends where its plot leaves it."""
        self._accept()
        if self._plot is Plot.FORGOTTEN:
            yield self._after(2 * DAY_MINUTES + 90)
            self._asking.order_about_the_forgotten_one()
            return
        if self._plot is Plot.WAIVED:
            yield from self._be_waived()
        yield from self._to_the_authority()
        if self._case.stars:
            yield self._hours(self._dice.randrange(2, 60))
            rate(self._town, self._no, self._plot, self._case.stars)

    def call_in_vain(self) -> None:
        """The case is taken in, sealed and sent; the courier has not been asked yet."""
        self._accept()
        no = self._pack(OUT, self._codes)
        dispatch.dispatch(self._town.app, self._window, self._town.click(), no, "ems")

    @property
    def _plot(self) -> Plot:
        return self._case.plot

    @property
    def _holder(self) -> str:
        return self._case.holder or HOLDERS[self._number % len(HOLDERS)]

    @property
    def _asking(self) -> Asking:
        return Asking(self._town, self._no, self._window, self._town.people[self._lane.manager])

    @property
    def _window(self) -> Actor:
        return self._town.people[self._lane.window]

    @property
    def _receiver(self) -> Actor:
        return self._town.people[self._lane.receiver]

    def _work(self, low: int, high: int) -> datetime:
        """After so many minutes of work, never in the night."""
        minutes = self._dice.randrange(low, high)
        due = add_working_minutes(state_calendar(), USUAL_HOURS, self._town.clock(), minutes).due_at
        return next_working_moment(state_calendar(), USUAL_HOURS, due)

    def _days(self, low: float, high: float) -> datetime:
        return self._work(int(low * DAY_MINUTES), int(high * DAY_MINUTES))

    def _after(self, minutes: int) -> datetime:
        """After just so many minutes of work."""
        due = add_working_minutes(state_calendar(), USUAL_HOURS, self._town.clock(), minutes).due_at
        return next_working_moment(state_calendar(), USUAL_HOURS, due)

    def _hours(self, hours: float) -> datetime:
        """After so many hours, by day and night."""
        return self._town.clock() + timedelta(hours=hours, minutes=self._dice.randrange(0, 25))

    def _accept(self) -> None:
        town, item_code = self._town, ITEMS.get(self._case.lane, (XL, BDC))[self._case.item]
        agreement, item = town.ids(self._lane.agreement, item_code)
        holder, today = self._holder, china_date(town.clock())
        born = 1970 + self._number % 30
        person = dossiers.Person(holder, f"421200{born}0101{self._number:04d}", f"130000{self._number:05d}")
        new = dossiers.NewDossier(
            agreement,
            item,
            f"{self._lane.seal}{today:%Y%m%d}{self._number + 1:04d}",
            Mode.ACCEPT_ELSEWHERE if self._number % 3 else Mode.JOINT,
            person,
            AGENT if self._case.agent else None,
            hashlib.sha256(f"示例寄递同意书 {self._number}".encode()).hexdigest(),
            today,
        )
        self._no = str(dossiers.open_dossier(town.app, self._window, town.click(), new)["dossier"])
        for seq, material in enumerate(town.wanted(item)[: self._case.wants or None], start=1):
            original = self._original(material, holder, seq)
            made = dossiers.list_original(town.app, self._window, town.click(), self._no, original)
            self._codes.append(str(made["original"]))

    def _original(self, material: Material, holder: str, seq: int) -> dossiers.NewOriginal:
        return dossiers.NewOriginal(
            kind=material.name,
            title=material.name,
            number=f"YL-{self._number:03d}-{seq}",
            issuer=ISSUERS.get(material.name, "示例发证机关"),
            holder_name=holder,
            pages=self._dice.randrange(1, 6),
            copies=1,
            form=Form.ORIGINAL,
            irreplaceable=material.name != "成绩单",
            must_return=not self._case.stays,
            secrecy=Secrecy.NONE,
            official_document=material.name == OFFICIAL,
            material_id=material.id,
        )

    def _be_waived(self) -> Act:
        """The applicant went home for a paper; the manager waives the hall's first deadline."""
        yield self._days(2.5, 3)
        town = self._town
        with Session(town.system.engine) as session:
            deadline = session.exec(
                select(Deadline.id)
                .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
                .where(Dossier.no == self._no, Deadline.key == Leg.ACCEPT_TO_DISPATCH)
            ).one()
        manager = town.people[self._lane.manager]
        deadlines.waive(
            town.app, manager, town.click(), self._no, deadline or 0, "申请人回原籍补开证明，已电话约定周五再来"
        )

    def _pack(self, direction: Direction, codes: list[str]) -> str:
        town = self._town
        who = self._window if direction is OUT else self._receiver
        no = str(dispatch.start_consignment(town.app, who, town.click(), self._no, direction)["consignment"])
        for code in codes:
            dispatch.pack(town.app, who, town.click(), no, code)
        dispatch.seal(town.app, who, town.click(), no, self._seal(direction))
        return no

    def _seal(self, direction: Direction) -> str:
        self._seals += 1
        return f"{self._lane.seal if direction is OUT else self._lane.back}-{self._number + 1:04d}{self._seals:02d}"

    def _send(self, direction: Direction, codes: list[str]) -> Generator[datetime, None, str]:
        town, who = self._town, self._window if direction is OUT else self._receiver
        yield self._work(20, 150)
        no = self._pack(direction, codes)
        if self._plot is Plot.REPACKED and direction is OUT:
            yield self._work(5, 30)
            dispatch.reopen(town.app, who, town.click(), no, "封套破口，换新封套")
            dispatch.seal(town.app, who, town.click(), no, self._seal(direction))
        if self._plot is Plot.SEALED:
            return ""
        yield self._work(10, 90)
        if self._plot is Plot.BY_HAND and direction is OUT:
            form = f"ZR-{self._number:04d}"
            dispatch.dispatch(town.app, who, town.click(), no, dispatch.MANUAL, form)
            self._envelope = no
            return no
        dispatch.dispatch(town.app, who, town.click(), no, self._case.by)
        self._envelope, self._waybill = no, town.book(no)
        return no

    def _travel(self, direction: Direction) -> Generator[datetime, None, bool]:
        """The parcel's way; True when the courier says delivered."""
        town, plot = self._town, self._plot if direction is OUT else Plot.SMOOTH
        if self._plot is Plot.BY_HAND and direction is OUT:
            yield from self._be_carried()
            return True
        if plot is Plot.NOT_PICKED_UP:
            return False
        waybill = self._waybill
        low, high = self._lane.hours
        hours = self._dice.uniform(low, high) * (3 if plot is Plot.SLOW else 1)
        yield self._work(30, 200)
        town.scan(waybill, Kind.ACCEPTED, "sender office")
        yield self._hours(hours * 0.2)
        town.scan(waybill, Kind.ARRIVED, "sender centre")
        if plot is Plot.UNKNOWN_CODE:
            yield self._hours(1)
            town.scan(waybill, Kind.UNKNOWN, "sender centre")
        if plot is Plot.SILENT:
            return False
        if plot is Plot.LOST:
            yield self._hours(40)
            town.scan(waybill, Kind.LOST, "sender centre")
            return False
        yield self._hours(hours * 0.5)
        town.scan(waybill, Kind.ARRIVED, "receiver office")
        if plot is Plot.RETURNED:
            yield from self._be_returned(waybill)
            return False
        yield next_working_moment(state_calendar(), USUAL_HOURS, self._hours(hours * 0.25))
        if not self._case.stays:
            town.scan(waybill, Kind.OUT_FOR_DELIVERY, "receiver office")
            yield self._work(20, 60)
        if plot is Plot.CONTRADICTED:
            yield from self._be_contradicted(waybill)
            return False
        town.scan(waybill, self._dice.choice((Kind.SIGNED, Kind.SIGNED_BY_OTHER)), "receiver office")
        return True

    def _be_carried(self) -> Act:
        """The appointed person types what happened; the delivery with a photo of the countersigned form."""
        for code, place, at in (("departed", "咸安区", self._work(5, 20)), ("signed", "咸安区", self._work(60, 120))):
            yield at
            proof = SIGNED_FORM if milestones.needs_proof(code) else None
            town, now = self._town, self._town.clock()
            milestones.type_milestone(
                town.app, self._window, town.click(), self._envelope, code, now, place, "专人递送", proof
            )

    def _be_contradicted(self, waybill: str) -> Act:
        """The courier tells of a signature, then of who knows what, where others are told twice of a closed door."""
        told = (("80", "您的快件已签收，签收人：收发室", self._hours(0)), ("9999", "客户来电登记", self._days(0.9, 1)))
        for code, remark, at in told:
            yield at
            more = {"kind": Kind.ATTEMPT_FAILED, "reason": Reason.UNREACHABLE, "remark": remark}
            self._town.scan(waybill, code, "receiver office", **more)
        self._town.ask_second_source(self._envelope)

    def _be_returned(self, waybill: str) -> Act:
        yield next_working_moment(state_calendar(), USUAL_HOURS, self._hours(8))
        self._town.scan(waybill, Kind.ATTEMPT_FAILED, "receiver office", reason=Reason.REFUSED)
        yield self._hours(5)
        self._town.scan(waybill, Kind.RETURNING, "receiver office")
        yield self._hours(30)
        self._town.scan(waybill, Kind.RETURNED, "sender office")

    def _to_the_authority(self) -> Act:
        no = yield from self._send(OUT, self._codes)
        if not no or not (yield from self._travel(OUT)):
            return
        if self._plot is Plot.NOT_COUNTED:
            return
        if self._plot in (Plot.DISPUTED, Plot.FOUND):
            yield self._work(60, 200)
            tracking.dispute_delivery(
                self._town.app, self._receiver, self._town.click(), no, "收发室查无此件，投递员称放在门卫室"
            )
            if self._plot is Plot.DISPUTED:
                return
            yield self._days(0.4, 1)
        late = self._plot is Plot.LATE_COUNT
        yield self._days(2.2, 2.9) if late else self._work(15, 240)
        self._count(no)
        if self._plot is Plot.MISSING_STILL:
            return
        if self._plot in (Plot.DAMAGED, Plot.SEAL):
            yield self._after(100)
            self._asking.answer_differences()
        if self._plot is Plot.MISSING:
            yield from self._be_asked()
            yield from self._let_follow()
        yield from self._examine()

    def _count(self, no: str) -> None:
        """The receiver opens the envelope and counts."""
        town = self._town
        found = dict.fromkeys(self._codes, Outcome.RECEIVED)
        if self._plot is Plot.DAMAGED:
            found[self._codes[0]] = Outcome.DAMAGED
        if self._plot in (Plot.MISSING, Plot.MISSING_STILL):
            found[self._codes[-1]] = Outcome.MISSING
        seal = f"{self._lane.seal}-{self._number + 1:04d}{self._seals:02d}"
        if self._plot is Plot.SEAL:
            seal = f"{self._lane.seal}-{self._number + 1:04d}77"
        receipt.receive(town.app, self._receiver, town.click(), no, seal, found)
        if not self._case.stays:
            sign(town.app, self._receiver, town.click(), no, SigningRole.ACCEPTANCE)

    def _be_asked(self) -> Act:
        """The manager orders an answer, and gets it."""
        yield self._after(45)
        order = self._asking.order_about_the_missing_one()
        for minutes, act in ((20, self._asking.sign), (60, self._asking.answer), (90, self._asking.accept)):
            yield self._after(minutes)
            act(order)
        self._asking.answer_differences()

    def _let_follow(self) -> Act:
        """The window finds the missing original and sends it after."""
        town, last = self._town, self._codes[-1:]
        yield self._days(0.5, 1)
        no = yield from self._send(OUT, last)
        yield from self._travel(OUT)
        yield self._work(15, 200)
        seal = f"{self._lane.seal}-{self._number + 1:04d}{self._seals:02d}"
        receipt.receive(town.app, self._receiver, town.click(), no, seal, {last[0]: Outcome.RECEIVED})

    def _examine(self) -> Act:
        town, codes = self._town, tuple(self._codes)
        yield self._work(20, 120)
        if not self._case.stays:
            dossiers.hand_to_department(town.app, self._receiver, town.click(), self._no, "审批科", codes)
        if self._plot is Plot.UNDECIDED:
            return
        if self._plot in PAUSES and not (yield from self._be_paused()):
            return
        yield self._days(2, 6)
        result = DecisionResult.DOUBTFUL if self._number % 9 == 8 else DecisionResult.APPROVED
        note = "材料存疑，发回核实" if result is DecisionResult.DOUBTFUL else "准予"
        dossiers.decide(town.app, self._receiver, town.click(), self._no, result, note)
        if self._plot is Plot.NOT_SENT_BACK:
            return
        yield self._work(20, 120)
        if self._case.stays:
            self._settle()
            dossiers.close(town.app, self._window, town.click(), self._no)
            return
        dossiers.take_back(town.app, self._receiver, town.click(), self._no, codes)
        yield from self._go_home()

    def _be_paused(self) -> Generator[datetime, None, bool]:
        """The authority's clock stands still while the applicant mends something; True once it runs on."""
        yield self._work(60, 200)
        wait = Waiting(self._town, self._no, self._receiver)
        wait.ask()
        if self._plot is Plot.PAUSE_ASKED:
            return False
        yield self._work(20, 120)
        wait.grant()
        if self._plot is Plot.PAUSED_STILL:
            return False
        yield self._days(2, 4)
        wait.run_on()
        return True

    def _go_home(self) -> Act:
        town = self._town
        no = yield from self._send(BACK, self._codes)
        yield from self._travel(BACK)
        yield self._work(15, 240)
        seal = f"{self._lane.back}-{self._number + 1:04d}{self._seals:02d}"
        found = dict.fromkeys(self._codes, Outcome.RECEIVED)
        receipt.receive(town.app, self._window, town.click(), no, seal, found)
        sign(town.app, self._window, town.click(), no, SigningRole.ACCEPTANCE)
        yield self._work(30, 300)
        self._settle()
        agent = self._case.agent
        drawn = (SignatureKind.PEN, pen(AGENT.name if agent else self._holder))
        codes = tuple(self._codes)
        dossiers.give_to_applicant(town.app, self._window, town.click(), self._no, codes, True, drawn, agent)
        yield self._work(5, 30)
        dossiers.close(town.app, self._window, town.click(), self._no)

    def _settle(self) -> None:
        """What is still open is explained by those who asked about it."""
        town = self._town
        for one in town.open_differences(self._no):
            resolution, note = Resolution.EXPLAINED, "已向邮政客服核实，为内部盘点扫描"
            if one.kind is DiscrepancyKind.DAMAGED:
                resolution, note = Resolution.ACCEPTED, "封皮折痕，不影响证明内容，经申请人确认"
            if one.kind is DiscrepancyKind.SEAL:
                note = "窗口登记时抄错一位，以实物照片核对一致"
            receipt.settle(town.app, self._receiver, town.click(), self._no, one.id or 0, resolution, note)
