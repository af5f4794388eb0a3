"""The courier's waybill label (面单), 100 x 150 mm, for thermal printers of 203 dpi.

The areas are those of GB/T 41833-2022: 目的地信息区, 码号区, 收件人信息区, 寄件人信息区, 内件信息区, 签收区.
Agencies stand in full; persons, phones and rooms are masked; the contents are counted, never named.
"""

from labels import lawful, masking, moments
from labels.papers import LabelParty, WaybillLabel
from labels.pdfa import About
from labels.sheet import DOT, POINTS_A_MM, Sheet, TextTooLong, lines_at

#: The page in whole printer dots, so that bars begin and end on them.
WIDTH, HEIGHT = 799 * DOT, 1199 * DOT
_EDGE = 3.0  # printers do not reach the rim
_INNER = WIDTH - 2 * _EDGE
_SMALLEST, _LEADING = 6.0, 1.24
_DESTINATION, _CODE, _RECEIVER, _SENDER, _CONTENTS, _SIGNING, _FOOT = 12.5, 37.5, 60.0, 89.5, 106.0, 114.0, 145.0


def draw_waybill(label: WaybillLabel) -> bytes:
    """The label as PDF/A-2u bytes. Raises `UnlawfulPaper` first, `MissingCharacter`, `TextTooLong`."""
    lawful.check(label)
    about = About(f"寄递面单 {label.waybill_no}", f"邮递专档 {label.dossier_no}", label.printed_at)
    sheet = Sheet(WIDTH, HEIGHT, about)
    _frame(sheet)
    _heading(sheet, label)
    _destination(sheet, label)
    _code(sheet, label)
    _party(sheet, _RECEIVER, "收", label.receiver, 14.0, _SENDER - _RECEIVER)
    _party(sheet, _SENDER, "寄", label.sender, 10.5, _CONTENTS - _SENDER)
    _contents(sheet, label)
    _signing(sheet, label)
    _foot(sheet, label)
    return sheet.finish()


def _frame(sheet: Sheet) -> None:
    sheet.box(_EDGE, _DESTINATION, _INNER, _FOOT - _DESTINATION, weight=0.375)
    for y in (_CODE, _RECEIVER, _SENDER, _CONTENTS, _SIGNING):
        sheet.line(_EDGE, y, WIDTH - _EDGE, y, 0.25)


def _heading(sheet: Sheet, label: WaybillLabel) -> None:
    sheet.fitted(_EDGE, 10.2, label.courier_name, (17, 6), _INNER - 38, bold=True)
    sheet.text(WIDTH - _EDGE, 7.0, "政务服务 · 邮递专档", 8.5, align="right", bold=True)
    sheet.text(WIDTH - _EDGE, 10.8, f"打印 {moments.minute(label.printed_at)}", 6.5, align="right")


def _destination(sheet: Sheet, label: WaybillLabel) -> None:
    """What a sorter reads from two metres: route code and destination, or the one of them that is known."""
    left, right = _EDGE + 2.5, WIDTH - _EDGE - 2.5
    room = right - left
    if label.route_code and label.destination_mark:
        sheet.fitted(left, _DESTINATION + 11.8, label.route_code, (34, 10), room, bold=True)
        mark_room = room - 33 if label.package_name else room
        sheet.fitted(left, _DESTINATION + 21.8, label.destination_mark, (22, 7), mark_room, bold=True)
    else:
        sheet.fitted(left, _DESTINATION + 15.5, label.route_code or label.destination_mark, (40, 10), room, bold=True)
    if label.from_pool and not label.route_code:
        sheet.text(right, _DESTINATION + 3.6, "号段运单 · 分拣码未给出", 7, align="right", bold=True)
    if label.package_name:
        sheet.text(right, _DESTINATION + 17.4, "集包地", 6.5, align="right")
        sheet.fitted(right, _DESTINATION + 21.8, label.package_name, (11, 5.5), 30, align="right", bold=True)


def _code(sheet: Sheet, label: WaybillLabel) -> None:
    sheet.code128(_EDGE + 0.5, _CODE + 2.0, label.waybill_no, _INNER - 1, 14.0)
    sheet.fitted(WIDTH / 2, _CODE + 20.7, label.waybill_no, (14, 8), _INNER - 6, align="centre", bold=True)


def _party(sheet: Sheet, top: float, word: str, party: LabelParty, largest: float, height: float) -> None:
    """Agency in full, person and phone masked, address without its room; all three grow and shrink together."""
    side = largest * 0.62
    sheet.badge(_EDGE + 2, top + 2, side, word, largest * 1.25)
    left, room = _EDGE + 13, (_INNER - 15, height - 2.4)
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


def _contents(sheet: Sheet, label: WaybillLabel) -> None:
    sheet.text(_EDGE + 2, _CONTENTS + 5.4, f"内件：文件资料 {label.contents_count} 件", 11, bold=True)
    if label.seal_no:
        sheet.fitted(WIDTH - _EDGE - 2, _CONTENTS + 5.4, f"封签号 {label.seal_no}", (10, 6.5), 42, align="right")


def _signing(sheet: Sheet, label: WaybillLabel) -> None:
    code_room = 31.0
    split = WIDTH - _EDGE - code_room
    sheet.qr(split, _SIGNING, label.qr_text, code_room)
    sheet.line(split, _SIGNING, split, _FOOT, 0.25)
    left, right = _EDGE + 2, split - 2
    for number, word in enumerate(("签收人", "日期时间")):
        y = _SIGNING + 8.5 + number * 9.5
        sheet.text(left, y, word, 8.5)
        sheet.line(left + 14, y + 0.6, right, y + 0.6, 0.25)
    sheet.text(left, _SIGNING + 24.4, "封签或封口破损请勿签收，", 7.5, bold=True)
    sheet.text(left, _SIGNING + 28.2, "当场联系投递员与寄件单位。", 7.5, bold=True)


def _foot(sheet: Sheet, label: WaybillLabel) -> None:
    """For us, not for the courier: which dossier, which paper, which copy."""
    sheet.fitted(_EDGE, _FOOT + 3.4, f"专档 {label.dossier_no}", (7, 5.5), _INNER * 0.5)
    right = f"{label.number} · 第 {label.copy_no} 次打印"
    sheet.fitted(WIDTH - _EDGE, _FOOT + 3.4, right, (7, 5.5), _INNER * 0.48, align="right")
