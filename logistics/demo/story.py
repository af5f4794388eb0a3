"""The whole way of one dossier of three originals, from the window in Xianning to the verified archive package.

Played on real parts: PostgreSQL, the couriers' sandbox and our hooks over HTTP, the scheduler's own queues. Only the
clock is the story's. It goes over the 2026 National Day holiday, with its make-up day 10-10.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from sqlmodel import Session, col, select

from couriers.sandbox.scans import Kind
from logistics.actor import Actor
from logistics.archive import handover
from logistics.archive.verify import verify
from logistics.demo.pens import pen
from logistics.demo.signing import sign, sign_at_counter
from logistics.demo.stage import Stage, beijing, set_up
from logistics.errors import Rejected
from logistics.rules import invariants
from logistics.rules.workdays import CHINA
from logistics.services import dispatch, dossiers, papers, receipt, transfers
from logistics.services.transfers import Acknowledgement, NewBatch
from logistics.store import find
from logistics.store.work import reading
from logistics.tables import Dossier, Exchange, Rung, Tracking
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
    TransferTarget,
)

Say = Callable[[str], None]


@dataclass
class Told:
    """The story as it is told: each step with its time, who did what, and what was decided and why."""

    say: Say
    stage: Stage
    steps: list[dict[str, Any]] = field(default_factory=list)

    def step(self, who: str, what: str, why: str = "", **facts: Any) -> None:
        """One step is told and kept."""
        at = self.stage.clock().astimezone(CHINA)
        self.steps.append({"at": at.isoformat(), "who": who, "what": what, "why": why, **facts})
        self.say(f"{at:%m-%d %H:%M}  {who}:{what}" + (f"  —— {why}" if why else ""))


@dataclass(frozen=True)
class Ending:
    """How it ended: the violations found (none when all holds) and the package's report."""

    dossier_no: str
    violations: Sequence[str]
    package_ok: bool


def _id() -> str:
    return str(uuid.uuid4())


ORIGINALS = (
    ("毕业证书", "普通高等学校毕业证书", "107121201905001234", "示例大学", "王𠮷", 1),
    ("学位证书", "学士学位证书", "1071242019001234", "示例大学", "王𠮷", 1),
    ("成绩单", "本科学习成绩单", "JW-2019-00871", "示例大学教务处", "王𠮷", 4),
)


def play(out: Path, say: Say) -> Ending:
    """The story is played; `out` holds label.pdf, slip.pdf, cover.pdf, package.zip and story.json."""
    out.mkdir(parents=True, exist_ok=True)
    with set_up(beijing(9, 28, 9, 5)) as stage:
        told = Told(say, stage)
        no, codes = _accept(told)
        first = _send_out(told, no, codes, out)
        _travel_over_the_holiday(told, first)
        _receive_with_differences(told, first, codes)
        _let_the_missing_one_follow(told, no, codes)
        _decide_and_send_back(told, no, codes)
        _close(told, no, codes)
        return _archive(told, no, out)


def _accept(told: Told) -> tuple[str, list[str]]:
    stage, window = told.stage, told.stage.people["xn-window"]
    with reading(stage.app.engine, window) as session:
        agreement = next(
            one for one in find.agreements_of(session, cast(int, window.agency_id)) if one.no == "XN-FR-2026-01"
        )
        item = next(one for one in find.items_of(session, cast(int, agreement.id)) if "学历" in one.name)
        materials = {one.name: one for one in find.materials_of(session, cast(int, item.id))}
        agreement_id, item_id, item_name = cast(int, agreement.id), cast(int, item.id), item.name
    new = dossiers.NewDossier(
        agreement_id,
        item_id,
        "421200-20260928-000017",
        Mode.ACCEPT_ELSEWHERE,
        dossiers.Person("王𠮷", "421202199803120017", "13000000017"),
        None,
        hashlib.sha256("申请人王𠮷签署的原件寄递同意书（扫描件）".encode()).hexdigest(),
        date(2026, 9, 28),
    )
    no = dossiers.open_dossier(stage.app, window, _id(), new)["dossier"]
    told.step(
        window.agency, f"受理「{item_name}」，开立邮递专档 {no}", "跨省，协议 XN-FR-2026-01 授予收件受理权", dossier=no
    )
    try:
        dossiers.list_original(
            stage.app,
            window,
            _id(),
            no,
            _new_original(("身份证", "居民身份证", "-", "公安", "王𠮷", 1), materials["居民身份证"].id),
        )
    except Rejected as refused:
        told.step("规则", "居民身份证不收", refused.zh)
    codes = []
    for one in ORIGINALS:
        made = dossiers.list_original(stage.app, window, _id(), no, _new_original(one, materials[one[0]].id))
        codes.append(made["original"])
        told.step(window.name, f"收取原件 {one[0]}({made['original']})", "申请人 → 窗口，保管链第一环")
    sign_at_counter(stage.app, window, _id(), no, SigningRole.TAKEN_IN, "王𠮷")
    told.step("申请人", "在屏上签字：交件三份", "签字绑定这份清单的摘要，留痕里只写申请人")
    return no, codes


