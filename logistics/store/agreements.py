"""SQL about agreements and the items they list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from logistics.errors import NotYours
from logistics.rules import agreements as rules
from logistics.rules.agreements import Clause
from logistics.rules.item_lists import Standing
from logistics.store import catalogue
from logistics.store.work import Work
from logistics.tables import Agency, Agreement, AgreementItem, DirectoryAct, Dossier, ItemList, Officer, ServiceItem
from logistics.terms import Mode

LIMIT = 500


@dataclass(frozen=True)
class Line:
    """An agreement in the list: its parties, how many items it lists, how many dossiers under it are open."""

    agreement: Agreement
    sender: Agency
    receiver: Agency
    items: int
    open_dossiers: int


@dataclass(frozen=True)
class Listed:
    """An item of an agreement, and what it says of it."""

    row: AgreementItem
    item: ServiceItem

    @property
    def clause(self) -> Clause:
        """What the agreement says of the item."""
        return _clause(self.row)

    @property
    def would_be(self) -> tuple[bool, Clause]:
        """Whether the item is listed, and with which words, once what is proposed has been confirmed by both."""
        said = self.row.proposed
        if said is None:
            return self.row.active, self.clause
        return said["listed"], Clause([one for one in Mode if one.value in said["modes"]], said["note"])


def agreements(session: Session, agencies: Collection[int], wanted: str = "") -> list[Line]:
    """The agreements that one of these agencies is a party to, newest first; `wanted` is part of a number or a name."""
    sender, receiver, ours = aliased(Agency), aliased(Agency), list(agencies)
    statement = (
        select(Agreement, sender, receiver)
        .join(sender, col(sender.id) == Agreement.sender_agency_id)
        .join(receiver, col(receiver.id) == Agreement.receiver_agency_id)
        .where(or_(col(Agreement.sender_agency_id).in_(ours), col(Agreement.receiver_agency_id).in_(ours)))
        .order_by(col(Agreement.id).desc())
        .limit(LIMIT)
    )
    if wanted:
        named = col(Agreement.name).contains(wanted, autoescape=True)
        statement = statement.where(or_(named, col(Agreement.no).contains(wanted, autoescape=True)))
    found = session.exec(statement).all()
    ids = [row.id or 0 for row, _, _ in found]
    items, still_open = _listing(session, ids), _open_under(session, ids)
    return [Line(row, a, b, items.get(row.id or 0, 0), still_open.get(row.id or 0, 0)) for row, a, b in found]


def _listing(session: Session, ids: Collection[int]) -> dict[int, int]:
    statement = (
        select(AgreementItem.agreement_id, func.count())
        .where(col(AgreementItem.active), col(AgreementItem.agreement_id).in_(ids))
        .group_by(col(AgreementItem.agreement_id))
    )
    return dict(session.exec(statement).all())


def _open_under(session: Session, ids: Collection[int]) -> dict[int, int]:
    statement = (
        select(Dossier.agreement_id, func.count())
        .where(col(Dossier.closed_at).is_(None), col(Dossier.agreement_id).in_(ids))
        .group_by(col(Dossier.agreement_id))
    )
    return dict(session.exec(statement).all())


def open_under(session: Session, agreement_id: int) -> int:
    """How many dossiers under the agreement are open, among those the reader may see."""
    return _open_under(session, [agreement_id]).get(agreement_id, 0)


def agreement(session: Session, agencies: Collection[int], agreement_id: int, *, lock: bool = False) -> Agreement:
    """The agreement, where one of these agencies is a party. Raises `NotYours`."""
    row = session.get(Agreement, agreement_id, with_for_update=lock)
    if row is None or not {row.sender_agency_id, row.receiver_agency_id} & set(agencies):
        raise NotYours("协议", "agreement")
    return row


def is_taken(session: Session, no: str, own_id: int | None = None) -> bool:
    """Whether an agreement that the reader may see has this number already; a foreign one's is refused by its key."""
    statement = select(Agreement.id).where(Agreement.no == no, col(Agreement.id) != (own_id or 0))
    return session.exec(statement).first() is not None


def listed(session: Session, agreement_id: int) -> list[Listed]:
    """The items of the agreement by code, those taken off the list last."""
    statement = (
        select(AgreementItem, ServiceItem)
        .join(ServiceItem, col(ServiceItem.id) == AgreementItem.item_id)
        .where(AgreementItem.agreement_id == agreement_id)
        .order_by(col(AgreementItem.active).desc(), col(ServiceItem.code))
    )
    return [Listed(*row) for row in session.exec(statement)]


