"""Hand-over to a bucket with object lock, and files kept in a bucket: a real S3 protocol on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer
from sqlmodel import Session

from couriers import adapters
from logistics.errors import NotAllowed, Rejected
from logistics.rules.keeping import lock_until
from logistics.services import transfers
from logistics.store import transfers as stored
from logistics.store.context import Keeping
from logistics.store.embedded import Urls
from logistics.store.files import FileAltered, FileLost, FileStore
from logistics.tables import LedgerEntry
from logistics.terms import LockMode, TransferState, TransferTarget
from scheduler import transfers as job
from scheduler.handover.bucket import Bucket
from scheduler.handover.destination import Lock, NotNow, Refused
from tests import builders, kept

S3 = {"target": TransferTarget.S3, "lock_mode": LockMode.GOVERNANCE}


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    """Settings of a store that runs in this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": "cn-north-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    server.stop()


@pytest.fixture
def s3(aws: dict[str, str]) -> Any:
    """The store's own client; bucket `archive` locks, `loose` does not."""
    client: Any = boto3.client(
        "s3", endpoint_url=aws["AWS_ENDPOINT_URL"], region_name=aws["AWS_REGION"],
        aws_access_key_id="key", aws_secret_access_key="secret",
    )  # fmt: skip
    here = {one["Name"] for one in client.list_buckets()["Buckets"]}
    for name in {"archive", "loose"} - here:
        client.create_bucket(
            Bucket=name, ObjectLockEnabledForBucket=name == "archive",
            CreateBucketConfiguration={"LocationConstraint": "cn-north-1"},
        )  # fmt: skip
    return client


@pytest.fixture
def town(seeded: Urls, tmp_path: Path, aws: dict[str, str], s3: Any) -> Iterator[kept.Kept]:
    house = builders.house(seeded, tmp_path, adapters.from_settings({}))
    house.web = replace(house.web, keeping=Keeping(bucket_url=f"s3://archive/{tmp_path.name}", aws=aws))
    house.system = replace(house.system, keeping=house.web.keeping)
    yield kept.kept(house, [kept.package(1)])
    house.close()


def drafted(town: kept.Kept, **changes: object) -> str:
    made = transfers.draft(town.house.web, town.manager, town.house.command(), town.batch(**{**S3, **changes}))
    return str(made["batch"])


def test_each_object_is_locked_until_its_retention_is_over(town: kept.Kept, s3: Any, tmp_path: Path) -> None:
    no = drafted(town)
    transfers.order(town.house.web, town.manager, town.house.command(), no)
    assert job.once(town.house.system) == 1
    with Session(town.house.system.engine) as session:
        batch, lines = stored.by_no(session, no), None
        lines = stored.lines(session, batch)
    key = f"{tmp_path.name}/{no}/{lines[0].path}"
    assert s3.get_object(Bucket="archive", Key=key)["Body"].read() == kept.package(1)
    found = s3.head_object(Bucket="archive", Key=key)
    assert (found["ObjectLockMode"], found["ObjectLockRetainUntilDate"]) == ("GOVERNANCE", lock_until("D30", 2026))
    version = found["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="archive", Key=key, VersionId=version)
    [told] = town.rows(LedgerEntry, what="package:transferred")
    assert told.facts["lock"] == "GOVERNANCE 2056-12-31T16:00:00+00:00"  # type: ignore[attr-defined]


def test_compliance_waits_for_another_person_who_types_what_cannot_be_undone(town: kept.Kept, s3: Any) -> None:
    house, no = town.house, drafted(town, lock_mode=LockMode.COMPLIANCE)
    transfers.order(house.web, town.manager, house.command(), no)
    assert job.once(house.system) == 0, "nothing is written before the second person"
    with pytest.raises(NotAllowed):
        transfers.confirm(house.web, town.manager, house.command(), no, f"COMPLIANCE {no}")
    with pytest.raises(Rejected, match="differs"):
        transfers.confirm(house.web, town.second, house.command(), no, "compliance")
    transfers.confirm(house.web, town.second, house.command(), no, f"COMPLIANCE {no}")
    assert job.once(house.system) == 1
    with Session(house.system.engine) as session:
        assert stored.by_no(session, no).state is TransferState.HANDED_OVER


def test_a_bucket_without_object_lock_or_out_of_reach_takes_nothing(aws: dict[str, str], s3: Any) -> None:
    with pytest.raises(Refused, match="对象锁定"):
        Bucket("s3://loose", "B", aws).begin()
    with pytest.raises(Refused, match="NoSuchBucket"):
        Bucket("s3://nowhere", "B", aws).begin()
    with pytest.raises(NotNow):
        Bucket("s3://archive", "B", {**aws, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}).begin()


def test_the_same_object_again_is_the_first_one_and_another_is_refused(aws: dict[str, str], s3: Any) -> None:
    bucket, lock = Bucket("s3://archive/again", "B", aws), Lock(False, None)
    for _ in range(2):
        bucket.write("one.zip", b"one", lock)
    assert s3.get_object_legal_hold(Bucket="archive", Key="again/B/one.zip")["LegalHold"]["Status"] == "ON"
    with pytest.raises(Refused, match="没有覆盖"):
        bucket.write("one.zip", b"two", lock)
    assert bucket.read("one.zip") == b"one"
    with pytest.raises(Refused, match="不符"):
        bucket.finish(frozenset({"one.zip", "two.zip"}))
    bucket.finish(frozenset({"one.zip"}))


def test_files_in_a_bucket_are_create_only_and_told_apart_when_lost_or_changed(aws: dict[str, str], s3: Any) -> None:
    files = FileStore.in_bucket("s3://loose/files", aws)
    first, again = files.put(b"paper"), files.put(b"paper")
    assert first == again
    assert files.get(first) == b"paper"
    assert list(files.every()) == [(first, 5)]
    s3.put_object(Bucket="loose", Key=f"files/{first[:2]}/{first}", Body=b"other")
    with pytest.raises(FileAltered):
        files.get(first)
    files.remove(first)
    files.remove(first)
    with pytest.raises(FileLost):
        files.get(first)
