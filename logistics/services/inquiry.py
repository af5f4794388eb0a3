"""The applicant asks without a log-in where the originals are, rates the service, says that one did not come back."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from logistics.actor import Actor, applicant_actor
from logistics.decision import Decision, Fact, NewDiscrepancy
from logistics.errors import Malformed, Rejected, Said
from logistics.rules import inquiry
from logistics.rules.inquiry import (
    ANSWERED,
    DIGITS,
    FAILURES_OF_A_CODE,
    FAILURES_OF_A_PLACE,
    NOT_RECEIVED,
    RATING,
    Place,
    Told,
)
from logistics.store import inquiry as stored
from logistics.store import telling
from logistics.store.context import Context
from logistics.store.inquiry import Case
from logistics.store.telling import Message
from logistics.store.work import Work, reading, say_who_reads, work
from logistics.tables import ApplicantWord, Dossier
from logistics.terms import DiscrepancyKind, RatingReason

NOBODYS = "inquiry:nobody:phone"
STARS = range(1, 6)
WORDS = 300
"""So many letters a rating's own words may have."""


@dataclass(frozen=True)
class Answer:
    """What became of an original that did not come back by the applicant's word; `words`: the hall's, if it wrote."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Seen:
    """The applicant's page: what is told, the halls to ask, what was said before. By the originals' numbers in the
    list: what is `disputed` and still looked into, and what was `answered`.
    """

    dossier_no: str
    item: str
    hall: str
    hall_en: str
    phone: str
    address: str
    authority: str
    authority_en: str
    told: Told
    rated: int | None
    disputed: frozenset[int]
    answered: Mapping[int, Answer]


def enter(ctx: Context, source: str, code: str, digits: str, locale: str = "zh") -> Actor:
    """The holder of the code, who also knows the last digits of the phone. `source`: where the try comes from.

    Raises `Rejected` ("no_such_inquiry") in the same words for an unknown code and for wrong digits; "too_many_tries"
    after too many wrong ones in an hour for that code or from that source.
    """
    typed = inquiry.typed(code)
    return _enter(ctx, source, ctx.keyring.digest(typed, stored.CODE), inquiry.typed(digits), locale)


def enter_by_key(ctx: Context, source: str, key: str, locale: str = "zh") -> Actor:
    """The holder of the receipt, whose QR carries the key. Raises as `enter`."""
    return _enter(ctx, source, ctx.keyring.digest(inquiry.typed(key), stored.KEY), None, locale)


def _enter(ctx: Context, source: str, digest: str, digits: str | None, locale: str) -> Actor:
    """One transaction from the count of failures to the failure that is counted: tries of one code or one place wait
    for each other, so that no number of them at once gets past the limit.
    """
    limits = {ctx.keyring.digest(source, stored.SOURCE): FAILURES_OF_A_PLACE, digest: FAILURES_OF_A_CODE}
    with work(ctx, Actor("applicant", "申请人"), "inquire") as w:
        failures = stored.failures(w.session, limits, w.now)
        if any(failures.get(one, 0) >= limit for one, limit in limits.items()):
            raise Rejected(
                "试的次数太多了，请过一小时再试，或拨打回执上的电话询问。",
                "Too many tries. Please try again in an hour, or call the number on your receipt.",
                "too_many_tries",
            )
        dossier_id = stored.dossier_of(w.session, digest) or 0
        no = _known(w, dossier_id, digits)
        if not no:
            stored.failed(w.session, limits, w.now)
    if no:
        return applicant_actor(no, dossier_id, locale)
    raise Rejected(
        "查不到。请核对回执上的查询码和办理时留的手机号后四位。",
        "Nothing was found. Please check the code on your receipt and the last four digits of your phone.",
        "no_such_inquiry",
    )


def _known(w: Work, dossier_id: int, digits: str | None) -> str:
    """The dossier's number when these are the last digits of its applicant's or agent's phone, or when none are asked
    for; else empty. The same questions and the same reckoning whether there is such a dossier or not, so that a code
    that is somebody's and one that is nobody's take equally long.
    """
    keyring = w.ctx.keyring
    given, nobodys = (digits or "").encode(), keyring.seal("00000000000", NOBODYS)
    say_who_reads(w.session, applicant_actor("", dossier_id))
    no, *phones = stored.phones(w.session, dossier_id)
    found = digits is None
    for column, sealed in zip(stored.PHONES, phones, strict=True):
        place = f"dossier:{no}:{column}" if sealed else NOBODYS
        phone = keyring.unseal(sealed or nobodys, place)
        last = "".join(one for one in phone if one.isdigit())[-DIGITS:].encode()
        found |= hmac.compare_digest(last, given) and bool(sealed)
    return no if found else ""


def see(ctx: Context, actor: Actor, now: datetime) -> Seen:
    """What the applicant's page shows."""
    with reading(ctx.engine, actor) as session:
        case = _case(session, actor)
        words = stored.said(session, case.dossier.id or 0)
    sender, receiver, answered = case.sender, case.receiver, _answered(ctx, case, words)
    return Seen(
        dossier_no=case.dossier.no,
        item=case.item.name,
        hall=sender.name,
        hall_en=sender.name_en or sender.name,
        phone=sender.phone,
        address=sender.address,
        authority=receiver.name,
        authority_en=receiver.name_en or receiver.name,
        told=_told(case, now),
        rated=next((one.stars for one in words if one.stars is not None), None),
        disputed=frozenset(_seq(one) for one in words if one.key.startswith(NOT_RECEIVED)) - set(answered),
        answered=answered,
    )


