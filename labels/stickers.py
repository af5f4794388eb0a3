"""The two small stickers: the seal over an envelope's flap (封签) and the one on an original's sleeve (原件贴).

Both carry a Code 128 with the number a scanner reads at the desk and a QR code; names of persons are masked.
"""

import functools

from labels import masking, moments
from labels.drawing import Drawing
from labels.papers import OriginalSticker, SealSticker
from labels.pdfa import About
from labels.sheet import DOT
from labels.surface import Surface

_EDGE = 2.5
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
    right, code = width - _EDGE, 21.0
    sheet.box(_EDGE, _EDGE, width - 2 * _EDGE, height - 2 * _EDGE, weight=0.5)
    sheet.badge(_EDGE + 1.2, _EDGE + 1.2, 8.6, "封", 20)
    sheet.text(_EDGE + 11.5, _EDGE + 5.2, "邮递专档封签", 12, bold=True)
    sheet.fitted(_EDGE + 11.5, _EDGE + 9.4, sticker.seal_no, (10, 6), right - code - _EDGE - 13, bold=True)
    sheet.qr(right - code - 0.6, _EDGE + 0.8, sticker.qr_text, code)
    room = right - code - 3 - _EDGE
    sheet.fitted(_EDGE + 2, 16.8, f"寄递件 {sticker.consignment_no}", (8, 5.5), room)
    sheet.fitted(_EDGE + 2, 20.8, f"内件 {sticker.contents_count} 件", (8, 5.5), room)
    sheet.code128(_EDGE + 0.5, 24.0, sticker.seal_no, width - 2 * _EDGE - 1, 9.0)
    sheet.fitted(_EDGE + 2, 37.2, sticker.agency, (8.5, 5), width - 2 * _EDGE - 4, bold=True)
    signed = f"封装人 {masking.mask_name(sticker.sealed_by)}　{moments.minute(sticker.sealed_at)}"
    sheet.fitted(_EDGE + 2, 41.3, signed, (7.5, 5), width - 2 * _EDGE - 4)
    sheet.fitted(
        _EDGE + 2, 45.3, "破损、缺失或揭开过的，请勿签收，当场联系寄件单位", (7, 5), width - 2 * _EDGE - 4, bold=True
    )


def _lay_out_original(sticker: OriginalSticker, sheet: Surface) -> None:
    width, height = _ORIGINAL
    code, left, room = 20.0, _EDGE, width - 2 * _EDGE
    beside = room - code - 1
    sheet.qr(width - _EDGE - code, 0.8, sticker.qr_text, code, dots=3)
    sheet.fitted(left, 5.8, f"原件 {sticker.seq} / {sticker.total}", (13, 7), beside, bold=True)
    used = sheet.paragraph(left, 7.6, sticker.title, (9, 5.5), (beside, 8.4), bold=True, leading=1.2)
    held = f"{sticker.form} {sticker.pages} 页　{masking.mask_name(sticker.holder)}".rstrip("　")
    sheet.fitted(left, 7.6 + used + 3.4, held, (7.5, 5), beside)
    sheet.code128(left, 22.0, sticker.original_no, room, 7.5, dots=3)
    sheet.fitted(width / 2, 32.2, sticker.original_no, (7, 5), room, align="centre", bold=True)
    sheet.fitted(left, 35.2, sticker.agency, (6.5, 4.5), room)
    sheet.fitted(
        left, height - 1.8, f"专档 {sticker.dossier_no} · {sticker.number} · 第 {sticker.copy_no} 次", (6, 4.5), room
    )
