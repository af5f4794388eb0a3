"""The whole site over the played demo, with a row for every page: who looks at which page, by which address.

A page that nobody thought of fails `test_every_page`: give it a line in `PAGES`, or say in `NOT_PAGES` what it is.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import text
from sqlmodel import Session

from couriers import adapters
from logistics.actor import SYSTEM, Actor, applicant_actor
from logistics.demo import accounts, seed
from logistics.rules.making import Wording, events
from logistics.rules.policies import Leg, Unit, Whose
from logistics.rules.resolving import Subject
from logistics.services import calendars, channels, handovers, inside, people, policies, transfers
from logistics.services import inquiry as asking
from logistics.services.channels import Address, Given
from logistics.services.papers import printers
from logistics.services.papers.printers import Machine
from logistics.services.transfers import NewBatch
from logistics.store import find, inquiry
from logistics.store.context import Context, Keeping
from logistics.store.embedded import Urls
from logistics.store.work import work
from logistics.terms import ChannelKind, LaneScope, PrinterLanguage, RatingReason, Stock, TransferTarget
from scheduler import calendars as calendars_job
from scheduler import checkpoints, fixity, foresight, old_ledgers, packages
from scheduler import reports as reports_job
from scheduler import transfers as transfers_job
from tests import builders
from tests.played import both, kept
from tests.site import application
from tests.web import test_agreement_pages as agreed
from tests.web import test_old_ledger_pages as old
from tests.web.test_calendar_pages import NOTICE
from tests.web.window.conftest import Officer

NOT_PAGES = {
    "static": "files",
    "fonts.face": "a font", "fonts.small": "a font", "fonts.rare": "a style sheet",
    "api.": "JSON", "api-docs.": "JSON", "device.": "JSON for a device", "health.": "a word for a probe",
    "offline.worker": "a script", "offline.shell": "JSON for a device",
    "feeds.calendar": "a calendar file", "deadlines.file": "a table to keep", "ledger.lines": "lines of JSON",
    "papers.": "PDF", "batches.report": "XML",
    "printing.sheets": "PDF", "printing.queue": "a part of the station", "handover.open_pdf": "PDF",
    "handover.signature": "a picture",
    "signatures.picture": "a picture", "pictures.small": "a picture", "pictures.whole_picture": "a picture",
    "agreement_lists.template": "a sheet", "agreement_lists.errors": "a sheet", "old_ledgers.faults": "a sheet",
    "reports.file": "a sheet or PDF", "agreement_consents.signed": "the scan of a signed paper",
    "batches.paper": "PDF",
}  # fmt: skip
"""What answers GET and is no page of its own, by endpoint or the beginning of endpoints, and what it is."""


@dataclass
class Site:
    """The running product's worlds, and numbers to ask pages for."""

    web: Context
    system: Context
    app: Flask
    known: Mapping[str, Any]

    def token(self, login: str) -> str:
        """A session of this officer."""
        return people.log_in(self.web, login, seed.PASSWORD)

    def speak(self, locale: str) -> None:
        """Every officer reads in this language from now on."""
        with self.system.engine.begin() as connection:
            connection.execute(text("UPDATE officer SET locale = :locale"), {"locale": locale})

    def path(self, endpoint: str) -> str:
        """The address of a page without arguments."""
        return next(rule.rule for rule in self.app.url_map.iter_rules() if rule.endpoint == endpoint)

    def link(self, page: str, to: str) -> str:
        """The first address on the manager's page that begins so."""
        visitor = self.app.test_client()
        visitor.set_cookie("youdang_session", self.token(MANAGER))
        shown = visitor.get(page).text
        found = re.search(rf'href="({re.escape(to)}[^"]*)"', shown)
        assert found is not None, f"{page} leads nowhere to {to}"
        return html.unescape(found[1])

    def one(self, sql: str, **values: Any) -> Any:
        """The first value that the question finds, with the scheduler's eyes."""
        return _one(self.system, sql, **values)


def _one(system: Context, sql: str, **values: Any) -> Any:
    with system.engine.connect() as connection:
        found = connection.execute(text(sql), values).first()
    assert found is not None, f"nothing is there for: {sql}"
    return found[0]


