"""The metadata of a package: what an archive wants to know of a dossier, made of values, entries and finished files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from logistics.archive.acts import act
from logistics.archive.contents import PackageInput
from logistics.archive.profiles import Profile, sheet_xml
from logistics.archive.profiles.fields import Value, Values
from logistics.rules.archival_code import RETENTIONS, ArchivalCode
from logistics.rules.chain import Entry
from logistics.terms import Secrecy, zh

ENVELOPE, PREMIS = "data/电子文件封装包.xml", "data/premis.xml"
FORMATS = {
    "pdf": ("PDF", "application/pdf"),
    "xml": ("XML", "application/xml"),
    "json": ("JSON", "application/json"),
    "jsonl": ("JSON Lines", "application/jsonl"),
    "png": ("PNG", "image/png"),
    "jpg": ("JPEG", "image/jpeg"),
    "ofd": ("OFD", "application/ofd"),
}
_BYTES = ("原始报文", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Identity:
    """What an archive knows dossier and agency by. Texts that nobody gave are empty; times are aware."""

    code: ArchivalCode  # its parts stand in the metadata also where the package gives no 档号
    region_code: str
    uscc: str
    archives_code: str
    archives_name: str
    task_code: str
    task_name: str
    case_no: str
    mode_words: str
    applicant: str
    receiver_agency: str
    receiver_uscc: str
    accepted_at: datetime
    closed_at: datetime
    decided_at: datetime | None = None
    result: str = ""
    department: str = ""
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A finished file in one of the material folders, `data/<folder>/<letter><number>-<title>.<ending>`."""

    path: str
    title: str
    kind: str
    content: bytes = field(repr=False)
    made_at: datetime

    @property
    def code(self) -> str:
        """Its letter and number, such as `B02`."""
        return self.path.rpartition("/")[2].partition("-")[0]

    @property
    def file_name(self) -> str:
        """Its name without the folders."""
        return self.path.rpartition("/")[2]

    @property
    def sha256(self) -> str:
        """Hex digest of its content."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def format(self) -> tuple[str, str]:
        """What the file is, in a word and as a media type, by its ending."""
        return format_of(self.path)


def format_of(path: str) -> tuple[str, str]:
    """The format of the file at `path` and its media type; a raw message has no ending."""
    return FORMATS.get(path.rpartition("/")[2].rpartition(".")[2].lower(), _BYTES)


def sheets(given: PackageInput, identity: Identity, profile: Profile, files: Sequence[Placed]) -> dict[str, bytes]:
    """Basic information, process information and (where the profile wants it) 归档配置表, by path.

    Raises `ElementMissing` where something the profile wants is not known.
    """
    about = _about(given, identity, profile, files)
    made = {
        f"data/{profile.basic.file}": sheet_xml(
            profile.basic, about, [_file(seq, one) for seq, one in enumerate(files, start=1)]
        ),
        f"data/{profile.process.file}": sheet_xml(profile.process, about, steps(given.entries, profile)),
    }
    if profile.scope is not None:
        folders: list[Values] = [
            {"letter": letter, "folder": folder, "seq": seq}
            for seq, (letter, folder) in enumerate(sorted(profile.folders.items()), start=1)
        ]
        made[f"data/{profile.scope.file}"] = sheet_xml(profile.scope, about, folders)
    return made


def names(profile: Profile) -> list[str]:
    """The paths `sheets` fills."""
    wanted = [profile.basic, profile.process, *([profile.scope] if profile.scope else [])]
    return [f"data/{one.file}" for one in wanted]


def steps(entries: Sequence[Entry], profile: Profile) -> list[Values]:
    """The process in the profile's words: each hand-over, and each act that is a step of it."""
    wanted = [entry for entry in entries if act(entry).step]
    return [_step(seq, entry, profile) for seq, entry in enumerate(wanted, start=1)]


def _step(seq: int, entry: Entry, profile: Profile) -> Values:
    done, facts = act(entry), entry.facts
    return {
        "seq": seq,
        "step": profile.steps[done.step],
        "node": done.behaviour,
        "who": entry.actor_name or entry.actor,
        "agency": entry.agency,
        "opinion": entry.why,
        "at": entry.at,
        "entry": entry.seq,
        "what": entry.what,
        "original": str(facts.get("original") or ""),
        "released_by": _holder(facts.get("from")),
        "accepted_by": _holder(facts.get("to")),
    }


def _holder(value: object) -> str:
    return str(value.get("name") or "") if isinstance(value, Mapping) else ""


def _about(given: PackageInput, one: Identity, profile: Profile, files: Sequence[Placed]) -> Values:
    values: dict[str, Value] = {
        name: getattr(one, name)
        for name in (
            "region_code", "uscc", "archives_code", "archives_name", "task_code", "task_name", "case_no", "mode_words",
            "applicant", "receiver_agency", "receiver_uscc", "accepted_at", "closed_at", "result", "department",
            "remarks",
        )
    }  # fmt: skip
    values |= {
        "record_no": given.record_no,
        "archival_code": given.archival_code,
        "dossier_no": given.dossier_no,
        "title": given.title,
        "agency_name": given.agency_name,
        "fonds_no": one.code.fonds_no,
        "category": one.code.category,
        "year": one.code.year,
        "number": one.code.number,
        "retention": given.retention,
        "retention_words": RETENTIONS[given.retention][0],
        "secrecy": given.secrecy,
        "secrecy_words": zh(Secrecy(given.secrecy)),
        "archived_at": given.made_at,
        "system": profile.system,
        "system_code": profile.system_code,
        "standard": profile.standard,
        "file_count": len(files),
        "total_bytes": sum(len(one.content) for one in files),
    }
    if one.decided_at is not None:
        values["decided_at"] = one.decided_at
    return values


def _file(seq: int, one: Placed) -> Values:
    return {
        "seq": seq,
        "letter": one.code[0],
        "code": one.code,
        "folder": one.path.split("/")[1],
        "title": one.title,
        "kind": one.kind,
        "name": one.file_name.rpartition(".")[0],
        "file_name": one.file_name,
        "path": one.path,
        "format": one.format[0],
        "size": len(one.content),
        "made_at": one.made_at,
        "sha256": one.sha256,
    }
