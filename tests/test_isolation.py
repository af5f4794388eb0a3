"""Whoever is not a party sees nothing of a dossier: by no API call, no page, no export, and no SQL of the app role."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from marshmallow import fields
from sqlalchemy import Connection, CursorResult, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from couriers.contract import Milestone, Reply, TrackingEvent
from logistics.app import create_app
from logistics.services import deadlines, people, tracking
from logistics.store import ledger
from logistics.store.embedded import Server
from logistics.store.migrations.policies import APPEND_ONLY, CHILDREN, OPEN
from logistics.tables import Agency, Agreement, Dossier, LedgerEntry, Officer, Paper
from logistics.terms import Role
from logistics.web.forms import FormShape
from tests.api.world import APPLICANT, EMS_CASES, NUMBER, World, case, on_the_way, original, world
from tests.conftest import _new_database

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
    discrepancy_id: int
    papers: list[str]
    secrets: set[str]
    parties: tuple[int, int]
    third: tuple[int, int]  # agency and officer of the first stranger
    told: int  # an officer with a notice


@pytest.fixture(scope="module")
def town(postgres: Server, migrated_template: str) -> Iterator[Town]:
    """A dossier under way between Xianning and Furong."""
    with _new_database(postgres, migrated_template) as urls, world(urls) as house:
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
    for deadline in deadlines.due(house.system):
        deadlines.chase(house.system, deadline)
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
        stranger = session.exec(select(Officer).where(Officer.login == STRANGERS[0])).one()
        agreement = session.get_one(Agreement, dossier.agreement_id)
        told = session.execute(text("SELECT officer_id FROM notice LIMIT 1")).scalar_one()
        difference = session.execute(text("SELECT min(id) FROM discrepancy")).scalar_one()
        words = {no, other, envelope, code, *papers, f"{no}-PKG", SEAL, TITLE, CASE, "ZR-SECRET-5", NUMBER}
        words |= {*APPLICANT.values(), "秘密", agreement.no, dossier.consent_sha256, *entries, *kept, "secret package"}
        return Town(
            house,
            dossier.id,
            no,
            envelope,
            dossier.agreement_id,
            difference,
            [*papers, f"{no}-PKG"],
            words,
            (dossier.sender_agency_id, dossier.receiver_agency_id),
            (stranger.agency_id, stranger.id or 0),
            told,
        )


def addresses(town: Town, app: Flask, api: bool) -> list[tuple[str, Rule]]:
    """Every address of the API, or of the pages, that names the dossier or nothing at all."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in {"static", "fonts.font"} or rule.rule.startswith(("/hooks/", "/fonts/")):
            continue
        if rule.rule.startswith("/api/") is not api or rule.rule.endswith("/openapi.json"):
            continue
        for values in _values(town, rule):
            built = rule.build(values)
            assert built is not None, rule
            found.append((str(built[1]), rule))
    return found


def _values(town: Town, rule: Rule) -> list[dict[str, Any]]:
    """What stands in the address. An argument nobody thought of fails the walk: it must be thought of."""
    if not rule.arguments:
        return [{}]
    known: dict[str, Any] = {"agreement_id": town.agreement_id, "key": town.discrepancy_id}
    known |= {"discrepancy_id": town.discrepancy_id, "deadline_id": town.discrepancy_id}
    values = {name: known[name] for name in rule.arguments if name != "no"}
    if "no" not in rule.arguments:
        return [values]
    if "papers/<" in rule.rule:
        return [{**values, "no": paper} for paper in town.papers]
    subjects = [town.dossier] if "dossier" in rule.rule else [town.consignment]
    if not any(word in rule.rule for word in ("dossier", "consignment", "receive")):
        subjects = [town.dossier, town.consignment, *town.papers]
    return [{**values, "no": subject} for subject in subjects]


