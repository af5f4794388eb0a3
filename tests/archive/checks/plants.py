"""Faults as people, machines and time make them: each planted in a sound package, with the items that must see it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from PIL import Image

from logistics.archive import bag, describing, evidence, payload
from logistics.archive.checks.subject import VirusScan
from logistics.archive.contents import PaperRecord
from logistics.archive.package import README
from logistics.archive.profiles import load
from logistics.archive.report import Fault
from tests.archive import made_up
from tests.archive.checks import filed
from tests.archive.checks.filed import Files

BASIC, PROCESS = "data/基本信息元数据.xml", "data/过程信息元数据.xml"
COVER = "data/申报文件/A01-专档封面.pdf"


OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/hosts">]><p>&a;</p>'


def named(ending: str) -> str:
    """The cover's place under another ending."""
    return COVER.replace("pdf", ending)


@dataclass(frozen=True)
class Plant:
    """A package with one thing wrong; `more` goes to `run`; `items` are those that must fail, and no other."""

    said: str
    items: str
    files: Callable[[], Mapping[str, bytes]]
    more: Mapping[str, Any] = field(default_factory=dict)


def changed(path: str, old: str, new: str, count: int = 1) -> Callable[[], Files]:
    """Text replaced in one file, and everything that depends on it made anew."""

    def make() -> Files:
        files = dict(filed.sound())
        text = files[path].decode()
        assert re.search(old, text), old
        return filed.refiled({**files, path: re.sub(old, new, text, count=count).encode()})

    return make


def put(path: str, content: bytes) -> Callable[[], Files]:
    """A file added or replaced."""
    return lambda: filed.refiled({**filed.sound(), path: content})


def without(path: str) -> Callable[[], Files]:
    """A file taken away."""
    return lambda: filed.refiled({name: content for name, content in filed.sound().items() if name != path})


def papers(change: Callable[[PaperRecord], PaperRecord | None]) -> Callable[[], Files]:
    """The cover changed before it was filed, so that everything agrees about it."""

    def make() -> Files:
        kept = [change(one) if one.path == COVER else one for one in filed.papers(load("fuzhou"))]
        return filed.made(kept=[one for one in kept if one])

    return make


def cover(content: Callable[[bytes], bytes], path: str = COVER) -> Callable[[], Files]:
    """The cover's bytes changed before it was filed."""
    return papers(lambda one: replace(one, path=path, content=content(one.content)))


def saved(change: Callable[[pikepdf.Pdf], object], **how: Any) -> Callable[[bytes], bytes]:
    """A change made inside a PDF."""

    def make(content: bytes) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            change(pdf)
            pdf.save(out, deterministic_id=not how, **how)
        return out.getvalue()

    return make


