"""Passwords as they are kept: Argon2id, with salt and parameters inside the hash."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

NOBODYS = "!"
"""No hash: nobody logs in with it."""

_hasher = PasswordHasher()
STRANGERS = _hasher.hash(secrets.token_urlsafe(16))
"""Verified for unknown log-ins, so that the answer takes as long."""


def hashed(password: str) -> str:
    """An Argon2id hash of the password, with its own salt and parameters inside."""
    return _hasher.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether the hash was made of this password."""
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)
