"""Dossiers closed in the past with sealed packages that pass the four checks, for tests of keeping and handing over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import text
from sqlmodel import Session, select

from logistics.actor import Actor
from logistics.archive import describing, payload
from logistics.archive.checks.report import Link
from logistics.archive.checks.running import run
from logistics.archive.checks.subject import REPORT_PDF, REPORT_XML
from logistics.archive.checks.written import report_xml
from logistics.archive.eep import envelope
from logistics.archive.package import finish, lay_out
from logistics.archive.premis import premis
from logistics.archive.profiles import load
from logistics.services import keeping
from logistics.services.transfers import NewBatch
from logistics.tables import Dossier, KeptPackage, Paper
from logistics.terms import LockMode, TransferTarget
from tests import builders
from tests.archive import made_up
from tests.archive.checks import filed

CLOSED = datetime(2026, 9, 28, 16, 0, tzinfo=UTC)
NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)  # 09:30 in China, a working day


@cache
def package(number: int) -> bytes:
    """A sound package with the 件号 and the serial number `number` (1 to 9)."""
    profile, identity = load("fuzhou"), made_up.identity()
    identity = replace(identity, code=replace(identity.code, number=number))
    kept = filed.papers(profile)
    bare = replace(
        made_up.given(own=filed.entries(kept)),
        papers=kept,
        metadata={},
        record_no=f"{made_up.TOP[:-1]}{number}",
        archival_code=f"0077-ZY·2026-D30-000{number}",
    )
    main = f"data/{profile.folders['C']}/C01-专档主文件.pdf"
    listed = [main, *describing.names(profile), describing.ENVELOPE, describing.PREMIS, REPORT_XML, REPORT_PDF]
    data = payload.records(bare, listed)
    inside = tuple(
        filed.Attachment(path.rpartition("/")[2], "application/json", "Source", content)
        for path, content in data.items()
    )
    made = {main: filed.paper("专档主文件", inside)}
    placed = filed._placed(bare, profile, made)
    made |= describing.sheets(bare, identity, profile, placed)
    made[describing.ENVELOPE] = envelope(bare, identity, profile, placed, data, made_up.KEY)
    made[describing.PREMIS] = premis(bare, {one.path: one.content for one in placed} | data)
    whole = replace(bare, metadata=made)
    laid_out = lay_out(whole, made_up.KEY, to_come=(REPORT_XML, REPORT_PDF))
    report = run(laid_out, Link.GD, made_up.at(920), sealed=False)
    assert report.passed, [(one.code, one.outcome.zh) for one in report.failed]
    laid_out |= {REPORT_XML: report_xml(report), REPORT_PDF: filed.paper("四性检测报告")}
    return finish(whole, laid_out, made_up.KEY)


@dataclass
class Kept:
    """A house with closed dossiers whose packages are known, and three keepers who may act for them."""

    house: builders.House
    dossiers: list[str]
    manager: Actor
    second: Actor  # at the province above, as is the administrator
    administrator: Actor

    def batch(self, **changes: object) -> NewBatch:
        """All of them for the archive, on a folder."""
        new = NewBatch(
            agency_id=self.manager.agency_id or 0,
            dossiers=self.dossiers,
            name="2026 年度邮递专档移交",
            receiver="咸宁市档案馆",
            target=TransferTarget.FOLDER,
            lock_mode=LockMode.NONE,
        )
        return replace(new, **changes)  # type: ignore[arg-type]

    def rows(self, table: type, **wanted: object) -> list[object]:
        """Rows by column values, oldest first, with the scheduler's eyes."""
        with Session(self.house.system.engine) as session:
            return list(session.exec(select(table).filter_by(**wanted).order_by(table.id)))  # type: ignore[attr-defined]


def kept(house: builders.House, contents: list[bytes]) -> Kept:
    """A closed dossier for each package, which lies in the store and is known."""
    dossiers = [builders.opened(house) for _ in contents]
    with Session(house.system.engine) as session, session.begin():
        for no, content in zip(dossiers, contents, strict=True):
            dossier = session.exec(select(Dossier).where(Dossier.no == no)).one()
            dossier.closed_at = CLOSED
            session.add(dossier)
            session.add(
                Paper(
                    dossier_id=dossier.id or 0,
                    kind="package",
                    no=f"{no}-PKG",
                    sha256=house.system.files.put(content),
                    size_bytes=len(content),
                    media_type="application/zip",
                    made_at=CLOSED,
                )
            )
        session.execute(text("UPDATE agency SET fonds_no = '0077' WHERE code = '421200'"))
        people = [builders.officer(session, login) for login in ("xn-manager", "hb-manager", "hb-admin")]
    house.clock.now = NOW
    for no in keeping.unknown_packages(house.system, 100):
        assert keeping.know_package(house.system, no)
    return Kept(house, dossiers, *people)


def known(found: Kept) -> list[KeptPackage]:
    """What is known of the packages."""
    with Session(found.house.system.engine) as session:
        return list(session.exec(select(KeptPackage).order_by(KeptPackage.id)))  # type: ignore[arg-type]
