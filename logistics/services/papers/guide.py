"""The handbook page of a service item: which originals travel, how long each leg takes, whom to call."""

from __future__ import annotations

from datetime import datetime, time

from sqlmodel import Session, col, select

from labels.draw import draw
from labels.papers import Contact, GuideDeadline, GuideMaterial, GuidePage, Treatment
from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules.policies import LEG_NAMES, Leg, Unit
from logistics.rules.regions import lane_scope
from logistics.rules.resolving import Subject
from logistics.rules.workdays import CHINA, china_date
from logistics.services.papers import parts
from logistics.services.papers.making import REFUSALS, refused
from logistics.store import find, ledger, policy_views
from logistics.store.context import Context
from logistics.store.work import reading
from logistics.tables import Agency, Agreement, AgreementItem, Material, ServiceItem
from logistics.terms import Form, LaneScope, zh

_UNITS = {Unit.WORKING_DAYS: "个工作日", Unit.WORKING_HOURS: "个工作小时", Unit.NATURAL_HOURS: "小时"}


def guide(ctx: Context, actor: Actor, agreement_no: str, item_code: str) -> bytes:
    """The page as PDF, as things stand now. It belongs to no dossier and is kept nowhere.

    Raises `NotYours` for an agreement of other agencies or an item it does not cover.
    """
    with reading(ctx.engine, actor) as session:
        found = session.exec(
            select(Agreement, ServiceItem)
            .join(AgreementItem, col(AgreementItem.agreement_id) == Agreement.id)
            .join(ServiceItem, col(AgreementItem.item_id) == ServiceItem.id)
            .where(Agreement.no == agreement_no, ServiceItem.code == item_code)
        ).first()
        if found is None:
            raise NotYours("事项", "service item")
        agreement, item = found
        sender = session.get_one(Agency, agreement.sender_agency_id)
        receiver = session.get_one(Agency, agreement.receiver_agency_id)
        now = ctx.clock()
        scope = lane_scope(sender.region_code, receiver.region_code)
        head = ledger.newest_checkpoint(session)
        materials = find.materials_of(session, item.id or 0)
        held = _deadlines(session, now, scope, agreement, item)
    valid_from = datetime.combine(agreement.valid_from, time(0), CHINA)
    page = GuidePage(
        number=f"{item.code}-ZN{china_date(now):%Y%m%d}",
        agency=sender.name,
        item_code=item.code,
        item_name=item.name,
        agreement_no=agreement.no,
        receiver_agency=receiver.name,
        version=f"{agreement.valid_from:%Y%m%d}",
        valid_from=valid_from,
        materials=tuple(_material(one) for one in materials),
        deadlines=held,
        contacts=(
            Contact("收件、寄出和领回", sender.name, sender.phone),
            Contact("核验、审查和办结", receiver.name, receiver.phone),
        ),
        ledger_root=head.root if head else "",
        ledger_size=head.size if head else 0,
        printed_at=now,
        qr_text=parts.qr("G", item.code, ""),
    )
    try:
        return draw(page)
    except REFUSALS as why:
        raise refused(why, "guide page") from why


def _material(one: Material) -> GuideMaterial:
    treatment, why = _treatment(one)
    return GuideMaterial(one.seq, one.name, zh(one.form), one.quantity, treatment, why, one.review_points)


def _treatment(one: Material) -> tuple[Treatment, str]:
    if one.e_certificate_shared:
        return "waived", "电子证照已共享，免寄"
    if one.medium != "纸质":
        return "electronic", f"{one.medium}，网上传送"
    if not one.original_wanted or one.form is Form.COPY:
        return "copy", "受理属地不要原件"
    return "travels", "受理属地须核验原件"


def _deadlines(
    session: Session, now: datetime, scope: LaneScope, agreement: Agreement, item: ServiceItem
) -> tuple[GuideDeadline, ...]:
    """What the rules in force promise a case of the item under the agreement."""
    subject = Subject(Leg.ACCEPT_TO_DISPATCH, scope, item.id, agreement.id)
    held = policy_views.holding(session, subject, now)
    return tuple(
        GuideDeadline(name, f"{held[leg, scope].policy.length} {_UNITS[held[leg, scope].policy.unit]}内")
        for leg, name in LEG_NAMES.items()
    )