def put_item(session: Session, agreement: Agreement, item_id: int, clause: Clause, *, active: bool = True) -> None:
    """The agreement lists the item, or lists it no longer, and says this of it: a draft at once, one in force when both
    parties have confirmed what is then `proposed`.
    """
    row = session.exec(
        select(AgreementItem).where(AgreementItem.agreement_id == agreement.id, AgreementItem.item_id == item_id)
    ).first()
    row = row or AgreementItem(agreement_id=agreement.id or 0, item_id=item_id, active=False)
    if agreement.draft:
        _say(row, clause, active=active)
    else:
        stands = rules.said_of_clause(_clause(row), active=row.active)
        said = rules.said_of_clause(clause, active=active)
        row.proposed = None if said == stands else said
    session.add(row)
    session.flush()


def _clause(row: AgreementItem) -> Clause:
    return Clause([Mode(one) for one in row.modes], row.note)


def _say(row: AgreementItem, clause: Clause, *, active: bool) -> None:
    row.active, row.note, row.modes = active, clause.note, [one.value for one in clause.modes]


def changing(session: Session, agreement_id: int) -> bool:
    """Whether a change of the list of the agreement waits to be confirmed."""
    return agreement_id in changing_of(session, [agreement_id])


def changing_of(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these agreements of whose list a change waits."""
    statement = select(AgreementItem.agreement_id).where(col(AgreementItem.proposed).is_not(None))
    return set(session.exec(statement.where(col(AgreementItem.agreement_id).in_(ids)).distinct()))


def settle_change(session: Session, agreement: Agreement, *, confirmed: bool) -> list[Listed]:
    """No change of the list waits any more: it holds, or is put aside. Returns the items that it was about, as it
    would have them."""
    found = [one for one in listed(session, agreement.id or 0) if one.row.proposed is not None]
    for one in found:
        active, clause = one.would_be
        one.row.proposed = None
        if confirmed:
            _say(one.row, clause, active=active)
        session.add(one.row)
    agreement.list_round += 1
    session.add(agreement)
    session.flush()
    return found


def modes_of(session: Session, agreement_id: int, item_id: int) -> Sequence[str]:
    """The ways in which the agreement lets the item be handled; none: any."""
    found = session.exec(
        select(AgreementItem.modes).where(AgreementItem.agreement_id == agreement_id, AgreementItem.item_id == item_id)
    ).first()
    return found or ()


def standing(session: Session, agreement_id: int, codes: Collection[str]) -> Standing:
    """What a list with these codes is planned against."""
    clauses = {one.item.id or 0: one.would_be for one in listed(session, agreement_id)}
    return Standing(catalogue.by_code(session, codes), clauses)


def item_list(session: Session, agencies: Collection[int], list_id: int, agreement_id: int | None) -> ItemList:
    """The uploaded list, where one of these agencies uploaded it for that agreement. Raises `NotYours`."""
    row = session.get(ItemList, list_id)
    if row is None or row.agency_id not in agencies or row.agreement_id != agreement_id:
        raise NotYours("事项清单", "item list")
    return row


def acts(session: Session, agreement_id: int, limit: int = 100) -> list[tuple[DirectoryAct, str]]:
    """What was changed about the agreement, newest first, each with who did it."""
    statement = (
        select(DirectoryAct, Officer.name)
        .join(Officer, col(Officer.id) == DirectoryAct.officer_id)
        .where(DirectoryAct.agreement_id == agreement_id)
        .order_by(col(DirectoryAct.id).desc())
        .limit(limit)
    )
    return list(session.exec(statement).all())


def parties(session: Session) -> list[Agency]:
    """Every agency there is, in the order of the tree: who may be a party."""
    return list(session.exec(select(Agency).order_by(col(Agency.path))).all())


def record(w: Work, row: Agreement, verb: str, data: dict[str, Any]) -> None:
    """The trail of changes says what the actor did to the agreement, kept by the party that is theirs."""
    keeper = row.sender_agency_id if row.sender_agency_id in w.actor.agencies else row.receiver_agency_id
    w.session.add(
        DirectoryAct(
            agency_id=keeper,
            officer_id=w.actor.officer_id or 0,
            subject=row.no,
            verb=verb,
            data=data,
            at=w.now,
            agreement_id=row.id,
        )
    )