@contextmanager
def whole_site(urls: Urls, folder: Path) -> Iterator[Site]:
    """Everything that has a page is there."""
    files, now, keyring = kept()
    with both(urls, files, now, keyring) as (system, web):
        couriers = adapters.from_settings(accounts.at_sandbox(accounts.invented(), "http://127.0.0.1:9"))
        more: dict[str, Any] = {"couriers": couriers, "keeping": Keeping(folder=folder / "archive")}
        web, system = dataclasses.replace(web, **more), dataclasses.replace(system, **more)
        app = application(web)
        yield Site(web, system, app, {**_filled(web, system), **_sent_in(app, system)})


def _filled(web: Context, system: Context) -> dict[str, Any]:
    with Session(system.engine) as session:
        admin, manager, window = (builders.officer(session, login) for login in ("hb-admin", "xn-manager", "xn-window"))
    known: dict[str, Any] = {"batch": _handed_over(web, system, manager), "list": _collected(web, system, window)}
    hall = window.agency_id or 0
    where = Address("https://oapi.dingtalk.com/robot/send?access_token=" + "0" * 64, "SEC" + "0" * 64)
    robot = Given("咸宁大厅工作群", True, where)
    known |= channels.add(web, admin, _click(), hall, ChannelKind.DINGTALK, robot)
    machine = Machine("1 号窗口面单机", PrinterLanguage.ZPL, 203, Stock.LABEL, "10.9.8.7")
    known |= printers.add(web, admin, _click(), hall, machine)
    known |= calendars.draft_states(web, admin, _click(), NOTICE)
    calendars_job.once(system)
    foresight.once(system)
    known["case"], known["key"] = _asked_about(system)
    known |= _looser_rule(web, system, admin)
    known["offer"] = _offered(web, system)
    _rate(web, system)
    return known


def _sent_in(app: Flask, system: Context) -> dict[str, Any]:
    """What officers sent by forms: old ledgers, one imported and one looked at, an agreement's list, a report."""
    keeper, manager = Officer(app), Officer(app)
    for officer, login in ((keeper, ADMIN), (manager, MANAGER)):
        assert officer.log_in(login, seed.PASSWORD).status_code == 303
    first = old.checked(keeper, lambda: old_ledgers.once(system), old.GOOD)
    assert old.send(keeper, f"{first}/confirm", first, good_only="").status_code == 303
    old_ledgers.once(system)
    found = {"ledger": old.checked(keeper, lambda: old_ledgers.once(system), old.OPEN, old.BAD)}
    found["items"] = agreed.upload(keeper, 1, agreed.book([["X-1", "没有这个事项"]])).headers["Location"]
    made = manager.post("/reports?leg=transit", {"command_id": _click()}, on="/figures?leg=transit")
    found["report"] = made.headers["Location"]
    assert reports_job.once(system) == 1
    return found


def _click() -> str:
    return str(uuid4())


def _handed_over(web: Context, system: Context, manager: Actor) -> str:
    """A closed dossier's package is in a batch that went to the archive."""
    checkpoints.once(system)
    assert packages.once(system, limit=2) == 2
    fixity.know_packages(system)
    with Session(system.engine) as session:
        ours = "SELECT d.no FROM kept_package k JOIN dossier d ON d.id = k.dossier_id WHERE k.agency_id = :id"
        found = [str(one) for one in session.execute(text(ours), {"id": manager.agency_id}).scalars()]
    new = NewBatch(manager.agency_id or 0, found[:1], "2026 年度移交", "咸宁市档案馆", TransferTarget.FOLDER)
    batch = str(transfers.draft(web, manager, _click(), new)["batch"])
    transfers.order(web, manager, _click(), batch)
    assert transfers_job.once(system) == 1
    return batch


def _collected(web: Context, system: Context, window: Actor) -> str:
    """The window's hand-over list of today."""
    return str(handovers.start(web, window, _click(), "ems")["list"])


def _asked_about(system: Context) -> tuple[str, str]:
    """A dossier whose parcel was delivered, and the key on its receipt."""
    sql = "SELECT d.no FROM dossier d JOIN consignment c ON c.dossier_id = d.id WHERE c.stage = 'delivered'"
    with work(system, SYSTEM, "test") as w:
        dossier = find.dossier_by_no(w.session, _one(system, sql))
        _code, key = inquiry.codes(w.session, system.keyring, dossier, w.now)
        return dossier.no, key


