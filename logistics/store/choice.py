"""What is known of every courier for one envelope, gathered for the rule that chooses."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from sqlmodel import Session, col, select

from couriers.contract import Courier, Operation
from logistics.rules import pool as pool_rules
from logistics.rules.choice import Option, Situation
from logistics.rules.deadlines import plan
from logistics.rules.policies import Leg, Unit
from logistics.rules.pool import MANUAL
from logistics.rules.workdays import Hours, next_working_moment
from logistics.store import calendars, lanes, pickups, policies, pool
from logistics.store.context import Context
from logistics.tables import (
    Agency,
    Agreement,
    Consignment,
    CourierAccount,
    CourierQuote,
    Dossier,
    Errand,
    Original,
)
from logistics.terms import Channel, Direction, ErrandKind, Payer

MANUAL_NAME_ZH, MANUAL_NAME_EN = "专人递送", "Appointed person"


def channel_of(courier: Courier) -> Channel:
    """Which kind of channel a courier is by law."""
    if courier.code == MANUAL:
        return Channel.APPOINTED_PERSON
    return Channel.POSTAL if courier.postal_enterprise else Channel.COURIER


def asked(ctx: Context) -> list[tuple[str, Channel]]:
    """Couriers that take orders and tell scope or price before one."""
    return [
        (one.code, channel_of(one))
        for one in ctx.couriers.values()
        if Operation.BOOK in one.offers and one.offers & {Operation.SCOPE, Operation.QUOTE}
    ]


def situation(
    session: Session, dossier: Dossier, consignment: Consignment, originals: list[Original], now: datetime
) -> Situation:
    """What holds for all couriers."""
    agreement = session.get_one(Agreement, dossier.agreement_id)
    agency = session.get_one(Agency, consignment.from_agency_id)
    payer = agreement.payer.get(dossier.scope.value)
    leg = Leg.TRANSIT if consignment.direction is Direction.OUTBOUND else Leg.RETURN_TRANSIT
    return Situation(
        originals=originals,
        payer=Payer(payer) if payer else None,
        agreement_until=agreement.valid_until,
        limit=_limit(session, dossier, leg, agency, now),
        now=now,
        opens_at=next_working_moment(calendars.in_force(session, agency), Hours.parse(agency.receiving_hours), now),
    )


def _limit(session: Session, dossier: Dossier, leg: Leg, agency: Agency, now: datetime) -> timedelta:
    """How long the way may take by the rule in force, were the envelope picked up now."""
    policy = policies.policy_for(session, dossier, leg, agency, now)
    if policy.unit is Unit.NATURAL_HOURS:
        return timedelta(hours=policy.length)
    hours = Hours.parse(agency.receiving_hours)
    return plan(policy, calendars.in_force(session, agency), hours, now).due_at - now


def options(session: Session, ctx: Context, consignment: Consignment, now: datetime) -> list[Option]:
    """One for each courier that is set up, and one for 专人 and 机要."""
    others = [one for one in ctx.couriers.values() if one.code != MANUAL]
    quotes = session.exec(select(CourierQuote).where(CourierQuote.consignment_id == consignment.id)).all()
    open_questions = session.exec(
        select(Errand.payload)
        .where(Errand.consignment_id == consignment.id, Errand.kind == ErrandKind.ENQUIRE)
        .where(col(Errand.done_at).is_(None), col(Errand.parked_at).is_(None))
    ).all()
    waiting = {str(payload.get("courier")) for payload in open_questions}
    found = [
        _option(
            session, one, consignment, now, {row.operation: row.answer for row in quotes if row.courier == one.code}
        )
        for one in others
    ]
    return [*(one if one.code not in waiting else _waiting(one) for one in found), _by_hand(session, consignment)]


def _waiting(option: Option) -> Option:
    return Option(**{**vars(option), "waiting": True})


def _option(
    session: Session, courier: Courier, consignment: Consignment, now: datetime, told: dict[str, dict[str, Any]]
) -> Option:
    account = session.get(CourierAccount, courier.code)
    agency_id = consignment.from_agency_id
    scope, quote = told.get(Operation.SCOPE.value, {}), _best(told.get(Operation.QUOTE.value, {}))
    takes = courier.takes_pool_numbers
    appointment = pickups.next_open(session, agency_id, courier.code, now)
    return Option(
        code=courier.code,
        name_zh=courier.name_zh,
        name_en=courier.name_en,
        channel=channel_of(courier),
        books=Operation.BOOK in courier.offers,
        takes_pool=takes,
        pool_left=pool.free(session, agency_id, courier.code) if takes else 0,
        next_number=pool.next_free(session, agency_id, courier.code) if takes else "",
        out_of_order=pool_rules.is_out_of_order(account, now),
        out_until=account.open_until if account is not None else None,
        serves=scope.get("serves"),
        scope_words=str(scope.get("words", "")),
        product=str(quote.get("product_name") or quote.get("product") or ""),
        yuan=_yuan(quote.get("yuan")),
        arrives_by=_instant(quote.get("arrives_by")),
        measured=lanes.transit(session, agency_id, consignment.to_agency_id, courier.code),
        pickup=(appointment.collect_from, appointment.collect_until) if appointment is not None else None,
    )


def _by_hand(session: Session, consignment: Consignment) -> Option:
    agency_id = consignment.from_agency_id
    return Option(
        code=MANUAL,
        name_zh=MANUAL_NAME_ZH,
        name_en=MANUAL_NAME_EN,
        channel=Channel.APPOINTED_PERSON,
        books=True,
        pool_left=pool.free(session, agency_id, MANUAL),
        next_number=pool.next_free(session, agency_id, MANUAL),
        measured=lanes.transit(session, agency_id, consignment.to_agency_id, MANUAL),
    )


def _best(answer: dict[str, Any]) -> dict[str, Any]:
    """The quote that counts: the cheapest of those with a price, else the first."""
    quotes = cast("list[dict[str, Any]]", answer.get("quotes") or [])
    priced = [one for one in quotes if _yuan(one.get("yuan")) is not None]
    if priced:
        return min(priced, key=lambda one: _yuan(one.get("yuan")) or Decimal(0))
    return quotes[0] if quotes else {}


def _yuan(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    at = datetime.fromisoformat(value)
    return at if at.tzinfo is not None else None
