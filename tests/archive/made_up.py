"""A made-up closed dossier: 3 originals out and back, 12 handovers, 40 tracking events; all persons are fictional."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from logistics.archive import bag, container, describing, evidence, profiles
from logistics.archive.checkpoints import Checkpoint, raw_public, sign_checkpoint
from logistics.archive.contents import (
    ConsignmentRecord,
    EventRecord,
    HandoverRecord,
    LeafProof,
    ListedRecord,
    OriginalRecord,
    PackageInput,
    PaperRecord,
    RawMessage,
    Witness,
)
from logistics.archive.describing import Identity, Placed
from logistics.archive.eep import envelope
from logistics.archive.package import build
from logistics.archive.payload import records
from logistics.archive.premis import premis
from logistics.rules import chain, merkle
from logistics.rules.archival_code import ArchivalCode

NO = "421200-2026-000001"
TOP = "421200-0077-XK0101-2026-D30-000001"  # 电子文件号, the name of the folder
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"our key").digest())
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"another key").digest())
START = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
IDS = {f"{NO}-Y{n}": 70 + n for n in (1, 2, 3)}
CODES = list(IDS)

HOLDERS = [
    {"kind": "applicant", "name": "𠮷**", "agency": None, "officer": None},
    {"kind": "officer", "name": "窗口甲", "agency": "咸宁市政务服务大厅", "officer": 12},
    {"kind": "officer", "name": "收件乙", "agency": "长沙市芙蓉区政务服务中心", "officer": 31},
    {"kind": "department", "name": "审批科", "agency": "长沙市芙蓉区政务服务中心", "officer": 32},
    {"kind": "officer", "name": "窗口甲", "agency": "咸宁市政务服务大厅", "officer": 12},
]


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes, microseconds=7)


def papers() -> list[PaperRecord]:
    return [
        PaperRecord(path, kind, title, b"%PDF-1.7\n% " + title.encode() + b"\n" * 40 + b"%%EOF\n")
        for path, kind, title in (
            ("data/过程文件/B01-面单.pdf", "label", "面单"),
            ("data/过程文件/B02-交接单.pdf", "slip", "交接单"),
            ("data/申报文件/A01-专档封面.pdf", "cover", "专档封面"),
        )
    ]


def placed() -> list[Placed]:
    """The files in the material folders, the main file first."""
    main = b"%PDF-1.7\n% main file\n%%EOF\n"
    return [
        Placed("data/结果文件/C01-专档主文件.pdf", "专档主文件", "record", main, at(920)),
        *(Placed(one.path, one.title, one.kind, one.content, at(130)) for one in papers()),
    ]


def identity() -> Identity:
    """What the archive knows the dossier by."""
    return Identity(
        code=ArchivalCode("0077", "ZY", 2026, "D30", 1), region_code="421200", uscc="11421200MB1Q000025",
        archives_code="421200", archives_name="咸宁市档案馆", task_code="XK0101", task_name="企业变更登记",
        case_no="BJ-1", mode_words="联办件", applicant="𠮷**", receiver_agency="长沙市芙蓉区政务服务中心",
        receiver_uscc="11430102MB1Q000074", accepted_at=at(0), closed_at=at(900), result="准予",
    )  # fmt: skip


PROFILE = profiles.load("fuzhou")
REPORTS = {  # filled by the four checks, which have tests of their own
    "data/四性检测报告.xml": "<四性检测报告/>\n".encode(),
    "data/四性检测报告.pdf": b"%PDF-1.7\n% report\n%%EOF\n",
}


def metadata(bare: PackageInput, key: Ed25519PrivateKey) -> dict[str, bytes]:
    """What is made at sealing."""
    main = placed()[0]
    made = {main.path: main.content, **describing.sheets(bare, identity(), PROFILE, placed())}
    listed = [*made, describing.ENVELOPE, describing.PREMIS, *REPORTS]
    data = records(bare, listed)
    made[describing.ENVELOPE] = envelope(bare, identity(), PROFILE, placed(), data, key)
    made[describing.PREMIS] = premis(bare, {one.path: one.content for one in placed()} | data)
    return made | REPORTS


def raw() -> list[RawMessage]:
    return [
        RawMessage(
            json.dumps({"mailNum": "1234567890123", "n": n}).encode() + bytes([n]),
            at(200 + n),
            "ems",
            ["push", "poll"][n % 2],
        )
        for n in range(20)
    ]


def handovers() -> list[HandoverRecord]:
    return [
        HandoverRecord(code, hop, at(100 * hop + place), HOLDERS[hop - 1], HOLDERS[hop], "交接单签字", None)
        for hop in (1, 2, 3, 4)
        for place, code in enumerate(CODES)
    ]


PRINTED = [0, 5, 7]  # the label was printed before the first checkpoint


def others(count: int) -> list[bytes]:
    """Entries of other dossiers, which stand in the log before ours."""
    return [hashlib.sha256(b"other %d" % n).digest() for n in range(count)]


def early_root(size: int) -> str:
    nodes = {(node.level, node.index): node.hash for node in merkle.append(0, others(size), lambda level, index: b"")}
    return merkle.root(size, lambda level, index: nodes[level, index]).hex()


def acts() -> list[tuple[datetime, str, dict[str, Any]]]:
    listed: list[tuple[datetime, str, dict[str, Any]]] = [(at(0), "dossier:opened", {"case_no": "BJ-1"})]
    for link in handovers():
        facts = {"original": IDS[link.original], "link": link.seq, "from": link.released_by, "to": link.accepted_by}
        listed.append((link.at, "original:handed_over", facts))
    for n, paper in enumerate(papers()):
        digest = hashlib.sha256(paper.content).hexdigest()
        head = {"ledger_size": PRINTED[n], "ledger_root": early_root(PRINTED[n]) if PRINTED[n] else ""}
        listed.append((at(130 + n), "paper:made", {"kind": paper.kind, "sha256": digest, **head}))
    listed.append((at(300), "consignment:received", {"listed": 3, "received": 2, "missing": 0, "moved": 1}))
    ends = [(at(900), "dossier:closed", {}), (at(900), "deadline:met", {"key": "return"})]
    return [*sorted(listed, key=lambda act: act[0]), *ends]


def entries(extra: tuple[tuple[datetime, str, dict[str, Any]], ...] = (), dossier_no: str = NO) -> list[chain.Entry]:
    made: list[chain.Entry] = []
    for seq, (when, what, facts) in enumerate([*acts()[:-2], *extra, *acts()[-2:]], start=1):
        made.append(
            chain.link(
                made[-1].hash if made else chain.genesis(dossier_no),
                dossier_no=dossier_no, seq=seq, at=when, actor="officer:12", actor_name="窗口甲",
                agency="咸宁市政务服务大厅", what=what, why="按流程", facts=facts,
            )
        )  # fmt: skip
    return made


def logged(own: list[chain.Entry], key: Ed25519PrivateKey) -> tuple[Checkpoint, list[LeafProof], list[Witness]]:
    """A log where entries of other dossiers stand before and between ours: its checkpoint, our proofs and witnesses."""
    leaves = others(9)
    places: list[int] = []
    for entry in own:
        places.append(len(leaves))
        leaves += [chain.leaf(entry), *others(entry.seq % 3)]
    nodes = {(node.level, node.index): node.hash for node in merkle.append(0, leaves, lambda level, index: b"")}

    def get(level: int, index: int) -> bytes:
        return nodes[level, index]

    size = len(leaves)
    proofs = [LeafProof(e.seq, leaf, merkle.inclusion(leaf, size, get)) for e, leaf in zip(own, places, strict=True)]
    witnesses = [Witness(n, early_root(n), merkle.consistency(n, size, get)) for n in PRINTED if n]
    return sign_checkpoint(key, size=size, root=merkle.root(size, get), signed_at=at(910)), proofs, witnesses


def given(key: Ed25519PrivateKey = KEY, own: list[chain.Entry] | None = None) -> PackageInput:
    own = entries() if own is None else own
    checkpoint, proofs, witnesses = logged(own, key)
    out = [ListedRecord(CODES[0], "received"), ListedRecord(CODES[1], "damaged"), ListedRecord(CODES[2], "moved")]
    messages = raw()
    bare = PackageInput(
        dossier_no=NO,
        record_no=TOP,
        archival_code="0077-ZY·2026-D30-0001",
        retention="D30",
        secrecy="none",
        agency_name="咸宁市政务服务大厅",
        title="企业变更登记原件寄递",
        made_at=at(920),
        dossier={"case_no": "BJ-1", "mode": "joint", "applicant": "𠮷**"},
        originals=[OriginalRecord(code, IDS[code], "营业执照", {"pages": 2, "form": "original"}) for code in CODES],
        consignments=[
            ConsignmentRecord(f"{NO}-J1", "outbound", "received", out, 2, 0, 1, {"seal_no": "F0001"}),
            ConsignmentRecord(f"{NO}-J2", "outbound", "received", [ListedRecord(CODES[2], "received")], 1, 0, 0),
            ConsignmentRecord(f"{NO}-J3", "return", "voided", [ListedRecord(CODES[0], "unchecked")], 0, 0, 0),
        ],
        handovers=handovers(),
        papers=papers(),
        raw=messages,
        events=[
            EventRecord(
                hashlib.sha256(messages[n // 2].content).hexdigest(),
                at(201 + n),
                "in_transit",
                str(n),
                "运输中",
                {"place": "武汉"},
            )
            for n in range(40)
        ],
        entries=own,
        proofs=proofs,
        checkpoint=checkpoint,
        witnesses=witnesses,
    )
    return replace(bare, metadata=metadata(bare, key))


@cache
def sound() -> bytes:
    """The sound package."""
    return build(given(), KEY)


@cache
def contents() -> dict[str, bytes]:
    """Its files by path in the bag."""
    return {name.removeprefix(TOP + "/"): content or b"" for name, _, content in container.walk(sound())}


def packed(files: dict[str, bytes]) -> bytes:
    """The files in a canonical ZIP, nothing else made to fit."""
    return container.write({f"{TOP}/{path}": content for path, content in files.items()})


def rebagged(files: dict[str, bytes]) -> bytes:
    """What somebody without the key can do: every manifest and the statement made to fit, the old signature kept."""
    files = {**files, **bag.manifests(files)}  # one by SM3 stays as it is given
    statement = evidence.read_statement(files[evidence.STATEMENT])
    files[evidence.STATEMENT] = replace(statement, files=evidence.covered(files)).written()
    return packed({**files, **bag.tag_manifests(files)})


def resigned(files: dict[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """What somebody with a key can do after changing files without rebuilding chain and proofs."""
    files = {**files, **bag.manifests(files)}
    files[evidence.PUBLIC_KEY] = evidence.public_key_file(raw_public(key))
    statement = evidence.read_statement(files[evidence.STATEMENT])
    own = files["data/ledger.jsonl"].splitlines()
    head = json.loads(own[-1])["hash"] if own else ""
    statement = replace(statement, entries=len(own), head=head, files=evidence.covered(files))
    files |= evidence.sign(key, statement)
    return packed({**files, **bag.tag_manifests(files)})
