"""SM2 with SM3: what we sign others verify, and the other way round."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import gmssl_pyx
import pytest
from asn1crypto import keys, pem
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from logistics.archive import sm

CONTENT = "邮档 statement".encode()


def private_pem(*, public: bool = True, other: bool = False) -> bytes:
    point, secret = gmssl_pyx.sm2_key_generate()
    if other:
        point = gmssl_pyx.sm2_key_generate()[0]
    inside = {
        "version": 1, "private_key": keys.IntegerOctetString(int.from_bytes(secret, "big")),
        **({"public_key": keys.ECPointBitString(b"\4" + point)} if public else {}),
    }  # fmt: skip
    info = keys.PrivateKeyInfo({
        "version": 0,
        "private_key_algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "sm2p256v1")},
        "private_key": keys.ECPrivateKey(inside),
    })  # fmt: skip
    return bytes(pem.armor("PRIVATE KEY", info.dump()))


KEY = sm.load(private_pem())
SIGNATURE = KEY.sign(CONTENT)


def test_a_signature_holds_for_its_content_and_key_only() -> None:
    assert sm.verify(KEY.public_pem, SIGNATURE, CONTENT)
    assert not sm.verify(KEY.public_pem, SIGNATURE, CONTENT + b"!")
    assert not sm.verify(sm.load(private_pem()).public_pem, SIGNATURE, CONTENT)


@pytest.mark.parametrize(
    "harmed",
    [b"", b"0", SIGNATURE[:-1], SIGNATURE + b"\0", SIGNATURE.replace(b"\2", b"\3", 1)],
    ids=["empty", "a digit", "cut", "longer", "another kind"],
)
def test_a_malformed_signature_does_not_hold(harmed: bytes) -> None:
    assert not sm.verify(KEY.public_pem, harmed, CONTENT)


@pytest.mark.parametrize("harmed", [b"", b"no pem", KEY.public_pem[:60], KEY.public_pem.replace(b"\nM", b"\nN", 1)])
def test_a_malformed_public_key_verifies_nothing(harmed: bytes) -> None:
    assert not sm.verify(harmed, SIGNATURE, CONTENT)


def test_a_key_of_another_curve_is_named_as_such() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(sm.KeyUnfit, match="SM2 曲线"):
        sm.load(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert not sm.verify(public, SIGNATURE, CONTENT)


def test_a_key_file_that_cannot_be_used_says_why() -> None:
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim")
    )
    for content, words in (
        (b"", "PEM"), (locked, "口令"), (KEY.public_pem, "没有 PEM 私钥"), (private_pem(public=False), "没有公钥"),
        (private_pem(other=True), "不是一对"), (private_pem()[:80] + b"\n-----END PRIVATE KEY-----\n", "."),
    ):  # fmt: skip
        with pytest.raises(sm.KeyUnfit, match=words):
            sm.load(content)


def test_sm3_is_the_standards_own_example() -> None:
    assert sm.sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905 A.1
    if "sm3" in hashlib.algorithms_available:
        assert sm.sm3(CONTENT) == hashlib.new("sm3", CONTENT).hexdigest()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the command openssl is not installed")
@pytest.mark.parametrize("make", [["genpkey", "-algorithm", "SM2"], ["ecparam", "-name", "SM2", "-genkey", "-noout"]])
def test_openssl_and_we_verify_each_other(tmp_path: Path, make: list[str]) -> None:
    def openssl(*words: str) -> str:
        done = subprocess.run(["openssl", *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    openssl(*make, "-out", "key.pem")
    identity = ["-sm3", "-sigopt", "distid:1234567812345678"]
    (tmp_path / "content").write_bytes(CONTENT)
    openssl("dgst", *identity, "-sign", "key.pem", "-out", "theirs", "content")
    key = sm.load((tmp_path / "key.pem").read_bytes())
    assert sm.verify(key.public_pem, (tmp_path / "theirs").read_bytes(), CONTENT)
    (tmp_path / "public.pem").write_bytes(key.public_pem)
    (tmp_path / "ours").write_bytes(key.sign(CONTENT))
    assert "Verified OK" in openssl("dgst", *identity, "-verify", "public.pem", "-signature", "ours", "content")
