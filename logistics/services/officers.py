"""An administrator keeps officers: add, change, switch off, give a new password; and everybody changes their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from logistics.actor import Actor
from logistics.errors import Malformed, NotYours, Rejected, Said, Wrong
from logistics.rules import access, administering
from logistics.store import passwords, people
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import DirectoryAct, Officer
from logistics.terms import Role


@dataclass(frozen=True)
class Person:
    """What an administrator says of an officer."""

    name: str
    email: str
    roles: Sequence[Role]


@dataclass(frozen=True)
class Given:
    """An officer who may log in, and the password to be read out once; "" when the command was done before."""

    officer_id: int
    password: str


def add(ctx: Context, actor: Actor, command_id: str, agency_id: int, login: str, person: Person) -> Given:
    """The officer of an agency the administrator keeps is there, with a password they must change at their first
    log-in.

    Raises `Malformed` naming each field, `NotAllowed`, `NotYours` for another's agency.
    """
    with work(ctx, actor, "add_officer", command_id) as w:
        if w.done is not None:
            return Given(int(w.done["officer"]), "")
        access.require_role(actor.roles, access.role_for("manage_officers"))
        if agency_id not in actor.agencies:
            raise NotYours("单位", "agency")
        login = login.strip().lower()
        administering.require_sound(login, person.name, person.roles)
        if w.session.exec(select(Officer.id).where(Officer.login == login)).first() is not None:
            taken: Wrong = {
                "login": [Said("这个登录名已有人用，请换一个。", "Somebody has this log-in name. Choose another.")]
            }
            raise Malformed("还没有保存：登录名已有人用。", "Not saved: the log-in name is taken.", taken)
        password = administering.new_password()
        row = Officer(
            agency_id=agency_id,
            login=login,
            name=person.name.strip(),
            email=person.email.strip(),
            roles=_words(person.roles),
            password_hash=passwords.hashed(password),
            password_given=True,
        )
        w.session.add(row)
        w.session.flush()
        _record(w, row, "add_officer", {"name": row.name, "roles": row.roles})
        return Given(int(w.finish(officer=row.id)["officer"]), password)


def change(
    ctx: Context, actor: Actor, command_id: str, officer_id: int, person: Person, active: bool
) -> dict[str, Any]:
    """The officer has this name, address and roles; one who is switched off, or lost a role, is logged out.

    Raises as `add`; `Rejected` ("own_account") for administrators who would lock themselves out.
    """
    with work(ctx, actor, "change_officer", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, officer_id)
        administering.require_sound(row.login, person.name, person.roles)
        administering.require_not_oneself(officer_id == actor.officer_id, person.roles, active)
        before = {"name": row.name, "roles": sorted(row.roles), "active": row.active}
        lost = set(row.roles) - set(_words(person.roles))
        row.name, row.email, row.active = person.name.strip(), person.email.strip(), active
        row.roles = _words(person.roles)
        w.session.add(row)
        after = {"name": row.name, "roles": row.roles, "active": active}
        _record(w, row, "change_officer", {"before": before, "after": after})
        ended = people.revoke_all(w.session, officer_id, w.now) if lost or not active else 0
        return w.finish(officer=officer_id, logged_out=ended)


def give_password(ctx: Context, actor: Actor, command_id: str, officer_id: int) -> Given:
    """The officer has a new password, to be read out once and changed at the next log-in; every session of theirs is
    over, a lock after wrong tries is lifted.
    """
    with work(ctx, actor, "give_password", command_id) as w:
        if w.done is not None:
            return Given(officer_id, "")
        row = _theirs(w, actor, officer_id)
        password = administering.new_password()
        row.password_hash, row.password_given = passwords.hashed(password), True
        row.failed_log_ins, row.locked_until = 0, None
        w.session.add(row)
        people.revoke_all(w.session, officer_id, w.now)
        _record(w, row, "give_password", {})
        w.finish(officer=officer_id)
        return Given(officer_id, password)


def change_own_password(ctx: Context, actor: Actor, command_id: str, old: str, new: str, again: str) -> int:
    """The officer's own password is changed, and their other log-ins are over; returns the officer's id.

    Raises `Malformed` at the field for a wrong old password, a weak or an unequal new one.
    """
    with work(ctx, actor, "change_password", command_id) as w:
        if w.done is not None:
            return int(w.done["officer"])
        row = _locked(w.session, actor.officer_id or 0)
        if not passwords.matches(row.password_hash, old):
            wrong: Wrong = {"old": [Said("原来的密码不对，请重输。", "That is not the old password. Enter it again.")]}
            raise Malformed("密码没有更改：原来的密码不对。", "The old password is wrong.", wrong)
        administering.require_strong(new, row.login, again)
        if passwords.matches(row.password_hash, new):
            raise Rejected("新密码和原来的一样，请换一个。", "The new password is the old one.", "same_password")
        row.password_hash, row.password_given = passwords.hashed(new), False
        w.session.add(row)
        people.revoke_all(w.session, row.id or 0, w.now)
        return int(w.finish(officer=row.id)["officer"])


def _theirs(w: Work, actor: Actor, officer_id: int) -> Officer:
    access.require_role(actor.roles, access.role_for("manage_officers"))
    row = _locked(w.session, officer_id)
    if row.agency_id not in actor.agencies:
        raise NotYours("经办人", "officer")
    return row


def _locked(session: Session, officer_id: int) -> Officer:
    row = session.exec(select(Officer).where(Officer.id == officer_id).with_for_update()).first()
    if row is None:
        raise NotYours("经办人", "officer")
    return row


def _words(roles: Sequence[Role]) -> list[str]:
    return sorted({role.value for role in roles})


def _record(w: Work, row: Officer, verb: str, data: dict[str, Any]) -> None:
    w.session.add(
        DirectoryAct(
            agency_id=row.agency_id,
            officer_id=w.actor.officer_id or 0,
            subject=row.login,
            verb=verb,
            data=data,
            at=w.now,
        )
    )
