"""What goes beside a batch's packages: explanation, list of files, catalogue by the profile, registration form.

Made once for a batch, from what stands in the database and in the reports of its checks; stored by SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlmodel import Session, col, select

from labels.draw import draw
from labels.papers import RegisterItem, TransferRegister
from logistics.archive import handover
from logistics.archive.handover import About, Handed
from logistics.archive.profiles import BatchHeader, BatchPackage, Profile, catalogue_name, catalogue_xml
from logistics.rules.workdays import china_date
from logistics.store import transfers
from logistics.store.context import Context
from logistics.store.transfers import Line
from logistics.tables import Agency, Dossier, Officer, PackageCheck, ServiceItem, TransferBatch
from logistics.terms import CheckLink, Secrecy, TransferLineState, TransferTarget, zh

WAITING = TransferLineState.WAITING


@dataclass(frozen=True)
class Beside:
    """Everything known of a batch that its papers need."""

    batch: TransferBatch
    agency: Agency
    lines: Sequence[Line]  # those that go
    dossiers: Mapping[int, Dossier]
    items: Mapping[int, ServiceItem]
    made_by: str


def beside(session: Session, batch_no: str) -> Beside:
    """The batch with its agency, the packages that go, their dossiers and service items. Raises `NotYours`."""
    batch = transfers.by_no(session, batch_no)
    lines = [one for one in transfers.lines(session, batch) if one.line.state is WAITING]
    ids = [one.line.dossier_id for one in lines]
    dossiers = {cast(int, row.id): row for row in session.exec(select(Dossier).where(col(Dossier.id).in_(ids)))}
    wanted = {row.item_id for row in dossiers.values()}
    items = {cast(int, row.id): row for row in session.exec(select(ServiceItem).where(col(ServiceItem.id).in_(wanted)))}
    by = session.get_one(Officer, batch.ordered_by or batch.made_by)
    return Beside(batch, session.get_one(Agency, batch.agency_id), lines, dossiers, items, by.name)


def documents(
    ctx: Context, of: Beside, profile: Profile, head: tuple[int, str], reports: Mapping[str, str]
) -> dict[str, str]:
    """The batch's own files, stored: path in the hand-over -> SHA-256. `reports`: those already stored, likewise.

    Raises `ElementMissing` where the profile wants what nobody has said.
    """
    found = [_handed(of, one) for one in of.lines]
    header = _header(of)
    made = {
        handover.README: handover.readme(_about(of, profile), found),
        handover.LIST: handover.file_list(found),
        handover.OTHER + catalogue_name(profile, header): catalogue_xml(
            profile, header, [_catalogued(of, one) for one in of.lines]
        ),
        handover.REGISTER: draw(_register(of, found, head)),
    }
    stored = {path: ctx.files.put(content) for path, content in made.items()} | dict(reports)
    every = stored | {one.path: one.sha256 for one in found}
    stored[handover.SUMS] = ctx.files.put(handover.checksums(every))
    return stored


def reports_of(session: Session, of: Beside) -> dict[str, str]:
    """The newest report of each package's check at the hand-over: path in the hand-over -> SHA-256."""
    ids = [one.line.dossier_id for one in of.lines]
    rows = session.exec(
        select(PackageCheck)
        .where(col(PackageCheck.dossier_id).in_(ids), PackageCheck.link == CheckLink.YJ)
        .order_by(col(PackageCheck.id))
    )
    newest = {row.dossier_id: row.report_sha256 for row in rows}
    return {
        f"{handover.REPORTS}{one.package.record_no}.xml": newest[one.line.dossier_id]
        for one in of.lines
        if one.line.dossier_id in newest
    }


def _media(batch: TransferBatch) -> str:
    return batch.carrier_kind if batch.target is TransferTarget.MEDIUM else zh(batch.target)


def _about(of: Beside, profile: Profile) -> About:
    return About(
        batch_no=of.batch.no,
        name=of.batch.name,
        sender=of.agency.name,
        receiver=of.batch.receiver,
        made_by=of.made_by,
        made_at=of.batch.ordered_at or of.batch.made_at,
        media=_media(of.batch),
        carrier_no=of.batch.carrier_no,
        standard=profile.standard,
    )


def _closed_on(of: Beside, one: Line) -> str:
    dossier = of.dossiers[one.line.dossier_id]
    return f"{china_date(dossier.closed_at or one.package.sealed_at):%Y%m%d}"


def _handed(of: Beside, one: Line) -> Handed:
    package = one.package
    return Handed(
        path=one.path,
        archival_code=package.archival_code,
        author=of.agency.name,
        title=package.title,
        date=_closed_on(of, one),
        secrecy=_secrecy(package.secrecy),
        sha256=package.sha256,
        size=package.size_bytes,
        note=one.dossier_no,
    )


def _secrecy(word: str) -> str:
    """The Chinese word on the papers; nothing where no 密级 is set."""
    return "" if word in ("", Secrecy.NONE.value) else zh(Secrecy(word))


def _header(of: Beside) -> BatchHeader:
    return BatchHeader(
        batch_no=of.batch.no,
        sent_at=of.batch.ordered_at or of.batch.made_at,
        handed_over_by=of.made_by,
        agency_name=of.agency.name,
        receiver=of.batch.receiver,
        fonds_no=of.agency.fonds_no,
    )


def _catalogued(of: Beside, one: Line) -> BatchPackage:
    dossier = of.dossiers[one.line.dossier_id]
    package, item = one.package, of.items[dossier.item_id]
    return BatchPackage(
        record_no=package.record_no,
        title=package.title,
        archived_at=package.sealed_at,
        size=package.size_bytes,
        sha256=package.sha256,
        agency_name=of.agency.name,
        fonds_no=of.agency.fonds_no,
        region_code=of.agency.region_code,
        uscc=of.agency.uscc,
        category=of.agency.archive_category,
        year=package.year,
        task_code=item.code,
        retention=package.retention,
        secrecy_words=_secrecy(package.secrecy) or "无",
        archival_code=package.archival_code,
        location=one.path,
        dossier_no=one.dossier_no,
    )


def _register(of: Beside, found: Sequence[Handed], head: tuple[int, str]) -> TransferRegister:
    batch, digest = of.batch, handover.list_sha256(found)
    on_medium = batch.target is TransferTarget.MEDIUM
    said = f"四性检测（移交环节）{len(found)} 件全部通过"
    return TransferRegister(
        number=f"{batch.no}-DJB",
        batch_no=batch.no,
        name=batch.name,
        description=batch.description,
        sender=of.agency.name,
        receiver=batch.receiver,
        items=tuple(
            RegisterItem(
                seq,
                one.file_name,
                one.package.archival_code,
                one.package.title,
                one.package.sha256,
                one.package.size_bytes,
                batch.carrier_no,
            )
            for seq, one in enumerate(of.lines, 1)
        ),
        media=_media(batch),
        carriers=batch.carrier_no,
        found_accurate=said,
        found_complete=said,
        found_usable=said,
        found_safe=f"{said}；病毒扫描由移交单位另行办理",
        found_carrier="" if on_medium else "在线移交，无载体",
        filled_by=of.made_by,
        list_sha256=digest,
        ledger_root=head[1],
        ledger_size=head[0],
        printed_at=batch.ordered_at or batch.made_at,
        qr_text=f"YD1|R|{batch.no}|{digest[:16]}",
    )
