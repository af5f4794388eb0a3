"""Label PDFs a second, beside reportlab's own widgets drawing the same two codes on an empty page.

The peer has no text, no embedded font and no PDF/A around it: it is what the codes alone cost there.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

from report import line, machine, seconds
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels.draw import draw
from labels.papers import LabelParty, WaybillLabel

LABEL = WaybillLabel(
    number="421200-2026-000001-1-L01",
    courier_code="ems",
    courier_name="中国邮政 EMS",
    waybill_no="1117905575000",
    route_code="长沙 50-00 03",
    destination_mark="长沙市",
    package_name="长沙市集包地",
    sender=LabelParty("咸宁市政务服务大厅", "陈样", "0715-0000001", "咸安区示例大道36号"),
    receiver=LabelParty("长沙市芙蓉区政务服务中心", "", "0731-00000003", "长沙市芙蓉区示例中路189号"),
    contents_count=3,
    dossier_no="421200-2026-000001",
    seal_no="XN-004512",
    printed_at=datetime(2026, 9, 28, 1, 40, tzinfo=UTC),
    qr_text="YD1|W|421200-2026-000001-1|e0e6f6e5ba85a720",
    secrecy="",
    official_document=False,
    postal_enterprise=True,
)
COUNT = 20


def labels() -> int:
    """Twenty different labels; their bytes in all."""
    return sum(
        len(draw(replace(LABEL, waybill_no=f"11179055{n:05d}", qr_text=f"{LABEL.qr_text}{n:05d}")))
        for n in range(COUNT)
    )


def codes_only() -> int:
    """The peer: the two codes alone."""
    total = 0
    for n in range(COUNT):
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=(100 * mm, 150 * mm))
        code128.Code128(f"11179055{n:05d}", barWidth=0.5 * mm, barHeight=15 * mm).drawOn(canvas, 5 * mm, 100 * mm)
        drawing = Drawing(25 * mm, 25 * mm)
        drawing.add(QrCodeWidget(f"{LABEL.qr_text}{n:05d}", barLevel="Q", barWidth=25 * mm, barHeight=25 * mm))
        renderPDF.draw(drawing, canvas, 60 * mm, 10 * mm)
        canvas.save()
        total += len(target.getvalue())
    return total


def main() -> None:
    """Measure and print."""
    print(machine("youdang", "reportlab", "pikepdf"))
    ours = line("waybill labels, PDF/A-2u", seconds(labels, 7), COUNT)
    theirs = line("the two codes alone, reportlab widgets", seconds(codes_only, 7), COUNT)
    print(f"  ratio ours / the codes alone: {ours / theirs:.2f}; {labels() / COUNT / 1000:.1f} kB a label")


if __name__ == "__main__":
    main()