def _rate(web: Context, system: Context) -> None:
    """Applicants of decided cases say what they think, one of them with a name in their words."""
    with Session(system.engine) as session:
        decided = session.execute(text("SELECT no, id FROM dossier WHERE decided_at IS NOT NULL ORDER BY id")).all()
    for (no, key), stars in zip(decided, (5, 4, 3, 2, 1, 5, 5), strict=False):
        reasons = [RatingReason.SLOW, RatingReason.UNCLEAR] if stars < 4 else []
        asking.rate(web, applicant_actor(no, key), stars, reasons, "柜台的谢𬭎同志很耐心" if stars == 5 else "")


def _offered(web: Context, system: Context) -> int:
    """The receiver offers an original to a colleague."""
    with Session(system.engine) as session:
        receiver = builders.officer(session, RECEIVER)
        colleague = builders.officer(session, "fr-manager")
    dossier = _one(system, DOSSIER + f"{EXAMINED} AND {BETWEEN} ORDER BY id DESC")
    sql = "SELECT o.code FROM original o JOIN dossier d ON d.id = o.dossier_id WHERE d.no = :no ORDER BY o.id"
    codes = [_one(system, sql, no=dossier)]
    inside.offer(web, receiver, _click(), dossier, codes, colleague.officer_id or 0, "审批科")
    return int(_one(system, "SELECT max(id) FROM inside_handover"))


def _looser_rule(web: Context, system: Context, admin: Actor) -> dict[str, Any]:
    """A rule of time that waits for a second person."""
    agreement = _one(system, "SELECT id FROM agreement WHERE no = 'XN-FR-2026-01'")
    subject = Subject(Leg.ACCEPT_TO_DISPATCH, LaneScope.CROSS, agreement_id=agreement)
    starts, stops = events(subject.leg)
    words = Wording(subject, 9, Unit.WORKING_DAYS, Whose.OWNER, web.clock(), "山区线路，邮政每周三班")
    wording = dataclasses.replace(words, starts=starts, stops=stops)
    return policies.make(web, admin, _click(), wording)


@dataclass(frozen=True)
class Look:
    """One page as one officer opens it; `login` "" without log-in."""

    endpoint: str
    login: str
    path: str

    @property
    def name(self) -> str:
        """What its picture is called."""
        return f"{self.endpoint.replace('.', '-')}-{self.login or 'anybody'}"


WINDOW, RECEIVER, MANAGER, ADMIN, SECOND = "xn-window", "fr-receiver", "xn-manager", "hb-admin", "hb-manager"
PLAIN = {
    "agreements.every": ADMIN, "agreements.new": ADMIN, "agencies.partner": ADMIN, "old_ledgers.every": ADMIN,
    "old_records.every": ADMIN, "ratings.show": (MANAGER, SECOND), "reports.every": MANAGER, "settings.show": ADMIN,
    "workbench.show": (WINDOW, RECEIVER, MANAGER, ADMIN),
    "agencies.every": ADMIN, "agencies.new": ADMIN, "archive.overview": MANAGER, "archive.disposals": MANAGER,
    "archive.holds": MANAGER, "archive.packages": MANAGER, "batches.every": MANAGER, "batches.new": MANAGER,
    "calendar.show": (ADMIN, WINDOW), "calendar.closing": ADMIN, "calendar.drafting": ADMIN, "channels.every": ADMIN,
    "codes.every": MANAGER, "couriers.all_accounts": ADMIN, "deadlines.show": (WINDOW, MANAGER),
    "differences.show": RECEIVER, "manager.disputed": MANAGER, "opening.new": WINDOW, "feeds.show": WINDOW,
    "overview.show": MANAGER,
    "accepting.together": RECEIVER,
    "applicant.ask": "", "manager.in_transit": MANAGER, "items.every": ADMIN, "items.new": ADMIN,
    "door.log_in_page": "", "mine.notices": WINDOW,
    "officers.every": ADMIN, "manager.parked": MANAGER, "officers.own": WINDOW, "pauses.waiting": MANAGER,
    "collecting.show": WINDOW, "policies.matrix": ADMIN, "policies.waiting": SECOND, "stock.show": WINDOW,
    "printing.station": WINDOW, "printers.every": ADMIN, "receiving.scan": RECEIVER,
    "supervision.every": (MANAGER, WINDOW), "undelivered.every": MANAGER, "verifier.whole": "",
}  # fmt: skip
"""Pages without anything in their address, and who looks."""

