"""Keep the directory: regions, agencies, officers, items and agreements, from files an administrator prepares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import structlog
from sqlmodel import Session, SQLModel, select
from stdnum.cn import uscc

from logistics.errors import Malformed, Said, Wrong
from logistics.rules.dossiers import is_prefix
from logistics.rules.items import Line, Terms
from logistics.rules.regions import Region
from logistics.rules.workdays import CalendarError, Hours
from logistics.store import catalogue, passwords, places
from logistics.store.context import Context
from logistics.tables import Agency, Agreement, AgreementItem, Officer, ServiceItem
from logistics.terms import LaneScope, Payer, Power, Role

log = structlog.get_logger("directory")
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class AgencyEntry:
    """An agency as a file gives it; `parent` is the code of the agency above."""

    code: str
    name: str
    short_name: str
    region: str
    level: str
    uscc: str
    address: str
    postcode: str
    phone: str
    parent: str | None = None
    name_en: str = ""
    receiving_hours: str = "09:00-12:00,13:30-17:30"
    fonds_no: str = ""
    archives_code: str = ""
    archives_name: str = ""
    archive_category: str = "ZY"
    archive_section: str = ""


@dataclass(frozen=True)
class OfficerEntry:
    """An officer; without a password they cannot log in until one is set."""

    login: str
    name: str
    agency: str
    roles: Sequence[Role]
    password: str | None = None
    email: str = ""
    active: bool = True
    password_given: bool = False  # somebody else knows it: the officer must choose their own at the first log-in


@dataclass(frozen=True)
class ItemEntry:
    """A service item with its checklist."""

    code: str
    name: str
    promised_days: int
    materials: Sequence[Line]
    retention: str = "D30"


@dataclass(frozen=True)
class AgreementEntry:
    """An agreement; agencies and items by their codes."""

    no: str
    name: str
    sender: str
    receiver: str
    items: Sequence[str]
    powers: Sequence[Power]
    valid_from: date
    payer: Mapping[LaneScope, Payer] = field(default_factory=dict)
    valid_until: date | None = None


@dataclass(frozen=True)
class Directory:
    """Everything one file gives. What it does not name stays as it is."""

    agencies: Sequence[AgencyEntry] = ()
    officers: Sequence[OfficerEntry] = ()
    items: Sequence[ItemEntry] = ()
    agreements: Sequence[AgreementEntry] = ()


def import_regions(ctx: Context, regions: Sequence[Region]) -> int:
    """The table of regions has these codes with their validity; returns how many were given. Needs the system role."""
    with Session(ctx.engine) as session, session.begin():
        count = places.keep(session, regions)
    log.info("verb", verb="import_regions", regions=count)
    return count


def import_directory(ctx: Context, directory: Directory, *, dry_run: bool = False) -> dict[str, int]:
    """All of the file is in the directory, or nothing of it; a dry run stores nothing but finds the same faults.

    Rows are known by agency code, log-in, item code and agreement number: importing twice changes nothing. Returns how
    many of each kind. Raises `Malformed` naming every fault. Needs the system role.
    """
    faults: Wrong = {}
    with Session(ctx.engine) as session, session.begin() as transaction:
        fill(session, directory, faults, ctx.clock())
        if faults:
            raise Malformed(
                "名录文件有误，没有导入任何内容。", "The directory file has faults; nothing was imported.", faults
            )
        if dry_run:
            transaction.rollback()
    count = {kind: len(entries) for kind, entries in vars(directory).items()}
    log.info("verb", verb="import_directory", dry_run=dry_run, **count)
    return count


def fill(session: Session, directory: Directory, faults: Wrong, at: datetime) -> None:
    """As `import_directory`, in a session whose owner commits; what is wrong is added to `faults`. Items that change
    do so for dossiers opened from `at` on.
    """
    known = places.table(session)
    for agency in directory.agencies:
        _agency(session, agency, known, faults)
    for officer in directory.officers:
        _officer(session, officer, faults)
    catalogue.hold_codes(session)
    for item in directory.items:
        _item(session, item, at)
    for agreement in directory.agreements:
        _agreement(session, agreement, faults)


def _agency(session: Session, given: AgencyEntry, known: Mapping[str, object], faults: Wrong) -> None:
    place = f"agencies/{given.code}"
    if not is_prefix(given.code):
        _fault(
            faults,
            place,
            f"单位代码 {given.code} 须为 6 至 12 位大写字母或数字，专档号以它开头",
            f"the code {given.code} must have 6 to 12 capital letters or digits",
        )
    if given.region not in known:
        _fault(faults, place, f"行政区划代码 {given.region} 不在区划表中", f"no region {given.region}")
    if not uscc.is_valid(given.uscc):
        _fault(
            faults, place, f"统一社会信用代码 {given.uscc} 校验不通过", f"{given.uscc} is no unified social credit code"
        )
    try:
        Hours.parse(given.receiving_hours)
    except CalendarError as why:
        _fault(faults, place, why.zh, why.en)
    above = _one(session, Agency, code=given.parent) if given.parent else None
    if given.parent and above is None:
        _fault(faults, place, f"上级单位 {given.parent} 不存在，请把它写在前面", f"no agency {given.parent} above it")
    names = (
        "name",
        "short_name",
        "name_en",
        "level",
        "uscc",
        "address",
        "postcode",
        "phone",
        "receiving_hours",
        "fonds_no",
        "archives_code",
        "archives_name",
        "archive_category",
        "archive_section",
    )
    values = {name: getattr(given, name) for name in names}
    values |= {"region_code": given.region, "parent_id": above.id if above else None, "path": ""}
    row = _put(session, Agency, {"code": given.code}, values)
    row.path = f"{above.path if above else ''}{row.id}."
    session.add(row)
    session.flush()


def _officer(session: Session, given: OfficerEntry, faults: Wrong) -> None:
    agency = _one(session, Agency, code=given.agency)
    if agency is None or agency.id is None:
        _fault(faults, f"officers/{given.login}", f"单位 {given.agency} 不存在", f"no agency {given.agency}")
        return
    values: dict[str, Any] = {
        "agency_id": agency.id,
        "name": given.name,
        "email": given.email,
        "active": given.active,
        "roles": [role.value for role in given.roles],
    }
    if given.password is not None:
        values |= {"password_hash": passwords.hashed(given.password), "password_given": given.password_given}
    elif _one(session, Officer, login=given.login) is None:
        values["password_hash"] = passwords.NOBODYS
    _put(session, Officer, {"login": given.login}, values)


def _item(session: Session, given: ItemEntry, at: datetime) -> None:
    terms = Terms(given.name, given.promised_days, given.retention)
    row = _one(session, ServiceItem, code=given.code)
    if row is None:
        row = _put(session, ServiceItem, {"code": given.code}, vars(terms))
        at_first = None
    else:
        catalogue.revise(session, row, terms, at)
        at_first = at
    catalogue.lay_down(session, row.id or 0, given.materials, at_first)


def _agreement(session: Session, given: AgreementEntry, faults: Wrong) -> None:
    place = f"agreements/{given.no}"
    sender, receiver = _one(session, Agency, code=given.sender), _one(session, Agency, code=given.receiver)
    items = {code: _one(session, ServiceItem, code=code) for code in given.items}
    for code, found in ((given.sender, sender), (given.receiver, receiver)):
        if found is None:
            _fault(faults, place, f"单位 {code} 不存在", f"no agency {code}")
    for code, item in items.items():
        if item is None:
            _fault(faults, place, f"事项 {code} 不存在", f"no item {code}")
    if sender is None or receiver is None:
        return
    values = {
        "name": given.name,
        "sender_agency_id": sender.id,
        "receiver_agency_id": receiver.id,
        "powers": [power.value for power in given.powers],
        "payer": {scope.value: payer.value for scope, payer in given.payer.items()},
        "valid_from": given.valid_from,
        "valid_until": given.valid_until,
    }
    row = _put(session, Agreement, {"no": given.no}, values)
    for item in items.values():
        if item is not None:
            _put(session, AgreementItem, {"agreement_id": row.id, "item_id": item.id}, {"active": True})


def _put(session: Session, table: type[Row], known_by: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """The row known by these columns has these values; it is made when there is none."""
    row = _one(session, table, **known_by)
    if row is None:
        row = table(**known_by, **values)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def _one(session: Session, table: type[Row], **wanted: Any) -> Row | None:
    return session.exec(select(table).filter_by(**wanted)).first()


def _fault(faults: Wrong, place: str, zh: str, en: str) -> None:
    faults.setdefault(place, []).append(Said(zh, en))
