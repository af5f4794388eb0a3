"""Any number on any paper, scanned or typed, leads to the page where its next act is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from logistics.actor import Actor
from logistics.rules.numbers import OURS
from logistics.store.numbers import Found, known
from logistics.terms import Role
from logistics.web.page import page
from logistics.web.visit import changes_nothing, look, me, world

pages = Blueprint("find", __name__)

LONGEST = 400  # a QR of ours is far shorter
LONGEST_CASE = 64  # a case number of an approval system
SENDERS = frozenset({Role.WINDOW, Role.RECEIVER})  # who may open a hand-over list, which is of no single dossier
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.MANAGER})
ONE_AT_A_TIME = frozenset({"waybill", "seal"})
"""What is used again after its envelope is over: the one under way is meant."""

KINDS: dict[str, LazyString] = {
    "dossier": lazy_gettext("专档号"),
    "case": lazy_gettext("办件编号"),
    "consignment": lazy_gettext("寄递件编号"),
    "waybill": lazy_gettext("运单号"),
    "seal": lazy_gettext("封签号"),
    "original": lazy_gettext("原件编号"),
    "paper": lazy_gettext("单据编号"),
    "document": lazy_gettext("证件证书编号"),
    "receipt": lazy_gettext("查询码"),
    "package": lazy_gettext("档号"),
    "report": lazy_gettext("检测报告"),
    "order": lazy_gettext("督办编号"),
    "list": lazy_gettext("交寄清单编号"),
    "batch": lazy_gettext("移交批次编号"),
    "record": lazy_gettext("历史台账记录"),
}

Lead = Callable[[Found, Actor], str | None]
_leads: list[tuple[int, Lead]] = []


def leads(place: int = 50) -> Callable[[Lead], Lead]:
    """Register where a found thing leads for this reader; None passes it on. Small `place` is asked first.

    Without any answer the dossier's own page opens.
    """

    def register(lead: Lead) -> Lead:
        _leads.append((place, lead))
        _leads.sort(key=lambda pair: pair[0])
        return lead

    return register


@dataclass(frozen=True)
class Way:
    """One thing found and where it leads."""

    found: Found
    address: str

    @property
    def kind(self) -> LazyString:
        """What the number is of."""
        return KINDS[self.found.kind]


@pages.route("/find", methods=["GET", "POST"])
@changes_nothing
def find() -> AnyResponse:
    """Go to what the number names; offer what several things are named by; say loudly when it names nothing.

    The box in the head sends it in the body: a certificate's number is a person's, and no address may hold it.
    """
    wanted = request.values.get("q", "").strip()[:LONGEST]
    if not wanted:
        return redirect("/", 303)
    with look() as session:
        found = known(session, wanted, world().keyring)
    ways = _ways(_meant(found))
    if not ways:
        return _nothing(wanted)
    if len(ways) == 1:
        return redirect(ways[0].address, 303)
    return page("find/several.html", wanted=wanted, ways=ways)


def _meant(found: Sequence[Found]) -> Sequence[Found]:
    under_way = [one for one in found if one.is_open]
    of_envelopes = {one.kind for one in found} <= ONE_AT_A_TIME
    return under_way if of_envelopes and len(under_way) == 1 else found


def _ways(found: Sequence[Found]) -> list[Way]:
    """Each address once, in the order of what was found."""
    ways: dict[str, Way] = {}
    for one in found:
        address = _destination(one, me())
        if address is not None:
            ways.setdefault(address.partition("#")[0], Way(one, address))
    return list(ways.values())


def _destination(found: Found, actor: Actor) -> str | None:
    """Where it leads for this reader; None where they have no page for it."""
    if found.kind == "order":
        return url_for("supervision.show", no=found.no)
    if found.kind == "list":
        return url_for("handover.show", no=found.no) if actor.roles & SENDERS else None
    if found.kind == "record":
        return url_for("old_records.one", old_record_id=int(found.no))
    if found.kind == "batch":
        return url_for("batches.show", no=found.no) if actor.roles & KEEPERS else None
    if found.kind in {"package", "report"}:
        return url_for("dossiers.show", no=found.dossier_no, _anchor="archive")
    for _place, lead in _leads:
        address = lead(found, actor)
        if address is not None:
            return address
    return f"/dossiers/{found.dossier_no}" + (f"#{found.consignment_no}" if found.consignment_no else "")


def _nothing(wanted: str) -> Response:
    may_open = Role.WINDOW in me().roles and not wanted.startswith(OURS) and len(wanted) <= LONGEST_CASE
    answer = page("not_found_by_scan.html", wanted=wanted, may_open=may_open)
    answer.status_code = 404
    return answer
