"""A network printer of the tests: a real TCP server that keeps every job's bytes, and can be broken in several ways."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from logistics.rules.printing import PORTS


class Machine:
    """Takes jobs on one of the ports printers use. `jobs` are the bytes of each connection that ended well."""

    def __init__(self, listener: socket.socket, serve: Callable[[socket.socket], bytes]) -> None:
        self.listener, self.serve = listener, serve
        self.jobs: list[bytes] = []
        self.took = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:  # the test is over
                return
            with connection:
                self.jobs.append(self.serve(connection))
            self.took.release()

    def taken(self) -> list[bytes]:
        """All jobs, once the newest has been read to its end."""
        assert self.took.acquire(timeout=5)
        return self.jobs


def reads_all(connection: socket.socket) -> bytes:
    """A printer in order: reads to the end of the job."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def listener() -> socket.socket:
    """A socket on the first port of the printers' range that is free on this machine."""
    for port in PORTS:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(("127.0.0.1", port))
        except OSError:
            made.close()
            continue
        made.listen()
        return made
    raise AssertionError(f"none of {PORTS} is free")


@contextmanager
def machine(serve: Callable[[socket.socket], bytes] = reads_all) -> Iterator[Machine]:
    """A printer that listens while the block runs."""
    opened = Machine(listener(), serve)
    yield opened
    opened.listener.shutdown(socket.SHUT_RDWR)
    opened.listener.close()
    opened.thread.join(timeout=5)
