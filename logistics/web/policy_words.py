"""What rules of time are called on their pages: whom one is for, where a length comes from, how its address is made."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import abort
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules.policies import Leg
from logistics.rules.resolving import Resolved, Rule, Subject
from logistics.store.uppermost import is_uppermost
from logistics.tables import Agency, Agreement, PolicyVersion, ServiceItem
from logistics.terms import LaneScope
from logistics.web.dossier.wording import leg_name
from logistics.web.ladder_words import length
from logistics.web.language import locale
from logistics.web.naming import agency_name
from logistics.web.words import word

GENERAL = "general"


def subject_of(session: Session, actor: Actor, given: MultiDict[str, str]) -> Subject:
    """What an address is about; 404 for what is no subject, or not this reader's."""
    try:
        leg = Leg(given.get("leg", Leg.ACCEPT_TO_DISPATCH.value))
        scope = LaneScope(given["scope"]) if given.get("scope") else None
        item_id = int(given["item"]) if given.get("item") else None
    except ValueError:
        abort(404)
    if item_id is not None and session.get(ServiceItem, item_id) is None:
        raise NotYours("事项", "service item")
    agreement_id, agency_id = whom(session, actor, given.get("for", ""))
    return Subject(leg, scope, item_id, agreement_id, agency_id)


def whom(session: Session, actor: Actor, given: str) -> tuple[int | None, int | None]:
    """Agreement and agency that `general`, `agency-3` or `agreement-7` names; nothing said, the reader's own."""
    if given == GENERAL or (not given and is_uppermost(session, actor)):
        return None, None
    kind, _dash, number = given.partition("-") if given else ("agency", "-", str(actor.agency_id))
    if not number.isdecimal() or len(number) > 18:
        abort(404)
    if kind == "agency" and int(number) in actor.agencies:
        return None, int(number)
    if kind == "agreement" and session.get(Agreement, int(number)) is not None:  # row-level security decides
        return int(number), None
    raise NotYours("时限规则", "rule of time")


def for_word(subject: Subject) -> str:
    """As `whom` reads it."""
    if subject.agreement_id is not None:
        return f"agreement-{subject.agreement_id}"
    return f"agency-{subject.agency_id}" if subject.agency_id is not None else GENERAL


def address(page: str, subject: Subject, **more: object) -> str:
    """The address of a page about the subject."""
    said = {
        "leg": subject.leg.value,
        "scope": subject.scope.value if subject.scope else "",
        "for": for_word(subject),
        "item": subject.item_id or "",
        **more,
    }
    return f"{page}?{urlencode({name: value for name, value in said.items() if value not in ('', None)})}"


def whom_words(session: Session, subject: Subject) -> str:
    """For whom the rule is: 协议 XN-FR-2026-01 · 学历学位公证."""
    said = []
    if subject.agreement_id is not None:
        said.append(_("协议 %(no)s", no=session.get_one(Agreement, subject.agreement_id).no))
    if subject.agency_id is not None:
        said.append(agency_name(session.get_one(Agency, subject.agency_id)))
    if subject.is_general:
        said.append(_("通用规则"))
    if subject.item_id is not None:
        said.append(session.get_one(ServiceItem, subject.item_id).name)
    return " · ".join(said)


def subject_words(session: Session, subject: Subject) -> str:
    """The whole subject: 受理至寄出 · 跨省 · 协议 XN-FR-2026-01."""
    return " · ".join([leg_name(subject.leg.value), scope_words(subject.scope), whom_words(session, subject)])


def scope_words(scope: LaneScope | None) -> str:
    """市内, 省内, 跨省, or every one of them."""
    return word(scope, locale()) if scope is not None else str(_("不分远近"))


def said_length(holds: Resolved | Rule | PolicyVersion) -> str:
    """How long, with its unit; for a version that ends its rule, that it does."""
    if isinstance(holds, Resolved):
        return length({"length": holds.policy.length, "unit": holds.policy.unit.value})
    if holds.length is None:
        return str(_("不再另设"))
    return length({"length": holds.length, "unit": str(holds.unit)})


def origin(session: Session, holds: Resolved) -> str:
    """Where the length comes from."""
    if holds.rule is not None:
        whose = whom_words(session, holds.rule.subject)
        return str(_("%(whom)s，第 %(number)s 版", whom=whose, number=holds.rule.version))
    return str(_("事项承诺")) if "事项承诺" in holds.words else str(_("默认"))


def bound_words(bound: Mapping[str, object]) -> str:
    """Law or promise that is kept or passed, with its source."""
    said = bound["en"] if locale() == "en" else bound["zh"]
    return f"{length(bound)}：{said}" if locale() != "en" else f"{length(bound)}: {said}"
