"""What is still missing before a dossier closes: who must act and where; and the closing itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from logistics.rules import closing
from logistics.rules.closing import Blocker
from logistics.services import dossiers
from logistics.store import find
from logistics.store.closing import matters
from logistics.store.find import Whole
from logistics.tables import Agency
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.onward import onward
from logistics.web.words import word

pages = Blueprint("closing", __name__)

_ROUTES = {
    "envelope": "envelope.show",
    "receive": "receiving.envelope",
    "sign": "receiving.envelope",
    "supervision": "supervision.show",
}
_PARTS = {"difference": "differences", "original": "originals-title", "deadline": "clocks-title"}


@dataclass(frozen=True)
class Item:
    """One missing thing. `address` is where it is done, "" where this reader does it nowhere."""

    kind: str
    words: str
    address: str


@dataclass(frozen=True)
class Group:
    """What one agency's officers of one role have to do."""

    agency: str
    role: str
    mine: bool
    items: list[Item]


@pages.get("/dossiers/<no>/closing")
def show(no: str) -> Response:
    """The list, this reader's own part first; the button only when the list is empty."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        found = closing.blockers(matters(session, world(), whole, now())) if whole.dossier.closed_at is None else ()
        others = {one.agency_id for one in found} - {None, whole.sender.id, whole.receiver.id}
        agencies = [whole.sender, whole.receiver, *(session.get_one(Agency, one) for one in others)]
    ours = whole.dossier.sender_agency_id == me().agency_id and Role.WINDOW in me().roles
    return page(
        "dossier/closing.html",
        dossier=whole.dossier,
        item=whole.item,
        found=found,
        groups=groups(whole, found, agencies),
        may_close=ours and whole.dossier.closed_at is None,
    )


def groups(whole: Whole, found: Iterable[Blocker], agencies: Iterable[Agency]) -> list[Group]:
    """The blockers by who must act, the reader's own first."""
    by_actor: dict[tuple[int | None, Role], list[Blocker]] = {}
    for one in found:
        by_actor.setdefault((one.agency_id, one.role), []).append(one)
    made = []
    for (agency_id, role), theirs in by_actor.items():
        mine = agency_id in (me().agency_id, None) and role in me().roles
        items = [Item(word(one.kind, locale()), _words(one), _address(whole, one) if mine else "") for one in theirs]
        made.append(Group(_agency(agencies, agency_id), word(role, locale()), mine, items))
    return sorted(made, key=lambda one: not one.mine)


def _words(one: Blocker) -> str:
    return one.zh if locale() == "zh" else one.en[:1].upper() + one.en[1:]


def _agency(agencies: Iterable[Agency], agency_id: int | None) -> str:
    for one in agencies:
        if one.id == agency_id:
            return one.name_en if locale() == "en" and one.name_en else one.short_name
    return str(_("系统管理"))


def _address(whole: Whole, one: Blocker) -> str:
    """Where the reader does it; "" for what is done outside the pages."""
    no, place = whole.dossier.no, one.place
    if place.kind in _ROUTES:
        return url_for(_ROUTES[place.kind], no=place.no, _anchor="sign" if place.kind == "sign" else None)
    if place.kind in _PARTS:
        return url_for("dossiers.show", no=no, _anchor=_PARTS[place.kind])
    if place.kind == "decision":
        return url_for("examination.decision", no=no)
    return url_for("manager.parked") if place.kind == "errand" and Role.MANAGER in me().roles else ""


@pages.post("/dossiers/<no>/close")
@for_roles(Role.WINDOW)
@redraws(show)
def close(no: str) -> Response:
    """The dossier is closed: its chain of entries ends here. Refused, the same list says what is missing."""
    dossiers.close(world(), me(), read(FormShape)["command_id"], no)
    said(_("专档 %(no)s 已办结。", no=no))
    return onward(url_for("handback.show", no=no))
