"""The door to network printers: raw bytes over TCP, to addresses the server's keeper allows and to no other.

A printer says nothing back. What we call printed is what its own TCP has taken over to the last byte; that the paper
came out, only the person beside it can see.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import socket
import struct
import termios
import time

from logistics.rules.printing import PORTS, Networks, allowed_among
from logistics.services.papers import printing
from logistics.store.context import Context
from logistics.store.queues import Leased
from scheduler.outcome import Done, Failed, ForAPerson, Outcome

LINGER = 1.0  # seconds a printer may leave the connection open after it has taken everything
LOOK = 0.02


class NotTaken(OSError):
    """The printer did not take all bytes in time."""


def print_paper(ctx: Context, errand: Leased, seconds: float) -> Outcome:
    """The printer has the paper's bytes and the ledger says so. Failed where it does not answer or does not take them
    in time: what it has got by then it may print, and the attempt's number in the ledger tells of that.
    """
    found = printing.to_send(ctx, int(errand.payload["job"]))
    if isinstance(found, str):
        return Done(found)
    job, printer, content = found
    where = f"打印机「{printer.name}」（{printer.host}:{printer.port}）"
    try:
        address = _address(printer.host, printer.port, ctx.printer_networks)
    except OSError as why:
        return Failed(f"{where}的名称解析不到地址（{_plain(why)}）。请检查网络或改填 IP 地址。")
    if address is None:
        return ForAPerson(f"{where}不在允许打印的内网网段或端口内，没有连接。请系统管理人员更正。")
    try:
        deliver(address, printer.port, content, seconds)
    except OSError as why:
        return Failed(f"{where}没有收下（{_plain(why)}）。请看电源、网线、纸张和机盖。")
    digest = hashlib.sha256(content).hexdigest()
    printing.record_printed(ctx, job.id or 0, errand.attempts, digest, address)
    return Done()


def _address(host: str, port: int, allowed: Networks) -> str | None:
    """The address to connect to, looked up now and judged now; None when none is allowed."""
    if port not in PORTS:
        return None
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return next(iter(allowed_among([str(one[4][0]) for one in found], allowed)), None)


def deliver(address: str, port: int, content: bytes, seconds: float) -> None:
    """The other side's TCP has acknowledged every byte. Raises OSError (refused, reset, in no time); then nobody knows
    how much of it was printed.
    """
    until = time.monotonic() + seconds
    with socket.create_connection((address, port), timeout=seconds) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        while _untaken(connection):
            if time.monotonic() > until:
                raise NotTaken("timed out")
            time.sleep(LOOK)
        _farewell(connection, min(LINGER, max(until - time.monotonic(), LOOK)))


def _untaken(connection: socket.socket) -> int:
    """Bytes the other side has not acknowledged. Raises OSError when it broke the connection off before."""
    (queued,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))
    left = max(int(queued) - 1, 0)  # our end of the stream counts as one until it is acknowledged
    error = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if left else 0
    if error:
        raise OSError(error, "connection broken")
    return left


def _farewell(connection: socket.socket, seconds: float) -> None:
    """What the printer says is read away, so that closing does not cut it off. It has everything: how it ends the
    connection does not matter any more."""
    connection.settimeout(seconds)
    with contextlib.suppress(OSError):
        while connection.recv(4096):
            continue


def _plain(why: OSError) -> str:
    known = {TimeoutError: "没有应答", ConnectionRefusedError: "拒绝连接", ConnectionResetError: "中途断开"}
    named = next((words for kind, words in known.items() if isinstance(why, kind)), None)
    return named or ("没有收完" if isinstance(why, NotTaken) else type(why).__name__)