def leaks(town: Town, answer: TestResponse, sent: str = "") -> set[str]:
    """Words of the dossier in an answer, those that were asked with left out."""
    shown = answer.get_data(as_text=True) + str(answer.headers)
    return {word for word in town.secrets if word in shown and word not in sent}


def chains(town: Town) -> list[tuple[int, str]]:
    """Every chain's last entry: what was changed anywhere shows here."""
    with Session(town.house.system.engine) as session:
        return [tuple(row) for row in session.execute(text("SELECT count(*), max(hash) FROM ledger_entry"))]


BODIES: dict[str, dict[str, Any]] = {
    "list_original": original(),
    "start_consignment": {"direction": "outbound"},
    "hand_over": {"department": "科室", "originals": ["X"]},
    "take_back": {"originals": ["X"]},
    "give_to_applicant": {"originals": ["X"]},
    "decide": {"result": "approved"},
    "settle": {"resolution": "accepted", "note": "说明"},
    "pack": {"original": "X"},
    "unpack": {"original": "X"},
    "seal": {"seal_no": "FQ-1"},
    "reopen": {"why": "原因"},
    "void": {"why": "原因"},
    "send": {"courier": "ems"},
    "receive": {"seal_found": "FQ-1"},
    "correct": {"original": "X", "note": "说明"},
}
"""A body in the right shape for each act, so that the walk gets past the shape to the question of who asks."""


@pytest.mark.parametrize("login", STRANGERS)
def test_no_api_call_shows_a_stranger_anything(town: Town, login: str) -> None:
    client, before = town.house.client(login), chains(town)
    for address, rule in addresses(town, town.house.app, api=True):
        name = rule.endpoint.removeprefix("api.")
        path = address.removeprefix("/api/v1")
        if "POST" in (rule.methods or ()):
            answer = client.post(path, case(town.house) if name == "open_dossier" else BODIES.get(name, {}))
            assert answer.status_code in (403, 404), (name, answer.text)
        else:
            answer = client.get(path)
            assert answer.status_code == (404 if rule.arguments else 200), (name, answer.text)
        assert leaks(town, answer) == set(), name
    assert chains(town) == before


@pytest.mark.parametrize("asked", [{"case_no": CASE}, {"open": "true"}, {"since": "2020-01-01T00:00:00Z"}])
def test_no_narrowing_of_a_list_shows_a_stranger_anything(town: Town, asked: dict[str, str]) -> None:
    for login in STRANGERS:
        assert town.house.client(login).read("/dossiers", **asked)["dossiers"] == []


def test_the_parties_and_those_above_them_see_it(town: Town) -> None:
    for login in ("xn-window", "fr-receiver", "xn-manager", "hb-manager", "hb-admin", "fr-manager", "cs-manager"):
        shown = town.house.client(login).read(f"/dossiers/{town.dossier}")
        assert shown["case_no"] == CASE, login
        assert town.house.client(login).get(f"/papers/{town.papers[-1]}").status_code == 200


@pytest.fixture(scope="module")
def pages(town: Town) -> Flask:
    """The pages, which take any form: what is tried here is who may see, not where the form was drawn."""
    app = create_app(town.house.web)
    app.config["WTF_CSRF_METHODS"] = set()
    return app


def session_of(town: Town, login: str) -> str:
    """A log-in session's token."""
    with Session(town.house.system.engine) as session, session.begin():
        session.exec(select(Officer).where(Officer.login == login)).one().password_hash = people.hash_password("geheim")
    return people.log_in(town.house.web, login, "geheim")


def filled(shape: FormShape, _posted: Any, **_: Any) -> dict[str, Any]:
    """Every form filled in plausibly, so that the walk gets past its shape to the question of who asks."""
    return {name: _plausible(field) for name, field in shape.fields.items()}


