"""The hand-over list (交寄清单): envelopes scanned one by one as the courier takes them, signed by its collector.

It proves what was given to whom. Custody does not move by it: the sender answers until the receiver signs.
"""

from __future__ import annotations

import json
from typing import Any, cast

from sqlmodel import col, func, select

from logistics.actor import Actor
from logistics.errors import Malformed, NotYours, Rejected, Said, Wrong
from logistics.rules import access, collecting
from logistics.rules.pool import MANUAL
from logistics.rules.workdays import china_date
from logistics.store import find, orders, pickups
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Agency, Consignment, HandoverLine, HandoverList
from logistics.terms import Role

PROOFS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"%PDF-": "application/pdf"}
"""What a signature or a countersigned sheet may be, by its first bytes."""


def start(ctx: Context, actor: Actor, command_id: str, courier: str, pickup_id: int | None = None) -> dict[str, Any]:
    """The list of envelopes booked with this courier and not handed over yet, all of them still to be scanned.

    One list of a courier is open at a time: a second start leads to it, and what was booked meanwhile is on it, too.
    Returns `{"list": no}`.
    """
    with work(ctx, actor, "start_handover", command_id) as w:
        if w.done is not None:
            return w.done
        agency = _desk(w, actor)
        agency_id = cast(int, agency.id)
        standing = pickups.open_list(w.session, agency_id, courier)
        if standing is not None:
            _add_waiting(w, standing)
            return w.finish(list=standing.no)
        if courier == MANUAL or courier not in ctx.couriers:
            raise NotYours("快递", "courier")
        if pickup_id is not None:
            access.require_agency(agency_id, pickups.by_id(w.session, pickup_id).agency_id)
        row = HandoverList(
            no=_next_no(w, agency),
            agency_id=agency_id,
            courier=courier,
            pickup_id=pickup_id,
            made_at=w.now,
            made_by=cast(int, actor.officer_id),
        )
        w.session.add(row)
        w.session.flush()
        _add_waiting(w, row)
        return w.finish(list=row.no)


def _add_waiting(w: Work, row: HandoverList) -> None:
    lines = pickups.lines_of(w.session, row)
    had, last = {one.consignment_id for one in lines}, max((one.seq for one in lines), default=0)
    waiting = [one for one in pickups.waiting(w.session, row.agency_id, row.courier) if one.id not in had]
    for seq, one in enumerate(waiting, last + 1):
        _add(w, row, one, seq)


def _desk(w: Work, actor: Actor) -> Agency:
    """The reader's agency, locked so that two windows follow each other. Raises `NotAllowed`."""
    if not actor.roles & {Role.WINDOW, Role.RECEIVER}:
        access.require_role(actor.roles, Role.WINDOW)
    return w.session.exec(select(Agency).where(Agency.id == actor.agency_id).with_for_update(key_share=True)).one()


def _next_no(w: Work, agency: Agency) -> str:
    day = f"{agency.code}-JJ{china_date(w.now):%Y%m%d}-"
    made = w.session.exec(
        select(func.count())
        .select_from(HandoverList)
        .where(HandoverList.agency_id == agency.id, col(HandoverList.no).startswith(day))
    ).one()
    return f"{day}{made + 1:02d}"


def _add(w: Work, row: HandoverList, consignment: Consignment, seq: int) -> HandoverLine:
    line = HandoverLine(
        list_id=cast(int, row.id),
        dossier_id=consignment.dossier_id,
        consignment_id=cast(int, consignment.id),
        seq=seq,
        waybill_no=consignment.waybill_no,
    )
    w.session.add(line)
    w.session.flush()
    return line