def script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def launch(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe")))


def bare_font(pdf: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )  # fmt: skip
    pdf.pages[0].Resources.Font["/F99"] = pdf.make_indirect(font)


def mute(pdf: pikepdf.Pdf) -> None:
    for font in pdf.pages[0].Resources.Font.values():
        del font["/ToUnicode"]


def no_pdfa(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Metadata"]


def nothing(pdf: pikepdf.Pdf) -> None:
    """Saved as it is."""


def picture(_: bytes = b"") -> bytes:
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "PNG")
    return out.getvalue()


def statement_signature() -> Files:
    files = dict(filed.sound())
    files[evidence.SIGNATURE] = made_up.OTHER_KEY.sign(files[evidence.STATEMENT])
    return files | bag.tag_manifests(files)


def other(path: str, content: Callable[[bytes], bytes]) -> Callable[[], Files]:
    """A file outside `data/` changed, what covers it made anew but not what states totals."""

    def make() -> Files:
        files = {**filed.sound(), path: content(filed.sound()[path])}
        return filed.resealed(files, oxum=False)

    return make


def short_list() -> Files:
    """Manifests that leave one file out."""
    files = dict(filed.sound())
    for name in bag.MANIFESTS:
        files[name] = b"".join(files[name].splitlines(keepends=True)[1:])
    return filed.resealed(files, oxum=False)


def raw_gone() -> Files:
    """One raw message taken away."""
    return without(next(name for name in filed.sound() if "/raw/" in name))()


def in_batch(**changes: Any) -> Mapping[str, Any]:
    return {"batch": filed.batch(filed.sound(), **changes)}


def _lines(change: Callable[[Any], Any]) -> Mapping[str, Any]:
    whole = filed.batch(filed.sound())
    lines = tuple(change(line) for line in whole.lines)
    total = sum(line.size for line in lines)
    return {"batch": replace(whole, lines=lines, registered_bytes=total)}


def _sound() -> Mapping[str, bytes]:
    return filed.sound()


def _again(path: str, pieces: Iterable[str]) -> Callable[[], Files]:
    """The file with a piece of it written twice."""
    old, new = pieces
    return changed(path, old, new)


PLANTS = (
    # 1-1 来源真实性
    Plant("a paper is another than the ledger knows", "1-1 1-3 2-3", put(COVER, filed.paper("专档封靣"))),
    Plant("the statement bears another key's signature", "1-1", statement_signature),
    Plant("a time stamp is no stamp", "1-1", put(evidence.CHECKPOINT_STAMP, b"no stamp")),
    Plant("an SM2 signature stands without its key", "1-1", put(evidence.SM2_SIGNATURE, b"0" * 70)),
    Plant("the envelope's signature is another's", "1-1",
          changed(describing.ENVELOPE, "<签名结果>...", "<签名结果>AAA")),
    # 1-2 元数据准确性
    Plant("a name is longer than its element", "1-2", changed(BASIC, "企业变更登记<", "长" * 300 + "<")),
    Plant("a time is no time", "1-2", changed(BASIC, r"(<receive_time[^>]*>)[^<]*", r"\1昨天")),
    Plant("a word is not in its list", "1-2", changed(BASIC, r"(<is_project[^>]*>)否", r"\1也许")),
    Plant("the filing time lies in the future", "1-2", changed(BASIC, r"(<archive_time[^>]*>)2026", r"\g<1>2031")),
    Plant("a case ended before it began", "1-2", changed(BASIC, r"(<transact_time[^>]*>)2026", r"\g<1>2016")),
    Plant("retention is another than in the dossier", "1-2", changed(BASIC, r"(<retention_period[^>]*>)D30", r"\1D10")),
    Plant("a name holds an invisible sign", "1-2", changed(BASIC, "𠮷", "𠮷\u200b")),
    Plant("a sign was lost in a conversion", "1-2", changed(BASIC, "企业变更登记<", "企业变更登\ufffd<")),
    Plant("the 档号 is built by no rule", "1-2", lambda: filed.made(archival_code="XN-2026-1")),
    Plant("the 档号 is of another year", "1-2", lambda: filed.made(archival_code="0077-ZY·2019-D30-0001")),
    Plant("an element stands twice", "1-2", _again(BASIC, (r"(<year.*</year>)", r"\1\1"))),
    Plant("two packages of a batch bear one 档号", "1-2", _sound, _lines(lambda one: replace(one, archival_code="J"))),
    # 1-3 内容真实性
    Plant("a size is not the file's", "1-3", changed(BASIC, r"(<computer_file_size[^>]*>)", r"\g<1>9")),
    Plant("a format is not the file's", "1-3", changed(BASIC, r"(<format_information[^>]*>)PDF", r"\1OFD")),
    Plant("the envelope states another size", "1-1 1-3",
          changed(describing.ENVELOPE, "<计算机文件大小>", "<计算机文件大小>9")),
    # 1-4 元数据与内容关联一致性
    Plant("the metadata lead to no file", "1-4", changed(BASIC, "A01-专档封面.pdf", "A01-不在.pdf")),
    Plant("the envelope leads to no file", "1-1 1-4", changed(describing.ENVELOPE, "A01-专档封面.pdf", "A01-不在.pdf")),
    # 1-5 归档信息包真实性
    Plant("the folder bears another number", "1-5", _sound, {"folder": "421200-0077-XK0101-2026-D30-000009"}),
    Plant("a file changed after filing", "1-5", other(README, lambda text: text + b"\n")),
    Plant("the envelope lacks a part of the standard", "1-5", changed(describing.ENVELOPE, "<版本>2009</版本>", "")),
    Plant("the catalogue lists another package", "1-5", _sound, _lines(lambda one: replace(one, sha256="0" * 64))),
    # 2-1 数据总量
    Plant("the number of files is not so", "2-1", changed(BASIC, r"(<total_number[^>]*>)4", r"\g<1>5")),
    Plant("the bag states other bytes", "2-1", other("bag-info.txt", lambda text: text.replace(b"Oxum: ", b"Oxum: 1"))),
    Plant("the form registers one package more", "2-1", _sound, in_batch(registered_packages=4)),
    Plant("the form registers other bytes", "2-1", _sound, in_batch(registered_bytes=1)),
    # 2-2 元数据完整性
    Plant("a required element is empty", "2-2", changed(BASIC, r"(<task_name[^>]*>)[^<]*", r"\1")),
    Plant("a handover is no step of the process", "2-2", changed(PROCESS, r"(<ledger_entry[^>]*>)2<", r"\g<1>1<")),
    Plant("a file code is left out", "2-2", papers(lambda one: replace(one, path=COVER.replace("A01", "A03")))),
    Plant("a number of the batch is left out", "2-2", _sound, _lines(
        lambda one: replace(one, record_no=one.record_no[:-1] + "7") if one.record_no.endswith("3") else one
    )),
    # 2-3 内容完整性
    Plant("a raw message is gone", "2-3", raw_gone),
    Plant("a file that was listed is gone", "2-3 2-4", without(describing.PREMIS)),
    # 2-4 归档信息包完整性
    Plant("a folder of the filing scope is empty", "2-4",
          papers(lambda one: replace(one, path="data/过程文件/B03-封面.pdf"))),
    Plant("a paper of the ledger was never filed", "2-3 2-4",
          lambda: filed.made(papers=filed.papers(load("fuzhou"))[::2])),
    Plant("the manifests leave a file out", "2-4", short_list),
    # 3-1 元数据可访问
    Plant("an XML file is not well formed", "3-1", put(describing.PREMIS, b"<premis>")),
    Plant("an XML file reaches outside itself", "3-1 4-1",
          put(describing.PREMIS, OUTSIDE)),
    Plant("a record is no JSON", "3-1 1-3 2-3", put(payload.EVENTS, b"{")),
    # 3-2 内容可打开、格式合格
    Plant("a paper does not open", "3-2", cover(lambda _: b"%PDF-1.7\nnothing\n%%EOF\n")),
    Plant("a paper is cut off", "3-2", cover(lambda content: content[: len(content) // 2])),
    Plant("a paper's words cannot be extracted", "3-2", cover(saved(mute))),
    Plant("a paper is no PDF/A", "3-2", cover(saved(no_pdfa))),
    Plant("a paper is a picture under the name of a PDF", "3-2 1-3", cover(picture)),
    Plant("a picture is cut off", "3-2", cover(lambda _: picture()[:-20], named("png"))),
    Plant("a paper is of a format that will not last", "3-2 1-3", cover(lambda _: b"\x00doc", named("doc"))),
    # 3-3 软硬件环境
    Plant("nothing explains how to read the package", "3-3", put(README, b"\n")),
    Plant("a paper needs a font of the machine", "3-3", cover(saved(bare_font))),
    # 3-4 压缩与加密
    Plant("a paper is locked", "3-4", cover(saved(nothing, encryption=pikepdf.Encryption(owner="o", user="")))),
    Plant("a paper asks for a password", "3-2 3-4",
          cover(saved(nothing, encryption=pikepdf.Encryption(owner="o", user="u")))),
    Plant("a ZIP lies in the package", "3-2 3-4 1-3", cover(lambda _: filed.packed({"a": b"b"}), named("zip"))),
    Plant("a member of the ZIP unpacks to too much", "1-5 3-4",
          _sound, {"container": [Fault(COVER, "bomb", "炸弹", "a bomb")]}),
    # 4-1 病毒与有害内容
    Plant("the virus scanner objects", "4-1", _sound, {"virus": VirusScan("clamscan 1.4", filed.NOW, (COVER,))}),
    Plant("a paper runs a script when it opens", "4-1", cover(saved(script))),
    Plant("a page starts a program", "4-1", cover(saved(launch))),
    Plant("a paper is a program", "3-2 1-3 4-1", cover(lambda _: b"MZ\x90\x00", named("exe"))),
    Plant("a script hides in the metadata", "4-1",
          changed(describing.PREMIS, r"(version=[^>]*>)", r"\1<!-- <script src='x'/> -->")),
    # 4-2 载体与多余文件
    Plant("a foreign file lies in the package", "4-2", put("evidence/Thumbs.json", b"{}")),
    Plant("a path would leave its folder", "4-2", put("evidence/../../x.json", b"{}")),
    # 4-3 过程可控
    Plant("an entry of the ledger was edited", "4-3 1-3 2-3", lambda: filed.refiled(
        filed.with_entry(filed.sound(), 3, lambda raw: raw.update(why="别的"))
    )),
    Plant("the proofs are another log's", "4-3", changed(evidence.PROOFS, '"leaf": 9', '"leaf": 8')),
    Plant("a handover is by another person than the ledger says", "4-3 1-3 2-3", lambda: filed.refiled(
        {**filed.sound(), payload.CUSTODY: filed.sound()[payload.CUSTODY].replace(*map(str.encode, ("甲", "丙")), 1)}
    )),
    # 4-4 密级与保管环境
    Plant("a secret dossier is to be handed over", "4-4", lambda: filed.made(secrecy="secret")),
)  # fmt: skip
