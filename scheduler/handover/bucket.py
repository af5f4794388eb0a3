"""A bucket of an S3-compatible store with object lock: the only file that imports boto3, which obstore cannot replace
here, since it has no way to ask for a lock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from scheduler.handover.destination import Lock, NotNow, Refused

_SECONDS = 60


class Bucket:
    """The batch `no` under `s3://bucket/prefix`; `aws` are settings by their usual names."""

    def __init__(self, url: str, no: str, aws: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self._bucket, prefix = parts.netloc, parts.path.strip("/")
        self._top = f"{prefix}/{no}/" if prefix else f"{no}/"
        self._s3: Any = boto3.client(
            "s3",
            endpoint_url=aws.get("AWS_ENDPOINT_URL"),
            region_name=aws.get("AWS_REGION"),
            aws_access_key_id=aws.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=aws.get("AWS_SECRET_ACCESS_KEY"),
            config=BotoConfig(
                connect_timeout=10, read_timeout=_SECONDS, retries={"max_attempts": 3}, s3={"addressing_style": "path"}
            ),
        )

    @property
    def location(self) -> str:
        """The batch's address."""
        return f"s3://{self._bucket}/{self._top}"

    def begin(self) -> None:
        """The bucket is there and was made with object lock."""
        with _troubles():
            try:
                found = self._s3.get_object_lock_configuration(Bucket=self._bucket)
            except ClientError as why:
                if _code(why) != "ObjectLockConfigurationNotFoundError":
                    raise
                found = {}
        if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
            raise Refused(f"桶 {self._bucket} 没有开启对象锁定，不能用来移交。请另建开启对象锁定的桶")

    def write(self, path: str, content: bytes, lock: Lock | None) -> None:
        """The object is there under its lock, which was read back."""
        asked: dict[str, Any] = {"Bucket": self._bucket, "Key": self._top + path}
        with _troubles():
            try:
                self._s3.put_object(**asked, Body=content, IfNoneMatch="*", ChecksumAlgorithm="SHA256", **_lock(lock))
            except ClientError as why:
                if _status(why) != 412:  # it is there already: the same bytes, or not ours to touch
                    raise
                if self.read(path) != content:
                    raise Refused(f"{self.location}{path} 已有别的内容，没有覆盖。请换一个前缀后重试") from why
            if lock is not None:
                self._require_locked(asked, lock)

    def _require_locked(self, asked: dict[str, Any], lock: Lock) -> None:
        """The store itself says that the lock is set: a store that ignores what it does not know would not."""
        found = self._s3.head_object(**asked)
        if lock.until is None:
            if found.get("ObjectLockLegalHoldStatus") != "ON":
                raise Refused(f"{asked['Key']} 没有锁上（法律保留）。请检查桶的设置和权限")
            return
        until, mode = found.get("ObjectLockRetainUntilDate"), found.get("ObjectLockMode")
        wanted = "COMPLIANCE" if lock.compliance else "GOVERNANCE"
        if mode not in (wanted, "COMPLIANCE") or until is None or until < lock.until - timedelta(seconds=1):
            raise Refused(f"{asked['Key']} 没有按保管期限锁上。请检查桶的设置和权限")

    def finish(self, paths: frozenset[str]) -> None:
        """The batch's address holds these objects and no other."""
        with _troubles():
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._top)
            found = {one["Key"].removeprefix(self._top) for page in pages for one in page.get("Contents", [])}
        if found != paths:
            odd = sorted(found ^ paths)[:3]
            raise Refused(f"{self.location} 里的文件与批次不符：{'、'.join(odd)}。请换一个前缀后重试")

    def read(self, path: str) -> bytes:
        """The object's bytes, from the store."""
        with _troubles():
            body: bytes = self._s3.get_object(Bucket=self._bucket, Key=self._top + path)["Body"].read()
            return body


def _lock(lock: Lock | None) -> dict[str, Any]:
    if lock is None:
        return {}
    if lock.until is None:
        return {"ObjectLockLegalHoldStatus": "ON"}
    mode = "COMPLIANCE" if lock.compliance else "GOVERNANCE"
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": lock.until}


def _code(why: ClientError) -> str:
    return str(why.response.get("Error", {}).get("Code", ""))


def _status(why: ClientError) -> int:
    return int(why.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


@contextlib.contextmanager
def _troubles() -> Iterator[None]:
    """The store's words as ours: its own fault or a network's passes, what it forbids needs a person."""
    try:
        yield
    except ClientError as why:
        status = _status(why)
        if status in (400, 401, 403, 404):
            raise Refused(f"对象存储拒绝：{_code(why)}。请检查桶、权限和密钥") from why
        raise NotNow(f"对象存储没有办成：{_code(why) or status}") from why
    except BotoCoreError as why:
        raise NotNow(f"对象存储连不上：{type(why).__name__}") from why
