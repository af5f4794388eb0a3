"""What is examined: the files of one package and what they say, each read once and only when a check asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from logistics.archive import bag, evidence, shape, story
from logistics.archive.checkpoints import Checkpoint
from logistics.archive.checks import binding, formats
from logistics.archive.checks.metadata import Metadata
from logistics.archive.checks.report import Covered, Link, Outcome, not_applicable, printable
from logistics.archive.contents import RAW, witnessed
from logistics.archive.package import README
from logistics.archive.payload import CUSTODY, DOSSIER, EVENTS, FIXED, LEDGER
from logistics.archive.profiles import Profile
from logistics.archive.report import Fault
from logistics.rules import chain
from logistics.rules.chain import Entry

REPORT_XML, REPORT_PDF = "data/四性检测报告.xml", "data/四性检测报告.pdf"
_ALWAYS = frozenset([
    "bagit.txt", "bag-info.txt", README, *bag.MANIFESTS, *bag.TAG_MANIFESTS, *FIXED, *evidence.FILES, REPORT_XML,
    REPORT_PDF,
])  # fmt: skip
#: Files that depend on the report inside the package and so cannot be looked at by it.
LATER = frozenset([
    REPORT_XML, REPORT_PDF, "bagit.txt", "bag-info.txt", *bag.MANIFESTS, *bag.TAG_MANIFESTS, bag.SM3_MANIFEST,
    evidence.STATEMENT, evidence.SIGNATURE, evidence.SM2_SIGNATURE, evidence.STATEMENT_STAMP,
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One package as the batch's catalogue lists it: its ZIP's bytes and SHA-256 (hex); no 档号 is empty text."""

    record_no: str
    archival_code: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The batch a package is handed over in: its catalogue, and the totals of the registration form (登记表).

    `explained` gives the reason for each 电子文件号 that the numbering leaves out, such as a dossier under hold.
    """

    no: str
    lines: tuple[BatchLine, ...]
    registered_packages: int
    registered_bytes: int
    explained: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VirusScan:
    """What the agency's own scanner said of the package: its name and version, when, and the files it objects to."""

    scanner: str
    at: datetime  # aware UTC
    infected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """One package at one link. `sealed` is false before manifests and statement exist (see `LATER`).

    `container` holds what was wrong with the ZIP; `zipped` says whether there was one at all. `profiles` are known
    beside the shipped ones.
    """

    files: Mapping[str, bytes]
    link: Link
    at: datetime
    sealed: bool = True
    batch: Batch | None = None
    virus: VirusScan | None = None
    zipped: bool = False
    container: tuple[Fault, ...] = ()
    folder: str = ""
    profiles: tuple[Profile, ...] = ()

    @cached_property
    def covered(self) -> tuple[Covered, ...]:
        """Every file looked at, with its digest."""
        skipped = frozenset() if self.sealed else LATER
        return tuple(
            Covered(printable(path), len(self.files[path]), hashlib.sha256(self.files[path]).hexdigest())
            for path in formats.spread(self.files)
            if path not in skipped
        )

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of every file by path."""
        return {path: hashlib.sha256(content).hexdigest() for path, content in self.files.items()}

    @cached_property
    def looked(self) -> dict[str, formats.Looked]:
        """What each file was seen to be."""
        return {path: formats.look(path, self.files[path]) for path in formats.spread(self.files)}

    @cached_property
    def shut(self) -> int:
        """How many PDFs could not be opened, so that nothing can be said of what is in them."""
        return sum(
            seen.kind == "PDF" and seen.unopened is not None and not seen.opened for seen in self.looked.values()
        )

    @cached_property
    def dossier(self) -> shape.Table:
        """`dossier.json`, empty when it cannot be read (3-1 says so)."""
        return self._table(DOSSIER)

    @cached_property
    def custody(self) -> shape.Table:
        """`custody.json`, empty when it cannot be read."""
        return self._table(CUSTODY)

    @cached_property
    def events(self) -> shape.Table:
        """`events.json`, empty when it cannot be read."""
        return self._table(EVENTS)

    def _table(self, path: str) -> shape.Table:
        try:
            return shape.parsed(self.files.get(path, b"{}"))
        except ValueError:
            return {}

    @cached_property
    def ledger(self) -> tuple[tuple[Entry, ...], str]:
        """The entries up to the first that cannot be read, and why it cannot (empty when all can)."""
        if LEDGER not in self.files:
            return (), "missing"
        entries: list[Entry] = []
        lines = self.files[LEDGER].split(b"\n")
        rest = lines.pop()
        try:
            for line in lines:
                entries.append(chain.read(line))
        except chain.NotCanonicalError as why:
            return tuple(entries), str(why)
        return tuple(entries), "the last line is cut off" if rest else "" if entries else "empty"

    @cached_property
    def told(self) -> tuple[Fault, ...]:
        """Every place where the files contradict the ledger or each other."""
        entries = self.ledger[0]
        found = story.check(self.files, entries, self.folder or self.said("record_no")) if entries else []
        return tuple(one for one in found if self.sealed or one.file not in LATER)

    def unread(self, path: str) -> Outcome | None:
        """Why a record could not be held against the ledger, None when it could (3-1 and 4-3 fail then)."""
        if not self.ledger[0]:
            return not_applicable("留痕读不出，未能核对（见 3-1、4-3）", "the ledger cannot be read: not looked at")
        if any(one.file == path for one in self.told_of("missing", "content_malformed")):
            name = path.rpartition("/")[2]
            return not_applicable(f"{name} 读不出，未能核对（见 3-1）", f"{name} cannot be read: not looked at")
        return None

    def told_of(self, *codes: str) -> list[Fault]:
        """Those contradictions that have one of these codes of `findings.FAULTS`."""
        return [one for one in self.told if one.code in codes]

    @cached_property
    def checkpoint(self) -> Checkpoint | None:
        """The signed head of the log, None when there is none that can be read."""
        try:
            return evidence.read_checkpoint_file(self.files[evidence.CHECKPOINT])
        except (KeyError, ValueError):
            return None

    @cached_property
    def paper_rows(self) -> tuple[shape.Table, ...]:
        """`papers` of the dossier: rows with `path`, `sha256`, `kind`, `title`, as far as they are objects."""
        return _rows(self.dossier.get("papers"))

    @cached_property
    def papers(self) -> dict[str, str]:
        """Path -> SHA-256 of every paper the dossier lists."""
        rows = [(row.get("path"), row.get("sha256")) for row in self.paper_rows]
        return {path: digest for path, digest in rows if isinstance(path, str) and isinstance(digest, str)}

    @cached_property
    def received(self) -> frozenset[str]:
        """Paths of papers that others made: their bytes were signed for as they came, so nobody may convert them."""
        ours = {entry.facts.get("sha256") for entry in self.ledger[0] if entry.what == "paper:made"}
        theirs = witnessed(self.ledger[0]).keys() - ours
        return frozenset(path for path in self.papers if self.digests.get(path) in theirs)

    @cached_property
    def made(self) -> tuple[str, ...]:
        """Paths of the files made at sealing (`metadata` of the dossier)."""
        listed = self.dossier.get("metadata")
        return tuple(path for path in listed if isinstance(path, str)) if isinstance(listed, list) else ()

    @cached_property
    def metadata(self) -> Metadata:
        """Basic and process information, by the profile they were written by."""
        return binding.read(self.files, self.profiles)

    @cached_property
    def contents(self) -> tuple[str, ...]:
        """Paths under `data/` that are no raw message: what people open."""
        return tuple(path for path in self.looked if path.startswith("data/") and not path.startswith(RAW))

    @cached_property
    def always(self) -> frozenset[str]:
        """The files that every package has, as far as they can be there yet."""
        return _ALWAYS if self.sealed else _ALWAYS - LATER

    @cached_property
    def places(self) -> frozenset[str] | None:
        """Every path the package has a place for, None when `dossier.json` cannot be read for them."""
        given = story.placed(self.files)
        fixed = _ALWAYS | LATER | frozenset(evidence.OPTIONAL)
        return None if given is None else given | fixed

    def said(self, name: str) -> str:
        """A text of `dossier.json`, empty when it is not there or no text."""
        value = self.dossier.get(name)
        return value if isinstance(value, str) else ""


def _rows(value: object) -> tuple[shape.Table, ...]:
    return tuple(row for row in value if isinstance(row, dict)) if isinstance(value, list) else ()


def unseen_zh(shut: int) -> str:
    """What is added to a sentence about PDFs when some could not be opened."""
    return f"；另有 {shut} 个打不开的 PDF 未能查看（见 3-2）" if shut else ""


def unseen_en(shut: int) -> str:
    """The same in English."""
    return f"; {shut} PDFs that do not open were not looked into" if shut else ""
