"""SQL that counts what stands ready in the agencies an administrator keeps."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from logistics.agreement_terms import AgreementState
from logistics.rules import agreements as agreement_rules
from logistics.rules.breaker import standing
from logistics.rules.preparedness import Prepared, ends_soon
from logistics.store import accounts, agreements, calendars, catalogue, channels, consents, printing
from logistics.store.agreements import Line
from logistics.store.codes import unknown
from logistics.store.policy_views import pending
from logistics.tables import Agency, Officer
from logistics.terms import Role


def counted(
    session: Session, keeps: Collection[int], couriers: Collection[str], now: datetime, today: date
) -> Prepared:
    """What stands ready for an administrator of these agencies. `couriers`: the codes of configured accounts."""
    lines = agreements.agreements(session, keeps)
    known = _agreements(lines, today)
    asked = consents.asked(session, [one.agreement for one in lines], keeps, today)
    roles = _roles(session)
    shelves = catalogue.items(session)
    ways = [one for one in channels.every(session, keeps) if one.active]
    states = [standing(accounts.state_of(accounts.of(session, code)), now) for code in couriers]
    return Prepared(
        agencies=session.exec(select(func.count()).select_from(Agency)).one(),
        without_fonds=session.exec(
            select(func.count()).select_from(Agency).where(col(Agency.id).in_(list(keeps)), Agency.fonds_no == "")
        ).one(),
        **_people(lines, roles, keeps, today),
        items=len(shelves),
        items_bare=sum(one.lines == 0 for one in shelves),
        **known,
        agreements_asked=sum(whose == "ours" for whose in asked.values()),
        couriers=len(states),
        couriers_ill=sum(state != "working" for state in states),
        printers=len(printing.printers(session, keeps, active=True)),
        newest_year=calendars.newest_year(session),
        policies_waiting=len(pending(session)),
        codes_waiting=sum(one.holds is None for one in unknown(session)),
        channels=len(ways),
        channels_ill=sum(one.dead_since is not None for one in ways),
    )


def _agreements(lines: Collection[Line], today: date) -> dict[str, Any]:
    states = [(one, agreement_rules.state(one.agreement, today)) for one in lines]
    in_force = [one for one, state in states if state is AgreementState.IN_FORCE]
    return {
        "agreements": len(in_force),
        "drafts": sum(state is AgreementState.DRAFT for _, state in states),
        "ending_soon": sum(ends_soon(one.agreement.valid_until, today) for one in in_force),
    }


def _roles(session: Session) -> dict[str, set[int]]:
    """The agencies in which somebody who works has each role."""
    found: dict[str, set[int]] = {role.value: set() for role in Role}
    for agency_id, roles in session.exec(select(Officer.agency_id, Officer.roles).where(col(Officer.active))):
        for role in roles:
            found[role].add(agency_id)
    return found


def _people(lines: Collection[Line], roles: dict[str, set[int]], keeps: Collection[int], today: date) -> dict[str, Any]:
    in_force = [one for one in lines if agreement_rules.state(one.agreement, today) is AgreementState.IN_FORCE]
    windows = {one.sender.id: one.sender.short_name for one in in_force}
    receivers = {one.receiver.id: one.receiver.short_name for one in in_force}
    return {
        "windows": len(roles[Role.WINDOW]),
        "receivers": len(roles[Role.RECEIVER]),
        "managers": len(roles[Role.MANAGER] & set(keeps)),
        "windows_lacking": [name for key, name in windows.items() if key not in roles[Role.WINDOW]],
        "receivers_lacking": [name for key, name in receivers.items() if key not in roles[Role.RECEIVER]],
    }
