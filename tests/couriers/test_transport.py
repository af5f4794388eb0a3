"""Sending over real sockets: limits, failures, and what is never done."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from couriers import transport
from couriers.contract import Busy, Call, Garbled, Refused, Reply


def _whole(request: bytes) -> bool:
    head, blank, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return bool(blank) and len(body) >= (int(length[1]) if length else 0)


@contextmanager
def server(talk: Callable[[socket.socket], None], received: list[bytes] | None = None) -> Iterator[str]:
    """One that takes one request and then does as `talk` says."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            request = b""
            while not _whole(request):
                request += connection.recv(65536)
            if received is not None:
                received.append(request)
            try:
                talk(connection)
            except OSError:
                return

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    finally:
        listener.close()
        thread.join(5)


def saying(head: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)

    return talk


def get(url: str, seconds: float = 3) -> Reply:
    return transport.send(Call("GET", url), seconds)


def test_the_reply_comes_as_it_was_sent() -> None:
    with server(saying("HTTP/1.1 200 OK\nContent-Length: 3\nX-Name: a", b"\xff\x00a")) as url:
        reply = get(url)
    assert (reply.status, reply.body, reply.header("x-name")) == (200, b"\xff\x00a", "a")


def test_a_redirect_is_not_followed() -> None:
    with server(saying("HTTP/1.1 302 Found\nLocation: http://127.0.0.1:9/\nContent-Length: 0")) as url:
        assert get(url).status == 302


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with server(saying("HTTP/1.1 200 OK\nContent-Length: 2", b"ok")) as url:
        assert get(url).body == b"ok"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 7", 7),
        ("Retry-After: 99999999999999999999", 3600),
        ("Retry-After: soon", None),
        ("Retry-After: ", None),
        ("X: y", None),
        (f"Retry-After: {format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)}", 0),
        (f"Retry-After: {format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)}", 3600),
    ],
    ids=["seconds", "too long", "words", "empty", "absent", "past", "far"],
)
@pytest.mark.parametrize("status", [429, 503])
def test_too_many_requests_and_server_errors_are_busy(status: int, header: str, seconds: int | None) -> None:
    with server(saying(f"HTTP/1.1 {status} No\n{header}\nContent-Length: 0")) as url, pytest.raises(Busy) as caught:
        get(url)
    assert caught.value.retry_after_seconds == seconds


def test_nobody_listening_is_busy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Busy):
        get(f"http://127.0.0.1:{port}/")


def test_a_name_that_does_not_exist_is_busy() -> None:
    with pytest.raises(Busy):
        get("http://nowhere.invalid/")


@pytest.mark.parametrize(
    "talk",
    [
        lambda connection: None,
        lambda connection: connection.sendall(b"nonsense\r\n\r\n"),
        saying("HTTP/1.1 200 OK\nContent-Length: 100", b"half"),
        saying("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"5\r\nab"),
        saying("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 4", b"nope"),
    ],
    ids=["closed", "nonsense", "half", "half chunked", "bad gzip"],
)
def test_an_answer_that_breaks_off_is_busy(talk: Callable[[socket.socket], None]) -> None:
    with server(talk) as url, pytest.raises(Busy):
        get(url)


def test_silence_is_busy_after_the_time_given() -> None:
    with server(lambda connection: time.sleep(1)) as url:
        start = time.monotonic()
        with pytest.raises(Busy):
            get(url, 0.2)
        assert time.monotonic() - start < 0.9


def test_a_dribble_is_busy_after_the_time_given() -> None:
    def dribble(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(40):
            connection.sendall(b"a")
            time.sleep(0.05)

    with server(dribble) as url:
        start = time.monotonic()
        with pytest.raises(Busy, match="太慢"):
            get(url, 0.3)
        assert time.monotonic() - start < 1.5


def test_an_endless_answer_is_cut_at_ten_megabytes() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"a" * 65536)

    with server(flood) as url, pytest.raises(Garbled, match="10 MB") as caught:
        get(url, 20)
    assert 0 < len(caught.value.body) <= 65536


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://", "http://[::1"])
def test_an_address_that_can_never_be_called_needs_a_person(url: str) -> None:
    with pytest.raises(Refused):
        get(url)


def test_a_form_goes_out_url_encoded_and_nothing_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    received: list[bytes] = []
    talk = saying("HTTP/1.1 200 OK\nContent-Length: 6", "机密".encode())
    with caplog.at_level(logging.DEBUG), server(talk, received) as url:
        call = Call(
            "POST", url, {"Content-Type": "application/x-www-form-urlencoded"}, form={"a": "|$4|+/=", "b": "张"}
        )
        transport.send(call, 3)
    assert b"a=%7C%244%7C%2B%2F%3D&b=%E5%BC%A0" in received[0]
    assert "机密" not in caplog.text
    assert "%7C" not in caplog.text
