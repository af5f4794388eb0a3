"""Labels a second, as PDF and in the printers' languages, beside Karrio's published "generic" carrier in the same run.

Ours carry Chinese text from embedded fonts; the PDF is PDF/A-2u, and what goes to a printer is drawn from its own
bytes, scanned and compared before it counts. Theirs is a picture in a PDF, or ZPL with the printer's fonts and Latin
text: see `peers/karrio_labels.py`. One more row is what the two codes alone cost by reportlab's own widgets.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from report import line, machine, seconds
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels.batch import draw_batch
from labels.draw import draw
from labels.papers import LabelParty, WaybillLabel
from labels.printers.face import Dpi
from labels.printers.press import LANGUAGES, press

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
COUNT, ROUNDS, RUNS = 20, 3, 3
BATCH = 1_000
DPIS: tuple[Dpi, ...] = (203, 300)
PEER = Path(__file__).parent / "peers" / "karrio_labels.py"


def labels(make: Callable[[WaybillLabel], bytes]) -> int:
    """Twenty different labels; their bytes in all."""
    return sum(
        len(make(replace(LABEL, waybill_no=f"11179055{n:05d}", qr_text=f"{LABEL.qr_text}{n:05d}")))
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


def peers() -> tuple[dict[str, str], dict[str, list[float]], dict[str, int]]:
    """Karrio's versions, the seconds a label of theirs takes, and how long its base64 is, by kind."""
    python = os.environ.get("PEERS")
    if not python:
        raise SystemExit("PEERS names the Python that has Karrio: run `make bench`, or sh .ci/peers.sh first.")
    done = subprocess.run([python, str(PEER), str(RUNS)], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["versions"], told["times"], told["sizes"]


def ways() -> dict[str, Callable[[], object]]:
    """Everything of ours that is timed, by its name."""
    found: dict[str, Callable[[], object]] = {"waybill labels, PDF/A-2u": partial(labels, draw)}
    for language in LANGUAGES:
        for dpi in DPIS:
            make = partial(press, language=language, dpi=dpi)
            found[f"waybill labels, {language.upper()} {dpi} dpi, proven"] = partial(labels, make)
    return found | {"the two codes alone, reportlab widgets": codes_only}


def batches() -> None:
    """A thousand labels in one document, drawn only, and drawn, scanned and compared; what a label of it takes."""
    many = [replace(LABEL, waybill_no=f"11179055{n:05d}", qr_text=f"{LABEL.qr_text}{n:05d}") for n in range(BATCH)]
    for verify in (False, True):
        taken = seconds(partial(draw_batch, many, verify=verify), 3)
        line(f"a batch of {BATCH} labels{', each scanned' if verify else ''}", taken, BATCH)
        print(f"  the whole batch: {statistics.median(taken):.1f} s")


def main() -> None:
    """Measure in turns, so that both sides meet the same machine, and print."""
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        versions, times, sizes = peers()
        for kind, taken in times.items():
            theirs.setdefault(kind, []).extend(taken)
        for name, work in ways().items():
            ours.setdefault(name, []).extend(seconds(work, RUNS))
    print(machine("youdang", "reportlab", "pikepdf", "zxing-cpp"), ", ".join(f"{a} {b}" for a, b in versions.items()))
    rates = {name: line(name, taken, COUNT) for name, taken in ours.items()}
    karrio = {kind: line(f"karrio generic, {kind}", taken, 1) for kind, taken in theirs.items()}
    for name, kind in (("waybill labels, PDF/A-2u", "PDF"), ("waybill labels, ZPL 203 dpi, proven", "ZPL")):
        print(f"  {name}: {rates[name] / karrio[kind]:.1f} times Karrio's {kind}")
    batches()
    print(f"  a PDF label {labels(draw) / COUNT / 1000:.1f} kB, Karrio's {sizes['PDF'] * 3 / 4 / 1000:.1f} kB")


if __name__ == "__main__":
    main()
