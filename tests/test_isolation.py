"""Whoever is not a party sees nothing of a dossier: by no API call, no page, no export. (SQL: test_isolation_sql.)"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from marshmallow import fields
from sqlalchemy import text
from sqlmodel import Session, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from logistics.services import people
from logistics.store.embedded import Server
from logistics.tables import Officer
from logistics.web.forms import FormShape
from tests.api.world import case, original
from tests.conftest import _new_database
from tests.secret_town import CASE, SEAL, STRANGERS, TITLE, Town, actor_of, mine, secret_town
from tests.site import application


@pytest.fixture(scope="module")
def town(postgres: Server, migrated_template: str) -> Iterator[Town]:
    """A dossier under way, with strangers around it."""
    with _new_database(postgres, migrated_template) as urls, secret_town(urls) as made:
        yield made


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
    known = {"account": "ems", "name": "document.pdf", "seq": 1}
    known |= {"announcement": 1, "secret": "never-given", "ending": "xlsx"}
    known |= {"officer_id": actor_of(town), "agency_id": town.parties[0]}
    known |= {"item_id": 1, "material_id": 1, "agreement_id": town.agreement_id, "consent_id": 1, "language": "zh"}
    values = {name: known.get(name) or _row_id(town, name) for name in rule.arguments if name != "no"}
    if "no" not in rule.arguments:
        return [values]
    if "batches/<" in rule.rule:
        return [{**values, "no": f"{town.dossier}-YJ"}]
    if "supervision/<" in rule.rule:
        return [{**values, "no": f"DB-{town.dossier}-1"}]
    if "papers/<" in rule.rule:
        return [{**values, "no": paper} for paper in town.papers]
    if "handovers/<" in rule.rule:
        return [{**values, "no": f"{town.dossier}-JJ"}]
    subjects = [town.dossier] if "dossier" in rule.rule else [town.consignment]
    if not any(word in rule.rule for word in ("dossier", "consignment", "receive")):
        subjects = [town.dossier, town.consignment, *town.papers]
    return [{**values, "no": subject} for subject in subjects]


def _row_id(town: Town, argument: str) -> int:
    """A row of the dossier in the table that the argument names, such as `errand_id`; `key` is a difference's."""
    named = {"key": "discrepancy", "list_id": "item_list", "handover_id": "inside_handover"}
    table = named.get(argument, argument.removesuffix("_id"))
    with Session(town.house.system.engine) as session:
        found = session.execute(text(f"SELECT min(id) FROM {table} WHERE {mine(town, table)}")).scalar_one()
    assert found is not None, f"no {table} to walk to"
    return int(found)


def leaks(town: Town, answer: TestResponse, sent: str = "") -> set[str]:
    """Words of the dossier in an answer, those that were asked with left out."""
    shown = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
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
    "correct_hand_back": {"originals": ["X"], "why": "原因", "in_hand": True},
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
    "sign": {"role": "release", "digest": "0" * 64, "picture": "AAAA"},
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
    app = application(town.house.web)
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


NO_DOSSIERS = {"account", "announcement", "item_id", "material_id", "language"}
"""What belongs to no dossier: couriers' accounts, days off announced to all, items, a language."""


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
            answer = visitor.open(address, method=method, buffered=True)
            if rule.arguments - NO_DOSSIERS:
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
