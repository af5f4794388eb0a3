"""Opening a file that claims to be a package, whatever it is, and saying what is wrong with the ZIP.

A file in canonical form is taken as it is. Any other is a fault already; it is still read as far as can be done
safely, so that the files concerned can be named.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from logistics.archive import container, directory
from logistics.archive.directory import DamagedError, Member
from logistics.archive.findings import fault
from logistics.archive.report import CONTAINER, Fault

MOST_UNPACKED = 512 * 1024 * 1024  # bytes; a canonical package never unpacks to more than its own size
MOST_RATIO = 100
_REGULAR_FILE = 0o100000
_UNSAFE = frozenset('\\:*?"<>|\ufffd')


@dataclass
class Opened:
    """Contents by path inside the bag; `unreadable` paths are there but cannot be read whole."""

    top: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: str, code: str, **values: str | int) -> None:
        """Note a fault of `file`."""
        self.faults.append(fault(file, code, **values))


def open_package(data: bytes) -> Opened:
    """Everything that can be read of `data`, and every fault of the ZIP itself. Never raises for any bytes."""
    walked = [(name, content) for name, _, content in container.walk(data) if content is not None]
    members = dict(walked)
    if members and len(members) == len(walked) and _canonical(members, data):
        return _bag(members, Opened())
    try:
        listed, comment = directory.listed(data)
    except DamagedError:
        return _salvage(data, members)
    opened = _by_directory(listed, comment, data)
    told = len(opened.files) + sum(one.code == "odd_compression" for one in opened.faults)
    misleading = 2 * told < len(members)  # a directory that hides most of what stands there
    return _salvage(data, members) if misleading else opened


def _canonical(members: dict[str, bytes], data: bytes) -> bool:
    try:
        return container.write(members) == data
    except ValueError:
        return False


def _salvage(data: bytes, members: dict[str, bytes]) -> Opened:
    """The directory is of no use: what stands at the start of the file is read record by record."""
    opened = Opened()
    cut = [(name, offset) for name, offset, content in container.walk(data) if content is None]
    if not members and not cut:
        opened.fault(CONTAINER, "no_zip")
        return opened
    _bag(members, opened)
    for name, offset in cut:
        file = _inside(name, opened.top or name.partition("/")[0]) or CONTAINER
        opened.unreadable.add(file)
        opened.fault(file, "record_cut", offset=offset)
    if not cut:
        opened.fault(CONTAINER, "directory_damaged")
    return opened


def _by_directory(listed: list[Member], comment: bytes, data: bytes) -> Opened:
    opened, members, left = Opened(), dict[str, bytes](), MOST_UNPACKED
    bad: list[str] = []
    if not data.startswith(b"PK\x03\x04"):
        opened.fault(CONTAINER, "bytes_before")
    if comment:
        opened.fault(CONTAINER, "zip_comment")
    for member in listed:
        name = member.name
        file = _inside(name, name.partition("/")[0])
        reason = _forbidden(member, members, left)
        if reason:
            opened.fault(file, reason)
            bad.append(name)
            continue
        try:
            members[name] = directory.content(member, data)
        except DamagedError as why:
            opened.fault(file, "member_unreadable", why=str(why))
            bad.append(name)
            continue
        left -= member.size
    _bag(members, opened)
    opened.unreadable |= {_inside(name, opened.top) for name in bad}
    _locate(members, data, opened)
    return opened


def _forbidden(member: Member, members: dict[str, bytes], left: int) -> str | None:
    if member.name.endswith("/"):
        return "folder_entry"
    if member.name in members:
        return "name_twice"
    if member.kind not in (0, _REGULAR_FILE):
        return "no_plain_file"
    if member.method not in (directory.STORED, directory.DEFLATED):
        return "odd_compression"
    if member.size > left or member.size > MOST_RATIO * max(member.compressed, 1):
        return "bomb"
    return None


def _locate(members: dict[str, bytes], data: bytes, opened: Opened) -> None:
    """Say where the ZIP departs from canonical form, so that a change no file's content shows has a place too."""
    if opened.faults:
        return
    try:
        name, offset = container.where(members, data)
    except ValueError as why:
        opened.fault(CONTAINER, "zip_unfit", why=str(why))
        return
    file = CONTAINER if name is None else _inside(name, opened.top)
    opened.fault(file, "zip_form", offset=offset)


def _bag(members: dict[str, bytes], opened: Opened) -> Opened:
    """Take the one folder off all paths; a path outside it, or one that is no plain path, is a fault."""
    tops = Counter(name.partition("/")[0] for name in members if "/" in name).most_common(1)
    opened.top = tops[0][0] if tops else ""
    seen: set[str] = set()
    for name, content in members.items():
        top, slash, inside = name.partition("/")
        reason = _no_plain_path(name, seen)
        if reason:
            opened.fault(_inside(name, opened.top), reason)
        if not slash or top != opened.top:
            opened.fault(name, "outside_folder")
        else:
            opened.files[inside] = content
    return opened


def _no_plain_path(name: str, seen: set[str]) -> str | None:
    """Why people's systems could unpack this name to another place or over another file; `seen` gathers names."""
    folded = unicodedata.normalize("NFC", name).casefold()
    if folded in seen:
        return "same_but_case"
    seen.add(folded)
    if name.endswith("/"):
        return "folder_entry"
    if set(name) & _UNSAFE or not name.isprintable() or {"", ".", ".."} & set(name.split("/")):
        return "unsafe_path"
    return None


def _inside(name: str, top: str) -> str:
    return name.removeprefix(top + "/") or name
