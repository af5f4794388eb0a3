"""The DA/T 48 envelope (电子文件封装包): is it built as the standard has it, and is each document a file of ours?"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from lxml import etree

from logistics.archive.checkpoints import verify_signature
from logistics.archive.checks import formats
from logistics.archive.checks.report import Outcome, judged, not_applicable, note
from logistics.archive.checks.subject import Subject
from logistics.archive.describing import ENVELOPE
from logistics.archive.eep import SPACE as NAMESPACE
from logistics.archive.report import Fault

_HEX = 64  # digits of a SHA-256
#: Every envelope has them, each inside the one before it in its row (DA/T 48-2009).
_BUILT = (
    ("封装包格式描述",), ("版本",), ("被签名对象", "封装包类型"), ("被签名对象", "封装包创建时间"),
    ("被签名对象", "封装包创建单位"), ("被签名对象", "封装内容", "文件实体块", "文件实体"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One 文档 of the envelope, as far as it says; `digest` is what stands in place of the file's own bytes."""

    name: str
    size: str
    digest: str


def built(given: Subject) -> Outcome:
    """The envelope has the elements of the standard, in their order of nesting, and names this record."""
    root, faults = _read(given)
    if root is None:
        return _none(given, faults)
    if etree.QName(root).localname != "电子文件封装包" or etree.QName(root).namespace != NAMESPACE:
        faults.append(note(ENVELOPE, "根元素不是 DA/T 48 的电子文件封装包", "its root is not that of DA/T 48"))
    for path in _BUILT:
        if root.find("/".join(f"{{{NAMESPACE}}}{name}" for name in path)) is None:
            faults.append(note(ENVELOPE, f"缺少 {'/'.join(path)}", f"{'/'.join(path)} is missing"))
    numbers = {one.text or "" for one in root.iter(f"{{{NAMESPACE}}}电子文件号")}
    if given.said("record_no") not in numbers:
        faults.append(note(ENVELOPE, "所记电子文件号不是本包的", "its 电子文件号 is not this package's"))
    return judged(faults, "封装包的结构符合 DA/T 48-2009", "the envelope is built as DA/T 48-2009 has it")


def attributes(given: Subject) -> Outcome:
    """What the envelope says of each document — bytes, digest — is what the file is."""
    root, faults = _read(given)
    if root is None:
        return _none(given, faults)
    documents = list(_documents(root))
    for one in documents:
        path = _place(given, one.name)
        if path is None:
            continue  # 1-4 says so
        size, digest = len(given.files[path]), given.digests[path]
        if one.size != str(size):
            faults.append(
                note(path, f"封装包记 {one.size} 字节，实为 {size}", f"{size} bytes, the envelope says {one.size}")
            )
        if one.digest and one.digest != digest:
            faults.append(note(path, "与封装包所记的摘要不符", "not the digest in the envelope"))
    count = len(documents)
    return judged(
        faults, f"封装包所记 {count} 个文档的大小和摘要与文件相同", f"bytes and digests of its {count} documents agree"
    )


def placed(given: Subject) -> Outcome:
    """Each document of the envelope is a file of the package, and each paper is one of its documents."""
    root, faults = _read(given)
    if root is None:
        return _none(given, faults)
    names = {one.name for one in _documents(root)}
    found = {name: _place(given, name) for name in names}
    faults += [
        note(ENVELOPE, f"所列文档 {name} 不在包内", f"{name} is not in the package")
        for name in sorted(names)
        if found[name] is None
    ]
    faults += [
        note(path, "封装包没有列它", "not in the envelope")
        for path in sorted(given.papers.keys() & given.files.keys() - set(found.values()))
    ]
    return judged(
        faults,
        f"封装包的 {len(names)} 个文档都在包内，没有漏列",
        f"all {len(names)} documents are here, none is left out",
    )


def signature_faults(given: Subject) -> Iterator[Fault]:
    """The envelope's own signature (Ed25519 over 被签名对象) holds under the package's key."""
    root, _ = _read(given)
    signed = None if root is None else root.find(f"{{{NAMESPACE}}}被签名对象")
    if root is None or signed is None or given.checkpoint is None:
        return  # 1-5 says what is wrong with the envelope
    block = root.find(f"{{{NAMESPACE}}}电子签名块")
    if block is None or _text(block, "签名算法标识") != "Ed25519":
        yield note(ENVELOPE, "封装包没有本程序能验的电子签名", "it bears no signature this program can verify")
        return
    form = ET.canonicalize(etree.tostring(signed, encoding="unicode", with_tail=False)).encode()
    try:
        value = base64.b64decode(_text(block, "签名结果"), validate=True)
    except ValueError:
        value = b""
    if not verify_signature(bytes.fromhex(given.checkpoint.public_key), value, form):
        yield note(ENVELOPE, "封装包的电子签名不成立", "the envelope's signature does not hold")


def _read(given: Subject) -> tuple[etree._Element | None, list[Fault]]:
    content = given.files.get(ENVELOPE)
    if content is None:
        return None, []
    try:
        return formats.parse_xml(content), []
    except ValueError as why:
        return None, [note(ENVELOPE, f"封装包读不出：{why}", f"the envelope cannot be read: {why}")]


def _none(given: Subject, faults: list[Fault]) -> Outcome:
    if faults:
        return judged(faults, "", "")
    if ENVELOPE in given.made:
        return judged([note(ENVELOPE, "封装包缺少", "the envelope is missing")], "", "")
    return not_applicable("专档没有列电子文件封装包", "the dossier lists no envelope")


def _documents(root: etree._Element) -> Iterator[Document]:
    for one in root.iter(f"{{{NAMESPACE}}}文档"):
        yield Document(_text(one, "计算机文件名"), _text(one, "计算机文件大小"), _digest(one))


def _digest(one: etree._Element) -> str:
    """The SHA-256 (hex) that stands for the file's bytes, empty where the bytes themselves do."""
    if not _text(one, "反编码关键字").lower().startswith("sha256"):
        return ""
    text = _text(one, "编码数据")
    if len(text) == _HEX:
        return text.lower()
    try:
        return base64.b64decode(text, validate=True).hex()
    except ValueError:
        return text


def _text(one: etree._Element, name: str) -> str:
    found = next(one.iter(f"{{{NAMESPACE}}}{name}"), None)
    return "" if found is None else (found.text or "").strip()


def _place(given: Subject, name: str) -> str | None:
    """The path of the file that a document names, by its whole path or by its own name."""
    for path in (name, f"data/{name}"):
        if path in given.files:
            return path
    ending = [path for path in given.files if path.rpartition("/")[2] == name]
    return ending[0] if len(ending) == 1 else None
