"""The one door to couriers: asks the account's gate, brings a token, sends, keeps the raw answer, notes how it went."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

from couriers import transport
from couriers.contract import (
    Busy,
    Call,
    Courier,
    CourierError,
    Garbled,
    NeedsToken,
    Operation,
    Refused,
    Reply,
    TellsAccess,
)
from logistics.rules import breaker
from logistics.rules.breaker import Breaker, Go, State, Wait
from logistics.rules.quota import UNLIMITED
from logistics.services import tracking
from logistics.store import accounts
from logistics.store.accounts import Told
from logistics.store.context import Context
from logistics.terms import CallResult, zh

T = TypeVar("T")
_EARLY = timedelta(minutes=1)  # a token is fetched anew so long before it expires

_WHY = {
    "open": "该快递账户暂停中（接连失败或对方要求稍后）",
    "probing": "该快递账户正由一次呼叫试探是否恢复",
    "minute": "该快递账户本分钟的调用次数已用完",
    "day": "该快递账户今日的调用次数已用完",
}


class Closed(Exception):
    """The account is not to be called before `until`. `tried`: this very call found that out; else nothing was sent."""

    def __init__(self, words: str, until: datetime, tried: bool = False) -> None:
        super().__init__(words)
        self.until, self.tried = until, tried


class Denied(Busy):
    """The courier does not accept our account, so it decided nothing of the matter. An administrator must look."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(
            f"快递方不认本系统的账户（代码 {refused.code[:40]}）：授权、签名、时钟或地址有误。"
            "请系统管理人员运行 youdang couriers check 查明；改正后自动继续。"
        )
        self.refused = refused


class Tokens:
    """Access tokens of this process, each until it expires. Safe to use from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Courier, Courier, datetime]] = {}
        self._guard = threading.Lock()
        self._fetching: dict[str, threading.Lock] = {}

    def one_at_a_time(self, code: str) -> threading.Lock:
        """Held while a token of that account is fetched."""
        with self._guard:
            return self._fetching.setdefault(code, threading.Lock())

    def get(self, courier: Courier, now: datetime) -> Courier | None:
        """The courier with its token, None when there is none that is still good."""
        with self._guard:
            known = self._known.get(courier.code)
        return known[1] if known is not None and known[0] is courier and now < known[2] else None

    def put(self, courier: Courier, ready: Courier, until: datetime) -> None:
        """`ready` is `courier` with its token, good until then."""
        with self._guard:
            self._known[courier.code] = courier, ready, until

    def drop(self, ready: Courier) -> None:
        """The courier refused that token; one that somebody else has fetched meanwhile stays."""
        with self._guard:
            known = self._known.get(ready.code)
            if known is not None and known[1] is ready:
                del self._known[ready.code]


@dataclass(frozen=True)
class Means:
    """What a process brings to its calls: the breaker's pace, the tokens it holds."""

    pace: Breaker = breaker.USUAL
    tokens: Tokens = field(default_factory=Tokens)


