"""A time-stamping authority that answers over real HTTP, as an authority outside would; it can fail on demand."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper

from tests.authorities import Centre, Holder

Fault = Literal["", "down", "refuses", "nonsense", "other bytes", "old answer"]


@dataclass
class Tsa:
    """`url` answers while the block of `serving` runs; `asked` counts the questions; `fault` makes it fail."""

    centre: Centre
    holder: Holder
    url: str = ""
    asked: int = 0
    fault: Fault = ""
    at: dt.datetime | None = None  # the moment it stamps, instead of now
    _last: bytes = field(default=b"", repr=False)

    def answer(self, request: bytes) -> bytes:
        """The TimeStampResp to a TimeStampReq, both DER."""
        asked = tsp.TimeStampReq.load(request)
        if self.fault == "refuses":
            status = bytes(tsp.PKIStatusInfo({"status": 2, "status_string": ["not today"]}).dump())
            return bytes((0x30, len(status))) + status  # no token
        if self.fault == "old answer" and self._last:
            return self._last
        if self.fault == "other bytes":
            asked["message_imprint"]["hashed_message"] = bytes(32)
        moment = (self.at or dt.datetime.now(dt.UTC)).replace(microsecond=0)
        self._last = bytes(self._stamper(moment).request_tsa_response(asked).dump())
        return self._last

    def _stamper(self, moment: dt.datetime) -> DummyTimeStamper:
        certificate = asn1.Certificate.load(self.holder.certificate.public_bytes(Encoding.DER))
        key = self.holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(key), fixed_dt=moment)


@contextmanager
def serving(centre: Centre | None = None) -> Iterator[Tsa]:
    """An authority under `centre` (one of its own by default), listening on a free local port."""
    centre = centre or Centre()
    tsa = Tsa(centre, centre.issue("示例时间戳 Example TSA", stamps=True))

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            tsa.asked += 1
            broken = tsa.fault == "down" or self.headers["Content-Type"] != "application/timestamp-query"
            body = b"" if broken else b"<html>" if tsa.fault == "nonsense" else tsa.answer(request)
            self.send_response(503 if broken else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the tests ask `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        tsa.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
        yield tsa
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
