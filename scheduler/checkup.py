"""Why a courier does not answer, found out step by step: settings, address, TLS, clock, credentials, what is stored.

The one call it makes asks after a number that cannot exist, so it changes nothing at the courier.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

from sqlmodel import Session

from couriers import adapters
from couriers.contract import BadSettings, Busy, Courier, CourierError, Garbled, Operation, Refused
from logistics.rules import breaker
from logistics.rules.quota import UNLIMITED
from logistics.rules.workdays import CHINA
from logistics.store import accounts
from logistics.store.context import Context
from logistics.tables import CourierAccount
from logistics.terms import CallResult, zh
from scheduler.access import Denied, Door

NOBODYS_NUMBER = "0000000000000"
LARGEST_SKEW = 60  # seconds; couriers that sign the time allow a few minutes
_SECONDS = 12.0
_CONNECT_SECONDS = 5.0
_SOON_EXPIRED_DAYS = 14


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `well` None: worth knowing, not wrong. `sentence` says what it is, what to do."""

    subject: str
    well: bool | None
    sentence: str


def check(ctx: Context, code: str, env: Mapping[str, str]) -> list[Finding]:
    """Everything about one account, in the order in which a fault is best looked for. `ctx` connects as the system
    role; the account may be missing in it. Raises KeyError for a courier that the program does not know."""
    found, courier = _settings(code, env)
    if courier is None:
        return [found, *_stored(ctx, code, None)]
    findings = [found]
    reached = True
    for finding in _address(env.get(f"COURIER_{code.upper()}_URL", "")):
        findings.append(finding)
        reached = reached and finding.well is not False
    if reached and Operation.TRACK in courier.offers:
        findings.append(_call(ctx, courier))
    return [*findings, *_stored(ctx, code, courier)]


def _settings(code: str, env: Mapping[str, str]) -> tuple[Finding, Courier | None]:
    names = adapters.settings_of(code)
    missing = [name for name in names if not env.get(name)]
    if missing:
        words = f"缺少设置 {'、'.join(missing)}。请向快递方取得后设为环境变量，再重新启动。"
        return Finding("settings", False, words), None
    try:
        courier = adapters.make(code, env)
    except BadSettings as wrong:
        return Finding("settings", False, f"设置不能用：{'；'.join(wrong.problems)}。请改正后重新启动。"), None
    return Finding("settings", True, f"设置齐全：{'、'.join(names)}。"), courier


def _address(url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        yield Finding("address", False, "接口地址不是 http 或 https 的完整地址。请照快递方给的地址改正。")
        return
    where = f"{host}:{_port(parts)}"
    try:
        with socket.create_connection((host, _port(parts)), timeout=_CONNECT_SECONDS) as line:
            yield Finding("address", True, f"接口地址 {where} 连得上。")
            if parts.scheme == "https":
                yield _tls(line, host)
    except socket.gaierror:
        yield Finding("address", False, f"解析不出主机名 {host}。请核对接口地址，并检查本机的域名服务（DNS）。")
    except OSError as away:
        words = f"连不上 {where}（{type(away).__name__}）。请检查本机出口、防火墙放行和快递方的白名单。"
        yield Finding("address", False, words)


def _tls(line: socket.socket, host: str) -> Finding:
    try:
        with ssl.create_default_context().wrap_socket(line, server_hostname=host) as sealed:
            ends = sealed.getpeercert() or {}
    except ssl.SSLCertVerificationError as wrong:
        words = f"对方证书不被信任（{wrong.verify_message}）。请核对接口地址、本机时钟和根证书。"
        return Finding("tls", False, words)
    except OSError as wrong:
        return Finding("tls", False, f"TLS 握手失败（{type(wrong).__name__}）。请核对接口地址是否应为 https。")
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends["notAfter"])), UTC)
    days = (until - datetime.now(UTC)).days
    if days < _SOON_EXPIRED_DAYS:
        return Finding("tls", None, f"对方证书再过 {days} 天到期。请提醒快递方更换。")
    return Finding("tls", True, f"TLS 正常，对方证书有效至 {_when(until)}。")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _call(ctx: Context, courier: Courier) -> Finding:
    """A harmless real call: whatever is answered about a number of nobody, our credentials were accepted."""
    try:
        Door(ctx, courier, _SECONDS, by_hand=True).ask(
            Operation.TRACK,
            lambda one, at: one.ask_tracking(NOBODYS_NUMBER, at),
            lambda one, reply: one.read_tracking(reply),
            lambda _: None,  # about no consignment of ours
        )
    except Denied as denied:
        words = f"{denied.refused.code} {denied.refused.words}".strip()
        return Finding(
            "access", False, f"快递方不认本系统的授权或签名，原话：{words}。请核对密钥、客户号、环境和本机时钟。"
        )
    except Refused:
        return Finding("access", True, "授权与签名被接受（以一个不存在的单号试查，快递方照规矩答复没有）。")
    except Busy as busy:
        return Finding("access", False, f"试查没有得到答复：{busy}若持续如此，请与快递方技术支持联系。")
    except Garbled as garbled:
        return Finding("access", False, f"试查的答复读不懂：{garbled}请核对接口地址是否指向这一接口。")
    except CourierError as error:
        return Finding("access", False, str(error))
    return Finding("access", True, "授权与签名被接受（以一个不存在的单号试查）。")