def _plausible(field: Any) -> Any:
    if isinstance(field, fields.Enum):
        return next(iter(field.enum))
    if isinstance(field, fields.List):
        return [_plausible(field.inner)]
    kinds = {fields.UUID: uuid4(), fields.Integer: 1, fields.Boolean: True, fields.Date: date(2026, 9, 8)}
    kinds |= {fields.AwareDateTime: datetime(2026, 9, 8, tzinfo=UTC), fields.DateTime: datetime(2026, 9, 8, tzinfo=UTC)}
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), "X-1")


@pytest.mark.parametrize("login", STRANGERS)
def test_no_page_shows_a_stranger_anything(
    town: Town, pages: Flask, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FormShape, "load", filled)
    visitor, token, before = pages.test_client(), session_of(town, login), chains(town)
    for address, rule in addresses(town, pages, api=False):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if rule.endpoint == "door.log_out":
                continue
            visitor.set_cookie("youdang_session", token)
            answer = visitor.open(address, method=method)
            if rule.arguments:
                assert answer.status_code in (403, 404), (method, address, answer.status_code)
            assert answer.status_code < 500, (method, address)
            assert leaks(town, answer, sent=address) == set(), (method, address)
    assert chains(town) == before


def test_no_scanned_number_leads_a_stranger_anywhere(town: Town, pages: Flask) -> None:
    visitor, command = pages.test_client(), str(uuid4())
    visitor.set_cookie("youdang_session", session_of(town, STRANGERS[0]))
    for word in (town.dossier, town.consignment, CASE, SEAL, "ZR-SECRET-5", *town.papers):
        found = visitor.get("/find", query_string={"q": word})
        scanned = visitor.post("/receive", data={"code": word, "command_id": command})
        assert (found.status_code, scanned.status_code) == (404, 422)
        for answer in (found, scanned):
            assert leaks(town, answer, sent=word) == set()


def test_the_walk_over_pages_would_see_a_leak(town: Town, pages: Flask) -> None:
    visitor = pages.test_client()
    visitor.set_cookie("youdang_session", session_of(town, "xn-window"))
    answer = visitor.get(f"/dossiers/{town.dossier}")
    assert answer.status_code == 200
    assert {CASE, TITLE} <= leaks(town, answer)


@pytest.fixture(scope="module")
def app_role(town: Town) -> Iterator[Engine]:
    """Somebody with the web's own password and psql."""
    engine = create_engine(town.house.urls.app)
    yield engine
    engine.dispose()


@pytest.fixture(params=["nobody", "the third agency", "the third agency's officer"])
def thief(request: pytest.FixtureRequest, town: Town, app_role: Engine) -> Iterator[Connection]:
    """A connection of the app role: without settings, or with those of an agency that is no party."""
    with app_role.connect() as connection:
        if request.param != "nobody":
            officer = town.third[1] if "officer" in request.param else 0
            words = text("SELECT set_config('youdang.agencies', :a, false), set_config('youdang.officer', :o, false)")
            connection.execute(words, {"a": f"{{{town.third[0]}}}", "o": str(officer)})
            connection.commit()
        yield connection
        connection.rollback()


