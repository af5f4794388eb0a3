"""A small directory for tests of the pages: a province, a city below it, an agency elsewhere; an officer per role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from logistics.services.people import hash_password
from logistics.tables import Agency, Officer
from logistics.terms import Role

PASSWORD = "南鄂-Xian-2026"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # Friday, 12:00 in Beijing


@dataclass
class Watch:
    """A clock that tests turn."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        """Time passes."""
        self.at += timedelta(**by)


PLACES = {  # short name -> (name, English, region, level, parent)
    "湖北厅": ("湖北省政务服务中心", "Hubei Province Hall", "420000", "province", None),
    "咸宁大厅": ("咸宁市政务服务大厅", "Xianning City Hall", "421200", "city", "湖北厅"),
    "芙蓉大厅": ("长沙市芙蓉区政务服务大厅", "Furong District Hall", "430102", "district", None),
}

OFFICERS = {  # log-in -> (name, place, roles)
    "lin": ("林秀芳", "咸宁大厅", [Role.WINDOW]),
    "he": ("何建国", "芙蓉大厅", [Role.RECEIVER]),
    "qin": ("覃𠮷明", "湖北厅", [Role.MANAGER]),
    "zhou": ("周宁", "湖北厅", [Role.ADMINISTRATOR]),
}


def settle(engine: Engine) -> dict[str, int]:
    """The town's people live in the database; their ids by log-in. Everybody's password is PASSWORD."""
    kept = hash_password(PASSWORD)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        agencies: dict[str, Agency] = {}
        for number, (short, (name, english, region, level, parent)) in enumerate(PLACES.items()):
            above = agencies[parent] if parent else None
            agency = Agency(
                code=region,
                name=name,
                short_name=short,
                name_en=english,
                region_code=region,
                level=level,
                parent_id=above.id if above else None,
                path="",
                uscc=f"1142120000000000{number:02d}",
                address="示例路 1 号",
                postcode="437000",
                phone="0715-0000000",
                fonds_no=f"J{number:03d}",
            )
            session.add(agency)
            session.flush()
            agency.path = f"{above.path}{agency.id}." if above else f"{agency.id}."
            agencies[short] = agency
        officers = {}
        for login, (name, place, roles) in OFFICERS.items():
            officers[login] = Officer(
                agency_id=agencies[place].id, login=login, name=name, roles=list(roles), password_hash=kept
            )
            session.add(officers[login])
        session.flush()
        return {login: officer.id or 0 for login, officer in officers.items()}