def _new_original(one: tuple[str, str, str, str, str, int], material_id: int | None) -> dossiers.NewOriginal:
    kind, title, number, issuer, holder, pages = one
    return dossiers.NewOriginal(
        kind, title, number, issuer, holder, pages, 1, Form.ORIGINAL, True, True, Secrecy.NONE, False, material_id
    )


def _send_out(told: Told, no: str, codes: Sequence[str], out: Path) -> str:
    stage, window = told.stage, told.stage.people["xn-window"]
    stage.at(beijing(9, 28, 9, 40))
    stage.sign_and_pack()  # a first signed head, whose root the slip will print
    envelope = _pack(told, window, no, codes, "XN-004512", Direction.OUTBOUND)
    for make, subject, name in (
        (papers.make_label, envelope, "label.pdf"),
        (papers.make_slip, envelope, "slip.pdf"),
        (papers.make_cover, no, "cover.pdf"),
    ):
        made = make(stage.app, window, _id(), subject)
        (out / name).write_bytes(papers.fetch(stage.app, window, made["paper"])[1])
        told.step(window.name, f"打印 {made['paper']}", "按 sha256 存档，留痕见证", sha256=made["sha256"])
    sign(stage.app, window, _id(), envelope, SigningRole.RELEASE)
    sign(stage.app, window, _id(), envelope, SigningRole.RELEASE, "示例监交人")
    told.step(window.name, "移交人、监交人在屏上签字，一次签三份", "签的是冻结清单的摘要；清单一变，签字不会跟过去")
    return envelope


def _pack(
    told: Told, who: Actor, no: str, codes: Sequence[str], seal_no: str, direction: Direction, by: str = "ems"
) -> str:
    stage = told.stage
    envelope = str(dispatch.start_consignment(stage.app, who, _id(), no, direction)["consignment"])
    for code in codes:
        dispatch.pack(stage.app, who, _id(), envelope, code)
    sealed = dispatch.seal(stage.app, who, _id(), envelope, seal_no)
    told.step(who.name, f"装件 {len(codes)} 份，封签 {seal_no}", f"清单冻结 {sealed['manifest_sha256'][:16]}…")
    click = _id()
    dispatch.dispatch(stage.app, who, click, envelope, by)
    dispatch.dispatch(stage.app, who, click, envelope, by)  # the second click does nothing
    stage.work()
    waybill = _waybill(stage, envelope)
    told.step(
        stage.app.couriers[by].name_zh,
        f"接单，运单号 {waybill}",
        f"以 {envelope} 为客户单号，重复请求只得一单",
        waybill=waybill,
    )
    return envelope


def _waybill(stage: Stage, envelope: str) -> str:
    with Session(stage.system.engine) as session:
        return find.consignment_by_no(session, envelope)[1].waybill_no


def _stage_of(stage: Stage, envelope: str) -> str:
    with Session(stage.system.engine) as session:
        return find.consignment_by_no(session, envelope)[1].stage.value


