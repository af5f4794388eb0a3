"""BagIt 1.0 (RFC 8493): the manifests of a package, written one way and checked file by file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from logistics.archive.findings import fault
from logistics.archive.report import Fault
from logistics.archive.sm import sm3

ALGORITHMS = ("sha256", "sha512")
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"
MANIFESTS = tuple(f"manifest-{name}.txt" for name in ALGORITHMS)
TAG_MANIFESTS = tuple(f"tagmanifest-{name}.txt" for name in ALGORITHMS)
SM3 = "sm3"
SM3_MANIFEST = f"manifest-{SM3}.txt"  # GM/T 0004, where the setting asks for it; other tools pass it over

_LINE = re.compile(r"([0-9a-f]+)  (\S.*)")


def info(labels: Iterable[tuple[str, str]], payload: Mapping[str, bytes]) -> bytes:
    """`bag-info.txt` with the given labels and the Payload-Oxum. Raises ValueError for a value of several lines."""
    rows = [*labels, ("Payload-Oxum", _oxum(payload))]
    if any(not value.strip() or len(value.splitlines()) != 1 for _, value in rows):
        raise ValueError("a bag-info value is one line that is not empty")
    return "".join(f"{label}: {value}\n" for label, value in rows).encode()


def _oxum(payload: Mapping[str, bytes]) -> str:
    """Bytes and files of the payload, as bag-info states them."""
    return f"{sum(map(len, payload.values()))}.{len(payload)}"


def manifests(files: Mapping[str, bytes], *, sm3: bool = False) -> dict[str, bytes]:
    """The payload manifests of the files under `data/`, by their names."""
    payload = {path: content for path, content in files.items() if path.startswith(PAYLOAD)}
    algorithms = (*ALGORITHMS, SM3) if sm3 else ALGORITHMS
    return {f"manifest-{name}.txt": _manifest(name, payload) for name in algorithms}


def tag_manifests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The tag manifests of all other files (never of themselves), by their names."""
    tags = {path: content for path, content in files.items() if _is_tag(path)}
    return {f"tagmanifest-{name}.txt": _manifest(name, tags) for name in ALGORITHMS}


def check(files: Mapping[str, bytes], unreadable: Collection[str]) -> list[Fault]:
    """Every file that is changed, missing or not listed, then every manifest that is itself at fault."""
    faults = [
        fault(name, "missing")
        for name in ("bagit.txt", "bag-info.txt", *MANIFESTS, *TAG_MANIFESTS)
        if name not in files and name not in unreadable
    ]
    if files.get("bagit.txt", DECLARATION) != DECLARATION:
        faults.append(fault("bagit.txt", "declaration"))
    payload = {path: content for path, content in files.items() if path.startswith(PAYLOAD)}
    tags = {path for path in files if _is_tag(path)}
    faults += _check_set(files, set(payload), unreadable, manifests(files, sm3=SM3_MANIFEST in files))
    faults += _check_set(files, tags, unreadable, tag_manifests(files))
    stated = f"\nPayload-Oxum: {_oxum(payload)}\n".encode()
    if not faults and not unreadable and not files["bag-info.txt"].endswith(stated):
        faults.append(fault("bag-info.txt", "oxum"))
    return faults


def _check_set(
    files: Mapping[str, bytes],
    paths: set[str],
    unreadable: Collection[str],
    wanted: Mapping[str, bytes],
) -> list[Fault]:
    """A file against which all manifests speak is at fault; where they disagree, the manifest that objects is."""
    faults: list[Fault] = []
    against: dict[str, dict[str, Fault]] = {}
    present = [(name, name.removesuffix(".txt").rpartition("-")[2]) for name in wanted if name in files]
    for name, algorithm in present:
        listed, malformed = _listed(name, files[name])
        faults += malformed
        for one in _compare(name, algorithm, listed, files, paths, unreadable):
            against.setdefault(one.file, {})[name] = one
    for path, found in against.items():
        if len(found) == len(present):
            faults.append(next(iter(found.values())))
            continue
        faults += [fault(name, "manifests_disagree", path=path) for name in found]
    if not faults:
        odd = [name for name, _ in present if files[name] != wanted[name]]
        faults += [fault(name, "form") for name in odd]
    return faults


def _compare(
    manifest: str,
    algorithm: str,
    listed: Mapping[str, str],
    files: Mapping[str, bytes],
    paths: set[str],
    unreadable: Collection[str],
) -> list[Fault]:
    faults = []
    for path in sorted(listed.keys() | paths):
        if path not in listed:
            faults.append(fault(path, "unlisted", manifest=manifest))
        elif path not in paths:
            if path not in unreadable:
                faults.append(fault(path, "listed_missing", manifest=manifest))
        elif _digest(algorithm, files[path]) != listed[path]:
            faults.append(fault(path, "changed", manifest=manifest))
    return faults


def _listed(manifest: str, content: bytes) -> tuple[dict[str, str], list[Fault]]:
    listed: dict[str, str] = {}
    faults = []
    for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
        match = _LINE.fullmatch(line)
        path = match and _decoded(match[2])
        if not match or not path or path in listed:
            faults.append(fault(manifest, "manifest_line", number=number))
        else:
            listed[path] = match[1]
    return listed, faults


def _manifest(algorithm: str, files: Mapping[str, bytes]) -> bytes:
    rows = sorted((path.encode(), path) for path in files)
    return "".join(f"{_digest(algorithm, files[path])}  {_encoded(path)}\n" for _, path in rows).encode()


def _digest(algorithm: str, content: bytes) -> str:
    return sm3(content) if algorithm == SM3 else hashlib.new(algorithm, content).hexdigest()


def _is_tag(path: str) -> bool:
    return not path.startswith(PAYLOAD) and path not in TAG_MANIFESTS


def _encoded(path: str) -> str:
    """As RFC 8493 §2.1.3 wants it: NFC, with %, CR and LF written as %25, %0D, %0A."""
    path = unicodedata.normalize("NFC", path)
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _decoded(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
