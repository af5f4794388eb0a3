"""Which courier for this envelope (寄法): who may carry it, how good each is, and why; nothing that nobody told.

A courier is barred by law, by its account, by its own word about the address, or because it cannot be ordered at
present. The open ones are put in order by what is known: whether it answers, whether it collects here, how fast this
lane really was or is promised to be, what it costs. What is unknown is called unknown and counts neither way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from logistics.decision import Errand, Json
from logistics.errors import Rejected
from logistics.rules import channels
from logistics.rules.pool import MANUAL
from logistics.rules.workdays import CHINA
from logistics.tables import Consignment, Original
from logistics.terms import Channel, ErrandKind, Payer, Secrecy, zh

ENOUGH = 5
"""Delivered envelopes of a lane from which on its own figure counts."""

SCANNED_AND_GONE = timedelta(seconds=3)
"""How long after its sealing an envelope is asked about."""

_BUCKET_HOURS = 12  # two couriers within half a day of each other are equally fast; then the price decides


@dataclass(frozen=True)
class Measured:
    """How fast one courier was on this lane: of `count` envelopes eighty in a hundred took at most `p80_hours`."""

    count: int
    p80_hours: float


@dataclass(frozen=True)
class Option:
    """What is known of one courier for one envelope. None and "" mean that nobody told.

    `out_until`: until when nobody calls an account that is out of order; `asked` says that scope and price have been
    asked for, `waiting` that the answer is still to come.
    """

    code: str
    name_zh: str
    name_en: str
    channel: Channel
    books: bool
    takes_pool: bool = False
    pool_left: int = 0
    next_number: str = ""
    out_of_order: bool = False
    out_until: datetime | None = None
    waiting: bool = False
    serves: bool | None = None
    scope_words: str = ""
    product: str = ""
    yuan: Decimal | None = None
    arrives_by: datetime | None = None
    measured: Measured | None = None
    pickup: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class Situation:
    """What holds for all couriers: contents, payer by the agreement, the lane's time limit, the hall's hours."""

    originals: Sequence[Original]
    payer: Payer | None
    agreement_until: date | None
    limit: timedelta
    now: datetime
    opens_at: datetime  # when the sending hall is open next; not after `now` while it is open


@dataclass(frozen=True)
class Reason:
    """One sentence; `known` is False where it says what is not known."""

    zh: str
    en: str
    known: bool = True


@dataclass(frozen=True)
class Proposal:
    """One way for the envelope: open with the reasons for it, or barred with the one reason and what to do."""

    code: str
    name_zh: str
    name_en: str
    open: bool
    reasons: tuple[Reason, ...]
    from_pool: bool = False
    next_number: str = ""
    rank: tuple[float, ...] = field(default=(), compare=False)


def propose(options: Iterable[Option], situation: Situation) -> list[Proposal]:
    """Open ways, the best first, then the barred ones. The first open one is what is proposed."""
    found = [_judge(option, situation) for option in options]
    return sorted(found, key=lambda one: (not one.open, one.rank, one.code))


def proposed(found: Sequence[Proposal]) -> Proposal | None:
    """The way that is taken unless a person says otherwise; None when none is open."""
    return next((one for one in found if one.open), None)


def _judge(option: Option, situation: Situation) -> Proposal:
    barred = _barred(option, situation)
    if barred is not None:
        return Proposal(option.code, option.name_zh, option.name_en, False, (barred,), rank=_rank(option, situation))
    from_pool = option.out_of_order and option.takes_pool
    reasons = tuple(_reasons(option, situation, from_pool))
    number = option.next_number if from_pool or option.code == MANUAL else ""
    return Proposal(
        option.code, option.name_zh, option.name_en, True, reasons, from_pool, number, _rank(option, situation)
    )


def _barred(option: Option, situation: Situation) -> Reason | None:
    try:
        channels.gate(situation.originals, option.channel)
    except Rejected as law:
        return Reason(law.zh, law.en)
    if option.code == MANUAL:
        return None
    if not option.books:
        return Reason(
            "这个账户只查轨迹，不能下单。请改用别的寄法。", "This account only tracks; it cannot be ordered from."
        )
    if option.serves is False:
        said = f"，原话：{option.scope_words}" if option.scope_words else ""
        return Reason(
            f"快递方称不在本单位地址揽收{said}。请改用别的寄法，或请系统管理人员核对单位地址。",
            f"The courier says that it does not collect here{': ' + option.scope_words if option.scope_words else ''}. "
            "Choose another way, or have the agency's address checked.",
        )
    if option.out_of_order and not (option.takes_pool and option.pool_left):
        until = f"，{_time(option.out_until)} 再试" if option.out_until and option.out_until > situation.now else ""
        missing = "号段已经用完" if option.takes_pool else "它不接受号段运单"
        none = "its pool is empty" if option.takes_pool else "it takes no numbers from a pool"
        return Reason(
            f"接口没有回应{until}；{missing}。请改用别的寄法，或等接口恢复，或请系统管理人员处理。",
            f"Its interface does not answer, and {none}. Choose another way, wait, or ask your administrator.",
        )
    return None


def _reasons(option: Option, situation: Situation, from_pool: bool) -> Iterable[Reason]:
    yield _lawful(option, situation)
    if from_pool:
        yield Reason(
            f"接口没有回应：用号段号 {option.next_number} 先打单，恢复后自动补登（还剩 {option.pool_left} 个号）",
            f"No answer from its interface: the label gets number {option.next_number} of the pool now and is "
            f"registered later ({option.pool_left} left)",
        )
    if option.code == MANUAL:
        yield _book_of_forms(option)
    elif option.serves:
        yield Reason("快递方称可在本单位揽收", "The courier says that it collects here")
    measured = option.measured
    if measured is not None and measured.count >= ENOUGH:
        yield Reason(
            f"本线路近 {measured.count} 件，八成在 {measured.p80_hours:.0f} 小时内妥投",
            f"On this lane 80 % of {measured.count} envelopes were delivered within {measured.p80_hours:.0f} h",
        )
    if option.arrives_by is not None:
        yield Reason(f"承诺 {_time(option.arrives_by)} 前送达", f"Promised by {_time_en(option.arrives_by)}")
    if option.yuan is not None:
        what = f"（{option.product}）" if option.product else ""
        yield Reason(f"报价 {option.yuan:.2f} 元{what}", f"Price told: {option.yuan:.2f} yuan {option.product}".strip())
    yield from _paid_and_collected(option, situation)
    unknown = _unknown(option)
    if unknown is not None:
        yield unknown


def _lawful(option: Option, situation: Situation) -> Reason:
    secret = any(one.secrecy is not Secrecy.NONE for one in situation.originals)
    if secret:
        return Reason("内有涉密原件，依法由机要或专人递送", "Holds secrets: by law only by an appointed person")
    if option.channel is Channel.APPOINTED_PERSON:
        return Reason("由本单位人员送达", "Carried by our own staff")
    if option.channel is Channel.POSTAL and any(one.official_document for one in situation.originals):
        return Reason(
            "内有国家机关公文，依法只能交邮政企业", "Holds official documents: by law only the postal enterprise"
        )
    if option.channel is Channel.POSTAL:
        return Reason("邮政企业，可寄公文和普通原件", "The postal enterprise: may carry official documents too")
    return Reason("快递企业，可寄普通原件", "A courier company: may carry ordinary originals")


def _book_of_forms(option: Option) -> Reason:
    if option.next_number:
        return Reason(
            f"单据簿下一张 {option.next_number}（还剩 {option.pool_left} 张）",
            f"Next form of the book: {option.next_number} ({option.pool_left} left)",
        )
    return Reason("单据簿没有登记号码，请填写交接单据号", "The book of forms is empty: give the number of the form")


def _paid_and_collected(option: Option, situation: Situation) -> Iterable[Reason]:
    if option.code == MANUAL:
        return
    if situation.payer is not None:
        who = {Payer.SENDER: "the sender", Payer.RECEIVER: "the receiver", Payer.APPLICANT: "the applicant"}
        yield Reason(f"按通办协议{zh(situation.payer)}", f"By the agreement {who[situation.payer]} pays")
    if situation.agreement_until is not None and situation.agreement_until < situation.now.astimezone(CHINA).date():
        day = situation.agreement_until
        yield Reason(f"注意：通办协议已于 {day.isoformat()} 到期", f"Note: the agreement ended on {day.isoformat()}")
    if option.pickup is not None:
        until = option.pickup[1].astimezone(CHINA).strftime("%H:%M")
        yield Reason(
            f"已预约 {_time(option.pickup[0])}–{until} 上门揽收",
            f"A pick-up is booked for {_time_en(option.pickup[0])}–{until}",
        )
    elif situation.opens_at > situation.now:
        yield Reason(
            f"本单位现已下班，{_time(situation.opens_at)} 起才能上门揽收",
            f"The hall is closed: nobody collects before {_time_en(situation.opens_at)}",
        )


def _unknown(option: Option) -> Reason | None:
    if option.code == MANUAL:
        return None
    names: list[tuple[str, str]] = []
    if option.serves is None:
        names.append(("是否上门揽收", "whether it collects here"))
    if option.arrives_by is None:
        names.append(("承诺时间", "promised arrival"))
    if option.yuan is None:
        names.append(("价格", "price"))
    count = option.measured.count if option.measured is not None else 0
    if count < ENOUGH:
        names.append((f"本线路实际快慢（只有 {count} 件）", f"this lane's real speed ({count} envelope(s))"))
    if not names:
        return None
    asking = ("（正在询问快递方）", " (being asked)") if option.waiting else ("", "")
    return Reason(
        f"未知：{'、'.join(one for one, _ in names)}{asking[0]}",
        f"Unknown: {', '.join(one for _, one in names)}{asking[1]}",
        known=False,
    )


def _rank(option: Option, situation: Situation) -> tuple[float, ...]:
    """The smaller, the better. What is unknown stands between known to be in time and known to be late."""
    hours = _expected_hours(option, situation.now)
    price = float(option.yuan) if option.yuan is not None else float("inf")
    company = option.channel is not Channel.POSTAL
    if hours is None:
        speed = (1.0, float(company), price, 0.0)
    else:
        late = hours > situation.limit.total_seconds() / 3600
        speed = (2.0 if late else 0.0, float(hours // _BUCKET_HOURS), price, float(company))
    return (float(option.code == MANUAL), float(option.out_of_order), float(option.serves is None), *speed)


def _expected_hours(option: Option, now: datetime) -> float | None:
    if option.measured is not None and option.measured.count >= ENOUGH:
        return option.measured.p80_hours
    if option.arrives_by is not None:
        return max(0.0, (option.arrives_by - now).total_seconds() / 3600)
    return None


def told(found: Sequence[Proposal], chosen: str) -> dict[str, Json]:
    """What the ledger keeps of the choice: the way that was proposed and why, and the way that was taken."""
    first = proposed(found)
    return {
        "proposed": first.code if first is not None else "",
        "because": [one.zh for one in first.reasons] if first is not None else [],
        "chosen": chosen,
        "barred": {one.code: one.reasons[0].zh for one in found if not one.open},
    }


def enquiries(
    consignment: Consignment, originals: Sequence[Original], couriers: Iterable[tuple[str, Channel]], at: datetime
) -> tuple[Errand, ...]:
    """The questions after scope and price that an envelope sealed `at` is owed, one a courier (code and channel).

    A courier that may not carry the contents is not told of them. They wait a moment: an envelope that is sealed and
    sent by one scan needs no answer any more.
    """
    secrecies, official = [one.secrecy for one in originals], any(one.official_document for one in originals)
    open_channels = channels.allowed(secrecies, official)
    return tuple(
        Errand(
            ErrandKind.ENQUIRE,
            f"enquire:{consignment.no}:{code}",
            {"consignment_no": consignment.no, "courier": code},
            at + SCANNED_AND_GONE,
        )
        for code, channel in couriers
        if channel in open_channels
    )


def _time(at: datetime | None) -> str:
    if at is None:
        return "未知"
    local = at.astimezone(CHINA)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def _time_en(at: datetime) -> str:
    return at.astimezone(UTC).astimezone(CHINA).strftime("%d %b %H:%M")
