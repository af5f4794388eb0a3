"""The printers of the agencies an administrator keeps: add, change, switch off, try."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields
from sqlmodel import col, select

from logistics.rules.printing import PORTS, RESOLUTIONS
from logistics.services.papers import printers as verbs
from logistics.services.papers import printing
from logistics.services.papers.printers import Machine
from logistics.store import printing as kept
from logistics.tables import Agency, Printer
from logistics.terms import PrinterLanguage, Role, Stock
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward
from logistics.web.words import word

pages = Blueprint("printers", __name__)
ENTRIES = [Entry("printers.every", lazy_gettext("打印机"), frozenset({Role.ADMINISTRATOR}), place=62)]


class Given(FormShape):
    """A printer as the administrator describes it."""

    name = fields.String(required=True)
    language = fields.Enum(PrinterLanguage, by_value=True, required=True)
    dpi = fields.Integer(required=True)
    stock = fields.Enum(Stock, by_value=True, required=True)
    host = fields.String(required=True)
    port = fields.Integer(required=True)

    @staticmethod
    def machine(form: dict[str, Any]) -> Machine:
        """What the verbs want to know."""
        names = ("name", "language", "dpi", "stock", "host", "port")
        return Machine(**{name: form[name] for name in names})


class Adding(Given):
    """A new printer, and whose it is."""

    agency = fields.Integer(required=True)


class Changing(Given):
    """A printer that stands already."""

    active = fields.Boolean(load_default=False)


@pages.get("/printers")
@for_roles(Role.ADMINISTRATOR)
def every() -> Response:
    """All printers of the administrator's agencies, and the form for one more."""
    with look() as session:
        agencies = session.exec(
            select(Agency).where(col(Agency.id).in_(me().agencies)).order_by(col(Agency.path))
        ).all()
        rows = kept.printers(session, me().agencies)
    names = {one.id: one.name_en if locale() == "en" and one.name_en else one.short_name for one in agencies}
    return page("printing/printers.html", rows=rows, names=names, own=me().agency_id, **_choices())


@pages.post("/printers")
@for_roles(Role.ADMINISTRATOR)
@redraws(every)
def add() -> Response:
    """The agency has one printer more; its page opens, where it is tried."""
    form = read(Adding)
    made = verbs.add(world(), me(), form["command_id"], form["agency"], Given.machine(form))
    said(_("已添加。请试打一张，看尺寸、位置和条码。"))
    return onward(url_for("printers.one", printer_id=made["printer"]))


@pages.get("/printers/<int:printer_id>")
@for_roles(Role.ADMINISTRATOR)
def one(printer_id: int) -> Response:
    """One printer: what it is, and what became of the last test prints."""
    with look() as session:
        row: Printer = kept.printer(session, printer_id)
        agency = session.get_one(Agency, row.agency_id)
        tests = kept.trials(session, printer_id)
    name = agency.name_en if locale() == "en" and agency.name_en else agency.short_name
    return page("printing/printer.html", row=row, agency=name, tests=tests, **_choices())


@pages.post("/printers/<int:printer_id>")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def change(printer_id: int) -> Response:
    """The printer is as the form says."""
    form = read(Changing)
    verbs.change(world(), me(), form["command_id"], printer_id, Given.machine(form), active=form["active"])
    said(_("已保存。") if form["active"] else _("已停用，窗口不再看到这台打印机。"))
    return onward(url_for("printers.one", printer_id=printer_id))


@pages.post("/printers/<int:printer_id>/test")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def test(printer_id: int) -> Response:
    """A specimen is on its way to the printer."""
    printing.send_test(world(), me(), read(FormShape)["command_id"], printer_id)
    said(_("试打已排队，几秒后送出。"))
    return onward(url_for("printers.one", printer_id=printer_id))


def _choices() -> dict[str, Any]:
    """What the form's lists offer."""
    return {
        "languages": [(one.value, word(one, locale())) for one in PrinterLanguage],
        "stocks": [(one.value, word(one, locale())) for one in Stock],
        "resolutions": [(one, _("%(dpi)s 点", dpi=one)) for one in RESOLUTIONS],
        "ports": PORTS,
    }
