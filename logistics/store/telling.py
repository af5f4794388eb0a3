"""People are told: a notice in their inbox, and a message owed to wherever else they can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from logistics.decision import Errand
from logistics.store import find
from logistics.store.work import Work
from logistics.tables import Agency, Dossier, Notice, Officer
from logistics.terms import ErrandKind, Role


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told, in both languages. `key` makes it single for each of them.

    `channels`: where it must go besides the inbox, whatever the reader chose. `at_any_hour`: it may leave working time.
    """

    key: str
    kind: str
    zh: str
    en: str
    deadline_id: int | None = None
    channels: Sequence[str] = ()
    at_any_hour: bool = False


def tell(w: Work, dossier: Dossier, people: Iterable[Officer], message: Message) -> None:
    """Each of these people has the message in their inbox, once; what goes outside is owed."""
    for person in people:
        row = {
            "officer_id": person.id,
            "agency_id": person.agency_id,
            "dossier_id": dossier.id,
            "deadline_id": message.deadline_id,
            "key": message.key,
            "kind": message.kind,
            "zh": message.zh,
            "en": message.en,
            "made_at": w.now,
        }
        w.session.execute(insert(Notice).values(row).on_conflict_do_nothing())
        if person.email:
            payload = {"officer": person.id, "zh": message.zh, "en": message.en, "dossier": dossier.no}
            key = f"notify:{message.key}:{person.id}"
            w.owe(Errand(ErrandKind.NOTIFY, key, cast("dict[str, Any]", payload)), dossier)


def desk(session: Session, dossier: Dossier, agency_id: int) -> list[Officer]:
    """Who works on the dossier for this party: the window of the hall, the receivers of the authority."""
    role = Role.WINDOW if agency_id == dossier.sender_agency_id else Role.RECEIVER
    return find.officers_of(session, agency_id, role.value)


def managers(session: Session, agency_id: int | None) -> list[Officer]:
    """The managers of the agency, or of the nearest agency above it that has one."""
    while agency_id is not None:
        found = find.officers_of(session, agency_id, Role.MANAGER.value)
        if found:
            return found
        agency_id = session.get_one(Agency, agency_id).parent_id
    return []
