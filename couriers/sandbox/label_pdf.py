"""A label as a file: one small page of PDF that says whose it is. Latin letters only; no real courier's label."""

from __future__ import annotations

_POINTS_PER_MM = 72 / 25.4


def label_pdf(width_mm: int, height_mm: int, lines: tuple[str, ...]) -> bytes:
    """A PDF of one page with the lines from its top, the first one large. Raises ValueError for what is not ASCII."""
    width, height = round(width_mm * _POINTS_PER_MM), round(height_mm * _POINTS_PER_MM)
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    rest = "".join(f" 0 -16 Td /F1 9 Tf ({line}) Tj" for line in shown[1:])
    text = f"BT /F1 14 Tf 12 {height - 40} Td ({shown[0]}) Tj{rest} ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        % (width, height),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    )
    pdf = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    return pdf + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(pdf))