SENT = "SELECT c.no FROM consignment c JOIN dossier d ON d.id = c.dossier_id WHERE "
DOSSIER = "SELECT no FROM dossier d WHERE "
WITH_SIGNATURE = DOSSIER + "EXISTS (SELECT 1 FROM signature s WHERE s.dossier_id = d.id) AND closed_at IS NOT NULL"
CLOCK = "SELECT l.id FROM deadline l JOIN dossier d ON d.id = l.dossier_id JOIN agency a ON a.id = l.owner_agency_id "
OPEN = "WHERE a.code = '421200' AND l.met_at IS NULL AND l.waived_at IS NULL ORDER BY l.due_at DESC"
XN, FR = "(SELECT id FROM agency WHERE code = '421200')", "(SELECT id FROM agency WHERE code = '430102')"
SAID = "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.dossier_id = d.id AND e.what = "
EXAMINED = f"closed_at IS NULL AND {SAID}'dossier:complete')"
BETWEEN = f"d.sender_agency_id = {XN} AND d.receiver_agency_id = {FR}"

FOUND: dict[str, tuple[tuple[str, str, str], ...]] = {
    "agencies.one": ((ADMIN, "/agencies/{}", f"SELECT {XN}"),),
    "agreements.one": ((ADMIN, "/agreements/{}", "SELECT min(id) FROM agreement"),),
    "agreements.editing": ((ADMIN, "/agreements/{}/edit", "SELECT min(id) FROM agreement"),),
    "agreement_items.new": ((ADMIN, "/agreements/{}/items/new", "SELECT min(id) FROM agreement"),),
    "agreement_items.one": ((ADMIN, "/agreements/{}", "SELECT agreement_id || '/items/' || item_id "
                             "FROM agreement_item ORDER BY id"),),
    "agreement_lists.choosing": ((ADMIN, "/agreements/{}/lists/new", "SELECT min(id) FROM agreement"),),
    "old_records.one": ((ADMIN, "/old-records/{}", "SELECT id FROM old_record"),),
    "inside.desk": ((RECEIVER, "/dossiers/{}/inside", DOSSIER + f"{EXAMINED} AND {BETWEEN}"),),
    "pictures.show": ((WINDOW, "/dossiers/{}/pictures", DOSSIER + f"closed_at IS NULL AND {BETWEEN}"),),
    "archive.package": ((MANAGER, "/archive/packages/{}", "SELECT d.no FROM kept_package k JOIN dossier d "
                         f"ON d.id = k.dossier_id WHERE k.agency_id = {XN}"),),
    "channels.one": ((ADMIN, "/channels/{}", "SELECT id FROM channel"),),
    "envelope.show": (
        (WINDOW, "/consignments/{}", SENT + f"c.stage = 'sealed' AND c.from_agency_id = {XN}"),
        (WINDOW, "/consignments/{}", SENT + f"c.stage = 'on_the_way' AND {BETWEEN}"),
        (RECEIVER, "/consignments/{}", SENT + f"c.stage = 'received' AND {BETWEEN}"),
    ),
    "carrying.show": ((WINDOW + "2", "/consignments/{}/milestones", SENT + "c.courier = 'manual'"),),
    "couriers.one_account": ((ADMIN, "/couriers/{}", "SELECT 'ems'"),),
    "life.show": ((MANAGER, "/deadlines/{}", CLOCK + OPEN),),
    "pauses.asking": ((WINDOW, "/deadlines/{}/pause", CLOCK + OPEN),),
    "supervision.ordering": ((MANAGER, "/deadlines/{}/supervise", CLOCK + OPEN),),
    "deadlines.waiving": ((MANAGER, "/deadlines/{}/waive", CLOCK + OPEN),),
    "dossiers.show": (
        (WINDOW, "/dossiers/{}", DOSSIER + f"closed_at IS NULL AND {BETWEEN}"),
        (RECEIVER, "/dossiers/{}", DOSSIER + "EXISTS (SELECT 1 FROM discrepancy x WHERE x.dossier_id = d.id "
         f"AND x.settled_at IS NULL AND x.kind = 'missing') AND {BETWEEN}"),
        (MANAGER, "/dossiers/{}", WITH_SIGNATURE),
    ),
    "closing.show": ((WINDOW, "/dossiers/{}/closing", DOSSIER + f"closed_at IS NULL AND {BETWEEN}"),),
    "examination.decision": ((RECEIVER, "/dossiers/{}/decision", DOSSIER + f"{EXAMINED} AND {BETWEEN}"),),
    "examination.handover": ((RECEIVER, "/dossiers/{}/handover", DOSSIER + f"{EXAMINED} AND {BETWEEN}"),),
    "handback.show": ((WINDOW, "/dossiers/{}/handback", DOSSIER + f"closed_at IS NULL AND {BETWEEN}"),),
    "ledger.show": ((WINDOW, "/dossiers/{}/ledger", WITH_SIGNATURE + f" AND sender_agency_id = {XN}"),),
    "listing.show": ((WINDOW, "/dossiers/{}/originals", DOSSIER + "NOT EXISTS (SELECT 1 FROM consignment c "
                      f"WHERE c.dossier_id = d.id) AND {BETWEEN}"),),
    "supervision.ordering_about": ((MANAGER, "/dossiers/{}/supervise", DOSSIER + f"closed_at IS NULL AND {BETWEEN}"),),
    "items.one": ((ADMIN, "/items/{}", "SELECT min(id) FROM service_item"),),
    "items.editing": ((ADMIN, "/items/{}/edit", "SELECT min(id) FROM service_item"),),
    "items.new_material": ((ADMIN, "/items/{}/materials/new", "SELECT min(id) FROM service_item"),),
    "items.material": ((ADMIN, "/items/{}", "SELECT item_id || '/materials/' || id FROM material ORDER BY id"),),
    "officers.one": ((ADMIN, "/officers/{}", "SELECT id FROM officer WHERE login = 'xn-window'"),),
    "policies.rule": ((ADMIN, "/policies/rule?leg=transit&for=agreement-{}", "SELECT min(id) FROM agreement"),),
    "policy_editor.editing": ((ADMIN, "/policies/edit?leg=transit&for=agreement-{}",
                               "SELECT min(id) FROM agreement"),),
    "printers.one": ((ADMIN, "/printers/{}", "SELECT id FROM printer"),),
    "receiving.envelope": (
        (RECEIVER, "/receive/{}", SENT + f"c.stage = 'delivered' AND {BETWEEN}"),
        (RECEIVER, "/receive/{}", SENT + f"c.stage = 'received' AND {BETWEEN}"),
    ),
    "supervision.show": ((MANAGER, "/supervision/{}", "SELECT no FROM supervision ORDER BY id"),),
    "codes.deciding": ((MANAGER, "/codes/decide?courier=ems&code={}", "SELECT 'Z99'"),),
}  # fmt: skip
"""Pages of one thing: who looks, the address, and the question that finds the thing; a page may be looked at twice."""


