"""The dossier's main file (主文件), A4: the whole story for people, in sections that flow over many pages."""

import datetime as dt
import functools
from collections.abc import Iterator

from labels import flow, forms, moments
from labels.drawing import Drawing
from labels.flow import Section, Strip
from labels.forms import INNER, LEFT, RIGHT, Field
from labels.papers.record import DossierRecord, RecordEnvelope, RecordOriginal
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

_LINKS = (
    Column("次", 9, "centre"),
    Column("交接时间", 29, "centre"),
    Column("移交", 45),
    Column("接收", 45),
    Column("依据", 50),
)
_LINES = (Column("原件编号", 52), Column("名称", 96), Column("核验结果", 30, "centre"))
_EVENTS = (
    Column("时间", 29, "centre"),
    Column("运单号", 29),
    Column("节点", 20, "centre"),
    Column("快递说的话、地点", 70),
    Column("来源", 30),
)
_DEADLINES = (
    Column("环节", 26),
    Column("起算", 29, "centre"),
    Column("期限", 29, "centre"),
    Column("达成", 29, "centre"),
    Column("结果与计算依据", 65),
)
_DIFFERENCES = (Column("种类", 22), Column("登记时间", 29, "centre"), Column("说明", 62), Column("了结", 65))
_SIGNATURES = (
    Column("时间", 20, "centre"),
    Column("签署人、寄递件", 41),
    Column("方式", 20, "centre"),
    Column("所签清单、签名（SHA-256）", 97),
)
_PAPERS = (Column("序号", 10, "centre"), Column("文件", 62), Column("SHA-256", 106))
_FIRST, _FURTHER, _BOTTOM = 62.0, 23.0, 281.0
_HOW = (
    "本文件由系统在归档时据留痕生成，只作阅读；其中的事实以归档信息包 data/ 中的数据文件为准，那些数据文件同时逐字节"
    "嵌在本 PDF 里（阅读器的“附件”栏可以取出）。",
    "核验：解开归档信息包，用 sha256sum -c manifest-sha256.txt 核对每个文件；用 youdang verify 或离线单页 verify.html "
    "核对留痕链、包含证明、检查点签名、交接链与纸张。检查点根也印在当时的交接单和封面上，可与纸面对照。",
    "How to check: unpack the archive package and run sha256sum -c manifest-sha256.txt; youdang verify or the page "
    "verify.html checks the ledger's chain, its proofs, the signed checkpoint, custody and papers, offline.",
    "不能证明的事：记载的内容在记录当时是否属实；签名密钥属于谁（请从本包之外得知公钥指纹）。",
)


def drawing(record: DossierRecord) -> Drawing:
    """The main file, ready to be drawn; as PDF it carries the record's attachments."""
    about = About(
        f"邮递专档主文件 {record.record_no}", f"邮递专档 {record.dossier_no}", record.printed_at, record.attachments
    )
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, record))


def _lay_out(record: DossierRecord, sheet: Surface) -> None:
    pages = flow.paginate(_sections(record), _FIRST, _FURTHER, _BOTTOM)
    for number, page in enumerate(pages, 1):
        if number == 1:
            _first_top(sheet, record)
        else:
            sheet.next_page()
            _further_top(sheet, record)
        for y, draw in page:
            draw(sheet, y)
        forms.draw_foot(sheet, record.number, record.printed_at, record.copy_no, number, len(pages))


def _first_top(sheet: Surface, record: DossierRecord) -> None:
    sheet.text(LEFT, 21, "政务服务 · 邮递专档", 9, ink=0.2)
    sheet.text(LEFT, 34, "邮递专档主文件", 26, bold=True)
    sheet.text(LEFT, 41, "Record of a mailing dossier", 9, ink=0.35)
    sheet.fitted(LEFT, 49, f"电子文件号 {record.record_no}", (12, 6), INNER - 40, bold=True)
    sheet.fitted(LEFT, 55, f"档号 {record.archival_code or '由接收档案馆编制'}", (10, 6), INNER - 40)
    sheet.qr(RIGHT - 34, 15, record.qr_text, 34, align="right")


def _further_top(sheet: Surface, record: DossierRecord) -> None:
    sheet.text(LEFT, 18, "邮递专档主文件（续）", 9.5, bold=True)
    sheet.fitted(RIGHT, 18, f"电子文件号 {record.record_no}", (9, 6), INNER / 2, align="right")