def scan(ctx: Context, actor: Actor, command_id: str, list_no: str, code: str) -> dict[str, Any]:
    """The envelope of that waybill, number or seal is in the collector's hands. A second scan of it changes nothing.

    Returns `{"consignment": no, "seq": n, "again": bool}`. Raises `Rejected` for one that cannot be handed over here,
    `Malformed` at the field for a number that nobody knows.
    """
    with work(ctx, actor, "scan_handover", command_id) as w:
        if w.done is not None:
            return w.done
        row = _open_list(w, actor, list_no)
        consignment = _scanned(w, code)
        lines = {one.consignment_id: one for one in pickups.lines_of(w.session, row)}
        line = lines.get(cast(int, consignment.id))
        if line is not None and line.scanned_at is not None:
            return w.finish(consignment=consignment.no, seq=line.seq, again=True)
        collecting.require_scannable(
            consignment,
            row.agency_id,
            row.courier,
            _name(ctx, row.courier),
            orders.second_number(w, consignment),
            pickups.signed_on(w.session, consignment),
        )
        if line is None:
            line = _add(w, row, consignment, max((one.seq for one in lines.values()), default=0) + 1)
        line.scanned_at, line.scanned_by, line.waybill_no = w.now, actor.officer_id, consignment.waybill_no
        w.session.add(line)
        return w.finish(consignment=consignment.no, seq=line.seq, again=False)


def _open_list(w: Work, actor: Actor, list_no: str) -> HandoverList:
    _desk(w, actor)
    row = pickups.list_by_no(w.session, list_no, lock=True)
    access.require_agency(cast(int, actor.agency_id), row.agency_id)
    if row.signed_at is not None:
        raise Rejected(
            f"清单 {row.no} 已签字，不能再改。还有要交的，请另做一张清单。",
            f"List {row.no} is signed and cannot be changed. Make another one.",
            "list_signed",
        )
    return row


def _scanned(w: Work, code: str) -> Consignment:
    found = find.by_code(w.session, code)
    if found is None or found.consignment_no is None:
        raise Malformed(
            f"没有上清单：没有认出「{code}」。请扫面单上的运单号、寄递件编号或封签号。",
            f"Nothing added: {code!r} is not known. Scan the waybill, the consignment's number or the seal.",
            {
                "code": [
                    Said(
                        f"没有认出「{code}」。请扫运单号、寄递件编号或封签号。",
                        f"{code} is not known. Scan the waybill, the consignment's number or the seal.",
                    )
                ]
            },
        )
    return find.consignment_by_no(w.session, found.consignment_no)[1]


def _name(ctx: Context, courier: str) -> str:
    known = ctx.couriers.get(courier)
    return known.name_zh if known is not None else courier


def remove(ctx: Context, actor: Actor, command_id: str, list_no: str, consignment_no: str) -> dict[str, Any]:
    """The envelope is off the list; only before the collector signs."""
    with work(ctx, actor, "remove_from_handover", command_id) as w:
        if w.done is not None:
            return w.done
        row = _open_list(w, actor, list_no)
        _, consignment = find.consignment_by_no(w.session, consignment_no)
        line = w.session.exec(
            select(HandoverLine).where(HandoverLine.list_id == row.id, HandoverLine.consignment_id == consignment.id)
        ).first()
        if line is None:
            raise NotYours("清单行", "list line")
        w.session.delete(line)
        return w.finish(consignment=consignment.no)


def sign(
    ctx: Context, actor: Actor, command_id: str, list_no: str, collector: str, staff_no: str, proof: bytes
) -> dict[str, Any]:
    """The collector has signed for what was scanned, and for nothing else; the list never changes again. What was not
    scanned stays on it as left behind, and waits for the next list. Returns `{"list", "list_sha256", "count", "left"}`.

    `proof` is the drawn signature, or a scan of the countersigned sheet (PNG, JPEG or PDF), kept by its SHA-256. Each
    envelope's dossier has the fact, with the digest of the whole list. Raises `Rejected`: "nothing_scanned", "stage"
    and the others of a scan, when an envelope has changed since it was scanned; `Malformed` at the fields.
    """
    with work(ctx, actor, "sign_handover", command_id) as w:
        if w.done is not None:
            return w.done
        row = _open_list(w, actor, list_no)
        _require_signature(collector, proof)
        agency = w.session.get_one(Agency, row.agency_id)
        lines = _only_scanned(w, row)
        together = sorted(lines, key=lambda one: (one.dossier_id, one.seq))  # locks in one order for everybody
        signed: list[tuple[Any, Consignment, HandoverLine]] = []
        for line in together:
            dossier, consignment = w.consignment(w.session.get_one(Consignment, line.consignment_id).no)
            _require_unchanged(w, row, consignment, line)
            signed.append((dossier, consignment, line))
        told = {one.seq: collecting.line(one.seq, it, cast(Any, one.scanned_at)) for _, it, one in signed}
        row.list_sha256 = collecting.list_sha256(row.no, agency.code, row.courier, list(told.values()))
        row.signature_sha256 = ctx.files.put(proof)
        row.collector_sealed = ctx.keyring.seal(
            json.dumps([collector.strip(), staff_no.strip()], ensure_ascii=False), _place(row)
        )
        row.signed_at, row.signed_by = w.now, actor.officer_id
        w.session.add(row)
        for dossier, consignment, line in signed:
            decision = collecting.handed(row.no, row.list_sha256, row.signature_sha256, told[line.seq], len(told))
            w.carry_out(decision, dossier, consignment)
        left = len(pickups.left_behind(w.session, row))
        return w.finish(list=row.no, list_sha256=row.list_sha256, count=len(signed), left=left)


