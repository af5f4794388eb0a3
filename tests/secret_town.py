"""A town with one dossier that has a row in every table, and strangers who must not see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session, select

from couriers.contract import Milestone, Reply, TrackingEvent
from logistics.services import reminding, tracking
from logistics.store import ledger
from logistics.store.embedded import Urls
from logistics.store.migrations.policies import (
    OF_AGENCY_2,
    OF_AGENCY_4,
    OF_AGENCY_10,
    OF_AGENCY_17,
    OF_OFFICER_10,
    OF_PAPER_6,
)
from logistics.store.migrations.policies_desks import OF_AGENCY_20, OF_AGENCY_21, OF_AGENCY_22, OF_AGENCY_26
from logistics.tables import (
    Agency,
    Agreement,
    AgreementConsent,
    CalendarMove,
    CalendarNotice,
    Consignment,
    CourierQuote,
    Deadline,
    DirectoryAct,
    Dossier,
    Foresight,
    HandoverLine,
    HandoverList,
    ItemList,
    LedgerEntry,
    Officer,
    Paper,
    Pause,
    Pickup,
    PolicyMove,
    PolicyVersion,
    PoolNumber,
    Printer,
    PrintJob,
    Signature,
    Subscription,
)
from logistics.terms import PrinterLanguage, Role, SignatureKind, SigningRole, Stock
from tests.api.world import APPLICANT, EMS_CASES, NUMBER, World, case, on_the_way, original, world
from tests.secret_channels import told_outside
from tests.secret_inquiry import asked_about
from tests.secret_inside import handed_on
from tests.secret_keeping import kept_for_the_archive
from tests.secret_old_ledger import kept_before
from tests.secret_orders import supervised
from tests.secret_reports import reported
from tests.secret_window import photographed

SEAL, TITLE, CASE = "FQ-SECRET-77", "隐秘标题之证", "BJ-SECRET-CASE-1"
STRANGERS = ("hz-all", "hz-window", "hz-manager", "hs-manager", "xa-manager")
"""Elsewhere: one with every role, one at the window, a manager; and a manager beside the sender, and one below it."""


@dataclass
class Town:
    """The product with one dossier that has a row in every table, and the words by which a leak would be known."""

    house: World
    dossier_id: int
    dossier: str
    consignment: str
    agreement_id: int
    papers: list[str]
    secrets: set[str]
    parties: tuple[int, int]
    third: tuple[int, int]  # agency and officer of the first stranger


@contextmanager
def secret_town(urls: Urls) -> Iterator[Town]:
    """A dossier under way between Xianning and Furong, with strangers around it."""
    with world(urls) as house:
        _settle_managers(house)
        yield _travelled(house)


def _settle_managers(house: World) -> None:
    """A city beside Xianning under the same province, with a manager; a manager below Xianning."""
    with Session(house.system.engine) as session, session.begin():
        upper = session.exec(select(Agency).where(Agency.region_code == "420000")).one()
        given = upper.model_dump(exclude={"id"}) | {
            "name": "黄石市政务服务大厅",
            "short_name": "黄石大厅",
            "code": "420200",
            "region_code": "420200",
            "level": "city",
            "parent_id": upper.id,
            "uscc": "11420200MB1Q00009X",
        }
        beside = Agency(**given)
        session.add(beside)
        session.flush()
        beside.path = f"{upper.path}{beside.id}."
        session.add(beside)
    house.officer("hz-all", "杭州", *Role)
    house.officer("hs-manager", "黄石", Role.MANAGER, Role.ADMINISTRATOR)
    house.officer("xa-manager", "咸安", Role.MANAGER)


def _travelled(house: World) -> Town:
    window, receiver = house.client("xn-window"), house.client("fr-receiver")
    way = on_the_way(house)
    extra = window.done("/dossiers", case(house, CASE))["dossier"]
    code = window.done(f"/dossiers/{extra}/originals", original(TITLE))["original"]
    envelope = window.done(f"/dossiers/{extra}/consignments", {"direction": "outbound"})["consignment"]
    window.done(f"/consignments/{envelope}/pack", {"original": code})
    window.done(f"/consignments/{envelope}/seal", {"seal_no": SEAL})
    window.done(f"/consignments/{envelope}/dispatch", {"courier": "manual", "form_no": "ZR-SECRET-5"})
    papers = [window.done(f"/consignments/{envelope}/{kind}")["paper"] for kind in ("label", "slip")]
    papers.append(window.done(f"/dossiers/{extra}/cover")["paper"])
    _couriers_words(house, envelope)
    house.clock.turn(days=40)
    for deadline in reminding.due(house.system):
        reminding.chase(house.system, deadline)
    found = [{"original": code, "outcome": "missing"}]
    receiver.done(f"/consignments/{envelope}/receive", {"seal_found": SEAL, "findings": found})
    with Session(house.system.engine) as session, session.begin():
        ledger.sign_head(session, house.system.signing_key, house.clock())
    return _known(house, extra, envelope, code, papers, way.dossier)


def _couriers_words(house: World, envelope: str) -> None:
    """A tracking event, a raw answer and a raw push."""
    at = house.clock()
    event = TrackingEvent(
        "ZR-SECRET-5", Milestone.IN_TRANSIT, None, "X1", "", "秘密轨迹", at, "秘密地点", None, "manual"
    )
    assert tracking.absorb(house.system, "manual", [event], "push", "0" * 64, at) == []
    tracking.keep_reply(house.system, envelope, "track", Reply(200, {}, "秘密应答".encode()))
    body = json.loads((EMS_CASES / "push.json").read_text())["push"]["body"]
    house.app.test_client().post("/hooks/ems", data=body, content_type="application/json")


def _known(house: World, no: str, envelope: str, code: str, papers: list[str], other: str) -> Town:
    """The town, with every word of the dossier that nobody else may read."""
    with Session(house.system.engine) as session, session.begin():
        dossier = session.exec(select(Dossier).where(Dossier.no == no)).one()
        assert dossier.id is not None
        package = house.system.files.put(b"PK secret package")
        given = {"dossier_id": dossier.id, "kind": "package", "no": f"{no}-PKG", "sha256": package, "size_bytes": 17}
        session.add(Paper(**given, media_type="application/zip", made_at=house.clock()))
        session.flush()
        entries = session.exec(select(LedgerEntry.hash).where(LedgerEntry.dossier_id == dossier.id)).all()
        kept = session.exec(select(Paper.sha256).where(Paper.dossier_id == dossier.id)).all()
        _collected(session, house, dossier, entries[0])
        _printed(session, house, dossier)
        _announced(session, house, dossier)
        supervised(session, house.clock(), dossier)
        reported(session, house.clock(), dossier)
        asked_about(session, house.clock(), dossier)
        photographed(session, house.clock(), dossier, package)
        handed_on(session, house.clock(), dossier)
        kept_for_the_archive(session, house.clock(), dossier, package)
        _signed(session, house, dossier, package)
        told_outside(session, house.clock(), dossier)
        kept_before(session, house.clock(), dossier)
        stranger = session.exec(select(Officer).where(Officer.login == STRANGERS[0])).one()
        agreement = session.get_one(Agreement, dossier.agreement_id)
        words = {no, other, envelope, code, *papers, f"{no}-PKG", SEAL, TITLE, CASE, "ZR-SECRET-5", NUMBER}
        words |= {*APPLICANT.values(), "秘密", agreement.no, dossier.consent_sha256, *entries, *kept, "secret package"}
        return Town(
            house,
            dossier.id,
            no,
            envelope,
            dossier.agreement_id,
            [*papers, f"{no}-PKG"],
            words,
            (dossier.sender_agency_id, dossier.receiver_agency_id),
            (stranger.agency_id, stranger.id or 0),
        )


def _collected(session: Session, house: World, dossier: Dossier, digest: str) -> None:
    """What the sender keeps about the courier's side of the envelope: subscription, quote, number, pick-up, list."""
    now = house.clock()
    envelope = session.exec(select(Consignment).where(Consignment.dossier_id == dossier.id)).one()
    belongs = {"dossier_id": dossier.id, "consignment_id": envelope.id}
    ours = {"agency_id": dossier.sender_agency_id, "courier": "ems"}
    by = envelope.created_by
    session.add(Subscription(**belongs, courier="kuaidi100", carrier="ems", waybill_no="ZR-SECRET-5", asked_at=now))
    session.add(CourierQuote(**belongs, courier="ems", operation="scope", answer={"words": "秘密"}, asked_at=now))
    session.add(PoolNumber(**ours, number="ZR-SECRET-5", added_at=now, added_by=by, consignment_id=envelope.id))
    session.add(
        Pickup(**ours, collect_from=now, collect_until=now, note="秘密", asked_at=now, asked_by=by),
    )
    handover = HandoverList(**ours, no=f"{dossier.no}-JJ", made_at=now, made_by=by, list_sha256=digest)
    session.add(handover)
    session.flush()
    session.add(HandoverLine(**belongs, list_id=handover.id or 0, seq=1, waybill_no="ZR-SECRET-5"))


