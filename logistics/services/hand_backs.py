"""Correct what was recorded as handed back to an applicant (更正交还): custody is the hall's again, both acts stay."""

from __future__ import annotations

from typing import Any

from logistics.actor import Actor
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import handing_back
from logistics.rules.handing_back import Correction, HandedBack
from logistics.store import find, telling
from logistics.store.context import Context
from logistics.store.find import Whole
from logistics.store.telling import Message
from logistics.store.work import Work, work
from logistics.terms import Role


def correct_hand_back(
    ctx: Context, actor: Actor, command_id: str, dossier_no: str, codes: tuple[str, ...], said: Correction
) -> dict[str, Any]:
    """The named originals were not handed back: each is again with whoever let it go, by a link that names the one it
    corrects. A dossier that was closed is open again where that was asked for, its clocks run on, and its desk and
    managers are told.

    Raises `NotAllowed` ("role", "correct_hand_back"), `NotYours`, `Malformed` ("why", "in_hand", "reopen"), `Rejected`
    ("not_handed_back", "archived").
    """
    with work(ctx, actor, "correct_hand_back", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        whole = find.whole(w.session, dossier)
        _require_of_the_hall(actor, whole)
        wrong = _named(whole, codes)
        decision = handing_back.correct(dossier, wrong, whole.discrepancies, said, actor, w.now)
        packed = any(one.kind == "package" for one in whole.papers)
        opening = handing_back.reopening(dossier, whole.entries, said, packed=packed)
        reopened = dossier.closed_at is not None
        dossier.closed_at, dossier.closed_by = None, None
        w.session.add(dossier)
        w.carry_out(opening, dossier)
        w.carry_out(decision, dossier)
        _tell(w, whole, wrong, reopened)
        return w.finish(dossier=dossier.no, originals=list(codes), reopened=reopened)


def _require_of_the_hall(actor: Actor, whole: Whole) -> None:
    """Somebody of the hall's window, or a manager over it; whether it is their turn the rule says."""
    manages = Role.MANAGER in actor.roles and whole.dossier.sender_agency_id in actor.agencies
    if not manages and not (Role.WINDOW in actor.roles and actor.agency_id == whole.dossier.sender_agency_id):
        raise NotAllowed(
            "交还记录由收取原件的大厅更正。请联系该大厅的窗口或管理人员。",
            "A hand-over is corrected by the hall that took the originals in. Contact its window or manager.",
            rule="role",
        )


def _named(whole: Whole, codes: tuple[str, ...]) -> list[HandedBack]:
    known = {one.code for one in whole.originals}
    if not codes or any(code not in known for code in codes):
        raise NotYours("原件", "original")
    given = {one.original.code: one for one in handing_back.handed_back(whole.originals, whole.custody, whole.entries)}
    gone = [code for code in codes if code not in given]
    if gone:
        raise Rejected(
            f"没有更正：原件 {gone[0]} 现在没有交还记录，可能别人刚更正过。请刷新页面再看。",
            f"Not corrected: original {gone[0]} is not recorded as handed back; somebody may have corrected it just "
            "now. Look at the page again.",
            "not_handed_back",
        )
    return [given[code] for code in dict.fromkeys(codes)]


def _tell(w: Work, whole: Whole, wrong: list[HandedBack], reopened: bool) -> None:
    """The hall's desk and its managers; the one who did it knows."""
    dossier, titles = whole.dossier, "、".join(one.original.title for one in wrong)
    zh = f"专档 {dossier.no}：{titles} 的交还记录已更正，原件仍由大厅保管，请重新交还。"
    en = f"Dossier {dossier.no}: the hand-over of {len(wrong)} original(s) was corrected; the hall holds them."
    if reopened:
        zh, en = f"{zh}专档已重新打开。", f"{en} The dossier is open again."
    people = {
        one.id: one
        for one in (
            *telling.desk(w.session, dossier, dossier.sender_agency_id),
            *telling.managers(w.session, dossier.sender_agency_id),
        )
        if one.id != w.actor.officer_id
    }
    key = f"hand_back:{dossier.no}:{max(one.entry.seq for one in wrong)}"
    telling.tell(w, dossier, people.values(), Message(key, "dispute", zh, en))