def _require_signature(collector: str, proof: bytes) -> None:
    wrong: Wrong = {}
    if not collector.strip():
        wrong["collector"] = [Said("请填写揽收员姓名。", "Enter the collector's name.")]
    if not proof.startswith(tuple(PROOFS)):
        wrong["signature"] = [
            Said(
                "请揽收员签字，或上传签好字的清单（PNG、JPEG、PDF）。",
                "The collector signs here, or upload the signed list (PNG, JPEG, PDF).",
            )
        ]
    if wrong:
        raise Malformed("还没有签收：请补齐标红的地方。", "Not signed yet: complete the marked places.", wrong)


def _only_scanned(w: Work, row: HandoverList) -> list[HandoverLine]:
    """The scanned lines, numbered from 1 without a gap; the others follow them, as what was left behind."""
    every = pickups.lines_of(w.session, row)
    scanned = [one for one in every if one.scanned_at is not None]
    if not scanned:
        raise Rejected(
            "清单上还没有扫过的封套，没有可签的。请逐件扫描后再签。",
            "Nothing was scanned; there is nothing to sign for.",
            "nothing_scanned",
        )
    left = [one for one in every if one.scanned_at is None]
    for seq, one in enumerate([*scanned, *left], 1):
        one.seq = seq
        w.session.add(one)
    w.session.flush()
    return scanned


def _require_unchanged(w: Work, row: HandoverList, consignment: Consignment, line: HandoverLine) -> None:
    """Whatever happened between scan and signature is said. The courier's own pick-up scan may have come already."""
    moved_on = consignment.picked_up_at is not None and consignment.waybill_no == line.waybill_no
    if not moved_on:
        collecting.require_scannable(
            consignment,
            row.agency_id,
            row.courier,
            _name(w.ctx, row.courier),
            orders.second_number(w, consignment),
            pickups.signed_on(w.session, consignment),
        )
    if consignment.waybill_no != line.waybill_no:
        raise Rejected(
            f"寄递件 {consignment.no} 的运单号扫描后换成了 {consignment.waybill_no}。请从清单移去，重打面单后再扫。",
            f"The number of {consignment.no} changed since it was scanned. Remove it, print its label, scan it again.",
            "waybill_changed",
        )


def _place(row: HandoverList) -> str:
    return f"handover_list:{row.no}:collector"


def collector_of(ctx: Context, row: HandoverList) -> tuple[str, str]:
    """Name and staff number of who signed; two empty texts before."""
    if not row.collector_sealed:
        return "", ""
    name, staff_no = json.loads(ctx.keyring.unseal(row.collector_sealed, _place(row)))
    return str(name), str(staff_no)


def signature_of(ctx: Context, row: HandoverList) -> tuple[str, bytes]:
    """Media type and bytes of what the collector signed with; two empty values before."""
    if not row.signature_sha256:
        return "", b""
    content = ctx.files.get(row.signature_sha256)
    return next((kind for start, kind in PROOFS.items() if content.startswith(start)), ""), content
