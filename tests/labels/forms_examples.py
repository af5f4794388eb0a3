"""Examples of the forms that lie in a dossier or pass between a window, an applicant and the other hall."""

import datetime as dt

from labels.papers import (
    ArrivalReceipt,
    ArrivedItem,
    Catalogue,
    CatalogueItem,
    Contact,
    GuideDeadline,
    GuideMaterial,
    GuidePage,
    IntakeReceipt,
    IrregularItem,
    IrregularityNotice,
    PhotoReference,
    Remark,
    RemarksSheet,
    TakenItem,
)
from tests.labels.examples import FURONG, MANIFEST, PRINTED, ROOT, XIANNING, items

_ITEM = "学历公证（出国留学用，跨省通办）"
_DOSSIER, _CASE = "421200-2026-000123", "42120020260928000456"


def catalogue(count: int = 4) -> Catalogue:
    """A list of so many documents."""
    listed, page = [], 1
    for item in items(count):
        last = page + item.pages - 1
        listed.append(CatalogueItem(item.seq, item.number, item.issuer, item.title, "20260928", page, last, item.note))
        page = last + 1
    return Catalogue(
        number="ML-2026-000123", agency=XIANNING, dossier_no=_DOSSIER, case_no=_CASE, item_name=_ITEM,
        archival_code="J001-ZY·2026-D30-0001", secrecy="", items=tuple(listed), ledger_root=ROOT, ledger_size=20481,
        printed_at=PRINTED, qr_text="YD1|C|421200-2026-000123",
    )  # fmt: skip


_REMARKS = (
    Remark(1, "学位证书", "damaged", "封皮左下角有折痕，收件时已有，申请人在场确认。", "李婷", PRINTED),
    Remark(2, "不动产权证书", "missing", "启封时缺第 5、6 页，差异通知单 421200-2026-000123-1-D01。", "周敏", PRINTED),
    Remark(3, "授权委托书", "replaced", "原件字迹模糊，由申请人重新出具，原件退回。", "李婷"),
)


def remarks(count: int = 3) -> RemarksSheet:
    """A note with so many remarks."""
    return RemarksSheet(
        number="BK-2026-000123", agency=XIANNING, dossier_no=_DOSSIER, case_no=_CASE, item_name=_ITEM,
        archival_code="J001-ZY·2026-D30-0001", secrecy="", items_count=4, pages_count=11,
        situation="本卷共 4 件 11 页，原件于 2026 年 9 月 28 日寄出，"
        "同年 10 月 2 日由芙蓉区政务服务中心签收核验，结果文书随卷归档。",
        compiled_by="李婷", checked_by="", compiled_at=PRINTED, ledger_root=ROOT, ledger_size=20481,
        remarks=tuple(_REMARKS[n % 3] for n in range(count)), printed_at=PRINTED, qr_text="YD1|B|421200-2026-000123",
    )  # fmt: skip


def intake(count: int = 3) -> IntakeReceipt:
    """A receipt for so many originals."""
    return IntakeReceipt(
        number="421200-2026-000123-R01", case_no=_CASE, dossier_no=_DOSSIER, item_name=_ITEM, agency=XIANNING,
        applicant="欧阳𠮷", applicant_phone="13812345678", agent="王䶮",
        items=tuple(TakenItem(x.seq, x.title, x.number, x.form, x.pages, x.copies, x.note) for x in items(count)),
        received_by="李婷", received_at=PRINTED,
        next_steps=(
            "窗口在 2 个工作日内把上列原件封装，经邮政特快专递寄往长沙市芙蓉区政务服务中心。",
            "对方收到后当天清点，决定作出后 1 个工作日内寄回。",
            "原件寄回后，窗口用短信通知您来领取，也可以选择邮寄到家。",
        ),
        promised="2026 年 10 月 20 日前", inquiry_phone="0715-8251234", inquiry_place="咸宁市政务服务大厅 12 号窗口",
        secrecy="", ledger_root=ROOT, ledger_size=20481, printed_at=PRINTED, qr_text="YD1|R|421200-2026-000123",
    )  # fmt: skip


_FINDINGS = ("received", "damaged", "missing", "unchecked", "wrong", "illegible", "extra")


def arrival(count: int = 4) -> ArrivalReceipt:
    """A receipt that says of so many originals how they came."""
    return ArrivalReceipt(
        number="421200-2026-000123-1-H01", consignment_no="421200-2026-000123-1", dossier_no=_DOSSIER, case_no=_CASE,
        item_name=_ITEM, sender_agency=XIANNING, receiver_agency=FURONG, courier_name="中国邮政 EMS 特快专递",
        waybill_no="1234567890123", seal_expected="XN-004512", seal_found="XN-004512", seal_state="broken",
        items=tuple(
            ArrivedItem(x.seq, x.title, x.number, x.form, x.pages, x.copies, _FINDINGS[n % 7], x.note)  # type: ignore[arg-type]
            for n, x in enumerate(items(count))
        ),
        received_by="周敏", checked_by="陈立", received_at=PRINTED, delivered_at=PRINTED - dt.timedelta(hours=2),
        notice_no="421200-2026-000123-1-D01", manifest_sha256=MANIFEST, secrecy="", ledger_root=ROOT,
        ledger_size=20481, printed_at=PRINTED, qr_text="YD1|A|421200-2026-000123-1",
    )  # fmt: skip