def _announced(session: Session, house: World, dossier: Dossier) -> None:
    """Days off that would move a clock of the dossier."""
    now = house.clock()
    notice = CalendarNotice(year=2027, title="2027", days=[], source_text="", drafted_at=now)
    session.add(notice)
    session.flush()
    clock = session.exec(select(Deadline).where(Deadline.dossier_id == dossier.id)).first()
    assert clock is not None
    due = {"due_before": clock.due_at, "due_after": now, "provisional_before": True, "provisional_after": False}
    belongs = {"dossier_id": dossier.id, "deadline_id": clock.id}
    session.add(CalendarMove(notice_id=notice.id or 0, **belongs, **due))
    facts: dict[str, list[str]] = {"starts": ["dossier:opened"], "stops": ["consignment:dispatched"]}
    says = {"unit": "wd", "whose": "owner", "length": 1, "rungs": [], "looser": [], **facts}
    made = {"valid_from": now, "made_at": now, "made_by": dossier.opened_by, "reason": "秘密"}
    rule = PolicyVersion(leg=clock.leg, agreement_id=dossier.agreement_id, version=1, **says, **made)
    session.add(rule)
    party = {"agency_id": dossier.sender_agency_id, "kept_by": dossier.sender_agency_id, "at": now}
    consent = AgreementConsent(
        agreement_id=dossier.agreement_id, officer_id=dossier.opened_by, sha256="0" * 64, **party
    )
    session.add(consent)
    session.flush()
    moved = {"due_before": clock.due_at, "due_after": now}
    session.add(PolicyMove(version_id=rule.id or 0, **belongs, **moved))
    foretold = {"step": "picked_up", "among": "lane", "compared": 30, "total": 30, "hits": 20, "at_risk": True}
    session.add(Foresight(**belongs, **foretold, reckoned_at=now, due_at=clock.due_at, step_at=now))
    asked = {"asked_at": now, "asked_by": dossier.opened_by, "from_at": now}
    session.add(Pause(**belongs, **asked, kind="pause", reason="other", note="秘密"))


