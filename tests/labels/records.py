"""The main file of a fictional dossier, as long as asked for."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from labels.attachments import Attachment
from labels.papers import (
    DossierRecord,
    RecordDeadline,
    RecordDiscrepancy,
    RecordEnvelope,
    RecordEvent,
    RecordLine,
    RecordLink,
    RecordOriginal,
    RecordPaper,
    RecordParty,
    RecordSignature,
)
from tests.labels.examples import FURONG, MANIFEST, PRINTED, ROOT, XIANNING

HOUR = dt.timedelta(hours=1)
_SAID = (
    ("picked_up", "已揽收", "【咸宁市】收寄局：银泉大道揽投部，揽投员：示例甲"),
    ("in_transit", "运输中", "离开【武汉航空邮件处理中心】，下一站【长沙邮件处理中心】"),
    ("arrived", "到达", "到达【长沙市芙蓉区人民东路投递部】"),
    ("delivered", "妥投", "已签收，他人代收：收发室"),
)


def attachments() -> tuple[Attachment, ...]:
    """Data and raw messages, as the archive package has them."""
    data = json.dumps({"专档号": "421200-2026-000123", "原件": ["毕业证书"]}, ensure_ascii=False).encode()
    raw = b'{"traces": [{"opCode": "203"}]}'
    return (
        Attachment("dossier.json", "application/json", "Source", data, "专档数据"),
        Attachment("ledger.jsonl", "application/jsonl", "Source", data * 40, "留痕"),
        Attachment(hashlib.sha256(raw).hexdigest(), "application/octet-stream", "Data", raw, "快递原始报文"),
    )


def originals(count: int) -> tuple[RecordOriginal, ...]:
    """Originals that went out and came back, each with its chain."""
    links = (
        RecordLink(1, PRINTED, "申请人 王𠮷", f"{XIANNING} 李婷", "窗口收取"),
        RecordLink(2, PRINTED + 70 * HOUR, f"{XIANNING} 李婷", f"{FURONG} 欧阳䶮", "清点接收", "421200-2026-000123-1"),
        RecordLink(3, PRINTED + 300 * HOUR, f"{FURONG} 欧阳䶮", f"{XIANNING} 李婷", "退回清点", "421200-2026-000123-2"),
        RecordLink(4, PRINTED + 320 * HOUR, f"{XIANNING} 李婷", "申请人 王𠮷", "退还申请人"),
    )
    return tuple(
        RecordOriginal(
            f"421200-2026-000123-Y{n:02d}", "普通高等学校本科毕业证书", f"10511120180512{n:04d}", "华中师范大学",
            "王𠮷", 2, 1, "原件", "封皮左下角有折痕" if n == 2 else "", links,
        )
        for n in range(1, count + 1)
    )  # fmt: skip


def envelopes(count: int) -> tuple[RecordEnvelope, ...]:
    """Two envelopes, out and back."""
    lines = tuple(RecordLine(one.code, one.title, "收到") for one in originals(count))
    return tuple(
        RecordEnvelope(
            f"421200-2026-000123-{n}", way, *ends, "已签收核验", "中国邮政 EMS", f"111790557500{n}", f"XN-00451{n}",
            f"XN-00451{n}", MANIFEST, PRINTED, PRINTED + HOUR, PRINTED + 60 * HOUR, PRINTED + 70 * HOUR, lines,
        )
        for n, way, ends in ((1, "寄出", (XIANNING, FURONG)), (2, "退回", (FURONG, XIANNING)))
    )  # fmt: skip


def events(count: int) -> tuple[RecordEvent, ...]:
    """So many things a courier said."""
    said = [_SAID[n % len(_SAID)] for n in range(count)]
    return tuple(
        RecordEvent(
            PRINTED + n * HOUR, "1117905575001", word, text, "长沙市", "中国邮政 EMS", "推送" if n % 3 else "查询"
        )
        for n, (_, word, text) in enumerate(said)
    )


def deadlines() -> tuple[RecordDeadline, ...]:
    """One met, one missed."""
    why = ("日历 CN-2026-1", "2026-10-01 至 10-08 国庆节放假，不计", "2026-10-10 调休上班，计入", "共 3 个工作日")
    return (
        RecordDeadline("寄递", PRINTED, PRINTED + 72 * HOUR, PRINTED + 60 * HOUR, "按期", why),
        RecordDeadline("核验", PRINTED, PRINTED + 66 * HOUR, PRINTED + 70 * HOUR, "超期 4 小时，已提醒二级", why[:1]),
    )


def signatures(count: int) -> tuple[RecordSignature, ...]:
    """So many signatures under the lists."""
    return tuple(
        RecordSignature(
            PRINTED + n * HOUR, "李婷" if n % 2 else "欧阳䶮", XIANNING if n % 2 else FURONG,
            "移交人" if n % 2 else "接收人", "屏上手写", "421200-2026-000123-1", MANIFEST,
            hashlib.sha256(bytes([n])).hexdigest(),
        )
        for n in range(count)
    )  # fmt: skip


def papers(count: int) -> tuple[RecordPaper, ...]:
    """So many papers of the package."""
    return tuple(
        RecordPaper("原件交接单", f"data/过程文件/B{n:02d}-原件交接单.pdf", hashlib.sha256(bytes([n, 1])).hexdigest())
        for n in range(1, count + 1)
    )


def record(of: int = 3, said: int = 8, signed: int = 4, kept: int = 4, *, carried: bool = True) -> DossierRecord:
    """The main file of a dossier of `of` originals, `said` events, `signed` signatures and `kept` papers."""
    return DossierRecord(
        number="421200-2026-000123-C01", record_no="421200〔2026〕XL01-000123", archival_code="0001-WS·2026-D30-0123",
        dossier_no="421200-2026-000123", case_no="42120020260928000456", item_name="学历公证（出国留学用，跨省通办）",
        item_code="XL-01", agreement_no="XY-2026-0007", mode="异地收件", scope="跨省", archiving_agency=XIANNING,
        sender=RecordParty(XIANNING, "11421200MB1Q000025"), receiver=RecordParty(FURONG, "11430000MB1Q00005U"),
        applicant="王𠮷", retention="30年", secrecy="", opened_at=PRINTED, decision="准予",
        decided_at=PRINTED + 90 * HOUR, closed_at=PRINTED + 400 * HOUR,
        ledger_entries=58, ledger_head=MANIFEST, checkpoint_size=20481,
        checkpoint_root=ROOT, checkpoint_at=PRINTED + 401 * HOUR, key_id=MANIFEST, printed_at=PRINTED + 402 * HOUR,
        qr_text="YD1|C|421200-2026-000123", originals=originals(of), envelopes=envelopes(of), events=events(said),
        deadlines=deadlines(),
        discrepancies=(RecordDiscrepancy("破损", "封皮有折痕，内页完好", PRINTED, "双方确认，不影响使用", PRINTED),),
        signatures=signatures(signed), papers=papers(kept), attachments=attachments() if carried else (),
    )  # fmt: skip
