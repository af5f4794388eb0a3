"""The table of items: codes, names and, for each, the parts that are looked at. Names are the same at every link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from logistics.archive.checks import accurate, authentic, complete, envelope, fixed, safe, usable
from logistics.archive.checks.report import Outcome
from logistics.archive.checks.subject import Subject

Look = Callable[[Subject], Outcome]


@dataclass(frozen=True, slots=True)
class Asked:
    """An item as it is asked: its number, its name, and its parts with what looks at them."""

    number: str
    zh: str
    en: str
    parts: tuple[tuple[str, str, Look], ...]


ITEMS = (
    Asked("1-1", "来源真实性", "authentic origin", (
        ("数字摘要", "digests", authentic.digests),
        ("电子签名", "electronic signatures", fixed.signatures),
        ("电子印章", "electronic seals", fixed.seals),
        ("时间戳", "time stamps", fixed.stamps),
    )),
    Asked("1-2", "元数据准确性", "accurate metadata", (
        ("长度", "lengths", accurate.lengths),
        ("类型与格式", "types and formats", accurate.shapes),
        ("值域", "domains", accurate.domains),
        ("合理性", "plausibility", accurate.reasonable),
        ("特殊字符", "odd characters", accurate.signs),
        ("档号规范性", "form of the 档号", accurate.archival_codes),
        ("重复性", "repetition", accurate.repetition),
    )),
    Asked("1-3", "内容真实性", "authentic contents", (
        ("电子属性与文件一致", "attributes against files", accurate.attributes),
        ("封装包所记电子属性一致", "attributes in the envelope", envelope.attributes),
    )),
    Asked("1-4", "元数据与内容关联一致性", "metadata lead to contents", (
        ("存储位置", "places", accurate.placed),
        ("封装包所列文档的位置", "documents of the envelope", envelope.placed),
    )),
    Asked("1-5", "归档信息包真实性", "authentic package", (
        ("目录结构", "layout", authentic.layout),
        ("电子文件封装包（DA/T 48）", "envelope by DA/T 48", envelope.built),
        ("与归档检测时一致", "as it was filed", authentic.as_filed),
        ("与移交目录一致", "as the catalogue lists it", authentic.as_listed),
    )),
    Asked("2-1", "数据总量", "totals", (
        ("件数相符", "number of files", complete.pieces),
        ("字节数相符", "bytes", complete.volume),
    )),
    Asked("2-2", "元数据完整性", "complete metadata", (
        ("必填项", "what must be filled", complete.required),
        ("连续编号", "numbers without gaps", complete.continuous),
        ("办理过程", "process information", complete.process),
    )),
    Asked("2-3", "内容完整性", "complete contents", (
        ("所列文件齐全", "all that is listed", complete.contents),
        ("轨迹的原始报文齐全", "raw messages of the events", complete.raw_messages),
        ("主文件内嵌附件一致", "files inside the main file", complete.embedded),
    )),
    Asked("2-4", "归档信息包完整性", "complete package", (
        ("归档范围", "what must be filed", complete.scope),
        ("留痕所记单据都已归档", "papers of the ledger", complete.papers_of_ledger),
        ("清单齐全", "complete manifests", complete.listed),
    )),
    Asked("3-1", "元数据可访问", "metadata can be read", (
        ("数据文件可读", "files of data open", usable.readable),
        ("结构可检索", "their structure is known", usable.shaped),
    )),
    Asked("3-2", "内容可打开、格式合格", "contents open in good formats", (
        ("内容可打开", "contents open", usable.opens),
        ("长期保存格式", "formats for long keeping", usable.lasting),
    )),
    Asked("3-3", "软硬件环境", "software and hardware", (
        ("环境说明", "what is needed is said", usable.surroundings),
        ("不依赖本机字体", "independent of the machine's fonts", usable.independent),
    )),
    Asked("3-4", "压缩与加密", "packing and encryption", (
        ("没有加密", "no encryption", usable.unlocked),
        ("没有非公开压缩、压缩炸弹", "no odd packing, no bomb", usable.unpacked),
        ("备份可恢复", "backups can be restored", usable.recoverable),
    )),
    Asked("4-1", "病毒与有害内容", "viruses and harm", (
        ("病毒检测", "virus scan", safe.viruses),
        ("可执行内容、宏、脚本", "programs, macros, scripts", safe.active),
    )),
    Asked("4-2", "载体与多余文件", "medium and foreign files", (
        ("没有多余文件", "no foreign file", safe.foreign),
        ("路径安全", "safe paths", safe.paths),
        ("载体外观与 DA/T 38 指标", "the medium itself, DA/T 38", safe.carrier),
    )),
    Asked("4-3", "过程可控", "process under control", (
        ("留痕链", "chain of the ledger", safe.ledger),
        ("留痕在已签名的总账中", "ledger in the signed log", safe.logged),
        ("交接链", "chain of custody", safe.custody),
    )),
    Asked("4-4", "密级与保管环境", "secrecy and premises", (
        ("密级标识", "secrecy", safe.secrecy),
        ("系统漏洞与保管环境", "software holes and premises", safe.premises),
    )),
)  # fmt: skip
