"""A channel, a mobile number, a choice and a delivery of the party whose dossier strangers must not see."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from logistics.tables import Channel, Contact, Deadline, Delivery, Dossier, Preference
from logistics.terms import ChannelKind, DeliveryState, NoticeGroup


def told_outside(session: Session, now: datetime, dossier: Dossier) -> None:
    """The party's officer was told of the dossier by the agency's robot."""
    agency, officer = {"agency_id": dossier.sender_agency_id}, {"officer_id": dossier.opened_by}
    robot = Channel(**agency, code="c1", kind=ChannelKind.DINGTALK, name="秘密群", settings="", added_at=now)
    session.add(robot)
    session.add(Contact(**agency, **officer, mobile="v1:k1:x", changed_at=now))
    session.add(Preference(**agency, **officer, notices=NoticeGroup.DUE, channels=["mail"], changed_at=now))
    session.flush()
    clock = session.exec(select(Deadline.id).where(Deadline.dossier_id == dossier.id)).first()
    what = {"errand_key": "notify:x:1", "subject": "notify:x", "notices": NoticeGroup.DUE, "state": DeliveryState.SENT}
    where = {"kind": ChannelKind.DINGTALK, "channel_id": robot.id, "dossier_id": dossier.id, "deadline_ids": [clock]}
    session.add(Delivery(**agency, **officer, **what, **where, made_at=now))
