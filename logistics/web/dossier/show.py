"""The dossier's own page: its state in one sentence, originals, differences, timeline, clocks, papers, persons."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate

from logistics.rules import access, answering, inquiry
from logistics.services import answers, hearing, privacy, receipt
from logistics.store import deadlines, find, supervision
from logistics.store.find import Whole
from logistics.tables import Discrepancy
from logistics.terms import Cause, Resolution, Role
from logistics.web import signatures
from logistics.web.dossier import view
from logistics.web.dossier.clocks import WIDTH, bars
from logistics.web.dossier.filed import filed
from logistics.web.dossier.next_act import also, next_act
from logistics.web.dossier.reasons import failed, happened, reason
from logistics.web.dossier.timeline import COURIER, PERSON, SYSTEM, narrowed, timeline
from logistics.web.dossier.wording import PAPERS, full_width
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import courier_name
from logistics.web.page import page
from logistics.web.visit import look, me, now, world
from logistics.web.window.papers import may_print, of_dossier, offers
from logistics.web.words import word

pages = Blueprint("dossiers", __name__)
pages.add_app_template_filter(full_width, "full_width")
pages.add_app_template_filter(reason, "reason")
pages.add_app_template_filter(happened, "happened")
pages.add_app_template_filter(failed, "failed")

LONGEST = 200
SOURCES = {PERSON: lazy_gettext("人"), COURIER: lazy_gettext("快递"), SYSTEM: lazy_gettext("系统")}
"""Whose word a moment of the timeline is."""
TOO_LONG = lazy_gettext("最多 200 个字。")


class Unmasking(FormShape):
    """Why this officer needs to see the persons in clear."""

    reason = fields.String(required=True, validate=validate.Length(max=LONGEST, error=TOO_LONG))


@pages.get("/dossiers/<no>")
def show(no: str) -> Response:
    """Where the dossier stands, and everything it stands on."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        orders = supervision.about(session, whole.dossier.id)
        heard = hearing.heard(world(), session, whole)
        readings, told = (
            deadlines.readings(session, whole.deadlines, now()),
            deadlines.foretold_of(session, whole.deadlines),
        )
    state = view.state_of(whole)
    clocks = bars(whole, readings, told, now())
    act = next_act(me(), whole)
    late = any(bar.open and bar.state == "late" for bar in clocks)
    return page(
        "dossier/show.html",
        whole=whole,
        dossier=whole.dossier,
        sentence=full_width(state.zh) if locale() == "zh" else state.en,
        icon="late" if late else view.ICON_OF.get(state.kind),
        late=late,
        act=act,
        also=[one for one in also(me(), whole) if one != act],
        originals=view.originals(whole),
        seen=view.last_seen(whole),
        clocks=clocks,
        bar_width=WIDTH,
        archive=filed(whole),
        **_told(whole),
        signatures=signatures.shown(whole),
        offered=offers(whole, None, of_dossier(whole)) if may_print(whole) else [],
        papers=[(PAPERS.get(one.kind, one.kind), one) for one in reversed(whole.papers)],
        orders=orders,
        may_order=_may_order(whole),
        heard=heard,
        may_hear=inquiry.may_answer(me().roles, me().agency_id, whole.dossier.sender_agency_id),
        **_differences(whole),
        **_persons(whole),
    )


def _told(whole: Whole) -> dict[str, Any]:
    """The timeline as it was asked for: of one source or of all, newest or oldest first."""
    every = timeline(whole, _courier_names())
    source = request.args.get("source", "")
    source = source if source in SOURCES else ""
    oldest_first = request.args.get("order") == "oldest"
    counts = Counter(one.kind for one in every)
    return {
        "timeline": narrowed(every, source, oldest_first),
        "sources": [(key, str(words), counts[key]) for key, words in SOURCES.items() if counts[key]],
        "source": source,
        "oldest_first": oldest_first,
        "told": len(every),
    }


def _courier_names() -> dict[str, str]:
    """What couriers are called in the reader's language."""
    return {code: courier_name(code) for code in world().couriers}


