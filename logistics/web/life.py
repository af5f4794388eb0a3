"""A deadline's life (一项时限的来龙去脉): its promise and what that rests on, what happened to it, what is planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from logistics.rules.legs import Act
from logistics.rules.policies import Audience, RungKind
from logistics.store import life as lives
from logistics.store.life import Life, Told
from logistics.tables import LedgerEntry, Rung
from logistics.terms import LaneScope
from logistics.web import deadlines, ladder_words, pauses
from logistics.web.dossier.reasons import clock_lines, reason
from logistics.web.dossier.wording import entry_name, full_width
from logistics.web.language import locale
from logistics.web.naming import who_acted
from logistics.web.page import page
from logistics.web.times import spoken
from logistics.web.visit import for_roles, look, me, now
from logistics.web.words import word

pages = Blueprint("life", __name__)

STATES = {
    "deadline:met": "done",
    "deadline:met_late": "attention",
    "deadline:recomputed": "attention",
}
"""How entries of the chain look that are neither a rung nor quiet."""


@dataclass(frozen=True)
class Moment:
    """One line of the clock's timeline; a planned one has not happened yet."""

    at: datetime
    title: str
    state: str = "quiet"
    details: Sequence[str] = ()
    who: str = ""
    planned: bool = False


@pages.get("/deadlines/<int:deadline_id>")
@for_roles(*deadlines.READERS)
def show(deadline_id: int) -> Response:
    """The clock with its basis, its past and its planned future."""
    with look() as session:
        found = lives.life(session, now(), deadline_id)
    deadline = found.deadline
    past, ahead = sorted(_past(found), key=lambda one: one.at), list(_ahead(found))  # the order in which it happened
    return page(
        "deadlines/life.html",
        life=found,
        row=found.row,
        deadline=deadline,
        runs=deadline.met_at is None and deadline.waived_at is None,
        past=past,
        ahead=ahead,
        unsent=[_rung_title(rung) for rung in found.rungs if rung.dropped_at is not None],
        starts=ladder_words.events(deadline.leg, Act.START),
        stops=ladder_words.events(deadline.leg, Act.STOP),
        length=ladder_words.length(deadline.policy),
        scope=word(LaneScope(str(deadline.policy["scope"])), locale()),
        basis=_basis(found),
        whose=_whose(found),
        explanation=clock_lines(deadline.explanation),
        ways=list(_ways(found)),
        **deadlines.WORDS,
    )


def _basis(found: Life) -> str:
    """The rule in force when the clock started."""
    policy = found.deadline.policy
    basis = full_width(str(policy.get("basis") or "")) if locale() == "zh" else ""
    version = policy.get("version")
    if version is None:
        return basis or str(_("随本系统提供的默认时限"))
    return str(_("规则第 %(num)s 号%(basis)s", num=version, basis=f"：{basis}" if basis else ""))


def _whose(found: Life) -> str:
    whose = ladder_words.whose_words(found.deadline.policy)
    return f"{whose}（{deadlines.WORDS['agency_name'](found.keeper)}）" if locale() == "zh" else str(whose)


def _past(found: Life) -> Iterator[Moment]:
    by_name = {rung.name: rung for rung in found.rungs}
    for entry in found.entries:
        rung = by_name.get(str(entry.facts.get("rung", "")))
        if entry.what == "deadline:rung_fired" and rung is not None:
            yield Moment(entry.at, _rung_title(rung), _rung_state(rung), [_told(found, rung, entry)], "")
        elif entry.what == "deadline:rung_held" and rung is not None:
            title = _("缓报：%(rung)s", rung=_rung_title(rung))
            yield Moment(entry.at, title, "quiet", [_held(found, rung)])
        else:
            details = list(_details(entry))
            yield Moment(entry.at, entry_name(entry.what), STATES.get(entry.what, "quiet"), details, _who(found, entry))
    yield from _orders(found)


def _orders(found: Life) -> Iterator[Moment]:
    for one in found.orders:
        name = found.names.get(one.ordered_by, "")
        yield Moment(one.ordered_at, _("督办 %(no)s", no=one.no), "attention", [reason(one.demand)], name)


