"""Stop a clock for a reason, or give it more time: one person asks, another decides, the clock runs on by itself or by
hand. Every act is in the ledger.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, select

from logistics.actor import SYSTEM, Actor
from logistics.decision import Fact, Json
from logistics.errors import NotYours, Rejected
from logistics.rules import granting, spoken
from logistics.rules.chain import stamp
from logistics.rules.deadlines import LEG_NAMES, Leg
from logistics.rules.pausing import UNIT_NAMES
from logistics.rules.policies import Unit
from logistics.rules.workdays import CHINA
from logistics.store import pauses, telling
from logistics.store.context import Context
from logistics.store.telling import Message
from logistics.store.work import Work, work
from logistics.tables import Deadline, Dossier, Officer, Pause


def ask_pause(
    ctx: Context,
    actor: Actor,
    command_id: str,
    deadline_id: int,
    reason: str,
    note: str,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> dict[str, Any]:
    """A pause of the clock is asked for, from now or from a later moment, until a stated one or until somebody ends it.

    Returns `{"pause", "deadline"}`. Nothing stands still before a manager approves; then it does from `from_at` on.
    """
    with work(ctx, actor, "ask_pause", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row, given = _askable(w, actor, deadline_id, reason, note)
        granting.require_span(row, from_at or w.now, until_at, w.now)
        asked = Pause(**given, kind="pause", from_at=from_at or w.now, until_at=until_at)
        return _asked(w, dossier, row, asked)


def ask_extension(
    ctx: Context, actor: Actor, command_id: str, deadline_id: int, reason: str, note: str, amount: int
) -> dict[str, Any]:
    """More time is asked for, in the unit of the clock's own length. Returns `{"pause", "deadline"}`."""
    with work(ctx, actor, "ask_extension", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row, given = _askable(w, actor, deadline_id, reason, note)
        granting.require_amount(row, amount)
        return _asked(w, dossier, row, Pause(**given, kind="extension", amount=amount))


def approve(ctx: Context, actor: Actor, command_id: str, pause_id: int) -> dict[str, Any]:
    """What was asked for holds: the clock stands still from the moment asked for, or ends later."""
    with work(ctx, actor, "approve_pause", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row, pause = _undecided(w, actor, pause_id)
        pause.approved_at, pause.approved_by = w.now, actor.officer_id
        w.session.add(pause)
        w.session.flush()
        if pause.kind == "extension":
            granting.require_amount(row, cast(int, pause.amount))
            said = pauses.extend(w.session, row, pause, w.now)
        else:
            said = _turned(w, row, pause)
        if not said:
            said = [Fact("deadline:pause_approved", pauses.words_of(pause), {"key": row.key, "request": pause.id})]
        for fact in said:
            w.record(dossier, fact)
        _tell_asker(w, dossier, row, pause, "已批准", "was granted")
        if pause.kind == "extension" and row.leg == Leg.CHECKED_TO_DECISION:
            _tell_hall(w, dossier, row, pause)
        return w.finish(pause=pause_id, deadline=row.id)


def refuse(ctx: Context, actor: Actor, command_id: str, pause_id: int, why: str) -> dict[str, Any]:
    """What was asked for is refused, with the reason; the clock runs as it did."""
    with work(ctx, actor, "refuse_pause", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row, pause = _undecided(w, actor, pause_id)
        if not why.strip():
            raise Rejected("不批准须写明理由。请填写。", "Say why it is refused.", "reason")
        pause.refused_at, pause.refused_by, pause.refused_why = w.now, actor.officer_id, why.strip()
        w.session.add(pause)
        w.session.flush()
        w.record(dossier, Fact("deadline:pause_refused", why.strip(), {"key": row.key, "request": pause.id}))
        _tell_asker(w, dossier, row, pause, f"未批准：{why.strip()}", f"was refused: {why.strip()}")
        return w.finish(pause=pause_id, deadline=row.id)


def resume(ctx: Context, actor: Actor, command_id: str, deadline_id: int) -> dict[str, Any]:
    """The clock runs on from now; an approved pause that has not begun falls away."""
    with work(ctx, actor, "resume_deadline", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _locked(w, deadline_id)
        if actor.agency_id != row.owner_agency_id:
            granting.require_approver(actor.roles, actor.agencies, row)
        else:
            granting.require_asker(actor.roles, actor.agency_id, row)
        pause = next((one for one in pauses.live(w.session, row) if one.approved_at is not None), None)
        if pause is None or _over(row):
            raise Rejected("这项时限没有在暂停，不用恢复。", "This clock does not stand still.", "not_paused")
        said = _turned(w, row, pause)  # its own moments first: it may have begun or ended since the last look
        if pause.ended_at is None and pause.begun_at is not None:
            said += pauses.run_on(w.session, row, pause, w.now, w.now, actor.officer_id)
        elif pause.ended_at is None:
            pause.ended_at, pause.ended_by = w.now, actor.officer_id
            w.session.add(pause)
            w.session.flush()
            said.append(Fact("deadline:pause_dropped", pauses.words_of(pause), {"key": row.key, "request": pause.id}))
        for fact in said:
            w.record(dossier, fact)
        return w.finish(deadline=row.id)


def due(ctx: Context, limit: int = 10_000) -> list[int]:
    """Deadlines whose approved pause begins or ends by now."""
    with Session(ctx.engine) as session:
        return pauses.turning(session, ctx.clock(), limit)


def turn(ctx: Context, deadline_id: int) -> list[str]:
    """The pause of this deadline has begun or ended as it was approved to; returns the facts. Once, whoever looks."""
    with work(ctx, SYSTEM, "turn_pause") as w:
        dossier, row = _locked(w, deadline_id)
        said: list[Fact] = []
        if _over(row):
            said = pauses.settle(w.session, row, w.now, w.now)
        for pause in pauses.live(w.session, row):
            if pause.approved_at is not None and pause.kind == "pause":
                said += _turned(w, row, pause)
        for fact in said:
            w.record(dossier, fact)
        return [fact.what for fact in said]


def _over(row: Deadline) -> bool:
    return row.met_at is not None or row.waived_at is not None


def _turned(w: Work, row: Deadline, pause: Pause) -> list[Fact]:
    """An approved pause has begun and ended, as far as its moments have come."""
    said: list[Fact] = []
    if pause.begun_at is None and cast(datetime, pause.from_at) <= w.now:
        said.append(pauses.begin(w.session, row, pause, w.now))
    if pause.begun_at is not None and pause.until_at is not None and pause.until_at <= w.now:
        said += pauses.run_on(w.session, row, pause, pause.until_at, w.now, None)
    return said


def _locked(w: Work, deadline_id: int) -> tuple[Dossier, Deadline]:
    dossier_id = w.session.exec(select(Deadline.dossier_id).where(Deadline.id == deadline_id)).first()
    if dossier_id is None:
        raise NotYours("时限", "deadline")
    dossier = w.session.exec(select(Dossier).where(Dossier.id == dossier_id).with_for_update()).one()
    return dossier, w.session.get_one(Deadline, deadline_id, populate_existing=True)


def _askable(
    w: Work, actor: Actor, deadline_id: int, reason: str, note: str
) -> tuple[Dossier, Deadline, dict[str, Any]]:
    dossier, row = _locked(w, deadline_id)
    granting.require_asker(actor.roles, actor.agency_id, row)
    granting.require_running(row, w.now)
    if any(one.kind == "pause" or one.approved_at is None for one in pauses.live(w.session, row)):
        raise Rejected(
            "这项时限已有一份申请在等审批，或有一次暂停还没有结束。请先等它了结。",
            "A request about this clock waits already, or a pause is not over. Let it be settled first.",
            "asked_before",
        )
    given = {
        "dossier_id": dossier.id,
        "deadline_id": deadline_id,
        "reason": granting.require_reason(reason, note).value,
        "note": note.strip(),
        "asked_at": w.now,
        "asked_by": actor.officer_id,
    }
    return dossier, row, given


def _asked(w: Work, dossier: Dossier, row: Deadline, pause: Pause) -> dict[str, Any]:
    w.session.add(pause)
    w.session.flush()
    data: dict[str, Json] = {"key": row.key, "request": pause.id, "reason": pause.reason}
    if pause.kind == "pause":
        data |= {
            "from": stamp(cast(datetime, pause.from_at)),
            "until": stamp(pause.until_at) if pause.until_at else None,
        }
    else:
        data |= {"amount": pause.amount, "unit": cast(str, row.policy["unit"])}
    w.record(dossier, Fact(f"deadline:{pause.kind}_asked", pauses.words_of(pause), data))
    zh, en = _sentence(dossier, row, pause)
    others = [one for one in telling.managers(w.session, row.owner_agency_id) if one.id != pause.asked_by]
    message = Message(f"pause:{pause.id}:asked", "pause_asked", f"{zh}，请审批。", f"{en}; please decide.", row.id)
    telling.tell(w, dossier, others, message)
    return w.finish(pause=pause.id, deadline=row.id)


def _undecided(w: Work, actor: Actor, pause_id: int) -> tuple[Dossier, Deadline, Pause]:
    deadline_id = w.session.exec(select(Pause.deadline_id).where(Pause.id == pause_id)).first()
    if deadline_id is None:
        raise NotYours("申请", "request")
    dossier, row = _locked(w, deadline_id)
    pause = w.session.get_one(Pause, pause_id, populate_existing=True)
    granting.require_approver(actor.roles, actor.agencies, row)
    granting.require_second(pause.asked_by, actor.officer_id)
    if pause.approved_at is not None or pause.refused_at is not None or pause.ended_at is not None:
        raise Rejected("这份申请已经处理过了。请刷新页面。", "This request was settled already. Reload.", "settled")
    if _over(row):
        raise Rejected("这项时限已了结，无须再批。", "This deadline is over; nothing to decide.", "deadline_over")
    return dossier, row, pause


def _sentence(dossier: Dossier, row: Deadline, pause: Pause) -> tuple[str, str]:
    leg = Leg(row.leg)
    zh = f"专档 {dossier.no}「{LEG_NAMES[leg]}」申请{_what(row, pause)}（{pauses.words_of(pause)}）"
    kind = "a pause" if pause.kind == "pause" else "more time"
    return zh, f"Dossier {dossier.no}, '{leg.value.replace('_', ' ')}': {kind} asked for ({pause.reason})"


def _what(row: Deadline, pause: Pause) -> str:
    if pause.kind == "extension":
        return f"延期 {pause.amount} {UNIT_NAMES[Unit(str(row.policy['unit']))]}"
    return f"自 {spoken.moment(cast(datetime, pause.from_at))[0]} 起暂停"


def _tell_asker(w: Work, dossier: Dossier, row: Deadline, pause: Pause, zh: str, en: str) -> None:
    said_zh, said_en = _sentence(dossier, row, pause)
    message = Message(f"pause:{pause.id}:decided", "pause_decided", f"{said_zh}：{zh}。", f"{said_en} {en}.", row.id)
    telling.tell(w, dossier, [w.session.get_one(Officer, pause.asked_by)], message)


def _tell_hall(w: Work, dossier: Dossier, row: Deadline, pause: Pause) -> None:
    """The applicant is owed the reasons (art. 42), and it is the hall that speaks with them."""
    due_on, due_on_en = spoken.day(row.due_at.astimezone(CHINA).date())
    zh = (
        f"专档 {dossier.no}「{LEG_NAMES[Leg.CHECKED_TO_DECISION]}」经批准延期至 {due_on}（{pauses.words_of(pause)}）。"
        "请将理由告知申请人（《行政许可法》第四十二条）。"
    )
    en = f"Dossier {dossier.no}: the decision is now due on {due_on_en}. Tell the applicant the reasons (art. 42)."
    hall = telling.desk(w.session, dossier, dossier.sender_agency_id)
    telling.tell(w, dossier, hall, Message(f"pause:{pause.id}:tell", "extension_to_tell", zh, en, row.id))
