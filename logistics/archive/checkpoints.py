"""Signed heads of the Merkle log.

The signed text is four lines of UTF-8, each ended by a line feed, so that a person can write it down again and check
the signature with any Ed25519 tool:

    youdang
    <size, decimal>
    <root, base64>
    <signed_at, as the ledger writes instants>
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from logistics.rules.chain import instant, stamp

ORIGIN = "youdang"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head of the log that was signed: `size` leaves hash to `root_hex`. Keys and signatures are lower-case hex."""

    size: int
    root_hex: str
    signed_at: datetime  # aware UTC
    key_id: str  # `fingerprint` of the public key
    public_key: str  # 32 bytes
    signature: str  # 64 bytes

    def plain(self) -> dict[str, object]:
        """As it is written in `checkpoint.json`."""
        return {
            "origin": ORIGIN,
            "size": self.size,
            "root": self.root_hex,
            "signed_at": stamp(self.signed_at),
            "key_id": self.key_id,
            "public_key": self.public_key,
            "signature": self.signature,
        }


def fingerprint(public_key: bytes) -> str:
    """How people name a key: SHA-256 of its 32 raw bytes, 64 lower-case hex digits."""
    return hashlib.sha256(public_key).hexdigest()


def raw_public(private_key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public half."""
    return private_key.public_key().public_bytes_raw()


def signing_text(size: int, root_hex: str, signed_at: datetime) -> bytes:
    """The bytes under the signature of a checkpoint."""
    root = base64.b64encode(bytes.fromhex(root_hex)).decode()
    return f"{ORIGIN}\n{size}\n{root}\n{stamp(signed_at)}\n".encode()


def sign_checkpoint(private_key: Ed25519PrivateKey, *, size: int, root: bytes, signed_at: datetime) -> Checkpoint:
    """The signed head of a log of `size` leaves. Ed25519 is deterministic: same input, same checkpoint."""
    public = raw_public(private_key)
    signature = private_key.sign(signing_text(size, root.hex(), signed_at))
    return Checkpoint(size, root.hex(), signed_at, fingerprint(public), public.hex(), signature.hex())


def verify_checkpoint(checkpoint: Checkpoint) -> bool:
    """Whether the signature is by the key inside, and `key_id` names that key. Says nothing about whose key it is."""
    text = signing_text(checkpoint.size, checkpoint.root_hex, checkpoint.signed_at)
    public, signature = bytes.fromhex(checkpoint.public_key), bytes.fromhex(checkpoint.signature)
    return checkpoint.key_id == fingerprint(public) and verify_signature(public, signature, text)


def verify_signature(public_key: bytes, signature: bytes, text: bytes) -> bool:
    """Whether `signature` is the Ed25519 signature of `text` by `public_key`; false also for malformed ones."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_checkpoint(plain: Mapping[str, object]) -> Checkpoint:
    """The checkpoint written by `Checkpoint.plain`. Raises ValueError when a field is absent, extra or malformed."""
    wanted = {"origin", "size", "root", "signed_at", "key_id", "public_key", "signature"}
    size = plain.get("size")
    if plain.keys() != wanted or plain["origin"] != ORIGIN or type(size) is not int or size < 0:
        raise ValueError("checkpoint: fields " + ", ".join(sorted(wanted)))
    root, key_id, public_key = (_hex(plain[name], 32) for name in ("root", "key_id", "public_key"))
    at = instant(str(plain["signed_at"]))
    return Checkpoint(size, root, at, key_id, public_key, _hex(plain["signature"], 64))


def _hex(value: object, count: int) -> str:
    if not isinstance(value, str) or len(value) != 2 * count or bytes.fromhex(value).hex() != value:
        raise ValueError(f"{count} bytes in lower-case hexadecimal are wanted")
    return value
