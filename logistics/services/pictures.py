"""Keep pictures of originals and of envelopes with their dossier, and withdraw what was kept by mistake."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pikepdf

from logistics.actor import Actor
from logistics.archive.checks import received
from logistics.errors import NotYours, Rejected
from logistics.rules import access, photographs
from logistics.store import find
from logistics.store.context import Context
from logistics.store.find import Whole
from logistics.store.work import Work, reading, work
from logistics.tables import Consignment, Original, Paper, Picture
from logistics.terms import Direction, PictureOf, Stage


@dataclass(frozen=True)
class File:
    """A photo or scan as it came; `name` is what the officer's device calls it, for sentences only."""

    content: bytes
    name: str = ""


def keep(
    ctx: Context,
    actor: Actor,
    command_id: str,
    original_code: str,
    files: Sequence[File],
    shows: PictureOf = PictureOf.ORIGINAL,
    consignment_no: str = "",
) -> dict[str, Any]:
    """These files are pictures of the original, byte for byte as they came, each witnessed by the ledger: all or none.

    What the original has already is not kept twice. `shows=DAMAGE` with the envelope's number is the receiver's.
    Returns `{"papers": [no, …], "had": n}`. Raises `Malformed` (field "pictures") for a file that is no picture,
    `NotYours`, `NotAllowed`, `Rejected` ("not_held", "frozen", "too_many", "dossier_closed").
    """
    with work(ctx, actor, "keep_pictures", command_id) as w:
        if w.done is not None:
            return w.done
        whole, original = _locked(w, original_code)
        consignment = _envelope(whole, actor, shows, consignment_no)
        _require_may(actor, whole, consignment)
        known, made = {paper.sha256 for _one, paper in whole.pictures_of(original)}, []
        for file in files:
            seen = look_at(ctx, file)
            last, sealed_in = whole.last_custody().get(cast(int, original.id)), sealed_with(whole, original)
            photographs.require_addable(original, shows, last, cast(int, actor.agency_id), sealed_in, len(known))
            sha256 = ctx.files.put(file.content)
            if sha256 not in known:
                made.append(_add(w, whole, original, consignment, shows, seen, file.content, sha256))
                known.add(sha256)
        return w.finish(papers=[paper.no for paper in made], had=len(files) - len(made))