def notice(count: int = 2, photos: int = 2) -> IrregularityNotice:
    """A notice of so many differences."""
    told = (
        ("missing", "原件 6 页 1 份", "没有见到"), ("damaged", "原件 1 页 1 份", "右上角撕裂约 3 厘米，文字可辨"),
        ("extra", "", "授权委托书 1 份，未列入清单"),
    )  # fmt: skip
    return IrregularityNotice(
        number="421200-2026-000123-1-D01", consignment_no="421200-2026-000123-1", dossier_no=_DOSSIER, case_no=_CASE,
        item_name=_ITEM, sender_agency=XIANNING, finder_agency=FURONG, courier_name="中国邮政 EMS 特快专递",
        waybill_no="1234567890123", seal_expected="XN-004512", seal_found="XN-004513", seal_state="replaced",
        weight_expected="212 克", weight_found="148 克",
        items=tuple(
            IrregularItem(x.seq, x.title, x.number, *told[n % 3], note=x.note)  # type: ignore[arg-type]
            for n, x in enumerate(items(count))
        ),
        account="2026 年 9 月 30 日 9 时 10 分，在 12 号窗口当面启封。封套右侧有约 4 厘米撕口，封签号与交接单不一致；"
        "投递员在场，已在签收单上注明。逐件清点两遍，结果相同。",
        found_by="周敏", witness="陈立", found_at=PRINTED, answer_by=PRINTED + dt.timedelta(days=3),
        manifest_sha256=MANIFEST, secrecy="", ledger_root=ROOT, ledger_size=20481, printed_at=PRINTED,
        qr_text="YD1|D|421200-2026-000123-1",
        photos=tuple(PhotoReference(f"封套正面与撕口（{n}）", MANIFEST) for n in range(1, photos + 1)),
    )  # fmt: skip


_MATERIALS = (
    GuideMaterial(1, "毕业证书", "原件", 1, "travels", "办理单位须当面核对防伪标记。", "校名、印章、编号齐全。"),
    GuideMaterial(2, "居民身份证", "复印件", 1, "electronic", "已接入电子证照库。", "在有效期内，与申请人一致。"),
    GuideMaterial(3, "学籍档案证明", "原件", 1, "copy", "收复印件，窗口核对原件后加盖核对章。", "出具单位印章清楚。"),
    GuideMaterial(4, "户口簿", "原件", 1, "waived", "公安数据可以核验，按协议第五条免寄。", ""),
)


def guide(count: int = 4) -> GuidePage:
    """A page about so many materials."""
    return GuidePage(
        number="ZN-421200-0007-3", agency=XIANNING, item_code="11421200MB1234567X4000120007", item_name=_ITEM,
        agreement_no="XY-2026-0007", receiver_agency=FURONG, version="第 3 版", valid_from=PRINTED,
        materials=tuple(
            GuideMaterial(n, x.title, x.form, x.copies, x.treatment, x.why, x.review_points)
            for n, x in ((n, _MATERIALS[(n - 1) % 4]) for n in range(1, count + 1))
        ),
        deadlines=(
            GuideDeadline("收件到寄出", "收齐材料后 2 个工作日内封装并交快递。"),
            GuideDeadline("签收到清点", "封套送达当天清点；当天 16:30 后送达的，次一工作日 10:00 前。"),
            GuideDeadline("作出决定", "自清点无误之日起 10 个工作日。"),
            GuideDeadline("原件寄回", "决定作出后 1 个工作日内寄回，走原线路。"),
        ),
        contacts=(
            Contact("材料怎样准备", XIANNING, "0715-8251234"),
            Contact("办理进度、补正", FURONG, "0731-84683116"),
            Contact("快递迟到、破损", "中国邮政 EMS 客户服务", "11183"),
        ),
        ledger_root=ROOT, ledger_size=20481, printed_at=PRINTED, qr_text="YD1|G|11421200MB1234567X4000120007|3",
    )  # fmt: skip


AnyForm = Catalogue | RemarksSheet | IntakeReceipt | ArrivalReceipt | IrregularityNotice | GuidePage
FORMS: dict[str, AnyForm] = {
    "catalogue": catalogue(24),
    "remarks": remarks(),
    "remarks-none": remarks(0),
    "intake": intake(),
    "receipt": arrival(7),
    "notice": notice(),
    "guide": guide(),
}
