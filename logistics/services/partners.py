"""An agency outside one's own tree, for agreements with it: the uppermost administrator adds it with its first
administrator, who keeps it from then on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from logistics.actor import Actor
from logistics.errors import Malformed, NotAllowed, Said
from logistics.rules import access, administering, cards
from logistics.rules.cards import Card
from logistics.store import cards as kept
from logistics.store import passwords
from logistics.store.context import Context
from logistics.store.uppermost import is_uppermost
from logistics.store.work import Work, work
from logistics.tables import Agency, DirectoryAct, Officer
from logistics.terms import Role

TAKEN_LOGIN = Said("这个登录名已有人用，请换一个。", "Somebody has this log-in name. Choose another.")


@dataclass(frozen=True)
class Founded:
    """A new agency with its administrator, and the password to be read out once; "" when the command was done
    before."""

    agency_id: int
    login: str
    name: str
    password: str


def found(ctx: Context, actor: Actor, command_id: str, code: str, card: Card, login: str, name: str) -> Founded:
    """The agency stands beside the actor's tree, and its first administrator may log in; the actor keeps neither.

    Raises `Malformed` naming each field, `NotAllowed` for administrators who do not stand at an uppermost agency.
    """
    login, name = login.strip().lower(), name.strip()
    with work(ctx, actor, "found_agency", command_id) as w:
        if w.done is not None:
            return Founded(int(w.done["agency"]), str(w.done["login"]), name, "")
        _require_uppermost(w, actor)
        _refuse(w, code, card, login, name)
        row = kept.insert(w.session, code, card, None)
        password = administering.new_password()
        officer = Officer(
            agency_id=row.id or 0,
            login=login,
            name=name,
            roles=[Role.ADMINISTRATOR.value],
            password_hash=passwords.hashed(password),
            password_given=True,
        )
        w.session.add(officer)
        w.session.flush()
        _record(w, row, officer)
        w.finish(agency=row.id, login=login)
        return Founded(row.id or 0, login, name, password)


def _require_uppermost(w: Work, actor: Actor) -> None:
    access.require_role(actor.roles, access.role_for("manage_agencies"))
    if not is_uppermost(w.session, actor):
        raise NotAllowed(
            "不归本单位管的单位，由最上级单位的系统管理人员添加。请联系他们。",
            "Agencies outside the tree are added by the uppermost agency's administrator. Ask them.",
            "uppermost",
        )


def _refuse(w: Work, code: str, card: Card, login: str, name: str) -> None:
    wrong = {**kept.wrong(w.session, card, None), **kept.wrong_code(w.session, code)}
    try:
        administering.require_sound(login, name, [Role.ADMINISTRATOR])
    except Malformed as why:
        # the agency has a name of its own on the same page
        wrong |= {{"name": "person"}.get(field, field): list(said) for field, said in why.fields.items()}
    if "login" not in wrong and w.session.exec(select(Officer.id).where(Officer.login == login)).first() is not None:
        wrong["login"] = [TAKEN_LOGIN]
    cards.refuse(wrong)


def _record(w: Work, row: Agency, officer: Officer) -> None:
    """In the actor's own trail: the new agency's is its administrator's."""
    w.session.add(
        DirectoryAct(
            agency_id=w.actor.agency_id or 0,
            officer_id=w.actor.officer_id or 0,
            subject=row.code,
            verb="add_agency",
            data={"name": row.name, "administrator": officer.login},
            at=w.now,
        )
    )
