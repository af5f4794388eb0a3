"""电子文件封装包 (DA/T 48-2009, EEP): the dossier, its files and acts in one XML document, 原始型 (as first made).

Files stand beside it in the package: 编码数据 holds the base64 of their SHA-256 and 反编码关键字 says so. The signature
is Ed25519 over the canonical form (C14N 2.0) of 被签名对象, by the key that signs the package.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from logistics.archive.acts import act
from logistics.archive.checkpoints import fingerprint, raw_public
from logistics.archive.contents import PackageInput
from logistics.archive.da46 import plain, put
from logistics.archive.describing import Identity, Placed, format_of
from logistics.archive.profiles import Profile
from logistics.archive.profiles.writing import CHINA, written
from logistics.rules.archival_code import RETENTIONS
from logistics.rules.chain import Entry
from logistics.terms import Secrecy, zh

SPACE = "http://www.saac.gov.cn/standards/ERM/encapsulation"
DIGEST = "sha256-base64Binary"  # 反编码关键字
_ABOUT = "本EEP根据中华人民共和国档案行业标准DA/T 48-2009《基于XML的电子文件封装规范》生成"
_RULE = "Ed25519（RFC 8032），被签名内容为“被签名对象”元素的规范形式（C14N 2.0）的 UTF-8 字节"


def envelope(
    given: PackageInput,
    identity: Identity,
    profile: Profile,
    files: Sequence[Placed],
    data: Mapping[str, bytes],
    key: Ed25519PrivateKey,
) -> bytes:
    """The envelope around `files` (the first is the main document) and `data`, the records that belong to them."""
    ET.register_namespace("", SPACE)
    root = ET.Element(f"{{{SPACE}}}电子文件封装包")
    plain(root, "封装包格式描述", _ABOUT)
    plain(root, "版本", "2009")
    signed = plain(root, "被签名对象")
    signed.set("eep版本", "2009")
    plain(signed, "封装包类型", "原始型")
    plain(signed, "封装包类型描述", "本封装包包含电子文件数据及其元数据，原始封装，未经修改")
    plain(signed, "封装包创建时间", _time(given.made_at))
    plain(signed, "封装包创建单位", given.agency_name)
    content = plain(signed, "封装内容")
    _record(plain(plain(content, "文件实体块"), "文件实体"), given, identity, profile, files, data)
    acts = plain(content, "业务实体块")
    for entry in given.entries:
        _act(plain(acts, "业务实体"), entry)
    _people(plain(content, "机构人员实体块"), given, identity)
    ET.indent(root, " ")
    _sign(plain(plain(root, "电子签名块"), "电子签名"), signed, given, key)
    return written(root)


def signed_form(signed: ET.Element) -> bytes:
    """What the signature signs: 被签名对象 as C14N 2.0."""
    return ET.canonicalize(ET.tostring(signed, encoding="unicode")).encode()


def _record(
    entity: ET.Element,
    given: PackageInput,
    identity: Identity,
    profile: Profile,
    files: Sequence[Placed],
    data: Mapping[str, bytes],
) -> None:
    code = identity.code
    put(entity, "M1", "件")
    source = put(entity, "M2")
    for number, text in (("M3", identity.archives_name), ("M4", identity.archives_code)):
        if text:
            put(source, number, text)
    put(source, "M5", given.agency_name)
    put(source, "M6", given.agency_name)
    put(entity, "M7", given.record_no)
    numbered = put(entity, "M8")
    put(numbered, "M9", code.fonds_no)
    put(numbered, "M11", str(code.year))
    put(numbered, "M12", RETENTIONS[code.retention][0])
    if code.section:
        put(numbered, "M13", code.section)
    put(numbered, "M14", code.category)
    put(numbered, "M17", f"{code.number:04d}")
    _subject(put(entity, "M21"), given, identity)
    form = put(entity, "M40")
    put(form, "M41", "组合文件")
    put(form, "M42", str(len(files)))
    put(form, "M44", "汉语")
    put(put(entity, "M65"), "M66", f"归档信息包 {given.record_no}.zip")
    put(put(entity, "M70"), "M75", "不开放：含个人信息，仅限办理双方和档案部门利用")
    put(entity, "M76", f"档号 {given.archival_code or '由档案部门赋予'}；专档 {given.dossier_no}；{profile.standard}")
    documents = plain(entity, "文件数据")
    for seq, one in enumerate(files, start=1):
        _document(documents, seq, one.path, one.title, one.content, one.made_at, profile, main=seq == 1)
    for seq, (path, content) in enumerate(sorted(data.items()), start=len(files) + 1):
        _document(documents, seq, path, path.rpartition("/")[2], content, given.made_at, profile, main=False)


def _subject(about: ET.Element, given: PackageInput, identity: Identity) -> None:
    put(about, "M22", given.title)
    put(about, "M28", identity.applicant)
    put(about, "M29", f"{identity.task_name}原件寄递：{given.agency_name}与{identity.receiver_agency}之间")
    put(about, "M31", identity.case_no)
    put(about, "M32", given.agency_name)
    put(about, "M33", identity.closed_at.astimezone(CHINA).strftime("%Y%m%d"))
    put(about, "M38", zh(Secrecy(given.secrecy)))


def _document(
    parent: ET.Element, seq: int, path: str, title: str, content: bytes, at: datetime, profile: Profile, *, main: bool
) -> None:
    name, media_type = format_of(path)
    document = plain(parent, "文档")
    plain(document, "文档标识符", f"文档{seq}")
    plain(document, "文档序号", str(seq))
    plain(document, "文档主从声明", "主文档" if main else "附属文档")
    plain(document, "题名", title)
    data = plain(document, "文档数据")
    data.set("文档数据ID", f"文档{seq}-数据1")
    electronic = put(data, "M46")
    kind = put(electronic, "M47")
    plain(kind, "格式名称", name)
    plain(kind, "MIME媒体类型", media_type)
    put(electronic, "M48", path.removeprefix("data/"))
    put(electronic, "M49", str(len(content)))
    put(electronic, "M50", profile.system)
    put(electronic, "M51", profile.system)
    plain(electronic, "创建时间", _time(at))
    coding = plain(data, "编码")
    plain(coding, "编码描述", "文件在封装包之外，与本文件同在一个归档信息包内；编码数据是其 SHA-256 的 base64")
    plain(coding, "反编码关键字", DIGEST)
    plain(coding, "编码数据", base64.b64encode(hashlib.sha256(content).digest()).decode())


def _act(parent: ET.Element, entry: Entry) -> None:
    who = f"{entry.actor_name or entry.actor}{f'（{entry.agency}）' if entry.agency else ''}"
    put(parent, "M81", "历史行为")
    put(parent, "M82", act(entry).behaviour)
    put(parent, "M83", _time(entry.at))
    put(parent, "M84", f"留痕第 {entry.seq} 条 {entry.hash}")
    put(parent, "M85", f"{who}：{entry.why or act(entry).behaviour}（{entry.what}）")


def _people(parent: ET.Element, given: PackageInput, identity: Identity) -> None:
    for name, code in ((given.agency_name, identity.uscc), (identity.receiver_agency, identity.receiver_uscc)):
        one = plain(parent, "机构人员实体")
        put(one, "M77", "单位")
        put(one, "M78", name)
        put(one, "M79", code)
    for name in dict.fromkeys(entry.actor_name for entry in given.entries if entry.actor.startswith("officer:")):
        one = plain(parent, "机构人员实体")
        put(one, "M77", "个人")
        put(one, "M78", name)


def _sign(parent: ET.Element, signed: ET.Element, given: PackageInput, key: Ed25519PrivateKey) -> None:
    plain(parent, "签名标识符", "修改0-签名1")
    put(parent, "M58", _RULE)
    put(parent, "M59", _time(given.made_at))
    put(parent, "M60", given.agency_name)
    put(parent, "M61", base64.b64encode(key.sign(signed_form(signed))).decode())
    put(plain(parent, "证书块"), "M63", f"公钥 evidence/public-key.pem，指纹 {fingerprint(raw_public(key))}")
    put(parent, "M64", "Ed25519")


def _time(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")
