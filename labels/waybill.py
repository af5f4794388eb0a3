"""The courier's waybill label (面单) for thermal printers, in the three sizes couriers give out.

The areas are those of GB/T 41833-2022: 目的地信息区, 码号区, 收件人信息区, 寄件人信息区, 内件信息区, 签收区.
Agencies stand in full; persons, phones and rooms are masked; the contents are counted, never named.
"""

import dataclasses
import functools

from labels import masking, moments
from labels.drawing import Drawing
from labels.papers import ROOT_SHOWN, LabelParty, LabelSize, WaybillLabel
from labels.pdfa import About
from labels.sheet import DOT
from labels.surface import POINTS_A_MM, Surface, TextTooLong, lines_at, text_width

_EDGE = 3.0  # printers do not reach the rim
_SMALLEST, _LEADING = 6.0, 1.24


@dataclasses.dataclass(frozen=True, slots=True)
class _Plan:
    """One size: the page in whole dots of 203 dpi, so that bars begin and end on them; where each area begins, in mm.

    `scale` shrinks the large letters on narrow paper.
    """

    dots: tuple[int, int]
    destination: float
    code: float
    receiver: float
    sender: float
    contents: float
    signing: float
    foot: float
    scale: float = 1.0

    @property
    def width(self) -> float:
        """Millimetres."""
        return self.dots[0] * DOT

    @property
    def inner(self) -> float:
        """Millimetres between the edges that printers reach."""
        return self.width - 2 * _EDGE


_PLANS: dict[LabelSize, _Plan] = {
    "76x130": _Plan((607, 1039), 11.5, 31.0, 51.0, 70.3, 87.3, 93.8, 124.0, 0.78),
    "100x150": _Plan((799, 1199), 12.5, 37.5, 60.0, 89.5, 106.0, 114.0, 145.0),
    "100x180": _Plan((799, 1439), 12.5, 40.0, 65.0, 103.0, 124.0, 133.0, 175.0, 1.1),
}


def drawing(label: WaybillLabel) -> Drawing:
    """The label, ready to be drawn."""
    plan = _PLANS[label.size]
    about = About(f"寄递面单 {label.waybill_no}", f"邮递专档 {label.dossier_no}", label.printed_at)
    return Drawing(plan.width, plan.dots[1] * DOT, about, functools.partial(_lay_out, label, plan))


def _lay_out(label: WaybillLabel, plan: _Plan, sheet: Surface) -> None:
    _frame(sheet, plan)
    _heading(sheet, label, plan)
    _destination(sheet, label, plan)
    _code(sheet, label, plan)
    _party(sheet, plan, (plan.receiver, plan.sender), ("收", 14.0), label.receiver)
    _party(sheet, plan, (plan.sender, plan.contents), ("寄", 10.5), label.sender)
    _contents(sheet, label, plan)
    _signing(sheet, label, plan)
    _foot(sheet, label, plan)


def _frame(sheet: Surface, plan: _Plan) -> None:
    sheet.box(_EDGE, plan.destination, plan.inner, plan.foot - plan.destination, weight=0.375)
    for y in (plan.code, plan.receiver, plan.sender, plan.contents, plan.signing):
        sheet.line(_EDGE, y, plan.width - _EDGE, y, 0.25)


def _heading(sheet: Surface, label: WaybillLabel, plan: _Plan) -> None:
    right, base = plan.width - _EDGE, plan.destination - 1.7
    sheet.fitted(_EDGE, base - 0.6, label.courier_name, (17, 6), plan.inner - 38, bold=True)
    sheet.text(right, base - 3.8, "政务服务 · 邮递专档", 8.5, align="right", bold=True)
    sheet.text(right, base, f"打印 {moments.minute(label.printed_at)}", 6.5, align="right")


def _destination(sheet: Surface, label: WaybillLabel, plan: _Plan) -> None:
    """What a sorter reads from two metres: route code and destination, or the one of them that is known."""
    left, right = _EDGE + 2.5, plan.width - _EDGE - 2.5
    room, top, high, scale = right - left, plan.destination, plan.code - plan.destination, plan.scale
    low = top + high - 3.2
    if label.route_code and label.destination_mark:
        sheet.fitted(left, top + high * 0.47, label.route_code, (34 * scale, 10), room, bold=True)
        mark_room = room - 33 * min(scale, 1) if label.package_name else room
        sheet.fitted(left, low, label.destination_mark, (22 * scale, 7), mark_room, bold=True)
    else:
        words = label.route_code or label.destination_mark
        sheet.fitted(left, top + high * 0.62, words, (40 * scale, 10), room, bold=True)
    if label.from_pool and not label.route_code:
        sheet.text(right, top + 3.6, "号段运单 · 分拣码未给出", 7, align="right", bold=True)
    if label.package_name:
        sheet.text(right, low - 4.4, "集包地", 6.5, align="right")
        sheet.fitted(right, low, label.package_name, (11, 5.5), 30 * min(scale, 1), align="right", bold=True)


