"""PREMIS 3 (Library of Congress): the package's files with their digests, and every entry of the ledger as an event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from logistics.archive.acts import act
from logistics.archive.contents import WITNESSED, PackageInput
from logistics.archive.describing import format_of
from logistics.archive.profiles.writing import clean, written
from logistics.rules.chain import Entry, stamp

SPACE = "http://www.loc.gov/premis/v3"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/eventType"
PROGRAM = "邮档 Youdang"


def premis(given: PackageInput, files: Mapping[str, bytes]) -> bytes:
    """The document over `files` (by path in the package) and the whole chain; the last event is the sealing itself."""
    ET.register_namespace("premis", SPACE)
    ET.register_namespace("xsi", _XSI)
    root = _el(None, "premis", version="3.0")
    _entity(root, given)
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    for path, digest in digests.items():
        _file(root, path, digest, len(files[path]))
    by_digest = {digest: path for path, digest in digests.items()}
    for entry in given.entries:
        _event(root, entry, given, by_digest.get(str(entry.facts.get(WITNESSED.get(entry.what, ""), ""))))
    _sealing(root, given, digests)
    _agents(root, given.entries)
    return written(root)


def _entity(root: ET.Element, given: PackageInput) -> None:
    one = _object(root, "intellectualEntity")
    _pair(one, "objectIdentifier", "电子文件号", given.record_no)
    _pair(one, "objectIdentifier", "专档编号", given.dossier_no)
    if given.archival_code:
        _pair(one, "objectIdentifier", "档号", given.archival_code)
    _el(one, "originalName", given.title)


def _file(root: ET.Element, path: str, digest: str, size: int) -> None:
    one = _object(root, "file")
    _pair(one, "objectIdentifier", "包内路径", path)
    characteristics = _el(one, "objectCharacteristics")
    fixity = _el(characteristics, "fixity")
    _el(fixity, "messageDigestAlgorithm", "SHA-256")
    _el(fixity, "messageDigest", digest)
    _el(characteristics, "size", str(size))
    designation = _el(_el(characteristics, "format"), "formatDesignation")
    _el(designation, "formatName", format_of(path)[1])


def _event(root: ET.Element, entry: Entry, given: PackageInput, path: str | None) -> None:
    done = act(entry)
    event = _el(root, "event")
    _pair(event, "eventIdentifier", "留痕序号", f"{given.dossier_no}#{entry.seq}")
    _el(event, "eventType", done.event, authority="eventType", authorityURI=_VOCABULARY)
    _el(event, "eventDateTime", stamp(entry.at))
    detail = f"{done.behaviour}：{entry.why}" if entry.why else done.behaviour
    _el(_el(event, "eventDetailInformation"), "eventDetail", f"{detail}（{entry.what}）")
    _el(_el(event, "eventOutcomeInformation"), "eventOutcome", entry.hash)
    _pair(event, "linkingAgentIdentifier", "经办", entry.actor)
    _pair(event, "linkingObjectIdentifier", "电子文件号", given.record_no)
    if path:
        _pair(event, "linkingObjectIdentifier", "包内路径", path)


def _sealing(root: ET.Element, given: PackageInput, digests: Iterable[str]) -> None:
    event = _el(root, "event")
    _pair(event, "eventIdentifier", "归档", f"{given.dossier_no}#package")
    _el(event, "eventType", "information package creation", authority="eventType", authorityURI=_VOCABULARY)
    _el(event, "eventDateTime", stamp(given.made_at))
    _el(_el(event, "eventDetailInformation"), "eventDetail", f"归档信息包形成：{given.record_no}")
    _pair(event, "linkingAgentIdentifier", "经办", PROGRAM)
    _pair(event, "linkingObjectIdentifier", "电子文件号", given.record_no)
    for path in digests:
        _pair(event, "linkingObjectIdentifier", "包内路径", path)


def _agents(root: ET.Element, entries: Iterable[Entry]) -> None:
    known = {entry.actor: (entry.actor_name, entry.actor.startswith("officer:")) for entry in entries}
    known[PROGRAM] = (PROGRAM, False)
    for actor, (name, person) in sorted(known.items()):
        agent = _el(root, "agent")
        _pair(agent, "agentIdentifier", "经办", actor)
        _el(agent, "agentName", name or actor)
        _el(agent, "agentType", "person" if person else "software")


def _object(root: ET.Element, kind: str) -> ET.Element:
    one = _el(root, "object")
    one.set(f"{{{_XSI}}}type", f"premis:{kind}")
    return one


def _pair(parent: ET.Element, name: str, kind: str, value: str) -> None:
    """An identifier: its type and its value, each named after it as PREMIS does."""
    one = _el(parent, name)
    _el(one, f"{name}Type", kind)
    _el(one, f"{name}Value", value)


def _el(parent: ET.Element | None, name: str, text: str = "", **attributes: str) -> ET.Element:
    tag = f"{{{SPACE}}}{name}"
    made = ET.Element(tag, attributes) if parent is None else ET.SubElement(parent, tag, attributes)
    if text:
        made.text = clean(text)
    return made
