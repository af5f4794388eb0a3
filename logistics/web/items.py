"""Service items and their checklists, as an administrator keeps them: list, make, change, take out of use."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from sqlmodel import Session

from logistics.errors import NotYours
from logistics.rules import access
from logistics.rules.items import Line, Terms
from logistics.services import items as verbs
from logistics.store import catalogue
from logistics.store import officers as people
from logistics.tables import Material
from logistics.terms import Form, Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import agency_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.trail import told
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward

pages = Blueprint("items", __name__)
ENTRIES = [Entry("items.every", lazy_gettext("事项"), frozenset({Role.ADMINISTRATOR}), place=61, also=("item_sheets",))]

RETENTION_WORDS = {"D10": lazy_gettext("10 年"), "D30": lazy_gettext("30 年"), "Y": lazy_gettext("永久")}
WANTED, SHARED, UNWANTED = "wanted", "shared", "unwanted"
TREATMENTS = {
    WANTED: lazy_gettext("要寄原件"),
    SHARED: lazy_gettext("免寄：电子证照已共享"),
    UNWANTED: lazy_gettext("免寄：不需要原件"),
}


class Described(FormShape):
    """What an item says of itself. Blank ones are told by the verb, each at its field."""

    name = fields.String(load_default="")
    promised_days = fields.Integer(load_default=0)
    retention = fields.String(load_default="")

    @staticmethod
    def terms(form: dict[str, Any]) -> Terms:
        """What the verbs want to know."""
        return Terms(form["name"], form["promised_days"], form["retention"])


class Adding(Described):
    """A new item, its code and who keeps it."""

    code = fields.String(load_default="")
    agency = fields.Integer(required=True)


class Using(FormShape):
    """In use or not, and why not."""

    active = fields.Boolean(required=True)
    why = fields.String(load_default="")


class Lining(FormShape):
    """One material of the checklist."""

    name = fields.String(load_default="")
    form = fields.Enum(Form, by_value=True, required=True)
    quantity = fields.Integer(load_default=0)
    medium = fields.String(load_default="")
    review_points = fields.String(load_default="")
    treatment = fields.String(required=True, validate=validate.OneOf(list(TREATMENTS)))
    two_sealers = fields.Boolean(load_default=False)

    @staticmethod
    def line(form: dict[str, Any]) -> Line:
        """What the verbs want to know."""
        kept = {name: form[name] for name in ("name", "form", "quantity", "medium", "review_points", "two_sealers")}
        wanted, shared = form["treatment"] == WANTED, form["treatment"] == SHARED
        return Line(**kept, original_wanted=wanted, e_certificate_shared=shared)


class Moving(FormShape):
    """One place up, or down."""

    up = fields.Boolean(required=True)


@pages.get("/items")
@for_roles(Role.ADMINISTRATOR)
def every() -> Response:
    """The items, narrowed by a word; those out of use only when asked for."""
    wanted, retired = request.args.get("q", "").strip(), request.args.get("all") == "true"
    with look() as session:
        rows = catalogue.items(session, wanted, out_of_use=retired)
    return page("items/list.html", rows=rows, wanted=wanted, retired=retired, retentions=RETENTION_WORDS)


@pages.get("/items/new")
@for_roles(Role.ADMINISTRATOR)
def new() -> Response:
    """An empty item."""
    with look() as session:
        names = people.agency_names(session, me().agencies, locale())
    return page("items/new.html", names=names, retentions=list(RETENTION_WORDS.items()))


@pages.post("/items/new")
@for_roles(Role.ADMINISTRATOR)
@redraws(new)
def add() -> Response:
    """The item is there; its page opens, where its materials are listed."""
    form = read(Adding)
    made = verbs.add(world(), me(), form["command_id"], form["agency"], form["code"], Described.terms(form))
    said(_("已添加。请列出申请人要交的材料，再把它写进通办协议。"))
    return onward(url_for("items.one", item_id=made["item"]))


@pages.get("/items/<int:item_id>")
@for_roles(Role.ADMINISTRATOR)
def one(item_id: int) -> Response:
    """One item: what it says, its checklist, what was changed about it."""
    with look() as session:
        row = catalogue.item(session, item_id)
        materials = catalogue.materials_at(session, item_id)
        acts = [(act, who, told(session, act)) for act, who in catalogue.acts(session, item_id)]
        keeper = catalogue.keeper(session, row)
    return page(
        "items/one.html",
        row=row,
        materials=materials,
        acts=acts,
        keeper=agency_name(keeper),
        may=access.keeps_item(me().agencies, keeper.id),
        retention=RETENTION_WORDS.get(row.retention, row.retention),
        treatments=TREATMENTS,
        treatment_of=treatment_of,
    )


@pages.get("/items/<int:item_id>/edit")
@for_roles(Role.ADMINISTRATOR)
def editing(item_id: int) -> Response:
    """What the item says, to be changed."""
    with look() as session:
        row = catalogue.item(session, item_id)
    return page("items/edit.html", row=row, retentions=list(RETENTION_WORDS.items()))


@pages.post("/items/<int:item_id>/edit")
@for_roles(Role.ADMINISTRATOR)
@redraws(editing)
def change(item_id: int) -> Response:
    """The item says this for dossiers opened from now on."""
    form = read(Described)
    verbs.change(world(), me(), form["command_id"], item_id, Described.terms(form))
    said(_("已保存。已开的专档仍按原来的承诺时限和保管期限。"))
    return onward(url_for("items.one", item_id=item_id))


@pages.post("/items/<int:item_id>/use")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def use(item_id: int) -> Response:
    """The item may be applied for, or no longer."""
    form = read(Using)
    verbs.use(world(), me(), form["command_id"], item_id, active=form["active"], why=form["why"])
    said(_("已恢复，窗口可以办理。") if form["active"] else _("已停用，不再开新专档。已开的专档照常办完。"))
    return onward(url_for("items.one", item_id=item_id))


@pages.get("/items/<int:item_id>/materials/new")
@for_roles(Role.ADMINISTRATOR)
def new_material(item_id: int) -> Response:
    """An empty line of the checklist."""
    with look() as session:
        row = catalogue.item(session, item_id)
    return page("items/material.html", row=row, line=None, material=None, **_choices(None))


@pages.post("/items/<int:item_id>/materials/new")
@for_roles(Role.ADMINISTRATOR)
@redraws(new_material)
def add_material(item_id: int) -> Response:
    """The checklist has one line more."""
    form = read(Lining)
    verbs.add_material(world(), me(), form["command_id"], item_id, Lining.line(form))
    said(_("已列入。以后开的专档按新清单收取。"))
    return onward(url_for("items.one", item_id=item_id))


@pages.get("/items/<int:item_id>/materials/<int:material_id>")
@for_roles(Role.ADMINISTRATOR)
def material(item_id: int, material_id: int) -> Response:
    """One line of the checklist, to be changed."""
    with look() as session:
        row = catalogue.item(session, item_id)
        line = _line(session, item_id, material_id)
    return page("items/material.html", row=row, line=line, material=line, **_choices(line))


@pages.post("/items/<int:item_id>/materials/<int:material_id>")
@for_roles(Role.ADMINISTRATOR)
@redraws(material)
def change_material(item_id: int, material_id: int) -> Response:
    """The line is so for dossiers opened from now on."""
    form = read(Lining)
    verbs.change_material(world(), me(), form["command_id"], item_id, material_id, Lining.line(form))
    said(_("已保存。以后开的专档按新清单收取，已开的不变。"))
    return onward(url_for("items.one", item_id=item_id))


@pages.post("/items/<int:item_id>/materials/<int:material_id>/move")
@for_roles(Role.ADMINISTRATOR)
@redraws(material)
def move_material(item_id: int, material_id: int) -> Response:
    """The line stands one place higher or lower."""
    form = read(Moving)
    verbs.move_material(world(), me(), form["command_id"], item_id, material_id, up=form["up"])
    return onward(url_for("items.one", item_id=item_id, _anchor="materials"))


@pages.post("/items/<int:item_id>/materials/<int:material_id>/drop")
@for_roles(Role.ADMINISTRATOR)
@redraws(material)
def drop_material(item_id: int, material_id: int) -> Response:
    """The line is wanted no longer."""
    verbs.drop_material(world(), me(), read(FormShape)["command_id"], item_id, material_id)
    said(_("已从清单去掉。已开的专档仍按原清单。"))
    return onward(url_for("items.one", item_id=item_id))


def treatment_of(line: Material) -> str:
    """Whether the original is mailed, and if not, why."""
    if line.e_certificate_shared:
        return SHARED
    return WANTED if line.original_wanted else UNWANTED


def _line(session: Session, item_id: int, material_id: int) -> Material:
    found = next((row for row in catalogue.materials_at(session, item_id) if row.id == material_id), None)
    if found is None:
        raise NotYours("材料", "material")
    return found


def _choices(line: Material | None) -> dict[str, Any]:
    return {
        "forms": list(Form),
        "treatments": list(TREATMENTS.items()),
        "treatment": treatment_of(line) if line else WANTED,
    }