def _differences(whole: Whole) -> dict[str, Any]:
    """Open ones with how they may be settled, and those that are."""
    open_ = [row for row in whole.discrepancies if row.settled_at is None]
    return {
        "doing": {row.id: view.doing(whole, row) for row in open_},
        "open_differences": [
            (row, view.words_of(whole, row), view.resolutions(row), view.is_loss(row)) for row in open_
        ],
        "settled_differences": [
            (row, view.words_of(whole, row)) for row in whole.discrepancies if row.settled_at is not None
        ],
        "may_settle": access.may_settle(
            me().roles, me().agency_id, whole.dossier.sender_agency_id, whole.dossier.receiver_agency_id
        ),
        "answerable": {row.id for row in open_ if _may_answer(whole, row)},
        "causes": [(one.value, word(one, locale())) for one in Cause],
        "answers": {
            row.id: [one for one in whole.answers if one.discrepancy_id == row.id] for row in whole.discrepancies
        },
    }


def _may_answer(whole: Whole, row: Discrepancy) -> bool:
    """Whether this reader answers for the packing of the envelope that the difference was found in."""
    envelope = next((one for one in whole.consignments if one.id == row.consignment_id), None)
    if envelope is None:
        return False
    packed_by = envelope.from_agency_id
    return answering.may_answer(row.kind, row.settled_at, envelope.direction, packed_by, me().agency_id, me().roles)


def _may_order(whole: Whole) -> bool:
    """Whether this reader may order an answer from a party of the dossier."""
    parties = {whole.dossier.sender_agency_id, whole.dossier.receiver_agency_id}
    return Role.MANAGER in me().roles and not whole.dossier.closed_at and bool(parties & set(me().agencies))


def _persons(whole: Whole) -> dict[str, Any]:
    clear = g.get("unmasked")
    return {
        "persons": clear or privacy.masked(world(), whole.dossier),
        "unmasked": clear is not None,
        "may_unmask": bool(me().roles & {Role.WINDOW, Role.RECEIVER, Role.MANAGER}),
    }


@pages.post("/dossiers/<no>/unmask")
@redraws(show)
def unmask(no: str) -> Response:
    """The page once with the persons in clear; the ledger says who looked and why."""
    form = read(Unmasking)
    g.unmasked = privacy.unmask(world(), me(), form["command_id"], no, form["reason"])
    return show(no)


def _settling(key: int) -> type[FormShape]:
    """The form beside one difference; its fields carry the difference's number, for several stand on one page."""
    made: Any = FormShape.from_dict(
        {
            f"resolution-{key}": fields.Enum(Resolution, by_value=True, required=True),
            f"note-{key}": fields.String(required=True, validate=validate.Length(max=LONGEST, error=TOO_LONG)),
        },
        name="Settling",
    )
    return made  # type: ignore[no-any-return]


def _answer_form(key: int) -> type[FormShape]:
    """The form that answers one difference; its fields carry the difference's number too."""
    made: Any = FormShape.from_dict(
        {
            f"cause-{key}": fields.Enum(Cause, by_value=True, required=True),
            f"answer-{key}": fields.String(required=True, validate=validate.Length(max=LONGEST, error=TOO_LONG)),
        },
        name="Answering",
    )
    return made  # type: ignore[no-any-return]


@pages.post("/dossiers/<no>/differences/<int:key>/answer")
@redraws(lambda no, key: show(no))  # noqa: ARG005 - the page is the dossier's
def answer_difference(no: str, key: int) -> Response:
    """What whoever packed found out stands beside the difference."""
    form = read(_answer_form(key))
    said_of = (form[f"answer-{key}"], form[f"cause-{key}"])
    answers.answer_discrepancy(world(), me(), form["command_id"], no, key, *said_of)
    said(_("已答复，收件一方会看到。差异由对方核实后了结。"))
    return make_response(redirect(url_for("dossiers.show", no=no, _anchor="differences"), 303))


@pages.post("/dossiers/<no>/differences/<int:key>/settle")
@redraws(lambda no, key: show(no))  # noqa: ARG005 - the page is the dossier's
def settle(no: str, key: int) -> Response:
    """The difference is settled, with how and why beside it."""
    form = read(_settling(key))
    receipt.settle(world(), me(), form["command_id"], no, key, form[f"resolution-{key}"], form[f"note-{key}"])
    said(_("差异已了结。"))
    return make_response(redirect(url_for("dossiers.show", no=no, _anchor="differences"), 303))
