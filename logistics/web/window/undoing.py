"""Taking an act back at an envelope: which one that corrects, and what hands must do besides (封签、面单、封套)."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from logistics.rules.packing import standing_act
from logistics.services.dispatch import MANUAL
from logistics.store import pickups
from logistics.store.find import Whole
from logistics.tables import Consignment
from logistics.terms import ErrandKind, Stage
from logistics.web.dossier.wording import entry_name
from logistics.web.language import locale
from logistics.web.times import spoken
from logistics.web.visit import look, now


@dataclass(frozen=True)
class Undoing:
    """`corrects`: the act that would be taken back, in words; `reopening`, `voiding`: what is to be done by hand, one
    step each; `handed_on`: the signed list on which the courier's collector has the envelope; `cancelling`: how far
    the courier is with its order, of a voided one.
    """

    corrects: str
    reopening: list[str]
    voiding: list[str]
    handed_on: str
    cancelling: str


def of(whole: Whole, consignment: Consignment) -> Undoing:
    """As the envelope stands now."""
    with look() as session:
        handed_on = pickups.signed_on(session, consignment)
    return Undoing(
        _corrected(whole, consignment),
        after_reopening(consignment.seal_no),
        after_voiding(consignment),
        handed_on,
        _cancelling(whole, consignment),
    )


def _corrected(whole: Whole, consignment: Consignment) -> str:
    entry = standing_act(whole.entries, consignment)
    if entry is None:
        return ""
    at = spoken(entry.at, now(), locale())
    return str(_("%(who)s，%(at)s，%(act)s", who=entry.actor_name, at=at, act=entry_name(entry.what)))


def after_reopening(seal_no: str) -> list[str]:
    """What hands do when a sealed envelope is opened again."""
    return [_("剪断封签 %(seal)s，它不能再用。", seal=seal_no), _("装好以后换一枚新封签。")]


def after_voiding(consignment: Consignment) -> list[str]:
    """What hands do with an envelope that does not travel."""
    steps = []
    if consignment.waybill_no and consignment.courier == MANUAL:
        steps.append(_("在交接单据 %(no)s 上写“作废”。", no=consignment.waybill_no))
    elif consignment.waybill_no:
        steps.append(_("撕下面单 %(no)s 毁掉，封套不要交给快递。", no=consignment.waybill_no))
    if consignment.seal_no:
        steps.append(_("剪断封签 %(seal)s，它不能再用。", seal=consignment.seal_no))
    return [*steps, _("取出原件放好，核对一遍件数。")]


def _cancelling(whole: Whole, consignment: Consignment) -> str:
    """Only of an order that a courier has."""
    owed = [one for one in whole.errands if one.consignment_id == consignment.id and one.kind is ErrandKind.CANCEL]
    if consignment.stage is not Stage.VOIDED or not owed:
        return ""
    told = [one.what for one in whole.entries if one.facts.get("consignment") == consignment.no]
    if told.count("waybill:cancel_refused") > told.count("waybill:cancelled"):
        return str(_("快递方不肯撤单：请打电话说明，别让揽收员白跑。"))
    if owed[-1].done_at is not None:
        return str(_("快递方已撤单。"))
    return str(_("正在请快递方撤单。"))
