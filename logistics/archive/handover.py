"""What lies beside the packages in a hand-over to the archive: explanation, list of files, checksums (档发〔2012〕7号).

The layout: `说明文件.TXT`, `文件目录.XML`, `电子档案/` by year and retention, `其他/` with catalogue, registration
form, checksums and the reports of the checks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from logistics.archive.checks.report import CheckReport, Link
from logistics.archive.checks.running import run
from logistics.archive.checks.subject import Batch
from logistics.archive.opening import open_package
from logistics.archive.profiles import Profile
from logistics.archive.verify import verify_bytes
from logistics.rules.workdays import CHINA

README, LIST, SUMS = "说明文件.TXT", "文件目录.XML", "其他/校验和-SHA256.txt"
REGISTER, REPORTS, OTHER = "其他/移交与接收登记表.pdf", "其他/四性检测/", "其他/"


@dataclass(frozen=True, slots=True)
class Handed:
    """One package as the hand-over lists it; `path` is its place. Dates are of closing, in China, yyyymmdd."""

    path: str
    archival_code: str
    author: str  # 责任者
    title: str
    date: str
    secrecy: str
    sha256: str
    size: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What the explanation says of the hand-over."""

    batch_no: str
    name: str
    sender: str
    receiver: str
    made_by: str
    made_at: datetime  # aware
    media: str
    carrier_no: str
    standard: str


def check_package(
    content: bytes, link: Link, at: datetime, batch: Batch | None = None, profiles: Iterable[Profile] = ()
) -> CheckReport:
    """The four checks over a sealed package's own bytes. Never raises for any bytes."""
    opened = open_package(content)
    return run(
        opened.files,
        link,
        at,
        batch=batch,
        folder=opened.top,
        zipped=True,
        container=opened.faults,
        profiles=profiles,
    )


def failures(report: CheckReport, content: bytes) -> tuple[str, ...]:
    """What does not pass, in words for people: each failed part of the checks, and the verifier's own faults."""
    found = [f"{part.code} {part.zh}：{part.outcome.zh}" for part in report.failed]
    found += [f"{fault.file}：{fault.reason_zh}" for fault in verify_bytes(content).faults[:5]]
    return tuple(found)


def file_list(found: Sequence[Handed]) -> bytes:
    """文件目录.XML: every package with the fields, in the order, that the archives ask for. UTF-8."""
    root = ET.Element("文件目录")
    for seq, one in enumerate(found, 1):
        row = ET.SubElement(root, "文件")
        told = {
            "顺序号": str(seq),
            "档号": one.archival_code,
            "责任者": one.author,
            "题名": one.title,
            "日期": one.date,
            "密级": one.secrecy,
            "电子档案名称": one.path,
            "备注": one.note,
        }
        for name, text in told.items():
            ET.SubElement(row, name).text = text
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def readme(about: About, found: Sequence[Handed]) -> bytes:
    """说明文件.TXT, with line ends that any editor knows. UTF-8."""
    size = sum(one.size for one in found)
    lines = [
        "移交说明文件  About this hand-over",
        "",
        f"移交批次：{about.batch_no}",
        f"交接工作名称：{about.name}",
        f"载体：{about.media}" + (f"，载体编号 {about.carrier_no}" if about.carrier_no else ""),
        f"移交单位（制作、检查）：{about.sender}，经办 {about.made_by}",
        f"接收单位（保管）：{about.receiver}",
        f"制作时间：{about.made_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}（北京时间）",
        f"内容：邮递专档归档信息包 {len(found)} 个，{size} 字节，在“电子档案”文件夹，按年度、保管期限分层。",
        f"执行标准：{about.standard}",
        "",
        "每个包是一个 ZIP 文件（不压缩、不加密），其中有 BagIt 校验清单、留痕、签名和四性检测报告；",
        "包内“说明-README.txt”说明怎样核验。软硬件环境：任何能打开 ZIP、PDF、XML 和文本文件的计算机，不需要专门软件。",
        "整批校验：在本文件夹内运行 sha256sum -c 其他/校验和-SHA256.txt",
        "",
        "文件目录.XML：逐件目录。其他：归档（移交）目录、移交与接收登记表、移交环节的四性检测报告、校验和。",
        "",
        "Each package is an ordinary ZIP file, neither compressed nor encrypted, and explains itself. To check all:",
        "sha256sum -c 其他/校验和-SHA256.txt",
        "",
    ]
    return "\r\n".join(lines).encode()


def checksums(files: Mapping[str, str]) -> bytes:
    """Path -> SHA-256 (hex) of every file of the hand-over, as `sha256sum -c` reads it, sorted by path."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(files.items())).encode()


def list_sha256(found: Sequence[Handed]) -> str:
    """The digest of the list of packages, in order, that the registration form bears."""
    return hashlib.sha256("".join(f"{one.sha256}  {one.path}\n" for one in found).encode()).hexdigest()
