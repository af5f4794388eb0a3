"""Pack, seal and send an envelope; book it at the courier; void it before the courier has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import update
from sqlmodel import col, select

from couriers.contract import Booking, BookingRequest, Party
from logistics.actor import SYSTEM, Actor
from logistics.decision import Decision, Fact
from logistics.errors import NotYours, Rejected
from logistics.rules import access, dossiers, packing, regions, registering, stages, two_sealers
from logistics.rules import choice as rules_choice
from logistics.rules.pool import MANUAL as MANUAL
from logistics.rules.pool import require_need
from logistics.rules.workdays import china_date
from logistics.store import choice, find, orders, pickups, places, pool
from logistics.store.context import Context
from logistics.store.signing import manifest_lines
from logistics.store.work import Work, work
from logistics.tables import (
    Agency,
    Agreement,
    Consignment,
    CourierAccount,
    Custody,
    Dossier,
    Errand,
    Officer,
    Original,
    Packed,
    PoolNumber,
)
from logistics.terms import Channel, Direction, DiscrepancyKind, ErrandKind, Stage, Verb

ENVELOPE_GRAMS, SHEET_GRAMS = 30, 5


def start_consignment(
    ctx: Context, actor: Actor, command_id: str, dossier_no: str, direction: Direction
) -> dict[str, Any]:
    """An empty envelope from this officer's agency to the other one is being packed. Returns `{"consignment": no}`."""
    with work(ctx, actor, "start_consignment", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        source, target = dossier.sender_agency_id, dossier.receiver_agency_id
        if direction is Direction.RETURN:
            source, target = target, source
        _require(actor, "create_consignment", source, direction)
        if dossier.closed_at is not None:
            raise Rejected("专档已办结，不能再寄。", "The dossier is closed.", "dossier_closed")
        seqs = w.session.exec(select(Consignment.seq).where(Consignment.dossier_id == dossier.id)).all()
        seq = max(seqs, default=0) + 1
        row = Consignment(
            dossier_id=cast(int, dossier.id),
            seq=seq,
            no=dossiers.consignment_no(dossier.no, seq),
            direction=direction,
            from_agency_id=source,
            to_agency_id=target,
            stage=Stage.PACKING,
            created_at=w.now,
            created_by=cast(int, actor.officer_id),
        )
        w.session.add(row)
        w.session.flush()
        w.record(dossier, Fact("consignment:started", "", {"consignment": row.no, "direction": direction.value}), row)
        return w.finish(consignment=row.no)


def _require(actor: Actor, verb: str, agency_id: int, direction: Direction) -> None:
    access.require_role(actor.roles, access.role_for(verb, direction))
    access.require_agency(cast(int, actor.agency_id), agency_id)


def pack(ctx: Context, actor: Actor, command_id: str, consignment_no: str, original_code: str) -> dict[str, Any]:
    """The original is on the envelope's list."""
    with work(ctx, actor, "pack", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require(actor, "pack", consignment.from_agency_id, consignment.direction)
        original = _original(w, dossier, original_code)
        last = w.session.exec(
            select(Custody).where(Custody.original_id == original.id).order_by(col(Custody.seq).desc()).limit(1)
        ).first()
        taken = w.session.exec(select(Packed.id).where(Packed.original_id == original.id, col(Packed.open))).first()
        decision = packing.pack(consignment, original, last, consignment.from_agency_id, taken is not None)
        lines = w.session.exec(select(Packed.seq).where(Packed.consignment_id == consignment.id)).all()
        w.session.add(
            Packed(
                dossier_id=cast(int, dossier.id),
                consignment_id=cast(int, consignment.id),
                original_id=cast(int, original.id),
                seq=max(lines, default=0) + 1,
            )
        )
        w.session.flush()
        w.carry_out(decision, dossier, consignment)
        return w.finish(consignment=consignment.no, original=original.code)


def unpack(ctx: Context, actor: Actor, command_id: str, consignment_no: str, original_code: str) -> dict[str, Any]:
    """The original is off the list again; only while packing."""
    with work(ctx, actor, "unpack", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require(actor, "pack", consignment.from_agency_id, consignment.direction)
        original = _original(w, dossier, original_code)
        decision = packing.unpack(consignment, original)
        line = w.session.exec(
            select(Packed).where(Packed.consignment_id == consignment.id, Packed.original_id == original.id)
        ).first()
        if line is None:
            raise NotYours("清单行", "list line")
        w.session.delete(line)
        w.session.flush()
        w.carry_out(decision, dossier, consignment)
        return w.finish(consignment=consignment.no, original=original.code)


def _original(w: Work, dossier: Dossier, code: str) -> Original:
    row = w.session.exec(select(Original).where(Original.code == code, Original.dossier_id == dossier.id)).first()
    if row is None:
        raise NotYours("原件", "original")
    return row


def seal(ctx: Context, actor: Actor, command_id: str, consignment_no: str, seal_no: str) -> dict[str, Any]:
    """The envelope is closed with a numbered seal and its list is frozen under a hash. A seal number is used once."""
    with work(ctx, actor, "seal", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require(actor, "seal", consignment.from_agency_id, consignment.direction)
        seal_no = seal_no.strip().upper()
        whole = find.whole(w.session, dossier)
        originals, pictures = whole.originals_of(consignment), whole.picture_digests(consignment)
        _require_fresh_seal(w, consignment, seal_no)
        manifest = packing.manifest_sha256(consignment.no, seal_no, manifest_lines(ctx, originals, pictures))
        decision = packing.seal(consignment, originals, seal_no, manifest, pictures)
        consignment.seal_no, consignment.manifest_sha256 = seal_no, manifest
        consignment.sealed_at, consignment.sealed_by = w.now, actor.officer_id
        questions = rules_choice.enquiries(consignment, originals, choice.asked(ctx), w.now)
        w.carry_out(replace(decision, errands=(*decision.errands, *questions)), dossier, consignment)
        return w.finish(consignment=consignment.no, manifest_sha256=manifest)


def _require_fresh_seal(w: Work, consignment: Consignment, seal_no: str) -> None:
    used = w.session.exec(
        select(Consignment.no).where(Consignment.seal_no == seal_no, Consignment.id != consignment.id)
    ).first()
    if used is not None:
        raise Rejected(
            f"封签 {seal_no} 已用于寄递件 {used}。一枚封签只用一次，请换一枚新封签。",
            f"Seal {seal_no} was used for {used}. A seal is used once; take a new one.",
            "seal_used",
        )


def reopen(ctx: Context, actor: Actor, command_id: str, consignment_no: str, why: str) -> dict[str, Any]:
    """The sealed envelope is open again for packing; the broken seal stays in the ledger."""
    with work(ctx, actor, "reopen", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require(actor, "seal", consignment.from_agency_id, consignment.direction)
        decision = packing.reopen(consignment, why, _standing(w, dossier, consignment))
        w.carry_out(decision, dossier, consignment)
        consignment.seal_no = consignment.manifest_sha256 = ""
        consignment.sealed_at = consignment.sealed_by = consignment.confirmed_at = consignment.confirmed_by = None
        w.session.add(consignment)
        return w.finish(consignment=consignment.no)


def dispatch(
    ctx: Context,
    actor: Actor,
    command_id: str,
    consignment_no: str,
    courier_code: str,
    form_no: str = "",
    *,
    from_pool: bool = False,
    why: str = "",
) -> dict[str, Any]:
    """The envelope leaves: an order is owed to the courier, or for 专人/机要 the form number is its waybill at once.

    With `from_pool` a number that the courier gave in advance is the waybill at once and its order is owed (REGISTER);
    for 专人/机要 it is the next form of the agency's book. The ledger keeps which way was proposed, which was taken,
    and `why` a person took another one. Raises `Rejected` naming the law and the allowed channels when this courier
    may not carry what is inside, "interface_works" and "pool_empty" for a number of the pool.
    """
    with work(ctx, actor, "dispatch", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require(actor, "dispatch", consignment.from_agency_id, consignment.direction)
        originals = find.whole(w.session, dossier).originals_of(consignment)
        channel = channel_of(ctx, courier_code)
        attempt = _attempt(w, consignment)
        chosen = rules_choice.told(_proposals(w, dossier, consignment, originals), courier_code)
        decision = packing.dispatch(consignment, originals, channel, courier_code, w.now, attempt, chosen, why.strip())
        two_sealers.require_confirmed(
            consignment, two_sealers.demand(originals, find.materials_of(w.session, dossier.item_id, dossier.opened_at))
        )
        consignment.courier, consignment.refusal = courier_code, ""
        consignment.dispatched_at = w.now
        if courier_code == MANUAL:
            w.carry_out(replace(decision, errands=()), dossier, consignment)
            orders.book(w, dossier, consignment, Booking(_form(w, consignment, form_no, from_pool)))
        elif from_pool:
            _require_pool(ctx, courier_code)
            require_need(w.session.get(CourierAccount, courier_code), None, None, w.now)
            w.carry_out(replace(decision, errands=()), dossier, consignment)
            orders.book_from_pool(w, dossier, consignment)
        else:
            w.carry_out(decision, dossier, consignment)
        return w.finish(consignment=consignment.no, stage=consignment.stage.value, waybill=consignment.waybill_no)


def _proposals(
    w: Work, dossier: Dossier, consignment: Consignment, originals: list[Original]
) -> list[rules_choice.Proposal]:
    situation = choice.situation(w.session, dossier, consignment, originals, w.now)
    return rules_choice.propose(choice.options(w.session, w.ctx, consignment, w.now), situation)


def book_from_pool(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """An envelope whose courier does not answer (下单中) has a number of the pool as its waybill at once.

    The order that may have reached the courier all the same is asked for again under the same reference. Raises
    `Rejected`: "stage" when the waybill came in the meantime, "interface_works", "pool_empty".
    """
    with work(ctx, actor, "book_from_pool", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require(actor, "dispatch", consignment.from_agency_id, consignment.direction)
        stages.move(consignment.stage, Verb.RECORD_BOOKING)
        _require_pool(ctx, consignment.courier)
        owed = w.session.exec(
            select(Errand)
            .where(Errand.consignment_id == consignment.id, Errand.kind == ErrandKind.BOOK)
            .where(col(Errand.done_at).is_(None))
        ).first()
        account = w.session.get(CourierAccount, consignment.courier)
        require_need(account, owed, consignment.dispatched_at, w.now)
        number = orders.book_from_pool(w, dossier, consignment)
        return w.finish(consignment=consignment.no, stage=consignment.stage.value, waybill=number)


def _require_pool(ctx: Context, courier_code: str) -> None:
    courier = ctx.couriers.get(courier_code)
    if courier is None or not courier.takes_pool_numbers:
        raise Rejected(
            f"{courier.name_zh if courier else courier_code}不接受号段运单。请等接口恢复，或改用别的寄法。",
            f"{courier_code} takes no numbers from a pool. Wait, or send it another way.",
            "no_pool_courier",
        )


def _form(w: Work, consignment: Consignment, form_no: str, from_pool: bool) -> str:
    """The number of the form that goes with the envelope: the typed one, or the next of the agency's book."""
    form_no = form_no.strip().upper()
    if not form_no and from_pool:
        return pool.take(w.session, consignment, MANUAL, w.now).number
    if not form_no:
        raise Rejected("专人或机要递送须填写交接单据号。", "Give the number of the form.", "form_number")
    orders.require_fresh_form(w, consignment, form_no)
    pool.take_named(w.session, consignment, MANUAL, form_no, w.now)
    return form_no


def channel_of(ctx: Context, courier_code: str) -> Channel:
    """Which kind of channel a courier is by law. Raises `NotYours` for one that is not configured."""
    if courier_code == MANUAL:
        return Channel.APPOINTED_PERSON
    courier = ctx.couriers.get(courier_code)
    if courier is None:
        raise NotYours("快递", "courier")
    return choice.channel_of(courier)


def _attempt(w: Work, consignment: Consignment) -> int:
    whole = find.whole(w.session, w.session.get_one(Dossier, consignment.dossier_id))
    made = [e for e in whole.errands if e.consignment_id == consignment.id and e.kind is ErrandKind.BOOK]
    return len(made) + 1


def void(
    ctx: Context, actor: Actor, command_id: str, consignment_no: str, why: str, *, taken_back: bool = False
) -> dict[str, Any]:
    """The envelope does not travel; its originals are free again, and a waybill is owed a cancellation at the
    courier. `taken_back`: the collector, who had signed for it, gave it back. Raises `Rejected` as the rule does.
    """
    with work(ctx, actor, "void", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        _require(actor, "void", consignment.from_agency_id, consignment.direction)
        handed_on, corrects = pickups.signed_on(w.session, consignment), _standing(w, dossier, consignment)
        decision = packing.void(consignment, why, corrects, handed_on, taken_back=taken_back)
        w.session.execute(update(Packed).where(col(Packed.consignment_id) == consignment.id).values(open=False))
        w.carry_out(decision, dossier, consignment)
        return w.finish(consignment=consignment.no)


def _standing(w: Work, dossier: Dossier, consignment: Consignment) -> int:
    found = packing.standing_act(find.whole(w.session, dossier).entries, consignment)
    return found.seq if found is not None else 0


def booking_request(ctx: Context, consignment_no: str) -> BookingRequest:
    """What the courier is asked to take: the agencies in full, no applicant, no title of any document."""
    with work(ctx, SYSTEM, "read_booking_request") as w:
        dossier, consignment = w.consignment(consignment_no)
        originals = find.whole(w.session, dossier).originals_of(consignment)
        grams = ENVELOPE_GRAMS + SHEET_GRAMS * sum(one.pages * one.copies for one in originals)
        agreement = w.session.get_one(Agreement, dossier.agreement_id)
        by = agreement.payer.get(dossier.scope.value, "sender")
        appointment = pickups.next_open(w.session, consignment.from_agency_id, consignment.courier, w.now)
        return BookingRequest(
            reference=orders.reference(w, dossier, consignment, consignment.waybill_no),
            sender=_party(w, consignment.from_agency_id, consignment.sealed_by),
            receiver=_party(w, consignment.to_agency_id, None),
            weight_grams=grams,
            contents_count=len(originals),
            created_at=consignment.dispatched_at or w.now,
            pickup_from=appointment.collect_from if appointment is not None else None,
            pickup_until=appointment.collect_until if appointment is not None else None,
            payer="receiver" if by == "receiver" else "sender",
            waybill_no=consignment.waybill_no if pool.number_of(w.session, consignment) is not None else "",
        )


def order_reference(ctx: Context, consignment_no: str, waybill_no: str) -> str:
    """By what the courier knows our order of that number."""
    with work(ctx, SYSTEM, "read_order_reference") as w:
        dossier, consignment = w.consignment(consignment_no)
        return orders.reference(w, dossier, consignment, waybill_no)


def may_be_ordered(ctx: Context, consignment_no: str) -> bool:
    """True when the courier may have an order of this envelope besides that of its number of the pool."""
    with work(ctx, SYSTEM, "read_orders_sent") as w:
        return orders.may_know(w, w.consignment(consignment_no)[1])


def _party(w: Work, agency_id: int, officer_id: int | None) -> Party:
    agency = w.session.get_one(Agency, agency_id)
    today, known = china_date(w.now), places.around(w.session, agency.region_code)
    person = w.session.get_one(Officer, officer_id).name if officer_id is not None else agency.short_name
    code = agency.region_code

    def name(region: str) -> str:
        return regions.name_of(region, today, known) or ""

    province, city = name(regions.province_of(code)), name(regions.city_of(code))
    return Party(person, agency.phone, province, city, name(code), agency.address, agency.postcode)


def record_booking(ctx: Context, consignment_no: str, booking: Booking) -> None:
    """The courier's waybill stands on the consignment; recorded once, a repeat changes nothing.

    An envelope that took a number of the pool in the meantime keeps it, and the courier's stands as a second number.
    """
    with work(ctx, SYSTEM, "record_booking") as w:
        dossier, consignment = w.consignment(consignment_no)
        if consignment.waybill_no == booking.waybill_no and consignment.registered_at is not None:
            return
        number = pool.number_of(w.session, consignment)
        if number is not None:
            orders.registered(w, dossier, consignment, number, booking)
            return
        orders.require_free_waybill(w, consignment, booking.waybill_no)
        orders.book(w, dossier, consignment, booking)


def record_registered(ctx: Context, consignment_no: str, booking: Booking) -> None:
    """The courier has the order of a number of the pool; or it names another number, which is a difference then.

    A repeat changes nothing.
    """
    with work(ctx, SYSTEM, "record_registered") as w:
        dossier, consignment = w.consignment(consignment_no)
        number = pool.number_of(w.session, consignment)
        if number is not None:
            orders.registered(w, dossier, consignment, number, booking)


def record_registration_refused(ctx: Context, consignment_no: str, code: str, words: str) -> None:
    """The courier's words stand on the envelope and as a difference: a person corrects and registers again, or voids
    the envelope. The number stays on it.
    """
    with work(ctx, SYSTEM, "record_registration_refused") as w:
        dossier, consignment = w.consignment(consignment_no)
        number = pool.number_of(w.session, consignment)
        if number is None or number.registered_at is not None:
            return
        consignment.refusal = f"{code} {words}".strip()
        w.session.add(consignment)
        attempt = orders.registrations(w, consignment)
        w.carry_out(registering.refused(consignment, number.number, code, words, attempt), dossier, consignment)


def record_refusal(ctx: Context, consignment_no: str, code: str, words: str) -> None:
    """The courier said no, in its own words; the envelope is sealed and waits for a person to send it otherwise."""
    with work(ctx, SYSTEM, "record_refusal") as w:
        dossier, consignment = w.consignment(consignment_no)
        if consignment.stage is not Stage.BOOKING:
            return
        stage = stages.move(consignment.stage, Verb.RECORD_REFUSAL)
        consignment.refusal = f"{code} {words}".strip()
        fact = Fact(
            "consignment:refused", words, {"consignment": consignment.no, "code": code, "courier": consignment.courier}
        )
        w.carry_out(Decision(stage=stage, facts=(fact,)), dossier, consignment)


def record_cancelled(ctx: Context, consignment_no: str, refused_words: str | None, waybill_no: str = "") -> None:
    """What the courier said to our cancellation of a number stands in the ledger, once for each number; a refused one
    is a matter for a person. Without `waybill_no` it is about the envelope's own.

    When it was the second number of an envelope with a number of the pool, that one is registered once more.
    """
    with work(ctx, SYSTEM, "record_cancelled") as w:
        dossier, consignment = w.consignment(consignment_no)
        what = "waybill:cancelled" if refused_words is None else "waybill:cancel_refused"
        waybill_no = waybill_no or consignment.waybill_no
        data: dict[str, Any] = {
            "consignment": consignment.no,
            "courier": consignment.courier,
            "waybill": waybill_no,
        }
        said = [entry.facts for entry in find.whole(w.session, dossier).entries if entry.what == what]
        if any(facts.get("waybill") == waybill_no for facts in said):
            return
        w.record(dossier, Fact(what, refused_words or "", data), consignment)
        number = pool.number_of(w.session, consignment)
        if refused_words is None and number is not None and number.number != waybill_no:
            _register_once_more(w, dossier, consignment, number)


def _register_once_more(w: Work, dossier: Dossier, consignment: Consignment, number: PoolNumber) -> None:
    """The courier withdrew its own number: the difference is settled and the pool's number is owed to it again."""
    orders.settle(w, dossier, consignment, DiscrepancyKind.SECOND_WAYBILL, "快递方已撤销另一运单")
    if consignment.stage is not Stage.VOIDED and number.registered_at is None:
        attempt = orders.registrations(w, consignment) + 1
        w.owe(registering.registration(consignment, number.number, attempt), dossier, consignment)