def _travel_over_the_holiday(told: Told, envelope: str) -> None:
    stage, waybill = told.stage, _waybill(told.stage, envelope)
    stage.at(beijing(9, 28, 11, 30))
    stage.told(waybill, "203", beijing(9, 28, 11, 20), "sender office")
    told.step("EMS 推送", "203 收寄", f"寄递件 → {_stage_of(stage, envelope)};保管人不变：在收件方签收前寄出单位负责")
    stage.world.set_fault("duplicate")
    stage.at(beijing(9, 28, 20, 0))
    stage.told(waybill, "954", beijing(9, 28, 19, 40), "sender centre")
    stage.world.set_fault("duplicate", False)
    told.step("EMS 推送", "954 到达处理中心，同一报文推送两次", "原始报文按摘要去重，只记一次")
    stage.at(beijing(9, 29, 9, 0))
    stage.told(waybill, "Z99", beijing(9, 29, 8, 50), "sender centre")
    told.step("EMS 推送", "代码 Z99 不在任何代码表中", "不猜：标为未识别，保留原文，登记差异由人核实，不移动阶段")
    stage.at(beijing(9, 30, 9, 30))
    stage.told(waybill, "713", beijing(9, 30, 7, 30), "receiver office")
    stage.told(waybill, "389", beijing(9, 29, 3, 15), "sender centre")
    told.step(
        "EMS 推送", "389 处理中心封车，发生在 713 之前却晚到", "按事件时间排序，阶段由全部轨迹决定，晚到不改变结论"
    )
    stage.at(beijing(9, 30, 16, 30))
    stage.told(waybill, "704", beijing(9, 30, 16, 20), "receiver office", deliverCode="60")
    due = _deadline(stage, envelope, "delivered_to_received")
    told.step(
        "EMS 推送",
        "704 妥投（收发室签收）",
        f"这是快递方的话；签收核验时限至 {due[0]}:{'；'.join(due[1])}",
        explanation=due[1],
    )


def _deadline(stage: Stage, envelope: str, leg: str) -> tuple[str, list[str]]:
    with Session(stage.system.engine) as session:
        dossier, consignment = find.consignment_by_no(session, envelope)
        row = next(
            one
            for one in find.whole(session, dossier).deadlines
            if one.leg == leg and one.consignment_id == consignment.id
        )
        return row.due_at.astimezone(CHINA).strftime("%m-%d %H:%M"), list(row.explanation)


def _receive_with_differences(told: Told, envelope: str, codes: Sequence[str]) -> None:
    stage, receiver = told.stage, told.stage.people["fr-receiver"]
    stage.at(beijing(10, 12, 10, 0))
    with Session(stage.system.engine) as session:
        dossier, _ = find.consignment_by_no(session, envelope)
        whole = find.whole(session, dossier)
        late = next(one for one in whole.deadlines if one.leg == "delivered_to_received")
        rungs = [one for one in whole.rungs if one.deadline_id == late.id and one.fired_at is not None]
    for rung in rungs:
        moment = cast(Any, rung.fired_at).astimezone(CHINA).strftime("%m-%d %H:%M")
        told.step("时限", f"提醒级次 {rung.name} 于 {moment} 发出一次", "国庆休息不发；10-10 周六调休上班照发")
    found = {codes[0]: Outcome.RECEIVED, codes[1]: Outcome.DAMAGED, codes[2]: Outcome.MISSING}
    count = receipt.receive(stage.app, receiver, _id(), envelope, "XN-004512", found)
    told.step(
        receiver.name,
        "拆封核验：毕业证书完好，学位证书破损，成绩单缺件",
        f"封签一致；应收 {count['listed']} = 收到 {count['received']} + 缺 {count['missing']} + 移出 {count['moved']}",
    )
    sign(stage.app, receiver, _id(), envelope, SigningRole.ACCEPTANCE)
    told.step(receiver.name, "接收人在屏上签字", "签的是核验结果：两份收到，一份没到；不是空白收条")


def _let_the_missing_one_follow(told: Told, no: str, codes: Sequence[str]) -> None:
    stage, window, receiver = told.stage, told.stage.people["xn-window"], told.stage.people["fr-receiver"]
    stage.at(beijing(10, 12, 14, 30))
    told.step(window.name, "在窗口找到成绩单", "缺件从未交出，保管人一直是窗口")
    envelope = _pack(told, window, no, [codes[2]], "XN-004519", Direction.OUTBOUND)
    waybill = _waybill(stage, envelope)
    _deliver(told, waybill, (10, 12, 16), (10, 14, 10))
    stage.at(beijing(10, 14, 14, 0))
    receipt.receive(stage.app, receiver, _id(), envelope, "XN-004519", {codes[2]: Outcome.RECEIVED})
    told.step(
        receiver.name, "签收补寄的成绩单", "首件该行改记“移出”，缺件差异了结，两份清单都保留；材料齐，办理时限起算"
    )


