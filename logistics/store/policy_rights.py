"""Who may make a rule of time, and who may let one pass law or promise."""

from __future__ import annotations

from sqlmodel import Session

from logistics.actor import Actor
from logistics.errors import NotAllowed, NotYours
from logistics.rules import access
from logistics.rules.resolving import Subject
from logistics.store.uppermost import is_uppermost
from logistics.tables import Agreement, Officer, PolicyVersion
from logistics.terms import Role


def require_may_make(session: Session, actor: Actor, subject: Subject) -> None:
    """Returns when the actor may make rules about the subject.

    An administrator: for the own agency and those below it, for agreements that one of these is party to; of the
    uppermost agency also for everybody. Raises `NotAllowed`, or `NotYours` for an agreement of others.
    """
    access.require_role(actor.roles, Role.ADMINISTRATOR)
    if subject.agreement_id is not None:
        agreement = session.get(Agreement, subject.agreement_id)  # row-level security shows it to its parties only
        if agreement is None or not {agreement.sender_agency_id, agreement.receiver_agency_id} & set(actor.agencies):
            raise NotYours("通办协议", "agreement")
    if subject.agency_id is not None and subject.agency_id not in actor.agencies:
        raise NotAllowed(
            "只能为本单位和下级单位设时限规则。请与该单位的系统管理员商定。",
            "Rules are made for the own agency and those below it. Ask that agency's administrator.",
            "agency",
        )
    if subject.is_general and not is_uppermost(session, actor):
        raise NotAllowed(
            "通用的时限规则由最上级单位的系统管理员设定。您可以为本单位或本单位参加的协议设更严的规则。",
            "General rules are made by the uppermost agency's administrator. You may make stricter ones for your own.",
            "agency",
        )


def may_make(session: Session, actor: Actor, subject: Subject) -> bool:
    """As `require_may_make`, asked."""
    try:
        require_may_make(session, actor, subject)
    except (NotAllowed, NotYours):
        return False
    return True


def may_judge(session: Session, actor: Actor, row: PolicyVersion) -> bool:
    """Whether the actor may approve or refuse the version, as its second person."""
    maker = session.get_one(Officer, row.made_by)
    return (
        bool(actor.roles & {Role.MANAGER, Role.ADMINISTRATOR})
        and is_uppermost(session, actor)
        and maker.agency_id in actor.agencies
        and actor.officer_id != row.made_by
    )
