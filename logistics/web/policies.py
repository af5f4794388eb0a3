"""Rules of time: what holds where and why, one rule with its versions, the editor with a preview, and its approval."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules.bounds import LAW, Bound, bounds
from logistics.rules.frozen import rungs_of
from logistics.rules.ladder_text import written
from logistics.rules.legs import Act
from logistics.rules.making import events
from logistics.rules.policies import Leg, Whose
from logistics.rules.resolving import Subject
from logistics.services import policies, policy_moves
from logistics.store import policies as at_rest
from logistics.store import policy_rights, policy_views
from logistics.tables import Officer, PolicyVersion
from logistics.terms import LaneScope, Role
from logistics.web import ladder_words, policy_words
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world

READERS = (Role.MANAGER, Role.ADMINISTRATOR)
LISTED = 50
TOO_LONG = lazy_gettext("最多 500 个字。")
WORDS = validate.Length(max=500, error=TOO_LONG)

pages = Blueprint("policies", __name__)
ENTRIES = [Entry("policies.matrix", lazy_gettext("时限规则"), frozenset(READERS), place=62, also=("policy_editor",))]


class Judge(FormShape):
    """Why a looser version is approved or refused."""

    why = fields.String(required=True, validate=WORDS)


@pages.get("/policies")
@for_roles(*READERS)
def matrix() -> Response:
    """Every leg and lane scope: how long, and where that comes from; for everybody, an agency or an agreement."""
    with look() as session:
        chosen = policy_words.subject_of(session, me(), request.args)
        held = policy_views.holding(session, chosen, now())
        rows = [
            (leg, [(scope, _cell(session, chosen, leg, scope, held[leg, scope])) for scope in LaneScope]) for leg in Leg
        ]
        return page(
            "policies/matrix.html",
            rows=rows,
            law={
                leg: ladder_words.length({"length": one.term.length, "unit": one.term.unit}) for leg, one in LAW.items()
            },
            chosen=chosen,
            whom=policy_words.whom_words(session, chosen),
            places=policy_views.places(session, me()),
            here=policy_words.for_word(chosen),
            waiting=len(policy_views.pending(session)),
            scopes=LaneScope,
            **words(),
        )


def _cell(session: Session, chosen: Subject, leg: Leg, scope: LaneScope, holds: Any) -> dict[str, Any]:
    one = Subject(leg, scope, chosen.item_id, chosen.agreement_id, chosen.agency_id)
    return {
        "length": policy_words.said_length(holds),
        "origin": policy_words.origin(session, holds),
        "address": policy_words.address("/policies/rule", one),
        "own": holds.rule is not None and holds.rule.subject in (one, _of_any_scope(one)),
        "made": holds.rule is not None,
    }


def _of_any_scope(one: Subject) -> Subject:
    return Subject(one.leg, None, one.item_id, one.agreement_id, one.agency_id)


@pages.get("/policies/rule")
@for_roles(*READERS)
def rule() -> Response:
    """One leg and scope for one subject: what holds and why, what bounds it, every version of its own rule."""
    with look() as session:
        subject = policy_words.subject_of(session, me(), request.args)
        held = policy_views.holding(session, subject, now())
        return page(
            "policies/rule.html",
            subject=subject,
            title=policy_words.subject_words(session, subject),
            held=[
                (scope, held[subject.leg, scope], policy_words.origin(session, held[subject.leg, scope]))
                for scope in subject.scopes
            ],
            versions=policy_views.versions(session, subject),
            of_any_scope=policy_views.versions(session, _of_any_scope(subject)) if subject.scope else [],
            bounds=bounds_of(session, subject),
            ladder=written(held[subject.leg, subject.scopes[-1]].policy.rungs, locale()).splitlines(),
            may_edit=_may_make(session, subject),
            **events_of(subject.leg),
            **words(),
        )


@pages.get("/policies/waiting")
@for_roles(*READERS)
def waiting() -> Response:
    """Looser versions that wait for a second person."""
    with look() as session:
        rows = [
            (row, policy_words.subject_words(session, at_rest.subject_of(row)), by)
            for row, by in policy_views.pending(session)
        ]
        return page("policies/waiting.html", rows=rows, **words())


@pages.get("/policies/versions/<int:policy_version_id>")
@for_roles(*READERS)
def version(policy_version_id: int) -> Response:
    """One version: what it says, who made and judged it, and what becomes of open clocks."""
    with look() as session:
        row = at_rest.version(session, policy_version_id)
        subject = at_rest.subject_of(row)
        mine = _may_make(session, subject)
        return page(
            "policies/version.html",
            fragment="policies/_open_clocks.html",
            row=row,
            title=policy_words.subject_words(session, subject),
            counts=at_rest.counts(session, row, now()),
            ladder=written(rungs_of(row.rungs), locale()).splitlines(),
            maker=_name(session, row.made_by),
            judge=_name(session, row.approved_by or row.refused_by),
            may_judge=policy_rights.may_judge(session, me(), row),
            may_move=mine,
            changed=(tuple(row.starts), tuple(row.stops)) != events(subject.leg),
            moves=policy_views.moves_of(session, policy_version_id, LISTED + 1),
            listed=LISTED,
            rule=policy_words.address("/policies/rule", subject),
            **words(),
        )


@pages.post("/policies/versions/<int:policy_version_id>/approve")
@for_roles(*READERS)
@redraws(version)
def approve(policy_version_id: int) -> Response:
    """The looser version counts."""
    form = read(Judge)
    policies.approve(world(), me(), form["command_id"], policy_version_id, form["why"])
    said(_("已批准。新起算的时限从起用时间起按这一版。您的姓名和理由已记下。"))
    return to_version(policy_version_id)


@pages.post("/policies/versions/<int:policy_version_id>/refuse")
@for_roles(*READERS)
@redraws(version)
def refuse(policy_version_id: int) -> Response:
    """The looser version never counts."""
    form = read(Judge)
    policies.refuse(world(), me(), form["command_id"], policy_version_id, form["why"])
    said(_("没有批准。现行规则不变。您的姓名和理由已记下。"))
    return to_version(policy_version_id)


@pages.post("/policies/versions/<int:policy_version_id>/list")
@for_roles(Role.ADMINISTRATOR)
@redraws(version)
def list_open(policy_version_id: int) -> Response:
    """The scheduler lists which open clocks the version would move."""
    policy_moves.ask(world(), me(), read(FormShape)["command_id"], policy_version_id)
    said(_("正在列出会移动的时限，几秒后刷新本页可见。还没有动任何一项。"))
    return to_version(policy_version_id)


@pages.post("/policies/versions/<int:policy_version_id>/move")
@for_roles(Role.ADMINISTRATOR)
@redraws(version)
def move_open(policy_version_id: int) -> Response:
    """The listed clocks are moved."""
    policy_moves.confirm(world(), me(), read(FormShape)["command_id"], policy_version_id)
    said(_("已确认。系统正逐个专档重算，每一项都写进该专档的留痕。"))
    return to_version(policy_version_id)


@pages.post("/policies/versions/<int:policy_version_id>/leave")
@for_roles(Role.ADMINISTRATOR)
@redraws(version)
def leave_open(policy_version_id: int) -> Response:
    """The list is put aside."""
    policy_moves.drop(world(), me(), read(FormShape)["command_id"], policy_version_id)
    said(_("已放弃这份清单。已经起算的时限不变。"))
    return to_version(policy_version_id)


def bounds_of(session: Session, subject: Subject) -> list[dict[str, Any]]:
    """Law and promise that a rule about the subject must keep, with their sources."""
    standing = at_rest.standing(session, subject.leg, now())
    held = bounds(subject, standing, *at_rest.held_against(session, subject))
    return [plain(one) for one in held]


def plain(bound: Bound) -> dict[str, Any]:
    """A bound as versions keep it."""
    return {"length": bound.term.length, "unit": bound.term.unit.value, "zh": bound.zh, "en": bound.en}


def _may_make(session: Session, subject: Subject) -> bool:
    return policy_rights.may_make(session, me(), subject)


def events_of(leg: Leg) -> dict[str, str]:
    """The events that start and stop the leg, in words."""
    return {name: ladder_words.events(leg.value, act) for name, act in (("begins", Act.START), ("ends", Act.STOP))}


def words() -> dict[str, Any]:
    """What every template of these pages uses."""
    return {
        "leg_name": leg_name,
        "scope_words": policy_words.scope_words,
        "said_length": policy_words.said_length,
        "bound_words": policy_words.bound_words,
        "whose_words": lambda whose: ladder_words.WHOSE[Whose(whose)],
        "state_of": _state_of,
        "address": policy_words.address,
        "is_administrator": Role.ADMINISTRATOR in me().roles,
    }


def _state_of(row: PolicyVersion) -> tuple[str, str]:
    """The state of a version as colour and words, but for whether a later one took its place."""
    if row.refused_at is not None:
        return "quiet", str(_("未批准"))
    if row.looser and row.approved_at is None:
        return "attention", str(_("待批准"))
    if row.valid_from > now():
        return "moving", str(_("未到起用时间"))
    return "done", str(_("已起用"))


def _name(session: Session, officer_id: int | None) -> str:
    officer = session.get(Officer, officer_id) if officer_id else None
    return officer.name if officer else ""


def to_version(policy_version_id: int) -> Response:
    """Off to the version's page."""
    answer: AnyResponse = redirect(url_for("policies.version", policy_version_id=policy_version_id), 303)
    assert isinstance(answer, Response)
    return answer