def _deliver(told: Told, waybill: str, picked_up: tuple[int, int, int], delivered: tuple[int, int, int]) -> None:
    stage = told.stage
    stage.at(beijing(*picked_up))
    stage.told(waybill, Kind.ACCEPTED, beijing(*picked_up) - timedelta(minutes=10), "sender office")
    stage.at(beijing(*delivered))
    stage.told(waybill, Kind.OUT_FOR_DELIVERY, beijing(*delivered) - timedelta(hours=2), "receiver office")
    stage.told(waybill, Kind.SIGNED, beijing(*delivered) - timedelta(minutes=10), "receiver office")
    told.step("快递推送", f"{waybill} 收寄、投递、妥投")


def _decide_and_send_back(told: Told, no: str, codes: Sequence[str]) -> None:
    stage, receiver, window = told.stage, told.stage.people["fr-receiver"], told.stage.people["xn-window"]
    stage.at(beijing(10, 14, 15, 0))
    dossiers.hand_to_department(stage.app, receiver, _id(), no, "公证科", tuple(codes))
    told.step(receiver.name, "三份原件移交公证科审查", "每一次交接都是保管链的一环")
    stage.at(beijing(10, 20, 11, 0))
    dossiers.decide(stage.app, receiver, _id(), no, DecisionResult.APPROVED, "准予公证")
    told.step(receiver.agency, "登记审批结果：准予", "在承诺的 10 个工作日内")
    dossiers.take_back(stage.app, receiver, _id(), no, tuple(codes))
    envelope = _pack(told, receiver, no, codes, "FR-002031", Direction.RETURN, by="sf")  # 无公文，可交其他快递
    papers.make_label(stage.app, receiver, _id(), envelope)
    papers.make_slip(stage.app, receiver, _id(), envelope)
    _deliver(told, _waybill(stage, envelope), (10, 20, 17), (10, 22, 15))
    stage.at(beijing(10, 22, 16, 0))
    count = receipt.receive(stage.app, window, _id(), envelope, "FR-002031", dict.fromkeys(codes, Outcome.RECEIVED))
    told.step(window.name, f"签收退回的原件 {count['received']} 份", "封签一致")


def _close(told: Told, no: str, codes: Sequence[str]) -> None:
    stage, window, receiver = told.stage, told.stage.people["xn-window"], told.stage.people["fr-receiver"]
    try:
        dossiers.close(stage.app, window, _id(), no)
    except Rejected as refused:
        told.step("规则", "还不能办结", refused.zh)
    _sign_for_the_way_back(told, no)
    with Session(stage.system.engine) as session:
        open_ = [
            row for row in find.whole(session, find.dossier_by_no(session, no)).discrepancies if row.settled_at is None
        ]
    for row in open_:
        resolution, note = Resolution.EXPLAINED, "EMS 客服答复：Z99 为内部盘点扫描"
        if row.kind is DiscrepancyKind.DAMAGED:
            resolution, note = Resolution.ACCEPTED, "封皮折痕，不影响证明内容，经申请人确认"
        receipt.settle(stage.app, receiver, _id(), no, cast(int, row.id), resolution, note)
        told.step(receiver.name, f"了结差异：{row.note}", note)
    stage.at(beijing(10, 23, 9, 30))
    drawn = (SignatureKind.PEN, pen("王𠮷"))
    dossiers.give_to_applicant(stage.app, window, _id(), no, tuple(codes), identity_checked=True, signature=drawn)
    told.step(window.name, "三份原件退还申请人，申请人在屏上签字", "保管链回到起点")
    dossiers.close(stage.app, window, _id(), no)
    told.step(window.agency, "确认办结", "没有未了结的差异、未核的原件、在途的寄递件")


def _sign_for_the_way_back(told: Told, no: str) -> None:
    """The slip of the returned envelope was printed, so its closing waits for the receiver's signature."""
    stage, window = told.stage, told.stage.people["xn-window"]
    with Session(stage.system.engine) as session:
        back = find.whole(session, find.dossier_by_no(session, no)).consignments[-1].no
    sign(stage.app, window, _id(), back, SigningRole.ACCEPTANCE)
    told.step(window.name, "接收人补签退回件的交接单", "印过交接单而没有接收人签字的，不能办结")