def _printed(session: Session, house: World, dossier: Dossier) -> None:
    """The sender's printer, and a paper that was sent to it."""
    now, sheet = house.clock(), {"language": PrinterLanguage.ZPL, "dpi": 203, "stock": Stock.LABEL}
    printer = Printer(
        **sheet,
        agency_id=dossier.sender_agency_id,
        name="秘密打印机",
        host="10.9.8.7",
        port=9100,
        added_at=now,
        added_by=dossier.opened_by,
    )
    session.add(printer)
    kept = {"agency_id": dossier.sender_agency_id, "officer_id": dossier.opened_by}
    session.add(DirectoryAct(**kept, subject="mi-mi", verb="change_officer", data={"name": "秘密"}, at=house.clock()))
    session.add(ItemList(**kept, file_name="秘密.xlsx", sha256="0" * 64, rows=[], made_at=house.clock()))
    session.flush()
    session.add(
        PrintJob(
            **sheet,
            key=f"print:{dossier.no}",
            agency_id=dossier.sender_agency_id,
            printer_id=printer.id or 0,
            dossier_id=dossier.id,
            paper_no=f"{dossier.no}-F01",
            kind="cover",
            copies=1,
            sha256="0" * 64,
            size_bytes=1,
            asked_at=now,
            asked_by=dossier.opened_by,
        )
    )


def _signed(session: Session, house: World, dossier: Dossier, image: str) -> None:
    """The receiver's word for what was in the envelope."""
    envelope = session.exec(select(Consignment).where(Consignment.dossier_id == dossier.id)).one()
    digests = {"manifest_sha256": envelope.manifest_sha256, "image_sha256": image, "statement_sha256": "0" * 64}
    session.add(
        Signature(
            **digests,
            dossier_id=dossier.id or 0,
            consignment_id=envelope.id,
            seq=1,
            role=SigningRole.ACCEPTANCE,
            kind=SignatureKind.PEN,
            signer="秘密",
            agency_id=dossier.receiver_agency_id,
            officer_id=envelope.created_by,
            codes=[],
            image_type="image/png",
            image_bytes=17,
            signed_at=house.clock(),
        )
    )


def mine(town: Town, table: str) -> str:
    """The condition for the rows of the dossier in a bound table."""
    if table == "command":
        return f"actor = 'officer:{actor_of(town)}'"
    if table in OF_PAPER_6:
        return f"sha256 IN (SELECT sha256 FROM paper WHERE dossier_id = {town.dossier_id})"
    of_agency = (*OF_AGENCY_2, *OF_AGENCY_4, *OF_AGENCY_10, *OF_AGENCY_17)
    of_agency = (*of_agency, *OF_AGENCY_20, *OF_AGENCY_21, *OF_AGENCY_22, *OF_AGENCY_26)
    if table in (*of_agency, *OF_OFFICER_10, "transfer_batch"):
        return f"agency_id = {town.parties[0]}"
    of = {"policy_version": "agreement_id", "agreement_consent": "agreement_id"}
    column = {"dossier": "id", "agreement": "id", **of}.get(table, "dossier_id")
    of_agreement = table in ("agreement", *of)
    return f"{column} = {town.agreement_id if of_agreement else town.dossier_id}"


def actor_of(town: Town) -> int:
    with Session(town.house.system.engine) as session:
        return session.exec(select(Officer.id).where(Officer.login == "xn-window")).one() or 0
