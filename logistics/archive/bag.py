"""BagIt 1.0 (RFC 8493): the manifests of a package, written one way and checked file by file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from logistics.archive.report import Fault

ALGORITHMS = ("sha256", "sha512")
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"
MANIFESTS = tuple(f"manifest-{name}.txt" for name in ALGORITHMS)
TAG_MANIFESTS = tuple(f"tagmanifest-{name}.txt" for name in ALGORITHMS)

_LINE = re.compile(r"([0-9a-f]+)  (\S.*)")


def info(labels: Iterable[tuple[str, str]], payload: Mapping[str, bytes]) -> bytes:
    """`bag-info.txt` with the given labels and the Payload-Oxum. Raises ValueError for a value of several lines."""
    oxum = f"{sum(map(len, payload.values()))}.{len(payload)}"
    rows = [*labels, ("Payload-Oxum", oxum)]
    if any(not value.strip() or len(value.splitlines()) != 1 for _, value in rows):
        raise ValueError("a bag-info value is one line that is not empty")
    return "".join(f"{label}: {value}\n" for label, value in rows).encode()


def manifests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The payload manifests of the files under `data/`, by their names."""
    payload = {path: content for path, content in files.items() if path.startswith(PAYLOAD)}
    return {f"manifest-{name}.txt": _manifest(name, payload) for name in ALGORITHMS}


def tag_manifests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The tag manifests of all other files (never of themselves), by their names."""
    tags = {path: content for path, content in files.items() if _is_tag(path)}
    return {f"tagmanifest-{name}.txt": _manifest(name, tags) for name in ALGORITHMS}


def check(files: Mapping[str, bytes], unreadable: Collection[str]) -> list[Fault]:
    """Every file that is changed, missing or not listed, by every manifest; then manifests not in canonical form."""
    faults: dict[Fault, None] = {}
    for name in ("bagit.txt", "bag-info.txt", *MANIFESTS, *TAG_MANIFESTS):
        if name not in files and name not in unreadable:
            faults[Fault(name, "缺少这个文件", "this file is missing")] = None
    if files.get("bagit.txt", DECLARATION) != DECLARATION:
        faults[Fault("bagit.txt", "不是 BagIt 1.0 声明", "not the declaration of BagIt 1.0")] = None
    payload = {path for path in files if path.startswith(PAYLOAD)}
    tags = {path for path in files if _is_tag(path)}
    for prefix, paths, canonical in (("", payload, manifests(files)), ("tag", tags, tag_manifests(files))):
        for algorithm in ALGORITHMS:
            name = f"{prefix}manifest-{algorithm}.txt"
            if name in files:
                faults.update(dict.fromkeys(_compare(name, algorithm, files, paths, unreadable)))
                if not faults and files[name] != canonical[name]:
                    faults[Fault(name, "不是规范写法", "not in canonical form")] = None
    return list(faults)


def _compare(
    manifest: str, algorithm: str, files: Mapping[str, bytes], paths: set[str], unreadable: Collection[str]
) -> list[Fault]:
    listed, faults = _listed(manifest, files[manifest])
    for path in sorted(listed.keys() | paths):
        if path not in listed:
            faults.append(Fault(path, f"{manifest} 中没有列出，是多出的文件", f"extra: not listed in {manifest}"))
        elif path not in paths:
            if path not in unreadable:
                faults.append(Fault(path, f"缺少；{manifest} 中列有它", f"missing: listed in {manifest}"))
        elif hashlib.new(algorithm, files[path]).hexdigest() != listed[path]:
            zh = f"内容与 {manifest} 中的校验值不符，已被改动或损坏"
            faults.append(Fault(path, zh, f"changed or damaged: its checksum is not the one in {manifest}"))
    return faults


def _listed(manifest: str, content: bytes) -> tuple[dict[str, str], list[Fault]]:
    listed: dict[str, str] = {}
    faults = []
    for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
        match = _LINE.fullmatch(line)
        path = match and _decoded(match[2])
        if not match or not path or path in listed:
            faults.append(Fault(manifest, f"第 {number} 行看不懂或重复", f"line {number} is malformed or repeated"))
        else:
            listed[path] = match[1]
    return listed, faults


def _manifest(algorithm: str, files: Mapping[str, bytes]) -> bytes:
    rows = sorted((path.encode(), path) for path in files)
    return "".join(
        f"{hashlib.new(algorithm, files[path]).hexdigest()}  {_encoded(path)}\n" for _, path in rows
    ).encode()


def _is_tag(path: str) -> bool:
    return not path.startswith(PAYLOAD) and path not in TAG_MANIFESTS


def _encoded(path: str) -> str:
    """As RFC 8493 §2.1.3 wants it: NFC, with %, CR and LF written as %25, %0D, %0A."""
    path = unicodedata.normalize("NFC", path)
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _decoded(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