def looks(site: Site) -> list[Look]:
    """Every look at every page, by officer, so that few sessions are begun."""
    found = [
        Look(endpoint, login, site.path(endpoint))
        for endpoint, logins in PLAIN.items()
        for login in ([logins] if isinstance(logins, str) else logins)
    ]
    found += [
        Look(endpoint, login, pattern.format(site.one(sql)))
        for endpoint, ways in FOUND.items()
        for login, pattern, sql in ways
    ]
    known = site.known
    found += [
        Look("batches.show", MANAGER, f"/archive/batches/{known['batch']}"),
        Look("handover.show", WINDOW, f"/handovers/{known['list']}"),
        Look("calendar.announced", ADMIN, f"/calendar/notices/{known['notice']}"),
        Look("policies.version", SECOND, f"/policies/versions/{known['policy']}"),
        Look("find.find", WINDOW, "/find?q=NOBODY-HAS-THIS"),
        Look("overview.cases", MANAGER, site.link("/figures", "/figures/cases")),
        Look("overview.standing", MANAGER, site.link("/figures", "/figures/now")),
        Look("agreement_lists.one", ADMIN, known["items"]),
        Look("old_ledgers.one", ADMIN, known["ledger"]),
        Look("reports.show", MANAGER, known["report"]),
        Look("inside.show", "fr-manager", f"/inside/{known['offer']}"),
        Look("offline.page", "", "/offline/zh"),
        Look("offline.page", "", "/offline/en"),
        Look("applicant.by_receipt", "", f"/i/{known['case']}/{known['key']}"),
        Look("applicant.case", "", "/i/case"),
        Look("applicant.disputing", "", "/i/case/1/not-received"),
    ]
    return sorted(found, key=lambda look: look.login)


def forgotten(site: Site) -> set[str]:
    """Endpoints that answer GET and are neither looked at nor said to be no page."""
    seen = {look.endpoint for look in looks(site)}
    every = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    return {one for one in every - seen if not any(one == name or one.startswith(name) for name in NOT_PAGES)}
