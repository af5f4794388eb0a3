"""The door of the pages: log-in, lock-out, sessions, form tokens."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlmodel import Session, select

from logistics.services import people
from logistics.store.context import Context
from logistics.tables import LoginSession, Officer
from tests.web.conftest import Visitor
from tests.web.town import PASSWORD, Watch

As = Callable[[str], Visitor]


def test_an_officer_logs_in_and_stands_on_the_page_they_wanted(stranger: Visitor) -> None:
    sent_away = stranger.get("/find?q=421200-2026-000001")
    assert sent_away.status_code == 303
    assert sent_away.headers["Location"] == "/login?next=%2Ffind%3Fq%3D421200-2026-000001"
    answer = stranger.log_in("lin", next="/find?q=421200-2026-000001")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/find?q=421200-2026-000001"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(stranger: Visitor) -> None:
    cookies = [value for name, value in stranger.log_in("lin").headers if name == "Set-Cookie"]
    own = next(cookie for cookie in cookies if cookie.startswith("youdang_session="))
    assert "HttpOnly" in own
    assert "SameSite=Lax" in own
    assert "Secure" not in own


def test_over_https_the_session_cookie_is_secure(ctx: Context) -> None:
    from logistics.app import create_app

    visitor = Visitor(create_app(ctx, cookie_secure=True))
    visitor.client.environ_base["wsgi.url_scheme"] = "https"
    token = visitor.token("/login")
    fields = {
        "_csrf": token,
        "command_id": "0b2f5a53-4c9a-4a40-9df0-6f5ac0a0b5a1",
        "login": "lin",
        "password": PASSWORD,
    }
    answer = visitor.client.post("/login", data=fields, headers={"Referer": "https://localhost/login"})
    assert answer.status_code == 303, answer.text
    assert all("Secure" in value for name, value in answer.headers if name == "Set-Cookie")


def test_only_the_digest_of_a_token_is_kept(ctx: Context) -> None:
    token = people.log_in(ctx, "lin", PASSWORD)
    with Session(ctx.engine) as session:
        kept = session.exec(select(LoginSession)).one()
    assert kept.token_sha256 == people.token_digest(token)
    assert token not in str(kept)


def test_a_wrong_password_and_an_unknown_log_in_are_told_the_same(stranger: Visitor) -> None:
    wrong, unknown = stranger.log_in("lin", "no"), stranger.log_in("nobody", "no")
    assert wrong.status_code == unknown.status_code == 409
    sentence = "登录名或密码不对，或者连续输错 5 次后已锁定 15 分钟"
    assert sentence in wrong.text
    assert sentence in unknown.text
    assert 'value="lin"' in wrong.text  # what was typed is kept, the password is not
    assert "no" not in wrong.text.split('name="password"')[1].split(">")[0].split()


def test_after_five_wrong_tries_even_the_right_password_waits_fifteen_minutes(stranger: Visitor, watch: Watch) -> None:
    for _ in range(5):
        assert stranger.log_in("lin", "wrong").status_code == 409
    assert stranger.log_in("lin").status_code == 409
    watch.turn(minutes=14, seconds=59)
    assert stranger.log_in("lin").status_code == 409
    watch.turn(seconds=1)
    assert stranger.log_in("lin").status_code == 303


def test_a_right_password_starts_the_count_anew(stranger: Visitor, ctx: Context) -> None:
    for _ in range(4):
        stranger.log_in("lin", "wrong")
    stranger.log_in("lin")
    with Session(ctx.engine) as session:
        assert session.exec(select(Officer.failed_log_ins).where(Officer.login == "lin")).one() == 0


def test_an_officer_who_left_does_not_get_in_and_open_sessions_end(ctx: Context, as_: As) -> None:
    visitor = as_("lin")
    with Session(ctx.engine) as session, session.begin():
        session.exec(select(Officer).where(Officer.login == "lin")).one().active = False
    assert visitor.get("/find?q=1").headers["Location"].startswith("/login")
    assert visitor.log_in("lin").status_code == 409


def test_a_session_ends_after_eight_idle_hours(as_: As, watch: Watch) -> None:
    visitor = as_("lin")
    watch.turn(hours=7, minutes=59)
    assert visitor.get("/find?q=1").status_code == 404
    watch.turn(hours=8)
    assert visitor.get("/find?q=1").status_code == 303


def test_a_session_ends_after_twelve_hours_however_busy(as_: As, watch: Watch) -> None:
    visitor = as_("lin")
    for _ in range(11):
        watch.turn(hours=1)
        assert visitor.get("/find?q=1").status_code == 404
    watch.turn(hours=1)
    assert visitor.get("/find?q=1").status_code == 303


def test_logging_out_ends_the_session_itself_not_only_the_cookie(as_: As, stranger: Visitor) -> None:
    visitor = as_("lin")
    cookie = visitor.client.get_cookie("youdang_session")
    assert cookie
    assert visitor.post("/logout", {}, on="/find?q=1").status_code == 303
    stranger.client.set_cookie("youdang_session", cookie.value)
    assert stranger.get("/find?q=1").status_code == 303


def test_all_sessions_of_an_officer_can_be_ended(ctx: Context, as_: As) -> None:
    first, second = as_("lin"), as_("lin")
    actor = people.actor_of(ctx, people.log_in(ctx, "lin", PASSWORD))
    assert actor
    assert actor.officer_id
    assert people.revoke_all(ctx, actor, actor.officer_id) == 3
    assert first.get("/find?q=1").status_code == second.get("/find?q=1").status_code == 303


def test_a_manager_sees_the_agencies_below_and_others_only_their_own(ctx: Context) -> None:
    manager, window = (people.actor_of(ctx, people.log_in(ctx, login, PASSWORD)) for login in ("qin", "lin"))
    assert manager
    assert window
    assert window.agencies == (window.agency_id,)
    assert manager.agencies == (manager.agency_id, window.agency_id)


def test_a_form_without_its_token_changes_nothing(as_: As, site: Flask) -> None:
    visitor = as_("lin")
    refused = visitor.client.post("/language", data={"language": "en"})
    assert refused.status_code == 400
    assert "已经过时" in refused.text
    assert 'lang="zh-Hans-CN"' in visitor.get("/login?x").text or visitor.get("/find?q=1").text


def test_a_form_drawn_before_log_in_is_not_taken_after_it(stranger: Visitor) -> None:
    before = stranger.token("/login")
    stranger.log_in("lin")
    assert stranger.client.post("/language", data={"language": "en", "_csrf": before}).status_code == 400


def test_htmx_sends_the_token_as_a_header(as_: As) -> None:
    visitor = as_("lin")
    headers = {"X-CSRFToken": visitor.token("/find?q=1")}
    assert visitor.client.post("/language", data={"language": "en"}, headers=headers).status_code == 303


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(as_: As, watch: Watch) -> None:
    visitor = as_("lin")
    token = visitor.token("/find?q=1")
    watch.turn(hours=13)
    headers = {"Referer": "http://localhost/find?q=1"}
    answer = visitor.client.post("/notices/acknowledge", data={"_csrf": token}, headers=headers)
    assert answer.headers["Location"] == "/login?next=%2Ffind%3Fq%3D1"
    fragment = visitor.client.post(
        "/notices/acknowledge",
        data={},
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/find?q=1"},
    )
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"] == "/login?next=%2Ffind%3Fq%3D1"


def test_log_in_never_leads_to_another_site(stranger: Visitor) -> None:
    for elsewhere in ("https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "/a\nb"):
        assert stranger.log_in("lin", next=elsewhere).headers["Location"] == "/"
        stranger.post("/logout", {}, on="/find?q=1")


def test_a_number_nobody_knows_may_be_a_case_that_the_window_opens(as_: As) -> None:
    offer = "/dossiers/new?case_no=XN%262026"
    assert offer in as_("lin").get("/find?q=XN%262026").text
    assert offer not in as_("he").get("/find?q=XN%262026").text
    assert "case_no" not in as_("lin").get("/find?q=YD1%7Cseal%7CXN-004512").text
