"""Couriers' accounts for the administrator: whether they work, what went wrong lately, what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from couriers import adapters
from couriers.contract import Courier
from logistics.rules import breaker
from logistics.rules.quota import UNLIMITED, Quota
from logistics.services import accounts as verbs
from logistics.store import accounts, oversight
from logistics.store.oversight import Parked
from logistics.tables import CourierAccount, CourierTrouble
from logistics.terms import CallResult, Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.naming import courier_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world

SKEW_WORTH_SAYING = 60  # seconds

pages = Blueprint("couriers", __name__)
ENTRIES = [Entry("couriers.all_accounts", lazy_gettext("快递账户"), frozenset({Role.ADMINISTRATOR}), place=60)]


@dataclass(frozen=True)
class View:
    """One account as the page shows it. `today` and `week` count calls by how they went."""

    code: str
    name: str
    row: CourierAccount
    standing: str
    today: dict[CallResult, int]
    week: dict[CallResult, int]
    quota: Quota
    parked: int

    @property
    def troubles_today(self) -> int:
        """Calls of today in which the account did not do its part."""
        return sum(count for result, count in self.today.items() if result not in (CallResult.OK, CallResult.REFUSED))

    @property
    def calls_today(self) -> int:
        """All calls of today."""
        return sum(self.today.values())

    @property
    def skew(self) -> int | None:
        """Seconds by which the clocks differ, where that is worth saying."""
        seconds = self.row.clock_skew_seconds
        return seconds if seconds is not None and abs(seconds) >= SKEW_WORTH_SAYING else None


@pages.get("/couriers")
@for_roles(Role.ADMINISTRATOR)
def all_accounts() -> Response:
    """Every configured account with its state, and which settings the others want."""
    with look() as session:
        views = [_view(session, courier) for courier in _configured()]
    absent = [(courier_name(code), names) for code, names in _absent()]
    return page("couriers/all.html", views=views, absent=absent, state_of=_state_words)


@pages.get("/couriers/<account>")
@for_roles(Role.ADMINISTRATOR)
def one_account(account: str) -> Response:
    """One account: state, figures, last troubles, settings, what waits for a person."""
    courier = next((one for one in _configured() if one.code == account), None) or abort(404)
    with look() as session:
        view = _view(session, courier)
        troubles: Sequence[CourierTrouble] = accounts.troubles(session, account)
        waiting = _parked(session, account)
    return page(
        "couriers/one.html",
        view=view,
        troubles=troubles,
        waiting=waiting,
        results=list(CallResult),
        settings=adapters.settings_of(account),
        state_of=_state_words,
        operation_words=operation_words,
        result_of=lambda trouble: CallResult(trouble.kind),
    )


@pages.post("/couriers/<account>/try")
@for_roles(Role.ADMINISTRATOR)
@redraws(one_account)
def try_now(account: str) -> Response:
    """The account is tried by the next call."""
    verbs.try_now(world(), me(), read(FormShape)["command_id"], account)
    said(_("下一次呼叫就去试探，几秒后刷新本页看结果。您的姓名已记录。"))
    answer: AnyResponse = redirect(url_for("couriers.one_account", account=account), 303)
    assert isinstance(answer, Response)
    return answer


def _configured() -> list[Courier]:
    """Couriers that are called at all: 专人 and 机要 have no interface."""
    return [courier for code, courier in sorted(world().couriers.items()) if adapters.settings_of(code)]


def _absent() -> list[tuple[str, tuple[str, ...]]]:
    """Couriers that the program knows and that are not configured, with the settings they want."""
    wanted = [(code, adapters.settings_of(code)) for code in adapters.names()]
    return [(code, names) for code, names in wanted if names and code not in world().couriers]


def _view(session: Session, courier: Courier) -> View:
    row = accounts.of(session, courier.code)
    return View(
        courier.code,
        courier_name(courier.code),
        row,
        breaker.standing(accounts.state_of(row), now()),
        accounts.by_result(session, courier.code, now()),
        accounts.by_result(session, courier.code, now(), days=7),
        world().quotas.get(courier.code, UNLIMITED),
        len(accounts.parked(session, courier.code)),
    )


def _parked(session: Session, code: str) -> list[Parked]:
    mine = {errand.id for errand in accounts.parked(session, code)}
    return [row for row in oversight.parked(session) if row.errand_id in mine]


def _state_words(view: View) -> tuple[str, str, datetime | None]:
    """Icon, words, and until when, of an account's state."""
    if view.standing == "open":
        return "late", _("暂停中"), view.row.open_until
    if view.standing == "probing":
        return "moving", _("试探中"), None
    if view.standing == "due":
        return "attention", _("下一次呼叫试探"), None
    if view.row.failures:
        return "attention", _("最近一次呼叫失败"), None
    if view.row.last_ok_at is None:
        return "quiet", _("还没有呼叫过"), None
    return "done", _("正常"), None


def operation_words(operation: str) -> str:
    """What was asked for, as people say it; the operation's own word where we have none."""
    words = {
        "book": _("下单"),
        "cancel": _("撤单"),
        "track": _("查询轨迹"),
        "order": _("查询订单"),
        "scope": _("查询揽收范围"),
        "quote": _("查询资费时效"),
        "subscribe": _("订阅推送"),
        "token": _("取访问令牌"),
    }
    return str(words.get(operation, operation))
