"""An administrator keeps the agencies of their tree: where they are, when they receive, whose archive takes over."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, select
from stdnum.cn import uscc

from logistics.actor import Actor
from logistics.errors import Malformed, NotYours, Said
from logistics.rules import access, dossiers
from logistics.rules.regions import RegionError
from logistics.rules.workdays import CalendarError, Hours
from logistics.store import places
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Agency, DirectoryAct

FILL_IN = Said("请填写这一项。", "Fill this in.")
CODE_SHAPE = Said(
    "单位代码用 6 至 12 位大写字母或数字，专档号以它开头，以后不能改。",
    "6 to 12 capital letters or digits. Dossier numbers begin with it; it cannot change later.",
)
NO_PLACE = Said("行政区划代码不在区划表中，请核对六位代码。", "No such region. Check the six digits.")
WRONG_USCC = Said(
    "统一社会信用代码校验不通过，请核对 18 位代码。", "The check digit is wrong. Check all 18 characters."
)
TAKEN_USCC = Said("另一个单位已登记这个统一社会信用代码。", "Another agency has this unified social credit code.")
LEVELS = ("province", "city", "district", "street")


@dataclass(frozen=True)
class Card:
    """What may change about an agency; its code and its place in the tree stay, for numbers are made of them."""

    name: str
    short_name: str
    name_en: str
    region_code: str
    level: str
    uscc: str
    address: str
    postcode: str
    phone: str
    receiving_hours: str
    fonds_no: str
    archives_code: str
    archives_name: str


def add(ctx: Context, actor: Actor, command_id: str, parent_id: int, code: str, card: Card) -> dict[str, Any]:
    """The agency stands under that one of the administrator's tree.

    Raises `Malformed` naming each field, `NotAllowed`, `NotYours` for a parent that is not theirs.
    """
    with work(ctx, actor, "add_agency", command_id) as w:
        if w.done is not None:
            return w.done
        above = _theirs(w, actor, parent_id)
        wrong = _wrong(w.session, card, None)
        if not dossiers.is_prefix(code):
            wrong["code"] = [CODE_SHAPE]
        elif w.session.exec(select(Agency.id).where(Agency.code == code)).first() is not None:
            wrong["code"] = [
                Said("这个代码已有单位使用，请换一个。", "An agency has this code already. Choose another.")
            ]
        _refuse(wrong)
        row = Agency(code=code, parent_id=above.id, path="", **asdict(card))
        w.session.add(row)
        w.session.flush()
        row.path = f"{above.path}{row.id}."
        w.session.add(row)
        _record(w, row.code, above, "add_agency", {"name": card.name})
        return w.finish(agency=row.id)


def change(ctx: Context, actor: Actor, command_id: str, agency_id: int, card: Card) -> dict[str, Any]:
    """The agency is as the card says. Clocks that run keep the hours they were planned by; new ones start by these.

    Raises as `add`.
    """
    with work(ctx, actor, "change_agency", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agency_id)
        _refuse(_wrong(w.session, card, row.id))
        before = {name: getattr(row, name) for name in asdict(card)}
        changed = {name: [before[name], value] for name, value in asdict(card).items() if before[name] != value}
        for name, (_old, value) in changed.items():
            setattr(row, name, value)
        w.session.add(row)
        _record(w, row.code, row, "change_agency", changed)
        return w.finish(agency=agency_id, changed=sorted(changed))


def _wrong(session: Session, card: Card, own_id: int | None) -> dict[str, list[str]]:
    wrong = {
        name: [FILL_IN]
        for name in ("name", "short_name", "address", "postcode", "phone")
        if not getattr(card, name).strip()
    }
    if not _is_place(session, card.region_code):
        wrong["region_code"] = [NO_PLACE]
    if not uscc.is_valid(card.uscc):
        wrong["uscc"] = [WRONG_USCC]
    elif session.exec(select(Agency.id).where(Agency.uscc == card.uscc, Agency.id != own_id)).first() is not None:
        wrong["uscc"] = [TAKEN_USCC]
    if card.level not in LEVELS:
        wrong["level"] = [Said("请选择层级。", "Choose the level.")]
    try:
        Hours.parse(card.receiving_hours)
    except CalendarError as why:
        wrong["receiving_hours"] = [Said(why.zh, why.en)]
    return wrong


def _is_place(session: Session, code: str) -> bool:
    try:
        return code in places.around(session, code)
    except RegionError:
        return False


def _refuse(wrong: dict[str, list[str]]) -> None:
    if wrong:
        raise Malformed("还没有保存，请看标红的地方。", "Not saved yet. See the marked fields.", wrong)


def _theirs(w: Work, actor: Actor, agency_id: int) -> Agency:
    access.require_role(actor.roles, access.role_for("manage_agencies"))
    row = w.session.get(Agency, agency_id, with_for_update=True)
    if row is None or agency_id not in actor.agencies:
        raise NotYours("单位", "agency")
    return row


def _record(w: Work, code: str, keeper: Agency, verb: str, data: dict[str, Any]) -> None:
    """`keeper`: whose administrators see it; a new agency is in nobody's tree before the next request."""
    w.session.add(
        DirectoryAct(
            agency_id=keeper.id or 0,
            officer_id=w.actor.officer_id or 0,
            subject=code,
            verb=verb,
            data=data,
            at=w.now,
        )
    )
