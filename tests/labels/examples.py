"""Papers of fictional people with realistic names, numbers and lengths."""

import dataclasses
import datetime as dt
import hashlib
import typing

from labels.papers import (
    DossierCover,
    HandoverItem,
    HandoverSheet,
    LabelParty,
    LabelSize,
    OriginalSticker,
    SealSticker,
    SlipItem,
    TransferSlip,
    WaybillLabel,
)

XIANNING = "咸宁市政务服务和大数据管理局政务服务大厅"
FURONG = "长沙市芙蓉区人民政府政务服务中心（芙蓉区行政审批服务局）"
PRINTED = dt.datetime(2026, 9, 28, 1, 5, tzinfo=dt.UTC)
ROOT = hashlib.sha256(b"ledger").hexdigest()
MANIFEST = hashlib.sha256(b"manifest").hexdigest()
SENDER = LabelParty(XIANNING, "王𠮷", "0715-8251234", "湖北省咸宁市咸安区银泉大道588号市民之家3楼305室")
RECEIVER = LabelParty(FURONG, "欧阳䶮", "13812345678", "湖南省长沙市芙蓉区人民东路189号芙蓉区政务服务大厅2单元1201室")

LABEL = WaybillLabel(
    number="MD-2026-000123-1",
    courier_code="EMS",
    courier_name="中国邮政 EMS 特快专递",
    waybill_no="1234567890123",
    route_code="长沙-芙蓉-A12",
    destination_mark="湖南 长沙 芙蓉区",
    package_name="长沙邮件处理中心",
    sender=SENDER,
    receiver=RECEIVER,
    contents_count=3,
    dossier_no="421200-2026-000123",
    seal_no="XN-004512",
    printed_at=PRINTED,
    qr_text="MD1|421200-2026-000123|1234567890123|1/3|0123456789ABCDEF|K1.0123456789ABCDEF",
    secrecy="",
    official_document=True,
    postal_enterprise=True,
)

_ITEMS = (
    SlipItem(1, "毕业证书", "105111201805123456", "华中师范大学", "王𠮷", 1, 1, "原件"),
    SlipItem(2, "学位证书", "1051142018012345", "华中师范大学", "王𠮷", 1, 1, "原件", "封皮左下角有折痕"),
    SlipItem(
        3, "不动产权证书", "鄂（2021）咸宁市不动产权第0012345号", "咸宁市自然资源和规划局", "𪚥䶮㛃", 6, 1, "原件"
    ),
    SlipItem(4, "授权委托书", "（2026）咸证字第1024号", "咸宁市公证处", "诸葛明𠮷", 3, 2, "副本", "不可再发"),
)


def items(count: int) -> tuple[SlipItem, ...]:
    """So many originals, numbered from one."""
    kinds = [_ITEMS[number % len(_ITEMS)] for number in range(count)]
    return tuple(
        SlipItem(n, x.title, x.number, x.issuer, x.holder, x.pages, x.copies, x.form, x.note)
        for n, x in enumerate(kinds, 1)
    )


def slip(count: int = 3) -> TransferSlip:
    """A slip that lists so many originals."""
    return TransferSlip(
        number="JJ-2026-000123-1",
        kind="outbound",
        dossier_no="421200-2026-000123",
        case_no="42120020260928000456",
        item_name="学历公证（出国留学用，跨省通办）",
        sender_agency=XIANNING,
        receiver_agency=FURONG,
        waybill_no="1234567890123",
        seal_no="XN-004512",
        items=items(count),
        released_by="李婷",
        ledger_root=ROOT,
        ledger_size=20481,
        manifest_sha256=MANIFEST,
        printed_at=PRINTED,
        qr_text=f"SLIP|JJ-2026-000123-1|{MANIFEST[:16].upper()}",
    )


def cover(count: int = 3) -> DossierCover:
    """A cover over so many originals."""
    return DossierCover(
        number="FM-2026-000123",
        dossier_no="421200-2026-000123",
        case_no="42120020260928000456",
        item_name="学历公证（出国留学用，跨省通办）",
        sender_agency=XIANNING,
        receiver_agency=FURONG,
        agreement_no="XY-2026-0007",
        opened_at=dt.datetime(2026, 9, 25, 17, 30, tzinfo=dt.UTC),
        retention="30年",
        secrecy="",
        items=items(count),
        ledger_root=ROOT,
        printed_at=PRINTED,
        qr_text="COVER|421200-2026-000123|FM-2026-000123",
    )


def handover(count: int = 3, signed: bool = False) -> HandoverSheet:
    """A hand-over list of so many envelopes."""
    return HandoverSheet(
        number="421200-JJ20260928-01",
        agency=XIANNING,
        courier_name="中国邮政 EMS 特快专递",
        items=tuple(
            HandoverItem(n, f"11000000{n:05d}", f"421200-2026-{n:06d}-1", FURONG, f"XN-{n:06d}", PRINTED)
            for n in range(1, count + 1)
        ),
        made_at=PRINTED,
        made_by="李婷",
        pickup="9 月 28 日 14:00–16:00",
        collector="欧阳示例" if signed else "",
        staff_no="YG-10086" if signed else "",
        signed_at=PRINTED if signed else None,
        list_sha256=MANIFEST if signed else "",
        signature_sha256=ROOT if signed else "",
        printed_at=PRINTED,
        qr_text=f"YD1|H|421200-JJ20260928-01|{MANIFEST[:16]}",
    )


SEAL = SealSticker(
    number="421200-2026-000123-1-S01",
    seal_no="XN-004512",
    consignment_no="421200-2026-000123-1",
    agency=XIANNING,
    sealed_by="王𠮷",
    sealed_at=PRINTED,
    contents_count=3,
    printed_at=PRINTED,
    qr_text="YD1|S|421200-2026-000123-1|XN-004512|e0e6f6e5ba85a720",
)
STICKER = OriginalSticker(
    number="421200-2026-000123-Y02-1",
    original_no="421200-2026-000123-Y02",
    dossier_no="421200-2026-000123",
    seq=2,
    total=8,
    title="普通高等学校本科毕业证书（含学士学位证书）",
    form="原件",
    pages=2,
    agency=FURONG,
    holder="欧阳䶮",
    printed_at=PRINTED,
    qr_text="YD1|Y|421200-2026-000123-Y02|e0e6f6e5ba85a720",
)
#: Every label a thermal printer prints: the waybill in its sizes with both forms of number, and the two stickers.
THERMAL: dict[str, WaybillLabel | SealSticker | OriginalSticker] = {
    **{
        f"{size}-{number[:2]}": dataclasses.replace(LABEL, size=size, waybill_no=number)
        for size in typing.get_args(LabelSize)
        for number in ("1234567890123", "RA123456785CN")
    },
    "seal": SEAL,
    "original": STICKER,
}