def _code(sheet: Surface, label: WaybillLabel, plan: _Plan) -> None:
    high = plan.receiver - plan.code
    sheet.code128(_EDGE + 0.5, plan.code + 2.0, label.waybill_no, plan.inner - 1, high - 8.5)
    room = plan.inner - 6
    sheet.fitted(plan.width / 2, plan.receiver - 1.8, label.waybill_no, (14, 8), room, align="centre", bold=True)


def _party(
    sheet: Surface, plan: _Plan, between: tuple[float, float], kind: tuple[str, float], party: LabelParty
) -> None:
    """Agency in full, person and phone masked, address without its room; all three grow and shrink together."""
    (top, below), (word, largest) = between, (kind[0], kind[1] * plan.scale)
    sheet.badge(_EDGE + 2, top + 2, largest * 0.62, word, largest * 1.25)
    left, room = _EDGE + 13 * plan.scale, (plan.inner - 13 * plan.scale - 2, below - top - 2.4)
    person = f"{masking.mask_name(party.person)}  {masking.mask_phone(party.phone)}".strip()
    block = _fit_party((party.agency, person, masking.mask_address(party.address)), largest, room)
    y = top + 1.4
    for number, (lines, size) in enumerate(block):
        y += sheet.lines(left, y, lines, size, bold=number == 0, leading=_LEADING)


def _fit_party(
    words: tuple[str, str, str], largest: float, room: tuple[float, float]
) -> tuple[tuple[list[str], float], ...]:
    """Lines and size of agency, person and address at the largest sizes that fit `room`. Raises `TextTooLong`."""
    width, height = room
    size = largest
    while size >= _SMALLEST:
        sizes = (size, *(max(size * 0.76, _SMALLEST),) * 2)
        block = tuple((lines_at(part, at, width), at) for part, at in zip(words, sizes, strict=True) if part)
        if sum(len(lines) * at * _LEADING / POINTS_A_MM for lines, at in block) <= height:
            return block
        size -= 0.5
    raise TextTooLong("，".join(words))


def _contents(sheet: Surface, label: WaybillLabel, plan: _Plan) -> None:
    base, size = plan.signing - 2.6, 11 * min(plan.scale, 1)
    words = f"内件：文件资料 {label.contents_count} 件"
    sheet.text(_EDGE + 2, base, words, size, bold=True)
    if label.seal_no:
        room = plan.inner - 7 - text_width(words, size)
        sheet.fitted(plan.width - _EDGE - 2, base, f"封签号 {label.seal_no}", (10, 5.5), room, align="right")


def _signing(sheet: Surface, label: WaybillLabel, plan: _Plan) -> None:
    high = plan.foot - plan.signing
    code_room = min(31.0, high)
    split = plan.width - _EDGE - code_room
    sheet.qr(split, plan.signing + (high - code_room) / 2, label.qr_text, code_room)
    sheet.line(split, plan.signing, split, plan.foot, 0.25)
    left, right = _EDGE + 2, split - 2
    for number, word in enumerate(("签收人", "日期时间")):
        y = plan.signing + 8.5 + number * (high - 12) / 2
        sheet.text(left, y, word, 8.5)
        sheet.line(left + 14, y + 0.6, right, y + 0.6, 0.25)
    if label.ledger_root:
        beside = plan.signing + 8.5 + (high - 12) / 2 + 3.2
        sheet.fitted(left, beside, f"留痕 {label.ledger_root[:ROOT_SHOWN]}", (5.5, 4), right - left)
    sheet.fitted(left, plan.foot - 6.6, "封签或封口破损请勿签收，", (7.5, 6), right - left, bold=True)
    sheet.fitted(left, plan.foot - 2.8, "当场联系投递员与寄件单位。", (7.5, 6), right - left, bold=True)


def _foot(sheet: Surface, label: WaybillLabel, plan: _Plan) -> None:
    """For us, not for the courier: which dossier, which paper, which copy; one under the other on narrow paper."""
    dossier, paper = f"专档 {label.dossier_no}", f"{label.number} · 第 {label.copy_no} 次打印"
    if plan.inner < 80:
        sheet.fitted(_EDGE, plan.foot + 2.5, dossier, (6, 5), plan.inner)
        sheet.fitted(_EDGE, plan.foot + 4.9, paper, (6, 5), plan.inner)
        return
    sheet.fitted(_EDGE, plan.foot + 3.4, dossier, (7, 5.5), plan.inner * 0.5)
    sheet.fitted(plan.width - _EDGE, plan.foot + 3.4, paper, (7, 5.5), plan.inner * 0.48, align="right")