def _sections(record: DossierRecord) -> Iterator[Section]:
    yield _section("一、办件与当事单位", "The matter and its parties", flow.fields(_matter(record)))
    yield _section("二、原件与保管链", "Originals and who answered for them", _count(len(record.originals), "份原件"))
    yield from map(_original, record.originals)
    yield _section("三、寄递件", "Envelopes", _count(len(record.envelopes), "个封套"))
    for envelope in record.envelopes:
        yield from _envelope(envelope)
    yield _table("四、寄递轨迹", "What couriers said", _EVENTS, [
        ((moments.minute(e.at),), (e.waybill_no,), (e.milestone,), (e.text, e.place), (e.source, e.courier))
        for e in record.events
    ])  # fmt: skip
    yield _table("五、时限", "Deadlines", _DEADLINES, [
        ((d.leg,), (moments.minute(d.started_at),), (moments.minute(d.due_at),), (_at(d.met_at),),
         (d.outcome, *d.explanation))
        for d in record.deadlines
    ])  # fmt: skip
    yield _table("六、差异及了结", "Differences and how they were settled", _DIFFERENCES, [
        ((d.kind,), (moments.minute(d.opened_at),), (d.note,), (d.settlement or "未了结", _at(d.settled_at)))
        for d in record.discrepancies
    ])  # fmt: skip
    yield _table("七、交接签署", "Custody signatures", _SIGNATURES, [
        (tuple(moments.minute(s.at).split()), (f"{s.part} {s.signer}", s.agency, s.consignment_no), (s.manner,),
         ("", s.manifest_sha256, s.signature_sha256))
        for s in record.signatures
    ])  # fmt: skip
    yield _table("八、文件", "Papers in the package", _PAPERS, [
        ((str(number),), (p.title, p.path), ("", p.sha256)) for number, p in enumerate(record.papers, 1)
    ])  # fmt: skip
    yield _section("九、留痕见证与核验", "The ledger's witness, and how to check", _witness(record))


def _matter(record: DossierRecord) -> Iterator[tuple[Field, ...]]:
    yield Field("专档号", record.dossier_no), Field("办件编号", record.case_no)
    yield (Field("办理事项", f"{record.item_name}（{record.item_code}）" if record.item_code else record.item_name),)
    for name, party in (("寄出单位", record.sender), ("收件单位", record.receiver)):
        yield (Field(name, f"{party.agency}（{party.uscc}）" if party.uscc else party.agency),)
    yield (Field("立档单位", record.archiving_agency),)
    yield Field("申请人", record.applicant), Field("密级", record.secrecy or "无")
    yield Field("通办协议", record.agreement_no), Field("业务模式", f"{record.mode} · {record.scope}")
    yield Field("保管期限", record.retention), Field("受理时间", moments.minute(record.opened_at))
    yield Field("审批结果", f"{record.decision}　{_at(record.decided_at)}"), Field("办结时间", _at(record.closed_at))


def _original(one: RecordOriginal) -> Section:
    about = (
        (Field("编号", one.number), Field("持有人", one.holder)),
        (Field("出具单位", one.issuer), Field("形式", f"{one.form} · {one.pages} 页 · {one.copies} 份")),
        *(((Field("备注", one.note),),) if one.note else ()),
    )
    links = flow.rows(_LINKS, [
        ((str(link.seq),), (moments.minute(link.at),), (link.released_by,), (link.accepted_by,),
         (link.basis, link.consignment_no))
        for link in one.links
    ])  # fmt: skip
    head = (flow.head(_LINKS),) if links else ()
    strips = (*flow.fields(about), *head, *links)
    return Section(flow.minor(f"{one.code}　{one.title}"), strips, together=len(about) + 2)


def _envelope(one: RecordEnvelope) -> Iterator[Section]:
    about = (
        (Field("寄出", one.sender_agency),),
        (Field("收件", one.receiver_agency),),
        (Field("承运", one.courier), Field("运单号", one.waybill_no)),
        (Field("封签号", one.seal_no), Field("到件封签", one.seal_found)),
        (Field("封装", _at(one.sealed_at)), Field("揽收", _at(one.picked_up_at))),
        (Field("快递称妥投", _at(one.delivered_at)), Field("签收核验", _at(one.received_at))),
        (Field("清单摘要", one.manifest_sha256),),
    )
    yield Section(flow.minor(f"{one.no}　{one.direction} · {one.stage}"), flow.fields(about), together=len(about))
    if one.lines:
        lines = flow.rows(_LINES, [((x.original_code,), (x.title,), (x.outcome,)) for x in one.lines])
        yield Section(flow.head(_LINES), lines)


def _witness(record: DossierRecord) -> tuple[Strip, ...]:
    about = (
        (Field("留痕条目", f"{record.ledger_entries} 条"), Field("检查点", f"{record.checkpoint_size} 条")),
        (Field("末条摘要", record.ledger_head),),
        (Field("检查点根", record.checkpoint_root),),
        (Field("签名时间", moments.minute(record.checkpoint_at)), Field("附件", f"{len(record.attachments)} 个")),
        (Field("公钥指纹", record.key_id),),
    )
    inside = [f"附件：{one.name}（{one.description or one.media_type}）" for one in record.attachments]
    return (*flow.fields(about), *flow.lines([*_HOW, *inside]))


def _section(words: str, english: str, strips: tuple[Strip, ...]) -> Section:
    return Section(flow.heading(words, english), strips)


def _table(words: str, english: str, columns: tuple[Column, ...], cells: list[tuple[tuple[str, ...], ...]]) -> Section:
    if not cells:
        return _section(words, english, flow.lines(["无。 None."]))
    return Section(flow.heading(words, english), flow.rows(columns, cells), flow.head(columns))


def _count(number: int, what: str) -> tuple[Strip, ...]:
    return flow.lines([f"共 {number} {what}。"])


def _at(instant: dt.datetime | None) -> str:
    return moments.minute(instant) if instant is not None else "—"