@dataclass(frozen=True)
class Door:
    """The way to one courier's account, for at most `seconds` a call.

    `by_hand`: a person looks for a fault; the call goes out even where the account is left alone, and is noted.
    """

    ctx: Context
    courier: Courier
    seconds: float
    means: Means = field(default_factory=Means)
    by_hand: bool = False

    def ask(
        self,
        operation: Operation,
        build: Callable[[Courier, datetime], Call],
        read: Callable[[Courier, Reply], T],
        keep: Callable[[Reply], None],
    ) -> T:
        """What the courier answered. `build` and `read` are given the courier, with its token where it needs one.

        Raises `Closed` when the account is not to be called now, `Refused`, `Garbled`, and `Busy` (`Denied` where our
        account was refused).
        """
        ready = self._ready()
        try:
            return self._once(operation, ready, build, read, keep)
        except Refused as refused:
            if not (isinstance(ready, NeedsToken) and ready.token_expired(refused)):
                raise
        self.means.tokens.drop(ready)
        try:
            return self._once(operation, self._ready(), build, read, keep)
        except Refused as refused:
            if not ready.token_expired(refused):
                raise
            self._note(operation, Go(), Told(CallResult.ACCESS, None, refused.code, zh(CallResult.ACCESS)))
            raise Denied(refused) from refused  # a new token is refused too: it is the account

    def _ready(self) -> Courier:
        """The courier, with a token where it needs one; of all threads one fetches it."""
        ours, tokens = self.courier, self.means.tokens
        if not (isinstance(ours, NeedsToken) and ours.needs_token):
            return ours
        with tokens.one_at_a_time(ours.code):
            known = tokens.get(ours, self.ctx.clock())
            if known is not None:
                return known
            asks: NeedsToken = ours
            ready, good_for = self._once(
                Operation.TOKEN,
                ours,
                lambda *_: asks.ask_token(),
                lambda _, reply: asks.with_token_from(reply),
                lambda _: None,  # a token is a secret: its answer is kept nowhere
            )
            until = self.ctx.clock() + max(timedelta(seconds=good_for) - _EARLY, timedelta(seconds=good_for / 2))
            tokens.put(ours, ready, until)
            return ready

    def _once(
        self,
        operation: Operation,
        ready: Courier,
        build: Callable[[Courier, datetime], Call],
        read: Callable[[Courier, Reply], T],
        keep: Callable[[Reply], None],
    ) -> T:
        call = build(ready, self.ctx.clock())  # the courier's field rules may say no before anybody is called
        go = self._may_call(operation)
        begun = time.monotonic()
        skew: int | None = None
        try:
            reply = transport.send(call, self.seconds)
            skew = clock_skew(reply.header("Date"), self.ctx.clock())
            keep(reply)
            answer = read(ready, reply)
        except CourierError as error:
            told = told_by(ready, error, self.ctx.clock(), begun, skew)
            state = self._note(operation, go, told)
            if told.result is CallResult.ACCESS and isinstance(error, Refused):
                error = Denied(error)
            if go.probe and state.open_until and state.is_down(self.means.pace) and isinstance(error, Busy):
                raise Closed(str(error), state.open_until, tried=True) from error
            raise error
        self._note(operation, go, Told(CallResult.OK, clock_skew_seconds=skew))
        return answer

    def _may_call(self, operation: Operation) -> Go:
        code, now = self.courier.code, self.ctx.clock()
        if self.by_hand:
            return Go()
        limits = self.ctx.quotas.get(code, UNLIMITED)
        answer = accounts.may_call(self.ctx.engine, code, operation, now, limits=limits, pace=self.means.pace)
        if isinstance(answer, Wait):
            raise Closed(f"{_WHY[answer.why]}，到时自动继续。", answer.until)
        return answer

    def _note(self, operation: Operation, go: Go, told: Told) -> State:
        now, pace = self.ctx.clock(), self.means.pace
        return accounts.note(self.ctx.engine, self.courier.code, operation, now, go, told, pace=pace)


def told_by(courier: Courier, error: CourierError, now: datetime, begun: float, skew: int | None = None) -> Told:
    """What a failed call told about the account; `begun` by the monotonic clock."""
    took = round((time.monotonic() - begun) * 1000)
    match error:
        case transport.Unanswered():
            skew = clock_skew(_date_of(error), now) if skew is None else skew
            wait = error.retry_after_seconds
            return Told(CallResult(error.kind), error.status, "", str(error), took, wait, skew)
        case Refused():
            result = CallResult.ACCESS if is_denial(courier, error) else CallResult.REFUSED
            return Told(result, None, error.code, zh(result), took, None, skew)
        case Garbled():
            return Told(CallResult.GARBLED, None, "", zh(CallResult.GARBLED), took, None, skew)
        case Busy():  # said within a readable answer, in words that are the courier's: not kept
            words = zh(CallResult.THROTTLED)
            return Told(CallResult.THROTTLED, None, "", words, took, error.retry_after_seconds, skew)
        case _:
            return Told(CallResult.GARBLED, None, type(error).__name__, "", took, None, skew)


def is_denial(courier: Courier, refused: Refused) -> bool:
    """True when a refusal is about our account and not about the matter: by HTTP, address, or as the courier tells."""
    if refused.code == "URL" or refused.code.startswith("HTTP "):
        return True
    if isinstance(courier, NeedsToken) and courier.token_expired(refused):
        return False  # a new one is fetched
    return isinstance(courier, TellsAccess) and courier.denies_access(refused)


def clock_skew(date: str, now: datetime) -> int | None:
    """How many seconds the courier's clock is ahead of ours by its Date header; None when that says nothing."""
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return None
    return round((theirs.replace(tzinfo=theirs.tzinfo or UTC) - now).total_seconds())


def _date_of(error: transport.Unanswered) -> str:
    return next((value for name, value in error.headers.items() if name.lower() == "date"), "")


def keeper(ctx: Context, consignment_no: str, what: str) -> Callable[[Reply], None]:
    """Keeps raw answers with the consignment, under that name."""
    return lambda reply: tracking.keep_reply(ctx, consignment_no, what, reply)
