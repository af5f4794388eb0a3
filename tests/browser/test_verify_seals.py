"""SM3, SM2 and time stamps as the page verify.html reads them: what the command's own modules say of the same bytes."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from random import Random
from typing import Any

from asn1crypto import keys
from playwright.sync_api import Page

from logistics.archive import sm, timestamps
from tests.archive.test_sm import private_pem
from tests.authorities import Centre
from tests.browser.test_verify_page import opened

__all__ = ["opened"]  # a fixture of this module's own, made as over there

SM3 = "(rows) => rows.map((row) => youdang.hex(youdang.sm3(youdang.fromHex(row))))"
SM2 = """(rows) => rows.map(([pem, signature, text]) => {
  const [key, ...rest] = [pem, signature, text].map(youdang.fromHex);
  try {
    return youdang.sm2Holds(youdang.sm2KeyIn(key), ...rest);
  } catch (why) {
    if (why instanceof youdang.Malformed) return false;
    throw why;
  }
})"""
STAMPS = """async ([pem, rows]) => {
  const found = [];
  for (const [token, text, areRootsGiven] of rows) {
    try {
      const roots = areRootsGiven ? youdang.certificatesIn(pem) : [];
      const said = await youdang.checkedStamp(youdang.fromHex(token), youdang.fromHex(text), roots);
      found.push([said.at, said.by, said.isTrusted]);
    } catch (why) {
      if (!(why instanceof youdang.Malformed)) throw why;
      found.push(null);
    }
  }
  return found;
}"""
TEXT = b"youdang\n58\nroot\n"
MOMENT = datetime(2026, 9, 28, 1, 5, tzinfo=UTC)


def flipped(chance: Random, content: bytes) -> bytes:
    spoilt = bytearray(content)
    spoilt[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def test_sm3_in_the_page_is_sm3(opened: Page) -> None:
    chance = Random(32905)
    texts = [
        b"abc",
        b"abcd" * 16,
        *(chance.randbytes(size) for size in (0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 5000)),
    ]
    assert opened.evaluate(SM3, [text.hex() for text in texts]) == [sm.sm3(text) for text in texts]


def test_sm2_in_the_page_holds_what_the_library_holds(opened: Page) -> None:
    chance, rows = Random(32918), []
    for size in range(4):
        key, text = sm.load(private_pem()), chance.randbytes(size * 50)
        signature = key.sign(text)
        rows += [(key.public_pem, signature, text), (key.public_pem, signature, text + b"x")]
        rows += [(key.public_pem, flipped(chance, signature), text) for _ in range(30)]
        rows += [(key.public_pem, harmed, text) for harmed in (signature[:-1], signature + b"\0", b"")]
        point = bytes(keys.PublicKeyInfo.load(_der(key.public_pem))["public_key"].native)[1:]
        rows += [(sm.public_pem(flipped(chance, point)), signature, text) for _ in range(3)]
    wanted = [sm.verify(pem, signature, text) for pem, signature, text in rows]
    assert wanted.count(True) == 4
    assert opened.evaluate(SM2, [[part.hex() for part in row] for row in rows]) == wanted


def _der(pem: bytes) -> bytes:
    return base64.b64decode(b"".join(pem.splitlines()[1:-1]))


def test_a_time_stamp_says_in_the_page_what_the_command_reads_in_it(opened: Page) -> None:
    from tests.tsa import Tsa  # half a second to import

    centre, chance = Centre(), Random(3161)
    tsa = Tsa(centre, centre.issue("示例时间戳 Example TSA", stamps=True), at=MOMENT)
    token = tsa.answer(timestamps.ask(TEXT))
    tsa.fault = "refuses"
    tokens = [token, tsa.answer(timestamps.ask(TEXT)), token[:-1], token + b"\0", b"", b"<html>"]
    plain = Tsa(centre, centre.issue("not for stamps"), at=MOMENT).answer(timestamps.ask(TEXT))
    foreign = Tsa(Centre("another root"), Centre("another root").issue("another", stamps=True), at=MOMENT)
    rows = [
        (one, TEXT, given) for one in [*tokens, plain, foreign.answer(timestamps.ask(TEXT))] for given in (True, False)
    ]
    rows += [(flipped(chance, token), TEXT, bool(n % 2)) for n in range(150)]
    rows.append((token, hashlib.sha256(TEXT).digest(), True))
    wanted = [_read(token, text, [centre.root.certificate] if given else None) for token, text, given in rows]
    assert wanted[0] == ["2026-09-28T01:05:00.000000Z", timestamps.check(token, TEXT, None).authority, True]
    assert wanted[1] == [*wanted[0][:2], False]
    plain_rows = [[token.hex(), text.hex(), given] for token, text, given in rows]
    assert opened.evaluate(STAMPS, [centre.root.pem().decode(), plain_rows]) == wanted


def _read(token: bytes, text: bytes, roots: Any) -> Any:
    try:
        said = timestamps.check(token, text, roots)
    except timestamps.StampWrong:
        return None
    return [said.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), said.authority, said.trusted]
