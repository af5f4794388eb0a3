"""Keep an agency's printers: add one, change it, switch it off. For the agency's administrator or one above."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlmodel import col, select

from logistics.actor import Actor
from logistics.errors import Malformed, NotYours, Said
from logistics.rules import access, printing
from logistics.store import printing as kept
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Printer
from logistics.terms import PrinterLanguage, Stock


@dataclass(frozen=True)
class Machine:
    """What is known of a printer: its name on the pages, what it understands, its paper, where it listens."""

    name: str
    language: PrinterLanguage
    dpi: int
    stock: Stock
    host: str
    port: int = 9100


def add(ctx: Context, actor: Actor, command_id: str, agency_id: int, given: Machine) -> dict[str, Any]:
    """The agency has one printer more: `{"printer": id}`. Raises `NotAllowed`, `NotYours`, `Malformed` at fields."""
    with work(ctx, actor, "add_printer", command_id) as w:
        if w.done is not None:
            return w.done
        _require_keeper(actor, agency_id)
        machine = _sound(w, given, agency_id, None)
        kept_as: dict[str, Any] = {"agency_id": agency_id, **asdict(machine)}
        row = Printer(**kept_as, added_at=w.now, added_by=cast(int, actor.officer_id))
        w.session.add(row)
        w.session.flush()
        return w.finish(printer=row.id)


def change(
    ctx: Context, actor: Actor, command_id: str, printer_id: int, given: Machine, *, active: bool
) -> dict[str, Any]:
    """The printer is as given, in use or not. What waits for it is sent as it was made, or waits for a person where
    language or paper changed. Raises as `add`."""
    with work(ctx, actor, "change_printer", command_id) as w:
        if w.done is not None:
            return w.done
        row = kept.printer(w.session, printer_id, lock=True)
        _require_keeper(actor, row.agency_id)
        for name, value in asdict(_sound(w, given, row.agency_id, row.id)).items():
            setattr(row, name, value)
        row.active = active
        w.session.add(row)
        return w.finish(printer=row.id)


def _require_keeper(actor: Actor, agency_id: int) -> None:
    access.require_role(actor.roles, access.role_for("manage_printers"))
    if agency_id not in actor.agencies:
        raise NotYours("单位", "agency")


def _sound(w: Work, given: Machine, agency_id: int, own: int | None) -> Machine:
    machine = Machine(
        given.name.strip(),
        given.language,
        given.dpi,
        given.stock,
        given.host.strip().lower(),
        given.port,
    )
    wrong = printing.faults(**asdict(machine), allowed=w.ctx.printer_networks)
    same = select(Printer.id).where(Printer.agency_id == agency_id, Printer.name == machine.name)
    if w.session.exec(same if own is None else same.where(col(Printer.id) != own)).first() is not None:
        wrong["name"] = [
            Said("本单位已有同名的打印机，请换一个名称。", "The agency has a printer of this name. Choose another.")
        ]
    if wrong:
        raise Malformed("还没有保存：请改正标红的地方。", "Not saved yet: correct the marked fields.", wrong)
    return machine
