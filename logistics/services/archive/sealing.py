"""Seal a closed dossier into its archive package, once the ledger's head that covers it is signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sqlmodel import Session

from labels.draw import draw
from labels.reading import read_paper
from logistics.actor import SYSTEM
from logistics.archive import describing, package
from logistics.archive.checks import sheet as sheet_json
from logistics.archive.checks.report import CheckReport
from logistics.archive.checks.running import run
from logistics.archive.checks.subject import REPORT_PDF, REPORT_XML
from logistics.archive.checks.written import report_xml
from logistics.archive.contents import PackageInput
from logistics.archive.describing import Placed
from logistics.archive.eep import envelope
from logistics.archive.means import NOTHING, SealingMeans
from logistics.archive.payload import records
from logistics.archive.premis import premis
from logistics.archive.profiles import Profile, load
from logistics.archive.verify import verify_bytes
from logistics.decision import Fact
from logistics.services.archive import cover, main_file
from logistics.services.archive.contents import Gathered, gather
from logistics.store import filing, find
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Paper
from logistics.terms import CheckLink


class PackageUnsound(RuntimeError):
    """What was made does not pass the verifier or the four checks; nothing was stored. The text names the faults."""


def ready(ctx: Context, limit: int = 20) -> list[str]:
    """Closed dossiers that can be sealed now, oldest first; see `store.filing.ready`."""
    with Session(ctx.engine) as session:
        return filing.ready(session, limit)


def waiting(ctx: Context, limit: int = 200) -> list[filing.Waiting]:
    """Closed dossiers without a package and why, oldest first. Needs the system role to see all."""
    with Session(ctx.engine) as session:
        return filing.waiting(session, limit)


def seal_package(ctx: Context, dossier_no: str, means: SealingMeans = NOTHING) -> str:
    """The dossier's package is built, checked, stored by its SHA-256 and named in the ledger. Built once; returns its
    SHA-256.

    Raises `Rejected` while the dossier is open, no signed head covers its chain or its agency has no fonds number;
    `PackageUnsound`, `ElementMissing`, `StampRefused`, `SigningFailed`: then nothing is stored and no number used up.
    """
    with work(ctx, SYSTEM, "seal_package") as w:
        dossier = w.dossier(dossier_no)
        whole = find.whole(w.session, dossier)
        standing = next((paper for paper in whole.papers if paper.kind == "package"), None)
        if standing is not None:
            return standing.sha256
        profile = load(means.profile)
        gathered = gather(w, whole, profile)
        content = build(ctx, gathered, profile, means)
        return _keep(w, gathered, content)


def build(ctx: Context, gathered: Gathered, profile: Profile, means: SealingMeans) -> bytes:
    """The package of what was gathered: drawn, described, checked at the link 归档, signed and verified."""
    given = described(ctx, gathered, profile, means)
    files = package.lay_out(given, ctx.signing_key, means, _REPORTS)
    report = run(files, CheckLink.GD, given.made_at, sealed=False, folder=given.record_no, profiles=[profile])
    if not report.passed:
        told = "；".join(f"{one.code} {one.zh}：{one.outcome.zh}" for one in report.failed[:3])
        raise PackageUnsound(f"the package of {given.dossier_no} fails the four checks: {told}")
    content = package.finish(given, files | _reports(report), ctx.signing_key, means)
    verified = verify_bytes(content)
    if not verified.ok:
        raise PackageUnsound(f"the package of {given.dossier_no} does not verify: {verified.faults[:3]}")
    return content


def described(ctx: Context, gathered: Gathered, profile: Profile, means: SealingMeans) -> PackageInput:
    """The input with its metadata: cover, main file, the profile's sheets, EEP envelope, PREMIS events."""
    bare, identity = gathered.bare, gathered.identity
    main_path, cover_path = _path(profile, "C", main_file.TITLE), _path(profile, "A", cover.TITLE)
    listed = [main_path, cover_path, *describing.names(profile), describing.ENVELOPE, describing.PREMIS, *_REPORTS]
    data = records(bare, listed)
    drawn = draw(main_file.main_file(ctx, gathered, data))
    signed = means.sign_pdf(drawn) if means.sign_pdf else drawn
    files = [
        Placed(main_path, main_file.TITLE, "record", signed, bare.made_at),
        Placed(cover_path, cover.TITLE, "cover", draw(cover.cover(ctx, gathered)), bare.made_at),
        *gathered.placed,
    ]
    made = {one.path: one.content for one in files[:2]} | describing.sheets(bare, identity, profile, files)
    made[describing.ENVELOPE] = envelope(bare, identity, profile, files, data, ctx.signing_key)
    made[describing.PREMIS] = premis(bare, {one.path: one.content for one in files} | data)
    return replace(bare, metadata=made)


def _path(profile: Profile, letter: str, title: str) -> str:
    return f"data/{profile.folders[letter]}/{letter}01-{title}.pdf"


_REPORTS = (REPORT_XML, REPORT_PDF)


def _reports(report: CheckReport) -> dict[str, bytes]:
    """The report of the four checks, for programs and on paper; a sheet of PDF/A."""
    sheet = read_paper(sheet_json.KIND, sheet_json.sheet_json(report, f"{report.dossier_no}-GD", report.at))
    return {REPORT_XML: report_xml(report), REPORT_PDF: draw(sheet)}


def _keep(w: Work, gathered: Gathered, content: bytes) -> str:
    given, dossier = gathered.bare, gathered.whole.dossier
    sha256 = w.ctx.files.put(content)
    no = f"{dossier.no}-PKG"
    w.session.add(
        Paper(
            dossier_id=cast(int, dossier.id),
            kind="package",
            no=no,
            sha256=sha256,
            size_bytes=len(content),
            media_type="application/zip",
            made_at=w.now,
        )
    )
    w.session.flush()
    data: dict[str, Any] = {
        "package": no,
        "sha256": sha256,
        "bytes": len(content),
        "record_no": given.record_no,
        "archival_code": given.archival_code,
        "retention": given.retention,
    }
    w.record(dossier, Fact("package:sealed", "归档信息包已生成", data))
    return sha256