def _seq(word: ApplicantWord) -> int:
    """The number in the list of the original that the word is about."""
    return int(word.key.rpartition(":")[2])


def _answered(ctx: Context, case: Case, words: Sequence[ApplicantWord]) -> dict[int, Answer]:
    """By the hall's own words, or by settling the difference that stood for it."""
    settled = {one.key: one.settled_at for one in case.discrepancies if one.settled_at is not None}
    found = {}
    for one in words:
        if one.key.startswith(ANSWERED):
            said = ctx.keyring.unseal(one.words_sealed, stored.place_of(case.dossier.no, one.key))
            found[_seq(one)] = Answer(one.said_at, said)
        elif (at := settled.get(f"applicant:{one.key}")) is not None:
            found[_seq(one)] = Answer(at, "")
    return found


def rate(ctx: Context, actor: Actor, stars: int, reasons: Sequence[RatingReason], words: str) -> None:
    """The rating stands, once; three stars and fewer must say why, and are told to the hall's managers.

    Raises `Rejected` before the decision ("too_early"), a second time ("rated"), `Malformed` without a reason.
    """
    with work(ctx, actor, "rate") as w:
        case = _case(w.session, actor)
        dossier = w.dossier(case.dossier.no)
        if not inquiry.may_rate(_told(case, w.now)):
            raise Rejected("事项还没有办结，办结后再请您评价。", "Please rate when your case is decided.", "too_early")
        if any(one.stars is not None for one in stored.said(w.session, dossier.id or 0)):
            raise Rejected("您已经评价过了，谢谢。", "You have rated already. Thank you.", "rated")
        if stars not in STARS or len(words) > WORDS:
            raise Rejected(f"请选一到五星，留言不超过 {WORDS} 字。", "Choose one to five stars.", "rating")
        if stars <= 3 and not reasons:
            why = Said("请至少选一项，我们好改进。", "Please choose at least one, so that we can improve.")
            said = "还没有提交：请选不满意的原因。", "Not sent yet: please choose what went wrong."
            raise Malformed(*said, {"reasons": [why]})
        _say(w.session, ctx, ApplicantWord(
            dossier_id=dossier.id or 0, key=RATING, stars=stars, reasons=[one.value for one in reasons], said_at=w.now
        ), dossier, words)  # fmt: skip
        w.record(dossier, Fact("applicant:rated", "", {"stars": stars, "reasons": [one.value for one in reasons]}))
        if stars <= 3:
            zh, en = f"专档 {dossier.no}：申请人评价 {stars} 星。", f"Dossier {dossier.no}: rated {stars} of 5 stars."
            people = telling.managers(w.session, dossier.sender_agency_id)
            telling.tell(w, dossier, people, Message(f"rated:{dossier.no}", "rating", zh, en))


def dispute(ctx: Context, actor: Actor, seq: int, words: str) -> None:
    """The original that is said to be with the applicant is not: a difference stands, the hall and its managers know.

    `seq`: its number in the list that the page shows. Raises `Rejected` for one that is elsewhere ("not_with_you"), or
    that was disputed before ("disputed").
    """
    with work(ctx, actor, "dispute_return") as w:
        case = _case(w.session, actor)
        dossier = w.dossier(case.dossier.no)
        shown = next((one for one in _told(case, w.now).originals if one.seq == seq), None)
        if shown is None or shown.place is not Place.WITH_YOU or len(words) > WORDS:
            raise Rejected(
                "这份原件还没有交还，不用申诉。", "This original is not said to be with you.", "not_with_you"
            )
        key = f"{NOT_RECEIVED}{seq}"
        if any(one.key == key for one in stored.said(w.session, dossier.id or 0)):
            raise Rejected("您已经说过没有收到，大厅正在核实。", "You said so already; the hall is on it.", "disputed")
        word = ApplicantWord(dossier_id=dossier.id or 0, key=key, reasons=[], said_at=w.now)
        _say(w.session, ctx, word, dossier, words)
        original = [one for one in case.originals if not one.unlisted][seq - 1]
        new = NewDiscrepancy(
            DiscrepancyKind.NOT_RETURNED, f"applicant:{key}", "申请人在查询页上说没有收到这份原件", original.id
        )
        w.record(dossier, Fact("applicant:not_received", "", {"original": original.code}))
        if dossier.closed_at is None:  # a closed dossier has no open difference; its managers are told all the same
            w.carry_out(Decision(discrepancies=(new,)), dossier)
        zh = f"专档 {dossier.no}：申请人说没有收到交还的第 {seq} 份原件。请立即核实。"
        en = f"Dossier {dossier.no}: the applicant says that original {seq} was not handed back. Look into it now."
        people = [
            *telling.desk(w.session, dossier, dossier.sender_agency_id),
            *telling.managers(w.session, dossier.sender_agency_id),
        ]
        telling.tell(w, dossier, people, Message(f"not_received:{dossier.no}:{seq}", "dispute", zh, en))


def _say(session: Session, ctx: Context, word: ApplicantWord, dossier: Dossier, words: str) -> None:
    if words.strip():
        word.words_sealed = ctx.keyring.seal(words.strip(), stored.place_of(dossier.no, word.key))
    session.add(word)
    session.flush()


def _case(session: Session, actor: Actor) -> Case:
    return stored.case(session, actor.dossier_id or 0)


def _told(case: Case, now: datetime) -> Told:
    return inquiry.told(
        case.dossier,
        case.originals,
        case.holders,
        case.consignments,
        case.packed,
        case.discrepancies,
        case.deadlines,
        now,
    )
