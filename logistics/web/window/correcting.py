"""Taking a hand-over back at the counter (更正交还): by whoever did it on that day, later by a manager of the hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from marshmallow import fields

from logistics.rules import handing_back
from logistics.store.find import Whole
from logistics.tables import LedgerEntry
from logistics.terms import SignatureKind, SigningRole
from logistics.web.forms import FormShape, problem
from logistics.web.visit import me, now


class Correcting(FormShape):
    """Which hand-overs did not take place, that the originals are here, and why it was recorded so."""

    wrong = fields.List(fields.String(), load_default=list)
    in_hand = fields.Boolean(load_default=False)
    reopen = fields.Boolean(load_default=False)
    why = fields.String(load_default="")


@dataclass(frozen=True)
class Corrections:
    """`may`: the originals whose hand-over this reader may take back, by code; `told`: who may, where they may not.
    `by_hand`: what is to be done with paper besides; `earlier`: title and entry of what was corrected before.
    """

    may: Sequence[tuple[str, str]]
    told: str
    closed: bool
    by_hand: Sequence[str]
    earlier: Sequence[tuple[str, LedgerEntry]]
    refused: bool


def of(whole: Whole) -> Corrections:
    """As the dossier stands now, for this reader."""
    dossier = whole.dossier
    given = handing_back.handed_back(whole.originals, whole.custody, whole.entries)
    mine = [one for one in given if handing_back.may_correct(me(), dossier, one.entry, now())]
    packed = any(one.kind == "package" for one in whole.papers)
    titles = {one.code: one.title for one in whole.originals}
    return Corrections(
        may=[] if packed else [(one.original.code, f"{one.original.title} {one.original.code[-3:]}") for one in mine],
        told=_told(packed=packed) if given else "",
        closed=dossier.closed_at is not None,
        by_hand=_by_hand(whole, {one.original.code for one in mine}),
        earlier=[(titles[code], entry) for code, entry in handing_back.corrections(whole.entries).items()],
        refused=problem() is not None and request.path.endswith("/correct"),
    )


def _told(*, packed: bool) -> str:
    if packed:
        return str(_("专档已封存，交还记录不能再更正。记错了的，请管理人员查清后答复申请人，并在备考表上写明。"))
    return str(_("交还记错了的，当天由经手的窗口人员更正，之后请本大厅的管理人员更正。"))


def _by_hand(whole: Whole, codes: set[str]) -> list[str]:
    """What was signed on paper is crossed out; what was drawn on the screen is void by itself."""
    on_paper = {
        one.facts.get("signature")
        for one in whole.entries
        if one.what == "custody:signed" and one.facts.get("kind") == SignatureKind.SLIP.value
    }
    concerned = [one for one in whole.signatures if handing_back.still_signed_for(one, whole.entries) & codes]
    if any(one.seq in on_paper and one.role is SigningRole.HANDED_BACK for one in concerned):
        return [str(_("在领取人签过字的纸上写“作废”，和专档放在一起。"))]
    return []
