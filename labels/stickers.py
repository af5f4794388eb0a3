"""The two small stickers: the seal over an envelope's flap (封签) and the one on an original's sleeve (原件贴).

The seal carries its number as Code 128 beside the QR code; an original's number is too long for 60 mm, so its sticker
has the QR code alone. Names of persons are masked.
"""

import functools

from labels import masking, moments
from labels.drawing import Drawing
from labels.papers import OriginalSticker, SealSticker
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
    sheet.text(_EDGE + 11.5, _EDGE + 5.2, "邮递专档封签", 12, bold=True)
    sheet.fitted(_EDGE + 11.5, _EDGE + 9.4, sticker.seal_no, (10, 6), right - code - _EDGE - 13, bold=True)
    sheet.qr(right - code - 0.4, _EDGE + 0.6, sticker.qr_text, code)
    room = right - code - 3 - _EDGE
    sheet.fitted(_EDGE + 2, 18.2, f"寄递件 {sticker.consignment_no}", (8, 5.5), room)
    sheet.fitted(_EDGE + 2, 23.2, f"内件 {sticker.contents_count} 件", (8, 5.5), room)
    sheet.code128(_EDGE + 0.5, 28.2, sticker.seal_no, width - 2 * _EDGE - 1, 7.0)
    sheet.fitted(_EDGE + 2, 38.9, sticker.agency, (8.5, 5), width - 2 * _EDGE - 4, bold=True)
    signed = f"封装人 {masking.mask_name(sticker.sealed_by)}　{moments.minute(sticker.sealed_at)}"
    sheet.fitted(_EDGE + 2, 42.6, signed, (7.5, 5), width - 2 * _EDGE - 4)
    sheet.fitted(_EDGE + 2, 46.0, _WARNING, (7, 5), width - 2 * _EDGE - 4, bold=True)


def _lay_out_original(sticker: OriginalSticker, sheet: Surface) -> None:
    width, height = _ORIGINAL
    code, left, room = 24.0, _EDGE, width - 2 * _EDGE
    beside = room - code - 1
    sheet.qr(width - 1.5 - code, 1.0, sticker.qr_text, code)
    sheet.fitted(left, 6.6, f"原件 {sticker.seq} / {sticker.total}", (14, 7), beside, bold=True)
    sheet.paragraph(left, 9.0, sticker.title, (10, 5.5), (beside, 15.5), bold=True, leading=1.2)
    sheet.line(left, 26.0, width - _EDGE, 26.0, 0.25)
    held = f"{sticker.form} {sticker.pages} 页　{masking.mask_name(sticker.holder)}".rstrip("　")
    sheet.fitted(left, 29.6, sticker.original_no, (9, 5), room * 0.6, bold=True)
    sheet.fitted(width - _EDGE, 29.6, held, (8, 5), room * 0.38, align="right")
    sheet.fitted(left, 33.6, sticker.agency, (7.5, 4.5), room)
    foot = f"专档 {sticker.dossier_no} · {sticker.number} · 第 {sticker.copy_no} 次"
    sheet.fitted(left, height - 2.0, foot, (6.5, 4.5), room)
