"""A package as it is met: one ZIP, or the folder it unpacks to; what is wrong with the ZIP goes with its files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from logistics.archive.checks.formats import swollen
from logistics.archive.checks.report import CheckReport, Link, note
from logistics.archive.checks.running import run
from logistics.archive.checks.subject import Batch, VirusScan
from logistics.archive.opening import open_package
from logistics.archive.profiles import Profile
from logistics.archive.report import CONTAINER, Fault

MOST_BYTES = 2 * 1024**3


class Unreadable(ValueError):
    """There is nothing that could be checked; the text says why, in Chinese and English."""


@dataclass(frozen=True)
class Package:
    """Files by their paths inside the package's folder, whose name is `folder` (empty when there is none)."""

    files: dict[str, bytes]
    folder: str
    zipped: bool
    container: tuple[Fault, ...] = ()

    def check(
        self,
        link: Link,
        at: datetime,
        *,
        batch: Batch | None = None,
        virus: VirusScan | None = None,
        profiles: Iterable[Profile] = (),
    ) -> CheckReport:
        """The report on this sealed package; see `running.run`."""
        return run(
            self.files, link, at, batch=batch, virus=virus, folder=self.folder, zipped=self.zipped,
            container=self.container, profiles=profiles,
        )  # fmt: skip


def open_bytes(data: bytes) -> Package:
    """The package in a ZIP held in memory. Raises `Unreadable`."""
    opened = open_package(data)
    if not opened.files:
        said = opened.faults[0] if opened.faults else note(CONTAINER, "ZIP 里没有文件", "the ZIP holds no file")
        raise Unreadable(f"{said.reason_zh} ({said.reason_en})")
    return Package(opened.files, opened.top, zipped=True, container=(*opened.faults, *_swollen(data)))


def open_path(path: Path) -> Package:
    """The package in the ZIP or folder at `path`. Raises `Unreadable`."""
    try:
        if path.is_dir():
            return _folder(path)
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable("超过 2 GiB，未读取 (larger than 2 GiB and not read)")
        return open_bytes(path.read_bytes())
    except OSError as why:
        raise Unreadable(f"打不开：{why.strerror} (cannot be opened)") from why


def _folder(path: Path) -> Package:
    """The folder itself, or the one folder in it, as unpacking leaves it."""
    inside = sorted(path.iterdir())
    if not (path / "data").is_dir() and len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink():
        path = inside[0]
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    left = MOST_BYTES
    for one in sorted(path.rglob("*")):
        name = one.relative_to(path).as_posix()
        if one.is_symlink() or not (one.is_file() or one.is_dir()):
            faults.append(note(name, "不是普通文件（符号链接等）", "not an ordinary file", "no_plain_file"))
        elif one.is_file():
            left -= one.stat().st_size
            if left < 0:
                raise Unreadable("超过 2 GiB，未读取 (larger than 2 GiB and not read)")
            files[name] = one.read_bytes()
    if not files:
        raise Unreadable("文件夹里没有文件 (the folder holds no file)")
    return Package(files, path.resolve().name, zipped=False, container=tuple(faults))


def _swollen(data: bytes) -> Iterator[Fault]:
    """Members of the ZIP that are packed by more than nine tenths."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return  # what cannot be listed is a fault of the ZIP already
    for one in members:
        if swollen(one):
            yield note(
                one.filename.partition("/")[2] or one.filename,
                "压缩率超过 90%，疑为压缩炸弹",
                "packed by more than 90 %: a bomb?",
                "swollen",
            )