def keep_of_envelope(
    ctx: Context, actor: Actor, command_id: str, consignment_no: str, files: Sequence[File], shows: PictureOf
) -> dict[str, Any]:
    """As `keep`, of an envelope as it arrived: `shows` is ENVELOPE or SEAL. Before it is opened, and after.

    Only whoever receives it, or takes it back. Raises `Malformed` (field "pictures"), `NotYours`, `NotAllowed`,
    `Rejected` ("stage", "too_many", "dossier_closed").
    """
    with work(ctx, actor, "keep_envelope_pictures", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = w.consignment(consignment_no)
        whole = find.whole(w.session, dossier)
        _require_unclosed(whole)
        access.require_receiver(actor, consignment)
        known, made = {paper.sha256 for _one, paper in whole.pictures_of_envelope(consignment)}, []
        for file in files:
            seen = look_at(ctx, file)
            photographs.require_addable_of_envelope(consignment, len(known))
            sha256 = ctx.files.put(file.content)
            if sha256 not in known:
                made.append(_add(w, whole, None, consignment, shows, seen, file.content, sha256))
                known.add(sha256)
        return w.finish(papers=[paper.no for paper in made], had=len(files) - len(made))


def look_at(ctx: Context, file: File) -> photographs.Seen:
    """What the file is. Raises `Malformed` (field "pictures") for what may not be kept, in words for people."""
    seen = photographs.seen(file.content, ctx.picture_megabytes, file.name)
    if seen.media_type == photographs.PDF and (why := received.why_not("x.pdf", file.content)):
        raise photographs.wrong(why, why.en)
    return seen


def pages_of(content: bytes) -> int:
    """How many pages a PDF has that was kept."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        return len(opened.pages)


def sealed_with(whole: Whole, original: Original) -> Consignment | None:
    """The envelope whose unopened seal has frozen the original's line; None while it is at hand or being packed."""
    inside = {line.consignment_id for line in whole.packed if line.open and line.original_id == original.id}
    return next((one for one in whole.consignments if one.id in inside and one.stage is not Stage.PACKING), None)


def _locked(w: Work, original_code: str) -> tuple[Whole, Original]:
    dossier = w.dossier(original_code.rpartition("-")[0])
    whole = find.whole(w.session, dossier)
    original = next((one for one in whole.originals if one.code == original_code), None)
    if original is None:
        raise NotYours("原件", "original")
    _require_unclosed(whole)
    return whole, original


def _require_unclosed(whole: Whole) -> None:
    if whole.dossier.closed_at is not None:
        raise Rejected("专档已办结，不能再加影像。", "The dossier is closed; no more pictures.", "dossier_closed")


def _envelope(whole: Whole, actor: Actor, shows: PictureOf, no: str) -> Consignment | None:
    if shows is PictureOf.ORIGINAL:
        return None
    found = next((one for one in whole.consignments if one.no == no and one.stage is Stage.RECEIVED), None)
    if found is None or actor.agency_id not in (found.to_agency_id, found.from_agency_id):
        raise NotYours("寄递件", "consignment")
    return found


def _require_may(actor: Actor, whole: Whole, consignment: Consignment | None) -> None:
    """The window on the sending side, the receiver on the other; and who counted the envelope."""
    if consignment is not None:
        access.require_role(actor.roles, access.role_for("receive", consignment.direction))
        return
    sending = actor.agency_id == whole.dossier.sender_agency_id
    access.require_role(actor.roles, access.role_for("pack", Direction.OUTBOUND if sending else Direction.RETURN))


def _add(
    w: Work,
    whole: Whole,
    original: Original | None,
    consignment: Consignment | None,
    shows: PictureOf,
    seen: photographs.Seen,
    content: bytes,
    sha256: str,
) -> Paper:
    """The picture's rows and its entry; of the original, or without one of the whole envelope."""
    of = original or cast(Consignment, consignment)
    no = of.code if isinstance(of, Original) else of.no
    w.session.flush()
    before = [one.seq for one in w.session.exec(find.pictures_ever(of))]
    seq = max(before, default=0) + 1
    paper = Paper(
        dossier_id=cast(int, whole.dossier.id),
        consignment_id=consignment.id if consignment else None,
        kind=photographs.KIND,
        no=f"{no}-P{seq:02d}",
        sha256=sha256,
        size_bytes=len(content),
        media_type=seen.media_type,
        made_at=w.now,
        made_by=w.actor.officer_id,
    )
    w.session.add(paper)
    w.session.flush()
    row = Picture(
        dossier_id=paper.dossier_id,
        original_id=original.id if original else None,
        paper_id=cast(int, paper.id),
        consignment_id=paper.consignment_id,
        seq=seq,
        shows=shows,
        agency_id=cast(int, w.actor.agency_id),
        width=seen.width,
        height=seen.height,
    )
    w.session.add(row)
    w.session.flush()
    said = photographs.kept if original else photographs.kept_of_envelope
    w.record(whole.dossier, said(no, paper.no, shows, sha256, len(content)))
    return paper


def withdraw(ctx: Context, actor: Actor, command_id: str, paper_no: str, why: str) -> dict[str, Any]:
    """The picture counts no more; its bytes and both entries stay. Returns `{"paper": no}`.

    Only by the agency that took it. Raises `NotYours`, `NotAllowed`, `Rejected` ("frozen", "withdrawn", "reason").
    """
    with work(ctx, actor, "withdraw_picture", command_id) as w:
        if w.done is not None:
            return w.done
        whole = find.whole(w.session, w.dossier(paper_no.rpartition("-")[0].rpartition("-")[0]))
        row, paper, of = _picture(whole, paper_no)
        _require_unclosed(whole)
        if row.agency_id != actor.agency_id:
            raise NotYours("影像", "picture")
        if isinstance(of, Original):
            _require_may(actor, whole, next((one for one in whole.consignments if one.id == row.consignment_id), None))
            fact = photographs.withdraw(of, row, paper.no, why, sealed_with(whole, of))
        else:
            access.require_receiver(actor, of)
            fact = photographs.withdraw(of, row, paper.no, why, None)
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = w.now, actor.officer_id, fact.why
        w.session.add(row)
        w.session.flush()
        w.record(whole.dossier, fact)
        return w.finish(paper=paper.no)


def _picture(whole: Whole, paper_no: str) -> tuple[Picture, Paper, Original | Consignment]:
    """The picture under that number, and the original or the envelope it shows. Raises `NotYours`."""
    papers = {one.id: one for one in whole.papers}
    for row in whole.pictures:
        if papers[row.paper_id].no == paper_no:
            of: list[Original | Consignment] = [one for one in whole.originals if one.id == row.original_id]
            of += [one for one in whole.consignments if row.original_id is None and one.id == row.consignment_id]
            return row, papers[row.paper_id], of[0]
    raise NotYours("影像", "picture")


def fetch(ctx: Context, actor: Actor, paper_no: str, *, small: bool = False) -> tuple[Paper, str, bytes]:
    """A picture the reader may see: its paper, media type and bytes as they came, or a thumbnail. Raises `NotYours`.

    A PDF has no thumbnail: it is given whole.
    """
    with reading(ctx.engine, actor) as session:
        row = find.picture_paper(session, paper_no)
        session.expunge(row)
    content = ctx.files.get(row.sha256)
    if small and row.media_type != photographs.PDF:
        return row, "image/jpeg", photographs.thumbnail(content)
    return row, row.media_type, content
