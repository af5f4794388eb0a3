"""The verbs: make one paper, make several and open them for printing, fetch one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from sqlmodel import select

from labels.papers.parts import PaperLanguage
from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import NotYours
from logistics.services.papers.kinds import KINDS
from logistics.services.papers.making import PDF, Made, make
from logistics.store.context import Context
from logistics.store.work import Work, reading, work
from logistics.tables import Paper
from logistics.terms import Stock

OPENED = "paper:opened_for_print"
"""A browser was given the paper to print. Whether it was printed, and how often, nobody can know."""


@dataclass(frozen=True, order=True)
class Wanted:
    """One paper that somebody wants: of which dossier or consignment (its number), which kind."""

    subject: str
    kind: str


def make_paper(
    ctx: Context,
    actor: Actor,
    command_id: str,
    kind: str,
    subject: str,
    *,
    stock: Stock | None = None,
    language: PaperLanguage = "zh",
    to_print: bool = False,
) -> dict[str, Any]:
    """The paper is made (or made again, as the next copy). Returns `{"paper": no, "sha256": …}`.

    `to_print`: it is given to a browser for printing, which the ledger says. Raises `NotYours`, `NotAllowed`,
    `Rejected` for one that cannot be made now or that the law forbids.
    """
    with work(ctx, actor, f"make_{kind}", command_id) as w:
        if w.done is not None:
            return w.done
        made = make(w, KINDS, kind, subject, stock, language)
        if to_print:
            _opened(w, made)
        return w.finish(paper=made.row.no, sha256=made.row.sha256)


def make_label(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """The courier's sticker is made. As `make_paper`; `Rejected` before there is a waybill."""
    return make_paper(ctx, actor, command_id, "label", consignment_no)


def make_slip(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """The transfer slip of a sealed envelope is made: its frozen list, signature boxes, seal, ledger root."""
    return make_paper(ctx, actor, command_id, "slip", consignment_no)


def make_cover(ctx: Context, actor: Actor, command_id: str, dossier_no: str) -> dict[str, Any]:
    """The dossier's first page is made."""
    return make_paper(ctx, actor, command_id, "cover", dossier_no)


def open_for_print(
    ctx: Context, actor: Actor, command_id: str, wanted: Sequence[Wanted], stock: Stock | None = None
) -> dict[str, Any]:
    """All of these are made, in this order, and given to a browser for printing: `{"papers": [no, …]}`. All or none."""
    with work(ctx, actor, "open_for_print", command_id) as w:
        if w.done is not None:
            return w.done
        made = make_all(w, wanted, stock)
        for one in made:
            _opened(w, one)
        return w.finish(papers=[one.row.no for one in made])


def make_all(w: Work, wanted: Sequence[Wanted], stock: Stock | None = None) -> list[Made]:
    """These papers in the order they are wanted in. Dossiers are locked in one order for everybody."""
    made = {one: make(w, KINDS, one.kind, one.subject, stock) for one in sorted(set(wanted))}
    return [made[one] for one in dict.fromkeys(wanted)]


def _opened(w: Work, made: Made) -> None:
    w.record(made.dossier, Fact(OPENED, "", {"paper": made.row.no, "copy": made.row.copy_no}))


def fetch(ctx: Context, actor: Actor, paper_no: str) -> tuple[Paper, bytes]:
    """A paper the reader may see, with its bytes. Raises `NotYours`."""
    with reading(ctx.engine, actor) as session:
        row = session.exec(select(Paper).where(Paper.no == paper_no)).first()
        if row is None:
            raise NotYours("单据", "paper")
        session.expunge(row)
    return row, ctx.files.get(row.sha256)


def together(ctx: Context, actor: Actor, paper_nos: Sequence[str]) -> bytes:
    """These papers' own pages in one PDF, to be printed in one go. Raises `NotYours`, also for what is no PDF."""
    found = [fetch(ctx, actor, no) for no in paper_nos]
    if not found or any(row.media_type != PDF for row, _ in found):
        raise NotYours("单据", "paper")
    with pikepdf.new() as whole:
        for _, content in found:
            with pikepdf.open(io.BytesIO(content)) as one:
                whole.pages.extend(one.pages)
        out = io.BytesIO()
        whole.save(out, deterministic_id=True)
    return out.getvalue()
