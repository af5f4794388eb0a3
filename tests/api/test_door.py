"""Who gets in, how refusals read, what a key promises, how lists are paged, what the API says of itself."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlmodel import Session, col, select
from werkzeug.routing import Rule

from logistics.services import clients, dossiers
from logistics.tables import Command, Officer
from logistics.terms import Role
from tests.api.world import Client, World, case, original, sealed

PROBLEM = "application/problem+json"


def address(rule: Rule) -> str:
    """An address that the rule matches."""
    values: dict[str, Any] = {name: 1 if name.endswith("_id") else "421200-2026-000001" for name in rule.arguments}
    return str(rule.build(values)[1])  # type: ignore[index]


def rules(house: World) -> list[Rule]:
    """Every route of the API but its description."""
    found = [one for one in house.app.url_map.iter_rules() if one.rule.startswith("/api/")]
    assert len(found) > 25
    return [one for one in found if not one.rule.endswith("/openapi.json")]


def test_no_route_answers_without_a_token(house: World) -> None:
    visitor = house.app.test_client()
    for rule in rules(house):
        for method in rule.methods or ():
            for headers in ({}, {"Authorization": "Bearer yd_wrong"}, {"Authorization": "Basic eDp5"}):
                answer = visitor.open(address(rule), method=method, headers=headers)
                assert answer.status_code == 401, (method, rule.rule)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
                if method != "HEAD":
                    assert answer.content_type == PROBLEM


def test_a_token_ends_with_its_client_and_with_its_officer(house: World) -> None:
    house.officer("leaver", "杭州", Role.WINDOW)
    staying, leaving = (Client(house.app, clients.admit(house.web, name, "leaver")) for name in ("甲系统", "乙系统"))
    assert staying.get("/dossiers").status_code == leaving.get("/dossiers").status_code == 200
    assert clients.shut_out(house.web, "甲系统")
    assert (staying.get("/dossiers").status_code, leaving.get("/dossiers").status_code) == (401, 200)
    with Session(house.system.engine) as session, session.begin():
        session.exec(select(Officer).where(Officer.login == "leaver")).one().active = False
    assert leaving.get("/dossiers").status_code == 401


@pytest.fixture
def key() -> str:
    """A key nobody has used."""
    return f"case-{secrets.token_hex(4)}"


def test_a_repeat_with_the_same_key_is_answered_as_the_first_and_does_nothing(house: World, key: str) -> None:
    window, given = house.client("xn-window"), case(house)
    first = window.post("/dossiers", given, key=key)
    again = window.post("/dossiers", dict(reversed(given.items())), key=key)
    assert (first.status_code, first.get_json()) == (again.status_code, again.get_json())
    assert len(window.read("/dossiers", case_no=given["case_no"])["dossiers"]) == 1


def test_a_key_used_for_another_body_or_another_act_is_refused(house: World, key: str) -> None:
    window, given = house.client("xn-window"), case(house)
    no = window.post("/dossiers", given, key=key).get_json()["dossier"]
    for path, body in (
        ("/dossiers", {**given, "case_no": "OTHER"}),
        (f"/dossiers/{no}/consignments", {"direction": "outbound"}),
        (f"/dossiers/{no}/close", {}),
    ):
        refused = window.post(path, body, key=key)
        assert (refused.status_code, refused.get_json()["rule"]) == (409, "command_reused"), path
    assert len(window.read("/dossiers", case_no=given["case_no"])["dossiers"]) == 1


def test_a_key_that_failed_may_be_used_again(house: World, key: str) -> None:
    window, given = house.client("xn-window"), case(house)
    assert window.post("/dossiers", {**given, "item_id": 999}, key=key).status_code == 409
    assert window.post("/dossiers", given, key=key).status_code == 201


def test_two_systems_of_one_officer_do_not_share_keys(house: World, key: str) -> None:
    other = Client(house.app, clients.admit(house.web, "另一系统", "xn-window"))
    for system in (house.client("xn-window"), other):
        assert system.post("/dossiers", case(house), key=key).status_code == 201
    with Session(house.system.engine) as session:
        assert len(session.exec(select(Command).where(col(Command.id).endswith(f":{key}"))).all()) == 2


def test_the_same_key_sent_many_times_at_once_acts_once(house: World, key: str) -> None:
    window, given = house.client("xn-window"), case(house)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: window.post("/dossiers", given, key=key), range(6)))
    assert {(one.status_code, one.get_json()["dossier"]) for one in answers} == {
        (201, answers[0].get_json()["dossier"])
    }
    assert len(window.read("/dossiers", case_no=given["case_no"])["dossiers"]) == 1


def test_an_act_without_a_key_is_told_so_at_the_field(house: World) -> None:
    window = house.client("xn-window")
    headers = {"Authorization": f"Bearer {window.token}"}
    answer = house.app.test_client().post("/api/v1/dossiers", json=case(house), headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"Idempotency-Key": ["缺少这一项。"]}
    spoken = {**headers, "Accept-Language": "en", "Idempotency-Key": secrets.token_hex(8)}
    english = house.app.test_client().post("/api/v1/dossiers", json={"case_no": 7}, headers=spoken).get_json()["errors"]
    said = [one for sentences in english.values() for one in sentences]
    assert "This field is missing." in said
    assert all(one.isascii() for one in said)
    assert window.post("/dossiers", case(house), key="short").status_code == 422


def test_pages_are_complete_and_stable_while_rows_are_added(house: World) -> None:
    window = house.client("xn-window")
    house.clock.turn(hours=1)
    since = house.clock().isoformat()
    made = [window.done("/dossiers", case(house, f"C-{n}"))["dossier"] for n in range(7)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = window.read("/dossiers", limit=3, since=since, **({"cursor": cursor} if cursor else {}))
        seen += [one["no"] for one in page["dossiers"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        window.done("/dossiers", case(house))  # arrives between two pages
    assert seen == made[::-1]


def test_lists_are_narrowed_by_case_time_and_being_open(house: World) -> None:
    window = house.client("xn-window")
    house.clock.turn(hours=1)
    before = house.clock().isoformat()
    first = window.done("/dossiers", case(house, "N-1"))["dossier"]
    house.clock.turn(hours=1)
    second = window.done("/dossiers", case(house, "N-2"))["dossier"]

    def found(**asked: Any) -> list[str]:
        return [one["no"] for one in window.read("/dossiers", **asked)["dossiers"]]

    assert found(case_no="N-1") == [first]
    assert found(since=house.clock().isoformat()) == [second]
    assert found(open="true", since=before) == [second, first]
    assert found(open="false", since=before) == found(case_no="N-3") == []


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"cursor": "!"}, {"cursor": "YWJj"}, {"cursor": "é"},
              {"cursor": "YmVsb3c6OTk5OTk5OTk5OTk5OTk5OTk5OTk"}, {"unknown": 1}, {"since": "2026-01-01T00:00:00"},
              {"since": "0001-01-01T00:00:00+14:00"}, {"case_no": "\x00"}],
)  # fmt: skip
def test_a_list_asked_wrongly_is_refused_at_the_field(house: World, asked: dict[str, Any]) -> None:
    answer = house.client("xn-window").get("/dossiers", **asked)
    assert (answer.status_code, answer.content_type) == (422, PROBLEM)
    (field,) = asked
    assert list(answer.get_json()["errors"]) == [field]


def test_every_kind_of_refusal_is_a_problem_in_both_languages(house: World) -> None:
    window, receiver = house.client("xn-window"), house.client("fr-receiver")
    way = sealed(house)
    visitor = house.app.test_client()
    who = {"Authorization": f"Bearer {window.token}", "Idempotency-Key": secrets.token_hex(8)}
    answers = {
        400: visitor.post("/api/v1/dossiers", data="{", content_type="application/json", headers=who),
        401: visitor.get("/api/v1/nowhere"),
        403: receiver.post("/dossiers", case(house)),
        404: window.get("/dossiers/421200-2026-999999"),
        405: visitor.delete("/api/v1/dossiers", headers=who),
        409: window.post(f"/consignments/{way.consignment}/pack", {"original": way.originals[0]}),
        413: visitor.post("/api/v1/dossiers", data=b" " * 2_000_000, content_type="application/json", headers=who),
        415: visitor.post("/api/v1/dossiers", data="a=b", content_type="text/plain", headers=who),
        422: window.post("/dossiers", {}),
    }
    answers[404_1] = visitor.get("/api/v1/nowhere", headers=who)
    for status, answer in answers.items():
        problem = answer.get_json()
        assert answer.status_code == problem["status"] == int(str(status)[:3])
        assert answer.content_type == PROBLEM
        assert problem["type"] == f"urn:youdang:problem:{problem['rule']}"
        assert any("\u4e00" <= sign <= "\u9fff" for sign in problem["zh"]), status
        assert problem["en"].isascii()
        assert problem["detail"] == problem["zh"]
    assert set((answers[405].headers["Allow"]).split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert "applicant" in answers[422].get_json()["errors"]
    english = visitor.get("/api/v1/nowhere", headers={**who, "Accept-Language": "en"}).get_json()
    assert english["detail"] == english["en"]


def test_our_own_fault_is_a_problem_that_leads_to_the_log(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault nobody foresaw")

    monkeypatch.setattr(dossiers, "open_dossier", fail)
    answer = house.client("xn-window").post("/dossiers", case(house))
    assert (answer.status_code, answer.content_type) == (500, PROBLEM)
    assert answer.get_json()["instance"].startswith("urn:uuid:")
    assert "foresaw" not in answer.text


def test_pages_for_people_keep_their_own_refusals(house: World) -> None:
    visitor = house.app.test_client()
    for path in ("/no-such-page", "/apiary"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize(
    ("field", "value"),
    [("unknown", 1), ("case_no", "x" * 61), ("case_no", "a\x00b"), ("case_no", "a\ud800"), ("case_no", "a\u202eb"),
     ("case_no", 7), ("case_no", None), ("mode", "by_balloon"),
     ("mode", []), ("agreement_id", 2**70), ("agreement_id", "x"), ("agreement_id", 1e308),
     ("consent_signed_on", "2026-13-01"), ("consent_signed_on", "0001-01-01"), ("applicant.name", ""),
     ("applicant", [])],
)  # fmt: skip
def test_what_has_the_wrong_shape_is_refused_at_its_field_in_chinese(house: World, field: str, value: Any) -> None:
    given = case(house)
    outer, _, inner = field.partition(".")
    given[outer] = {**given[outer], inner: value} if inner else value
    answer = house.client("xn-window").post("/dossiers", given)
    assert answer.status_code == 422
    ((named, (sentence,)),) = answer.get_json()["errors"].items()
    assert named == field
    assert any("\u4e00" <= sign <= "\u9fff" for sign in sentence)


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"case_no": NaN}', "1" * 5000, "\udcff", "{'a': 1}", "[]", "7", '"x"']
)
def test_strange_json_is_refused_not_stumbled_over(house: World, body: str) -> None:
    window = house.client("xn-window")
    headers = {"Authorization": f"Bearer {window.token}", "Idempotency-Key": secrets.token_hex(8)}
    data = body.encode("utf-8", "surrogateescape")
    answer = house.app.test_client().post(
        "/api/v1/dossiers", data=data, content_type="application/json", headers=headers
    )
    assert answer.status_code in (400, 422)
    assert answer.content_type == PROBLEM


def test_rare_characters_are_kept_and_a_name_too_long_for_them_is_counted_rightly(house: World) -> None:
    window = house.client("xn-window")
    no = window.done("/dossiers", case(house))["dossier"]
    window.done(f"/dossiers/{no}/originals", {**original(), "title": "𠮷" * 120})
    shown = window.read(f"/dossiers/{no}")
    assert shown["originals"][0]["title"] == "𠮷" * 120


def test_the_description_is_valid_and_names_every_route(house: World) -> None:
    document = house.app.test_client().get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()
    operations = [one for methods in document["paths"].values() for one in methods.values() if "operationId" in one]
    assert len(operations) == len(rules(house)) == len({one["operationId"] for one in operations})
    assert all(one["summary"] for one in operations)
