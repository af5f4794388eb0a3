"""Time stamps: what an authority's answer must be to be kept, and what a kept one proves."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.archive import timestamps
from logistics.archive.means import StampRefused
from tests.authorities import Centre
from tests.tsa import Fault, Tsa

CENTRE = Centre()
TSA = Tsa(CENTRE, CENTRE.issue("示例时间戳 Example TSA", stamps=True), at=dt.datetime(2026, 9, 28, 1, 5, tzinfo=dt.UTC))
ROOTS = [CENTRE.root.certificate]
CONTENT = b"youdang\n58\nroot\n"


def stamp(content: bytes = CONTENT, tsa: Tsa = TSA) -> bytes:
    request = timestamps.ask(content)
    return timestamps.accept(tsa.answer(request), request, content, ROOTS)


TOKEN = stamp()


def test_a_stamp_says_when_by_whom_and_whether_we_trust_them() -> None:
    said = timestamps.check(TOKEN, CONTENT, ROOTS)
    assert said.at == TSA.at
    assert "示例时间戳 Example TSA" in said.authority
    assert said.trusted
    assert not timestamps.check(TOKEN, CONTENT, [Centre().root.certificate]).trusted
    assert not timestamps.check(TOKEN, CONTENT, None).trusted


def test_a_stamp_of_other_bytes_is_wrong() -> None:
    with pytest.raises(timestamps.StampWrong, match="别的内容"):
        timestamps.check(TOKEN, CONTENT + b"!", ROOTS)


@pytest.mark.parametrize("harm", [b"", b"<html>", TOKEN[:-1], TOKEN + b"\0"])
def test_what_is_no_token_is_wrong(harm: bytes) -> None:
    with pytest.raises(timestamps.StampWrong):
        timestamps.check(harm, CONTENT, ROOTS)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.integers(0, 7))
def test_a_changed_token_never_says_another_moment(at: int, bit: int) -> None:
    harmed = bytearray(TOKEN)
    harmed[at] ^= 1 << bit
    try:
        said = timestamps.check(bytes(harmed), CONTENT, ROOTS)
    except timestamps.StampWrong:
        return
    assert said.at == TSA.at


@pytest.mark.parametrize(
    ("fault", "words"), [("refuses", "not today"), ("nonsense", "无法读取"), ("other bytes", "别的内容")]
)
def test_an_answer_that_does_not_stamp_what_was_asked_is_refused(fault: Fault, words: str) -> None:
    request = timestamps.ask(CONTENT)
    tsa = Tsa(CENTRE, TSA.holder, fault=fault)
    with pytest.raises(StampRefused, match=words):
        timestamps.accept(tsa.answer(request) if fault != "nonsense" else b"<html>", request, CONTENT, ROOTS)


def test_an_old_answer_is_not_taken_for_a_new_one() -> None:
    tsa = Tsa(CENTRE, TSA.holder)
    stamp(tsa=tsa)
    tsa.fault = "old answer"
    with pytest.raises(StampRefused, match="随机数"):
        stamp(tsa=tsa)


def test_an_authority_outside_our_roots_is_refused() -> None:
    other = Centre()
    with pytest.raises(StampRefused, match="根证书"):
        stamp(tsa=Tsa(other, other.issue("生人 Stranger", stamps=True)))


def test_a_certificate_that_is_not_for_stamping_stamps_nothing() -> None:
    with pytest.raises(StampRefused, match="根证书"):
        stamp(tsa=Tsa(CENTRE, CENTRE.issue("归档章")))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the command openssl is not installed")
def test_openssl_reads_what_we_keep_and_we_read_what_openssl_asks(tmp_path: Path) -> None:
    files = {"data": CONTENT, "stamp.tsr": TOKEN, "roots.pem": CENTRE.root.pem()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "stamp.tsr", "-CAfile", "roots.pem"]
    at = ["-attime", str(int(dt.datetime(2026, 9, 28, tzinfo=dt.UTC).timestamp()))]
    done = subprocess.run([*command, *at], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout, done.stderr
