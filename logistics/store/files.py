"""Papers and packages by their SHA-256, create-only: what was stored is never replaced (obstore; a folder by
default, a bucket of an S3-compatible store by setting).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from logistics.errors import YoudangError

_NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})")


class FileLost(YoudangError, FileNotFoundError):
    """The store has no file of that SHA-256: it was never stored, was disposed of, or is lost. HTTP 410."""

    status = 410

    def __init__(self, sha256: str) -> None:
        """Name the file by its digest, which stays provable."""
        super().__init__(
            f"文件已不在：可能已按期处置，或者丢失。它的 SHA-256 是 {sha256}。请督查管理人员看归档页。",
            f"The file is gone: disposed of after its time, or lost. Its SHA-256 is {sha256}. See the archive's page.",
            "file_gone",
        )


class FileAltered(ValueError):
    """The store gives other bytes back than were stored."""


class FileStore:
    """Content-addressed files. Storing the same bytes again changes nothing."""

    def __init__(self, folder: Path) -> None:
        """Keep files under `folder`, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        self._store: ObjectStore = LocalStore(folder)

    @classmethod
    def in_bucket(cls, url: str, aws: Mapping[str, str]) -> FileStore:
        """Keep files under `s3://bucket/prefix`; `aws` are settings by their usual names (`AWS_REGION`, …)."""
        made = cls.__new__(cls)
        made._store = S3Store.from_url(url, **_options(aws))
        return made

    def put(self, content: bytes) -> str:
        """Store `content` durably and return its SHA-256 in hex."""
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self._store.put(_path(sha256), content, mode="create")
        except AlreadyExistsError:
            return sha256  # the same name is the same bytes
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of that SHA-256. Raises `FileLost`, or `FileAltered` when the store gives other bytes back."""
        try:
            content = bytes(self._store.get(_path(sha256)).bytes())
        except (NotFoundError, FileNotFoundError) as why:
            raise FileLost(sha256) from why
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileAltered(f"stored file {sha256} does not have its own digest any more")
        return content

    def remove(self, sha256: str) -> None:
        """The store has no file of that SHA-256 any more. For disposals only: nothing else may take a file away."""
        try:
            self._store.delete(_path(sha256))
        except (NotFoundError, FileNotFoundError):
            return  # an earlier try of the same disposal took it away

    def every(self) -> Iterator[tuple[str, int]]:
        """SHA-256 (by name) and size in bytes of every file that lies in the store, whoever knows of it."""
        for batch in self._store.list(chunk_size=1000):
            for one in batch:
                found = _NAME.fullmatch(one["path"])
                if found:
                    yield found[1], one["size"]


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _options(aws: Mapping[str, str]) -> dict[str, Any]:
    """What obstore wants to be told; plain HTTP is for a store in one's own house."""
    names = {
        "AWS_ENDPOINT_URL": "endpoint",
        "AWS_REGION": "region",
        "AWS_ACCESS_KEY_ID": "access_key_id",
        "AWS_SECRET_ACCESS_KEY": "secret_access_key",
    }
    options: dict[str, Any] = {names[name]: value for name, value in aws.items() if name in names}
    return options | {"client_options": {"allow_http": aws.get("AWS_ENDPOINT_URL", "").startswith("http://")}}