def _stored(ctx: Context, code: str, courier: Courier | None) -> Iterator[Finding]:
    now = ctx.clock()
    with Session(ctx.engine) as session:
        row = accounts.of(session, code)
        today = accounts.by_result(session, code, now)
        troubles = accounts.troubles(session, code, 1)
        waiting = len(accounts.parked(session, code))
    yield from _skew(row)
    yield _breaker(row, now)
    yield from _quota(ctx, code, row, now)
    if troubles:
        last, failed = troubles[0], _failed(today)
        words = f"今日失败 {failed} 次；最近一次失败在 {_when(last.at)}：{zh(CallResult(last.kind))}"
        yield Finding("troubles", None, f"{words}{f'（{last.native_code}）' if last.native_code else ''}。")
    if courier is not None and Operation.PUSH in courier.offers:
        yield _push(ctx, row, code)
    if waiting:
        yield Finding("parked", None, f"有 {waiting} 件外呼搁置，等人处理。请在“督查 · 搁置”中照原因改好后重试。")


def _skew(row: CourierAccount) -> Iterator[Finding]:
    seconds = row.clock_skew_seconds
    if seconds is None:
        return
    if abs(seconds) <= LARGEST_SKEW:
        yield Finding("clock", True, f"本机时钟与快递方相差 {abs(seconds)} 秒，正常。")
        return
    side = "慢" if seconds > 0 else "快"
    yield Finding("clock", False, f"本机时钟比快递方{side} {abs(seconds)} 秒，签名会被拒绝。请校准本机时钟（NTP）。")


def _breaker(row: CourierAccount, now: datetime) -> Finding:
    standing = breaker.standing(accounts.state_of(row), now)
    if standing == "working":
        return Finding("breaker", True, "没有暂停，呼叫正常进行。")
    since = f"自 {_when(row.opened_at)} 起接连失败 {row.failures} 次" if row.opened_at else "接连失败"
    if standing == "open" and row.open_until is not None:
        words = f"{since}，暂停到 {_when(row.open_until)}，到时自动试探。排除原因后可在“快递账户”页点“现在就试”。"
        return Finding("breaker", False, words)
    return Finding("breaker", False, f"{since}，正待一次呼叫试探；成功后自动恢复，无须处理。")


def _quota(ctx: Context, code: str, row: CourierAccount, now: datetime) -> Iterator[Finding]:
    limit = ctx.quotas.get(code, UNLIMITED).per_day
    if limit is None:
        return
    made = row.day_calls if row.day == now.astimezone(CHINA).date() else 0
    words = f"今日已呼叫 {made} 次，限额 {limit} 次。"
    if made >= limit:
        yield Finding("quota", False, f"{words}次日自动继续；常常不够用时，请与快递方商定更高的限额。")
    else:
        yield Finding("quota", True, words)


def _push(ctx: Context, row: CourierAccount, code: str) -> Finding:
    if row.last_push_at is None:
        words = f"还没有收到过推送。请把 {ctx.base_url}/hooks/{code} 登记到快递方；没有推送时仍按查询更新。"
        return Finding("push", None, words)
    return Finding("push", True, f"最近一次推送在 {_when(row.last_push_at)}。")


def _failed(today: Mapping[CallResult, int]) -> int:
    return sum(count for result, count in today.items() if result not in (CallResult.OK, CallResult.REFUSED))


def _when(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
