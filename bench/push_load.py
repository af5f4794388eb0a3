"""Send pushes over so many kept connections for so many seconds; print how long each answer took. A program of its own.

Each connection sends its next push when the last one was answered. Requests are read from standard input as JSON: the
address, the head's lines, the bodies in base64. Every body is sent once.
"""

from __future__ import annotations

import base64
import json
import socket
import sys
import threading
import time


def main() -> None:
    """Read the order, carry it out, print the result as JSON."""
    order = json.load(sys.stdin)
    bodies = [base64.b64decode(one) for one in order["bodies"]]
    head = order["head"]
    ready = [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]
    places = threading.Barrier(order["connections"] + 1)
    taken: list[list[float]] = [[] for _ in range(order["connections"])]
    wrong: list[str] = []
    share = iter(ready)  # next() of a list's iterator is atomic
    threads = [
        threading.Thread(target=_send, args=(order["port"], share, order["wanted"].encode(), places, mine, wrong))
        for mine in taken
    ]
    for thread in threads:
        thread.start()
    places.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "taken": sorted(one for some in taken for one in some), "wrong": wrong}))


def _send(port: int, share, wanted: bytes, places: threading.Barrier, taken: list[float], wrong: list[str]) -> None:  # type: ignore[no-untyped-def]
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        places.wait()
        for request in share:
            start = time.perf_counter()
            line.sendall(request)
            answer = _answer(line)
            taken.append(time.perf_counter() - start)
            if not answer.startswith(b"HTTP/1.1 200") or wanted not in answer:
                wrong.append(answer[:300].decode("utf-8", "replace"))
                return


def _answer(line: socket.socket) -> bytes:
    """One whole response that says its length."""
    got = line.recv(65536)
    while b"\r\n\r\n" not in got:
        got += _more(line)
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [one.split(b":")[1] for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")]
    while len(body) < int(lengths[0]):
        body += _more(line)
    return head + b"\r\n\r\n" + body


def _more(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        raise SystemExit("the server closed the connection")
    return got


if len(sys.argv) > 1:
    main()