def tables(connection: Connection) -> dict[str, bool]:
    """Every table, and whether row-level security binds it."""
    rows = connection.execute(
        text(
            "SELECT t.table_name, c.relrowsecurity FROM information_schema.tables t "
            "JOIN pg_class c ON c.oid = format('public.%I', t.table_name)::regclass "
            "WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        )
    )
    return {row.table_name: row.relrowsecurity for row in rows}


def attempt(connection: Connection, statement: str) -> CursorResult[Any] | None:
    """What the statement did; None when the database refused it, for the right reason."""
    try:
        return connection.execute(text(statement))
    except DBAPIError as refused:
        connection.rollback()
        if not any(why in str(refused) for why in ("permission denied", "append-only")):
            raise
        return None


def everything(town: Town) -> dict[str, bool]:
    """As `tables`, with the owner's eyes: a table without any grant is a table too."""
    engine = create_engine(town.house.urls.owner)
    with engine.connect() as connection:
        found = tables(connection)
    engine.dispose()
    return found


def test_a_table_is_bound_to_parties_or_listed_as_open(town: Town) -> None:
    found = everything(town)
    assert {name for name, bound in found.items() if not bound} == {*OPEN, "alembic_version"}
    assert set(CHILDREN) < set(found)


def test_no_open_table_and_no_view_has_a_dossiers_words(town: Town, app_role: Engine) -> None:
    with app_role.connect() as connection:
        for table in OPEN:
            read = attempt(connection, f"SELECT to_jsonb(t)::text FROM {table} t")
            shown = "\n".join(read.scalars().all()) if read else ""
            assert {word for word in town.secrets if word in shown} == set(), table
        views = text("SELECT table_name FROM information_schema.views WHERE table_schema = 'public'")
        assert connection.execute(views).all() == []


def mine(town: Town, table: str) -> str:
    """The condition for the rows of the dossier in a bound table."""
    if table == "command":
        return f"actor = 'officer:{_actor_of(town)}'"
    column = {"dossier": "id", "agreement": "id"}.get(table, "dossier_id")
    return f"{column} = {town.agreement_id if table == 'agreement' else town.dossier_id}"


def _actor_of(town: Town) -> int:
    with Session(town.house.system.engine) as session:
        return session.exec(select(Officer.id).where(Officer.login == "xn-window")).one() or 0


def test_the_app_role_reads_no_row_of_the_dossier(town: Town, thief: Connection) -> None:
    for table, bound in everything(town).items():
        if not bound:
            continue
        with Session(town.house.system.engine) as session:
            there = session.execute(text(f"SELECT count(*) FROM {table} WHERE {mine(town, table)}")).scalar_one()
        assert there > 0, f"{table} has no row of the dossier: this test would prove nothing"
        assert thief.execute(text(f"SELECT count(*) FROM {table} WHERE {mine(town, table)}")).scalar_one() == 0, table


def test_the_app_role_changes_no_row_of_the_dossier(town: Town, thief: Connection) -> None:
    for table, bound in everything(town).items():
        if not bound:
            continue
        column = {"agreement": "no", "dossier": "no", "command": "verb"}.get(table, "dossier_id")
        for statement in (
            f"UPDATE {table} SET {column} = {column} WHERE {mine(town, table)}",
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table} WHERE {mine(town, table)}",
        ):
            done = attempt(thief, statement)
            assert done is None or done.rowcount == 0 or statement.endswith(column), statement
            thief.rollback()


def test_the_app_role_slips_no_row_into_the_dossier(town: Town, thief: Connection) -> None:
    for table, bound in everything(town).items():
        if not bound:
            continue
        with Session(town.house.system.engine) as session:
            row = session.execute(
                text(f"SELECT to_jsonb(t) FROM {table} t WHERE {mine(town, table)} LIMIT 1")
            ).scalar_one()
        row["id"] = f"forged-{secrets.token_hex(4)}" if table == "command" else 900_000_000
        forge = f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::{table}, :row)"
        with pytest.raises(DBAPIError, match=r"row-level security|permission denied"):
            thief.execute(text(forge), {"row": json.dumps(row)})
        thief.rollback()


def test_raw_pushes_are_unreadable_for_the_app_role(town: Town, app_role: Engine) -> None:
    for column in ("body", "headers", "*", "body_sha256"):
        with app_role.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(f"SELECT {column} FROM inbox"))


@pytest.mark.parametrize("role", ["app", "system", "owner"])
def test_what_was_recorded_stays_as_it_was_whoever_asks(town: Town, role: str) -> None:
    engine = create_engine(getattr(town.house.urls, role))
    with engine.connect() as connection:
        for table in APPEND_ONLY:
            column = {"log_node": "idx", "log_leaf": "leaf", "checkpoint": "size"}.get(table, "id")
            for statement in (
                f"UPDATE {table} SET {column} = {column}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                    connection.execute(text(statement))
                connection.rollback()
    engine.dispose()