def _details(entry: LedgerEntry) -> Iterator[str]:
    facts, at = entry.facts, now()
    if entry.what == "deadline:started" and facts.get("due_at"):
        yield str(_("应于 %(due)s", due=_instant(facts["due_at"])))
    if facts.get("due_before"):
        before, after = _instant(facts["due_before"]), _instant(facts["due_at"])
        yield str(_("由 %(before)s 改到 %(after)s", before=before, after=after))
        if facts.get("calendar_before") != facts.get("calendar"):
            versions = {"before": facts.get("calendar_before", ""), "after": facts.get("calendar", "")}
            yield str(_("日历 %(before)s → %(after)s", **versions))
    if facts.get("met_at"):
        met = datetime.fromisoformat(str(facts["met_at"]))
        if abs((met - entry.at).total_seconds()) >= 60:
            yield str(_("按 %(at)s 发生计", at=spoken(met, at, locale())))
    if entry.why:
        yield reason(entry.why)


def _instant(text: object) -> str:
    return spoken(datetime.fromisoformat(str(text)), now(), locale())


def _who(found: Life, entry: LedgerEntry) -> str:
    if entry.actor == "system":
        return ""
    owner = found.row.owner
    named = {one.short_name: deadlines.WORDS["agency_name"](one) for one in (owner, found.keeper)}
    named[found.keeper.name] = named[found.keeper.short_name]
    who = who_acted(entry.actor, entry.actor_name)
    return " · ".join(filter(None, (who, named.get(entry.agency, entry.agency))))


def _rung_title(rung: Rung) -> str:
    return str(ladder_words.KINDS[RungKind(rung.kind)])


def _rung_state(rung: Rung) -> str:
    return {"warning": "attention", "due": "attention"}.get(rung.kind, "late")


def _told(found: Life, rung: Rung, entry: LedgerEntry) -> str:
    """Whom the rung told, and who of them has said so."""
    known = {one.officer_id: one for one in found.told_by(rung)}
    ids = [int(key) for key in entry.facts.get("told", [])] or list(known)
    said = [_hearer(found, key, known.get(key)) for key in ids]
    return str(_("告知 %(people)s", people=str(_("、")).join(said))) if said else str(_("没有可告知的人"))


def _hearer(found: Life, officer_id: int, told: Told | None) -> str:
    name = found.names.get(officer_id) or str(_("已离岗的经办人"))
    if told is None or told.acknowledged_at is None:
        return name
    return str(_("%(name)s（%(at)s 知悉）", name=name, at=spoken(told.acknowledged_at, now(), locale())))


def _held(found: Life, rung: Rung) -> str:
    name = found.names.get(rung.held_by or 0, "")
    return str(_("%(name)s 已知悉，这一级没有再报", name=name))


def _ahead(found: Life) -> Iterator[Moment]:
    """Rungs that wait and the due moment, in the order they will come; none once the clock is over."""
    deadline = found.deadline
    if deadline.met_at is not None or deadline.waived_at is not None:
        return
    waiting = sorted((one for one in found.rungs if not one.fired_at and not one.dropped_at), key=_fires_at)
    planned = [Moment(one.fires_at, _rung_title(one), "quiet", [_will_tell(one)], planned=True) for one in waiting]
    if not any(one.kind == RungKind.DUE for one in found.rungs) and deadline.due_at > now():
        planned.append(Moment(deadline.due_at, str(_("到期")), "quiet", planned=True))
    yield from sorted(planned, key=lambda one: one.at)


def _fires_at(rung: Rung) -> datetime:
    return rung.fires_at


def _will_tell(rung: Rung) -> str:
    whom = ladder_words.AUDIENCES[Audience(rung.audience)]
    if rung.unless_acknowledged:
        return str(_("告知%(whom)s；责任单位有人知悉的，缓报", whom=whom))
    return str(_("告知%(whom)s", whom=whom))


@dataclass(frozen=True)
class Way:
    """A button: its words and where it leads."""

    words: str
    address: str
    kind: str = "plain"


def _ways(found: Life) -> Iterator[Way]:
    """What this reader may do about the clock."""
    deadline = found.deadline
    if deadline.met_at is not None or deadline.waived_at is not None:
        return
    known: dict[str, Any] = {"deadline_id": deadline.id}
    if deadlines.may_waive(found.row):
        yield Way(_("督办"), url_for("supervision.ordering", **known), "main")
        yield Way(_("豁免"), url_for("deadlines.waiving", **known))
    may_ask = deadline.owner_agency_id in me().agencies and me().roles.intersection(pauses.ASKERS)
    if may_ask and (deadline.paused_at is not None or now() < deadline.due_at):  # past due nothing is granted any more
        yield Way(_("暂停或延期"), url_for("pauses.asking", **known))
