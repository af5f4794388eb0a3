"""A counter with a label printer and an office printer, and an item that wants five originals and spares two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_network

from sqlmodel import Session, select

from logistics.services.papers import printers
from logistics.services.papers.printers import Machine as Known
from logistics.tables import Agreement, AgreementItem, Material, ServiceItem
from logistics.terms import Form, PrinterLanguage, Stock
from tests.builders import officer
from tests.printing.machine import Machine, machine
from tests.web.window.hall import Hall

LOOPBACK = (ip_network("127.0.0.0/8"),)
NUMBERS = ("104861202105000018", "1048642021000377", "CJ-2021-0007", "420112199003078812", "GZ-2026-000451")
_FIVE = ("毕业证书", "学位证书", "成绩单", "职业资格证书", "无犯罪记录证明")


@dataclass
class Counter:
    """The hall with its printers, which keep every job they took."""

    hall: Hall
    labels: Machine
    sheets: Machine


def add_item(hall: Hall) -> None:
    """The first item of the window's list wants five originals; an identity card and a photograph are not mailed."""
    with Session(hall.system.engine) as session, session.begin():
        item = ServiceItem(code="430102-AZH-005", name="出国留学综合公证", promised_days=10)
        session.add(item)
        session.flush()
        agreement = session.exec(select(Agreement).where(Agreement.no == "XN-FR-2026-01")).one()
        session.add(AgreementItem(agreement_id=agreement.id or 0, item_id=item.id or 0))
        for seq, name in enumerate(_FIVE, start=1):
            session.add(Material(item_id=item.id or 0, seq=seq, name=name, form=Form.ORIGINAL))
        session.add(Material(item_id=item.id or 0, seq=6, name="居民身份证", form=Form.COPY, e_certificate_shared=True))
        session.add(Material(item_id=item.id or 0, seq=7, name="近期照片", form=Form.COPY, original_wanted=False))


@contextmanager
def counter(hall: Hall) -> Iterator[Counter]:
    """The hall's window has its item and its printers while the block runs. Both worlds may reach this machine."""
    hall.ctx = replace(hall.ctx, printer_networks=LOOPBACK)
    hall.system = replace(hall.system, printer_networks=LOOPBACK)
    add_item(hall)
    with machine() as labels, machine() as sheets:
        with Session(hall.system.engine) as session:
            keeper, window = officer(session, "hb-admin"), officer(session, "xn-window")
        for at, name, language, stock in (
            (labels, "面单机", PrinterLanguage.ZPL, Stock.LABEL),
            (sheets, "办公打印机", PrinterLanguage.PDF, Stock.SHEET),
        ):
            known = Known(name, language, 203, stock, "127.0.0.1", at.port)
            printers.add(hall.ctx, keeper, f"printer-{name}", window.agency_id or 0, known)
        yield Counter(hall, labels, sheets)
