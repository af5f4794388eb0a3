"""Open a dossier: the case, the person, their signed consent. One form, then on to the originals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate

from logistics.errors import Malformed, Wrong
from logistics.rules.workdays import china_date
from logistics.services import dossiers
from logistics.services.dossiers import NewDossier, Person
from logistics.store import find
from logistics.store.window import lately_opened
from logistics.tables import Agency
from logistics.terms import Mode, Role
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window import consent, identity
from logistics.web.window.onward import onward

pages = Blueprint("opening", __name__)
ENTRIES = [Entry("opening.new", lazy_gettext("开专档"), frozenset({Role.WINDOW}), place=10)]

LONGEST = 64
ABSENT = lazy_gettext("请填写这一项。")


class Opening(FormShape):
    """The form. `what` is `<agreement>-<item>`; an acting person is given whole or not at all."""

    what = fields.String(required=True)
    case_no = fields.String(required=True, validate=validate.Length(max=LONGEST, error=lazy_gettext("最多 64 个字。")))
    mode = fields.String(required=True, validate=validate.OneOf([one.value for one in Mode]))
    applicant_name = fields.String(required=True)
    applicant_kind = fields.String(load_default=identity.RESIDENT)
    applicant_id = fields.String(required=True)
    applicant_phone = fields.String(required=True)
    agent_name = fields.String(load_default="")
    agent_kind = fields.String(load_default=identity.RESIDENT)
    agent_id = fields.String(load_default="")
    agent_phone = fields.String(load_default="")
    consent_kept = fields.String(load_default="")
    consent_on_paper = fields.Boolean(load_default=False)
    consent_signed_on = fields.Date(required=True)


@dataclass(frozen=True)
class Pick:
    """One thing that may be applied for here: an item under an agreement, with the authority that decides it."""

    value: str
    item: str
    agreement: str
    receiver: str


def picks() -> list[Pick]:
    """The items this agency may accept today, agreement by agreement."""
    today = china_date(now())
    found: list[Pick] = []
    with look() as session:
        for agreement in find.agreements_of(session, me().agency_id or 0):
            if today < agreement.valid_from or (agreement.valid_until is not None and today > agreement.valid_until):
                continue
            receiver = session.get_one(Agency, agreement.receiver_agency_id).name
            found += [
                Pick(f"{agreement.id}-{item.id}", item.name, agreement.no, receiver)
                for item in find.items_of(session, agreement.id or 0)
            ]
    return found


def _lately(offered: list[Pick]) -> list[Pick]:
    """Those of the offered that this officer opened last, the newest first: most counters do the same few all day."""
    with look() as session:
        values = [f"{agreement}-{item}" for agreement, item in lately_opened(session, me().officer_id or 0)]
    known = {pick.value: pick for pick in offered}
    return [known[value] for value in values if value in known]


@pages.get("/dossiers/new")
@for_roles(Role.WINDOW)
def new() -> Response:
    """The empty form; `?case_no=` fills in a number scanned elsewhere."""
    offered = picks()
    groups: dict[tuple[str, str], list[Pick]] = {}
    for pick in offered:
        groups.setdefault((pick.receiver, pick.agreement), []).append(pick)
    return page(
        "window/opening.html",
        groups=groups,
        lately=_lately(offered) if len(offered) > 1 else [],
        only=offered[0] if len(offered) == 1 else None,
        kinds=identity.KINDS,
        modes=list(Mode),
        today=china_date(now()),
        scan=g.get("consent_scan") or (consent.earlier() if request.method == "POST" else None),
    )


@pages.post("/dossiers/new")
@for_roles(Role.WINDOW)
@redraws(new)
def open_dossier() -> Response:
    """The dossier exists; on to its originals."""
    g.consent_scan, wrong_file = consent.received()
    form, wrong = _read()
    wrong |= {consent.FIELD: [here(wrong_file)]} if wrong_file else {}
    if form is not None:
        wrong |= _faults(form)
    if wrong or form is None:
        raise _malformed(wrong)
    agreement, _dash, item = form["what"].partition("-")
    made = dossiers.open_dossier(
        world(),
        me(),
        form["command_id"],
        NewDossier(
            agreement_id=int(agreement),
            item_id=int(item),
            case_no=form["case_no"],
            mode=Mode(form["mode"]),
            applicant=_person(form, "applicant"),
            agent=_person(form, "agent") if form["agent_name"] else None,
            consent_sha256=g.consent_scan.sha256 if g.consent_scan else "",
            consent_signed_on=form["consent_signed_on"],
        ),
    )
    said(_("专档 %(no)s 已开。请收取原件。", no=made["dossier"]))
    return onward(url_for("listing.show", no=made["dossier"]))


def _read() -> tuple[dict[str, Any] | None, Wrong]:
    """The form; or None and what is wrong with its shape, so that a wrong file is told in the same breath."""
    try:
        return read(Opening), {}
    except Malformed as why:
        return None, {name: list(found) for name, found in why.fields.items()}


def _malformed(wrong: Wrong) -> Malformed:
    return Malformed(
        f"还没有开专档：有 {len(wrong)} 处需要改。请看标红的地方。",
        f"No dossier yet: {len(wrong)} field(s) need a correction. See the marked places.",
        wrong,
    )


def _person(form: dict[str, Any], who: str) -> Person:
    return Person(form[f"{who}_name"], identity.folded(form[f"{who}_id"]), form[f"{who}_phone"])


def _faults(form: dict[str, Any]) -> Wrong:
    """What is wrong beyond the shape of single fields."""
    today = china_date(now())
    wrong: Wrong = {}
    if form["what"] not in {pick.value for pick in picks()}:
        wrong["what"] = [here(_("请选择一个事项。"))]
    wrong |= _faults_of_person(form, "applicant", today)
    if form["agent_name"] or form["agent_id"] or form["agent_phone"]:
        wrong |= {f"agent_{part}": [here(ABSENT)] for part in ("name", "id", "phone") if not form[f"agent_{part}"]}
        wrong = _faults_of_person(form, "agent", today) | wrong
    if not g.consent_scan and not form["consent_on_paper"]:
        wrong[consent.FIELD] = [
            here(_("请上传签署的同意书，或勾选“纸质同意书存本窗口”。未经申请人书面同意，不能寄递原件。"))
        ]
    if form["consent_signed_on"] > today:
        wrong["consent_signed_on"] = [here(_("签署日期不能晚于今天。"))]
    return wrong


def _faults_of_person(form: dict[str, Any], who: str, today: date) -> Wrong:
    found = {
        f"{who}_id": identity.fault(form[f"{who}_kind"], identity.folded(form[f"{who}_id"]), today),
        f"{who}_phone": identity.phone_fault(form[f"{who}_phone"]),
    }
    return {name: [here(sentence)] for name, sentence in found.items() if sentence}
