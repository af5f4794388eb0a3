"""Make a new version of a rule of time; approve or refuse one that is looser than law or promise.

What a version says never changes. It counts for clocks that start from its day on; open clocks keep what was frozen in
them, unless somebody asks for them (`services.policy_moves`).
"""

from __future__ import annotations

from typing import Any, cast

from sqlmodel import Session

from logistics.actor import Actor
from logistics.errors import NotAllowed, Rejected
from logistics.rules.bounds import Bound, bounds, passed
from logistics.rules.frozen import plain_rungs
from logistics.rules.making import Wording, require_sound
from logistics.rules.policies import Whose
from logistics.rules.strictness import Term
from logistics.rules.workdays import Hours
from logistics.store import policies
from logistics.store.context import Context
from logistics.store.policy_rights import may_judge, require_may_make
from logistics.store.work import Work, work
from logistics.tables import Agency, PolicyVersion


def make(ctx: Context, actor: Actor, command_id: str, wording: Wording) -> dict[str, Any]:
    """The version is kept; it counts from its day on, or, if looser than law or promise, once another approved it.

    Returns `{"policy": id, "version": number, "waits": bool}`. Raises `Malformed` at the field, `Rejected`
    ("events_changed", "nothing_to_end"), `NotAllowed` for a subject that is not the administrator's.
    """
    with work(ctx, actor, "make_policy", command_id) as w:
        if w.done is not None:
            return w.done
        require_may_make(w.session, actor, wording.subject)
        require_sound(wording, w.now)
        policies.one_at_a_time(w.session, wording.subject)
        before = policies.newest(w.session, wording.subject)
        if wording.length is None and (before is None or before.length is None):
            raise Rejected(
                "这里没有可以取消的规则：现在用的就是更一般的规则或系统默认。",
                "There is no rule here to end: what holds is a more general one or the default.",
                "nothing_to_end",
            )
        looser = exceeded(w.session, wording)
        row = _row(w, actor, wording, before, looser)
        w.session.add(row)
        w.session.flush()
        return w.finish(policy=row.id, version=row.version, waits=bool(looser))


def exceeded(session: Session, wording: Wording) -> tuple[Bound, ...]:
    """The bounds of law and promise that the version would pass; none for one that ends a rule."""
    if wording.length is None:
        return ()
    subject = wording.subject
    standing = policies.standing(session, subject.leg, wording.valid_from)
    held = bounds(subject, standing, *policies.held_against(session, subject))
    owner = session.get(Agency, subject.agency_id) if subject.agency_id else None
    hours = Hours.parse(owner.receiving_hours) if owner and wording.whose is Whose.OWNER else None
    return passed(Term(wording.length, wording.unit, wording.whose), held, hours)


def approve(ctx: Context, actor: Actor, command_id: str, version_id: int, why: str) -> dict[str, Any]:
    """The looser version counts from now on, or from its day if that is later.

    Raises `NotAllowed` for its own author ("second_person") and for anybody who is no manager or administrator of the
    uppermost agency; `Rejected` when it was judged before, or a later version stands already.
    """
    with work(ctx, actor, "approve_policy", command_id) as w:
        if w.done is not None:
            return w.done
        row = _to_judge(w, actor, version_id)
        newest = policies.newest(w.session, policies.subject_of(row))
        if newest is not None and newest.version > row.version:
            raise Rejected(
                f"这条规则已有第 {newest.version} 版，第 {row.version} 版不能再批准。请不批准它。",
                f"Version {newest.version} of this rule stands already. Refuse version {row.version}.",
                "overtaken",
            )
        row.approved_at, row.approved_by, row.judgement = w.now, actor.officer_id, why
        w.session.add(row)
        return w.finish(policy=version_id)


def refuse(ctx: Context, actor: Actor, command_id: str, version_id: int, why: str) -> dict[str, Any]:
    """The looser version never counts; who refused it and why stands beside it. Raises as `approve`."""
    with work(ctx, actor, "refuse_policy", command_id) as w:
        if w.done is not None:
            return w.done
        row = _to_judge(w, actor, version_id)
        row.refused_at, row.refused_by, row.judgement = w.now, actor.officer_id, why
        w.session.add(row)
        return w.finish(policy=version_id)


def _to_judge(w: Work, actor: Actor, version_id: int) -> PolicyVersion:
    row = policies.locked(w.session, version_id)
    if row.made_by == actor.officer_id:
        raise NotAllowed(
            "放宽时限须由另一人批准，不能由提出人自己批准。请最上级单位的督查管理或另一位系统管理员办理。",
            "A looser limit is approved by a second person, not by whoever made it.",
            "second_person",
        )
    if not may_judge(w.session, actor, row):
        raise NotAllowed(
            "放宽时限由最上级单位的督查管理或系统管理员批准。",
            "A looser limit is approved by a manager or administrator of the uppermost agency.",
            "second_person",
        )
    if not row.looser or row.approved_at is not None or row.refused_at is not None:
        raise Rejected("这一版不等批准：已经办过，或无须批准。", "It does not wait for an approval.", "settled")
    return row


def _row(
    w: Work, actor: Actor, wording: Wording, before: PolicyVersion | None, looser: tuple[Bound, ...]
) -> PolicyVersion:
    subject = wording.subject
    assert actor.officer_id is not None  # `require_may_make` lets persons through only
    return PolicyVersion(
        leg=subject.leg.value,
        scope=subject.scope.value if subject.scope else None,
        item_id=subject.item_id,
        agreement_id=subject.agreement_id,
        agency_id=subject.agency_id,
        version=1 + max((one.version for one in policies.chain(w.session, subject)), default=0),
        supersedes=before.id if before else None,
        length=wording.length,
        unit=wording.unit.value,
        whose=wording.whose.value,
        rungs=cast("list[dict[str, Any]]", plain_rungs(wording.rungs)),
        starts=list(wording.starts),
        stops=list(wording.stops),
        valid_from=max(wording.valid_from, w.now),
        reason=wording.reason.strip(),
        made_at=w.now,
        made_by=actor.officer_id,
        looser=[_plain(bound) for bound in looser],
    )


def _plain(bound: Bound) -> dict[str, Any]:
    return {"length": bound.term.length, "unit": bound.term.unit.value, "zh": bound.zh, "en": bound.en}
