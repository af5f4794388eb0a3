"""Make papers of a dossier, an envelope, an item; each is kept by its SHA-256 and witnessed by the ledger. Send them to
printers.

Values from rows: `envelope`, `found`, `dossier`, `archive`, `guide`. `printing` sends, `printers` keeps the machines.
"""

from logistics.services.papers.guide import guide
from logistics.services.papers.kinds import KINDS
from logistics.services.papers.making import PDF
from logistics.services.papers.parts import qr
from logistics.services.papers.verbs import (
    OPENED,
    Wanted,
    fetch,
    make_cover,
    make_label,
    make_paper,
    make_slip,
    open_for_print,
    together,
)

__all__ = [
    "KINDS",
    "OPENED",
    "PDF",
    "Wanted",
    "fetch",
    "guide",
    "make_cover",
    "make_label",
    "make_paper",
    "make_slip",
    "open_for_print",
    "qr",
    "together",
]
