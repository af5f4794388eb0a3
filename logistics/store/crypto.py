"""Personal data at rest: AES-256-GCM with a key id, bound to the place it stands in; keyed HMAC for exact search.

A sealed text reads `v1:<key id>:<base64url(nonce || ciphertext || tag)>`. The associated data names table, row and
column, so a value moved to another row or column does not open (shared knowledge: NIST SP 800-38D).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

_VERSION = "v1"
_NONCE_BYTES = 12


class CannotUnsealError(Exception):
    """The stored text was changed, moved, or its key is gone. Never raised for wrong input by a person."""


@dataclass(frozen=True)
class Keyring:
    """The data keys by id (32 bytes each), the id new values are sealed with, the HMAC key and the session key."""

    current: str
    keys: Mapping[str, bytes]
    digest_key: bytes
    session_key: bytes

    def seal(self, text: str, place: str) -> str:
        """`text` sealed for `place` (`table:row:column`); two seals of one text differ."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), place.encode())
        return f"{_VERSION}:{self.current}:{base64.urlsafe_b64encode(nonce + box).decode()}"

    def unseal(self, sealed: str, place: str) -> str:
        """The text sealed for `place`. Raises `CannotUnsealError`."""
        version, _, rest = sealed.partition(":")
        key_id, _, body = rest.partition(":")
        key = self.keys.get(key_id)
        if version != _VERSION or key is None:
            raise CannotUnsealError(f"no key {key_id!r} for {place}")
        raw = base64.urlsafe_b64decode(body)
        try:
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except InvalidTag as why:
            raise CannotUnsealError(f"{place} does not open: changed or moved") from why

    def digest(self, text: str, column: str) -> str:
        """A keyed HMAC-SHA256 for exact search; the column is mixed in, so equal values of two columns differ."""
        folded = "".join(text.split()).upper()
        return hmac.new(self.digest_key, f"{column}\x00{folded}".encode(), hashlib.sha256).hexdigest()


def new_keyring() -> Keyring:
    """A fresh key ring with one data key."""
    return Keyring("k1", {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32), secrets.token_bytes(32))


def load_keyring(path: Path) -> Keyring:
    """The key ring kept at `path`; made there with mode 0600 at the first start."""
    if not path.exists():
        ring = new_keyring()
        plain = {
            "current": ring.current,
            "keys": {name: base64.b64encode(key).decode() for name, key in ring.keys.items()},
            "digest_key": base64.b64encode(ring.digest_key).decode(),
            "session_key": base64.b64encode(ring.session_key).decode(),
        }
        _write_secret(path, json.dumps(plain, indent=1).encode())
    raw = json.loads(path.read_bytes())
    keys = {name: base64.b64decode(key) for name, key in raw["keys"].items()}
    return Keyring(raw["current"], keys, base64.b64decode(raw["digest_key"]), base64.b64decode(raw["session_key"]))


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key that signs checkpoints and packages; made at `path` with mode 0600 at the first start."""
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        _write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    loaded = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise TypeError(f"{path.name} holds no Ed25519 private key")
    return loaded


def _write_secret(path: Path, content: bytes) -> None:
    """Create `path` with mode 0600, whole or not at all; a file made meanwhile by another process wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key is the one
    finally:
        draft.unlink()