def _archive(told: Told, no: str, out: Path) -> Ending:
    stage, window = told.stage, told.stage.people["xn-window"]
    stage.at(beijing(10, 23, 10, 0))
    stage.sign_and_pack()
    row, content = papers.fetch(stage.app, window, f"{no}-PKG")
    package = out / "package.zip"
    package.write_bytes(content)
    report = verify(package)
    told.step(
        "归档", f"生成归档信息包 {row.size_bytes} 字节并离线验证", "通过" if report.ok else "未通过", sha256=row.sha256
    )
    told.step(
        "归档",
        "包内有主文件（PDF/A-3u，已签章）、元数据、四性检测报告、时间戳、国密签名",
        "印章与时间戳为演示所造，不作凭据",
    )
    _hand_over(told, no, out)
    violations = _violations(stage, no)
    verdict = "全部成立" if not violations else "；".join(violations)
    told.step("不变量", "逐条核对", verdict)
    story = {"dossier": no, "steps": told.steps, "violations": violations, "package_ok": report.ok}
    (out / "story.json").write_text(json.dumps(story, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Ending(no, violations, report.ok)


def _hand_over(told: Told, no: str, out: Path) -> None:
    """The package goes to the archive in a batch, and the archive says that it has it."""
    stage, keeper = told.stage, told.stage.people["xn-manager"]
    stage.hand_over()
    batch = str(
        transfers.draft(
            stage.app,
            keeper,
            _id(),
            NewBatch(cast(int, keeper.agency_id), [no], "演示移交", "咸宁市档案馆", TransferTarget.FOLDER),
        )["batch"]
    )
    transfers.order(stage.app, keeper, _id(), batch)
    stage.hand_over()
    shutil.copytree(cast(Path, stage.app.keeping.folder) / batch, out / "移交" / batch, dirs_exist_ok=True)
    told.step(
        keeper.name, f"归档信息包随批次 {batch} 移交，四性检测（移交环节）通过", "目录、登记表、校验和与包放在一起"
    )
    stage.at(beijing(10, 23, 15, 0))
    signed = (out / "移交" / batch / handover.REGISTER).read_bytes()
    said = Acknowledgement("档案馆 宋雯", beijing(10, 23, 15, 0).date(), "数量相符，检测合格", signed, {})
    transfers.acknowledge(stage.app, keeper, _id(), batch, said)
    told.step("咸宁市档案馆", "接收确认，登记表双方签字", "从此谁有这份档案、何时移交，两边都有据")


def _violations(stage: Stage, no: str) -> list[str]:
    """What does not hold at the end: the house's invariants, and the story's own promises."""
    with Session(stage.system.engine) as session:
        dossier = find.dossier_by_no(session, no)
        found = [
            f"{one.rule} {one.subject}: {one.zh}"
            for one in invariants.check(find.snapshot(session, dossier), stage.clock())
        ]
        found += _promises(session, dossier)
    booked = [order["waybill_no"] for order in stage.world.state()["orders"]]
    if len(booked) != 3 or len(set(booked)) != 3:
        found.append(f"应有 3 个运单，快递方有 {booked}")
    return found


def _promises(session: Session, dossier: Dossier) -> list[str]:
    found = []
    fired = session.exec(
        select(Rung.name).where(Rung.dossier_id == dossier.id, col(Rung.fired_at).is_not(None)).order_by(col(Rung.id))
    ).all()
    told = [
        entry.facts["rung"] for entry in find.whole(session, dossier).entries if entry.what == "deadline:rung_fired"
    ]
    if sorted(fired) != sorted(told):
        found.append(f"发出的级次 {sorted(fired)} 与留痕 {sorted(told)} 不符")
    if not {"warning", "due", "overdue", "escalated"} <= set(fired):
        found.append(f"签收环节跨国庆超时，四个级次应各发一次，实为 {list(fired)}")
    codes = session.exec(select(Tracking.code).where(Tracking.dossier_id == dossier.id)).all()
    if codes.count("954") != 1 or codes.count("Z99") != 1 or codes.count("389") != 1:
        found.append(f"轨迹应各记一次：{list(codes)}")
    if not session.exec(select(Exchange.id).where(Exchange.dossier_id == dossier.id)).all():
        found.append("快递方的原始答复没有留存")
    return found
