"""The two small stickers: the seal over an envelope's flap (封签) and the one on an original's sleeve (原件贴).

The seal carries its number as Code 128 beside the QR code; an original's number is too long for 60 mm, so its sticker
has the QR code alone. Names of persons are masked.
"""

import functools

from labels import masking, moments, words
from labels.drawing import Drawing
from labels.papers import ROOT_SHOWN, OriginalSticker, SealSticker
from labels.pdfa import About
from labels.sheet import DOT
from labels.surface import Surface

_EDGE = 2.5
_WARNING = "破损、缺失或揭开过的，请勿签收，当场联系寄件单位"
#: 70 x 50 mm and 60 x 40 mm in whole dots of 203 dpi.
_SEAL, _ORIGINAL = (559 * DOT, 399 * DOT), (479 * DOT, 319 * DOT)


def seal(sticker: SealSticker) -> Drawing:
    """The seal, ready to be drawn."""
    about = About(f"封签 {sticker.seal_no}", f"寄递件 {sticker.consignment_no}", sticker.printed_at)
    return Drawing(*_SEAL, about, functools.partial(_lay_out_seal, sticker))


def original(sticker: OriginalSticker) -> Drawing:
    """The original's sticker, ready to be drawn."""
    about = About(f"原件贴 {sticker.original_no}", f"邮递专档 {sticker.dossier_no}", sticker.printed_at)
    return Drawing(*_ORIGINAL, about, functools.partial(_lay_out_original, sticker))


def _lay_out_seal(sticker: SealSticker, sheet: Surface) -> None:
    width, height = _SEAL
    right, code = width - _EDGE, 24.6
    sheet.box(_EDGE, _EDGE, width - 2 * _EDGE, height - 2 * _EDGE, weight=0.5)
    sheet.badge(_EDGE + 1.2, _EDGE + 1.2, 8.6, "封", 20)
    sheet.fitted(_EDGE + 11.5, _EDGE + 5.2, words.both("邮递专档封签", sticker.language), (12, 6), 29, bold=True)
    sheet.fitted(_EDGE + 11.5, _EDGE + 9.4, sticker.seal_no, (10, 6), right - code - _EDGE - 13, bold=True)
    sheet.qr(right - code - 0.4, _EDGE + 0.6, sticker.qr_text, code)
    room = right - code - 3 - _EDGE
    lines = (
        (17.4, f"{words.both('寄递件', sticker.language)} {sticker.consignment_no}", (8, 4.5)),
        (20.9, f"{words.both('内件', sticker.language)} {sticker.contents_count} 件", (8, 5.5)),
        (24.0, f"{sticker.number} · 第 {sticker.copy_no} 次", (6.5, 4.5)),
        (26.7, f"留痕 {sticker.ledger_root[:ROOT_SHOWN]}" if sticker.ledger_root else "", (5.5, 4.5)),
    )
    for y, line, sizes in lines:
        sheet.fitted(_EDGE + 2, y, line, sizes, room)
    sheet.code128(_EDGE + 0.5, 28.2, sticker.seal_no, width - 2 * _EDGE - 1, 6.6)
    _seal_foot(sticker, sheet, width - 2 * _EDGE - 4)


def _seal_foot(sticker: SealSticker, sheet: Surface, room: float) -> None:
    """Who sealed it and when, and what a broken seal means."""
    sealed_by = words.both("封装人", sticker.language)
    signed = f"{sealed_by} {masking.mask_name(sticker.sealed_by)}　{moments.minute(sticker.sealed_at)}"
    english = words.english(_WARNING, sticker.language)
    lines = (
        (sticker.agency, (8.5, 5), True),
        (signed, (7.5, 5), False),
        (_WARNING, (7, 5), True),
    )
    for y, (line, sizes, bold) in zip((37.7, 40.5, 43.3) if english else (38.9, 42.6, 46.0), lines, strict=True):
        largest = sizes[0] - 1 if english else sizes[0]
        sheet.fitted(_EDGE + 2, y, line, (largest, sizes[1]), room, bold=bold)
    sheet.fitted(_EDGE + 2, 46.1, english, (6, 4.5), room)


def _lay_out_original(sticker: OriginalSticker, sheet: Surface) -> None:
    width, height = _ORIGINAL
    code, left, room = 24.0, _EDGE, width - 2 * _EDGE
    beside = room - code - 1
    bilingual = sticker.language == "zh-en"
    sheet.qr(width - 1.5 - code, 1.0, sticker.qr_text, code)
    sheet.fitted(left, 6.6, f"原件 {sticker.seq} / {sticker.total}", (14, 7), beside, bold=True)
    sheet.fitted(left, 9.2, f"Original {sticker.seq} of {sticker.total}" if bilingual else "", (6, 4.5), beside)
    top = 10.2 if bilingual else 9.0
    sheet.paragraph(left, top, sticker.title, (10, 5.5), (beside, 24.5 - top), bold=True, leading=1.2)
    sheet.line(left, 26.0, width - _EDGE, 26.0, 0.25)
    form = words.both(sticker.form, sticker.language) if sticker.form in words.ENGLISH else sticker.form
    held = f"{form} {sticker.pages} 页　{masking.mask_name(sticker.holder)}".rstrip("　")
    sheet.fitted(left, 29.6, sticker.original_no, (9, 4.5), room * 0.58, bold=True)
    sheet.fitted(width - _EDGE, 29.6, held, (8, 4.5), room * 0.4, align="right")
    sheet.fitted(left, 32.9, sticker.agency, (7.5, 4.5), room)
    sheet.fitted(
        left, 35.4, f"留痕 {sticker.ledger_root[:ROOT_SHOWN]}" if sticker.ledger_root else "", (5.5, 4.5), room
    )
    foot = f"{words.both('专档', sticker.language)} {sticker.dossier_no} · {sticker.number} · 第 {sticker.copy_no} 次"
    sheet.fitted(left, height - 2.0, foot, (6.5, 4.5), room)
