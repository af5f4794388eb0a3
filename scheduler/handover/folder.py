"""A folder, on a disk or a mounted medium: written beside its final name, named when whole.

Until `finish` everything lies in `.<batch>.partial`; a reader of the folder sees a whole hand-over or none.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from scheduler.handover.destination import Lock, NotNow, Refused

_HALF = ".half"


class Folder:
    """The batch `no` under `root`."""

    def __init__(self, root: Path, no: str, *, mounted: bool = False) -> None:
        """`mounted`: the root is a medium that a person must have put in; it is not made."""
        self._root, self._no, self._mounted = root, no, mounted
        self._final, self._partial = root / no, root / f".{no}.partial"

    @property
    def location(self) -> str:
        """The folder's final path."""
        return str(self._final)

    def begin(self) -> None:
        """The root is there and can be written."""
        with _troubles(self._root):
            if self._mounted and not self._root.is_dir():
                raise NotNow(f"没有找到离线载体 {self._root}，请放入载体并挂载")
            self._root.mkdir(parents=True, exist_ok=True)
            if not self._final.exists():
                self._partial.mkdir(exist_ok=True)

    def write(self, path: str, content: bytes, lock: Lock | None) -> None:
        """The file is there and on the disk, not only in memory."""
        assert lock is None, "a folder cannot lock"
        place = self._place(path)
        with _troubles(place):
            if place.exists():
                if place.read_bytes() != content:
                    raise Refused(f"{place} 已有别的内容，没有覆盖。请移走后重试")
                return
            place.parent.mkdir(parents=True, exist_ok=True)
            half = place.with_name(place.name + _HALF)
            with open(half, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.rename(half, place)
            _sync(place.parent)

    def finish(self, paths: frozenset[str]) -> None:
        """The partial folder has its final name."""
        with _troubles(self._final):
            there = self._final if self._final.exists() else self._partial
            found = {str(one.relative_to(there)) for one in there.rglob("*") if one.is_file()}
            odd = sorted(found - paths)
            if there == self._partial:
                for one in odd:
                    if one.endswith(_HALF):  # of a process that was killed while it wrote
                        (there / one).unlink()
                odd = [one for one in odd if not one.endswith(_HALF)]
            if odd or paths - found:
                raise Refused(
                    f"{there} 里的文件与批次不符：{'、'.join((odd + sorted(paths - found))[:3])}。请移走后重试"
                )
            if there == self._partial:
                os.rename(self._partial, self._final)
                _sync(self._root)

    def read(self, path: str) -> bytes:
        """The bytes as the disk gives them, not as memory remembers them."""
        place = self._place(path)
        with _troubles(place), open(place, "rb") as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return file.read()

    def _place(self, path: str) -> Path:
        there = self._final if self._final.exists() else self._partial
        place = there / path
        if not place.resolve().is_relative_to(there.resolve()):
            raise Refused(f"{path} 不在移交文件夹内")
        return place


def _sync(folder: Path) -> None:
    """The folder's entries are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _troubles(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise NotNow(f"写不进 {place}：{why.strerror or type(why).__name__}") from why
