"""Papers and packages by their SHA-256, create-only: what was stored is never replaced (obstore; a folder by
default).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore


class FileStore:
    """Content-addressed files. Storing the same bytes again changes nothing."""

    def __init__(self, folder: Path) -> None:
        """Keep files under `folder`, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(folder)

    def put(self, content: bytes) -> str:
        """Store `content` durably and return its SHA-256 in hex."""
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self._store.put(_path(sha256), content, mode="create")
        except AlreadyExistsError:
            return sha256  # the same name is the same bytes
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of that SHA-256. Raises FileNotFoundError, or ValueError when the disk gives other bytes back."""
        content = bytes(self._store.get(_path(sha256)).bytes())
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"stored file {sha256} does not have its own digest any more")
        return content


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
