"""What one row of an old ledger says, and whether it may be taken over: as a record of what people wrote, no more.

A record is no dossier: nothing in it was seen by the system, so it starts no clock and counts in no figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from logistics.errors import Said, Wrong
from logistics.rules.cells import (
    Cell,
    CellError,
    Row,
    Sheet,
    as_code,
    as_day,
    as_text,
    as_whole,
    folded_heading,
    letters,
    seems_rounded,
)
from logistics.terms import OldLedgerColumn, RowVerdict

C, V = OldLedgerColumn, RowVerdict

MOST_COUNT = 999
LONGEST: Mapping[OldLedgerColumn, int] = {C.CASE_NO: 64, C.WAYBILL: 40, C.MATERIALS: 500, C.REMARK: 500}
"""Letters a value may have; 100 for those not named."""
_SUM = re.compile(r"(本页|本月|月|年|全年)?(合计|小计|总计|累计)[:]?.*")
_WAYBILL = re.compile(r"[0-9A-Z-]{6,40}")


@dataclass(frozen=True)
class Remark:
    """One thing about a row: in which column (None: the row as a whole), what it says, whether it refuses the row."""

    column: OldLedgerColumn | None
    said: Said
    refuses: bool = False


@dataclass(frozen=True)
class Reading:
    """What was read in one row. `values`: by column, days as `2026-03-05`; blank ones are left out."""

    number: int
    values: Mapping[OldLedgerColumn, str]
    remarks: tuple[Remark, ...] = ()
    left_out: bool = False

    @property
    def verdict(self) -> RowVerdict:
        """What becomes of the row."""
        if self.left_out:
            return V.LEFT_OUT
        if any(remark.refuses for remark in self.remarks):
            return V.REFUSED
        return V.WARNED if self.remarks else V.GOOD

    def with_remarks(self, more: Sequence[Remark]) -> Reading:
        """The same row with these remarks too."""
        return Reading(self.number, self.values, (*self.remarks, *more), self.left_out)


@dataclass(frozen=True)
class Layout:
    """Which sheet and row hold the headings, which column (counted from 0) is what; `spread`: a merged cell's value
    stands for each row it covers."""

    sheet: int
    heading: int
    columns: Mapping[OldLedgerColumn, int] = field(default_factory=dict)
    spread: bool = False

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        columns = {column.value: place for column, place in self.columns.items()}
        return {"sheet": self.sheet, "heading": self.heading, "columns": columns, "spread": self.spread}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Layout:
        """As it was stored."""
        columns = {OldLedgerColumn(word): int(place) for word, place in plain["columns"].items()}
        return cls(int(plain["sheet"]), int(plain["heading"]), columns, bool(plain["spread"]))


@dataclass
class Reader:
    """Reads the rows of one sheet by its mapping. `today`: no row may be of a later day."""

    sheet: Sheet
    mapping: Layout
    today: date
    since_1904: bool = False
    from_text: bool = False  # a text file: what a spreadsheet rounded before looks like any number

    def __post_init__(self) -> None:
        """Headings and merged places, looked up once."""
        rows = {row.number: row for row in self.sheet.rows}
        self._heading = self._folded(rows[self.mapping.heading]) if self.mapping.heading in rows else {}
        self._covered: dict[tuple[int, int], str] = {}
        for one in () if self.mapping.spread else self.sheet.merged:
            if one.first_row != one.last_row:
                for number in range(one.first_row + 1, one.last_row + 1):
                    self._covered[number, one.first_column] = one.words

    @property
    def rows(self) -> list[Row]:
        """The rows below the headings."""
        return [row for row in self.sheet.rows if row.number > self.mapping.heading]

    def read(self, row: Row) -> Reading:
        """What the row says, with a remark for everything that cannot be taken as it stands."""
        if self._is_no_record(row):
            said = Said("合计、重复的表头或空行，不是记录。", "A sum, a repeated heading or a blank row: no record.")
            return Reading(row.number, {}, (Remark(None, said),), left_out=True)
        values: dict[OldLedgerColumn, str] = {}
        remarks: list[Remark] = []
        for column, place in self.mapping.columns.items():
            try:
                value = self._value(column, row.at(place), self._covered.get((row.number, place), ""))
            except CellError as why:
                remarks.append(Remark(column, Said(why.zh, why.en), refuses=True))
                continue
            if value:
                values[column] = value
        remarks += _of_whole(values, remarks, self.today) + self._doubts(values)
        if row.hidden:
            remarks.append(Remark(None, Said("这一行在表格里是隐藏的。", "The row is hidden in the table.")))
        return Reading(row.number, values, tuple(remarks))

    def _is_no_record(self, row: Row) -> bool:
        mapped = [row.at(place) for place in self.mapping.columns.values()]
        if all(cell.is_blank for cell in mapped):
            return True
        first = next(cell for cell in row.cells if not cell.is_blank)
        return bool(_SUM.fullmatch(folded_heading(first.text))) or self._folded(row) == self._heading

    def _folded(self, row: Row) -> dict[int, str]:
        return {place: folded_heading(row.at(place).text) for place in self.mapping.columns.values()}

    def _value(self, column: OldLedgerColumn, cell: Cell, covered: str) -> str:
        if cell.is_blank:
            if covered:
                raise CellError(
                    f"这一格与上面的合并在一起（{covered}）。请在表格里拆开并填满，或选“合并格的值算到每一行”。",
                    f"The cell is merged with those above ({covered}). Take it apart, or let merged values count.",
                )
            return ""
        value = _READ.get(column, _words)(cell, self.since_1904)
        most = LONGEST.get(column, 100)
        if len(value) > most:
            raise CellError(f"这一格超过 {most} 个字。请缩短。", f"More than {most} letters. Shorten it.")
        return value

    def _doubts(self, values: Mapping[OldLedgerColumn, str]) -> list[Remark]:
        if not self.from_text:
            return []
        said = Said(
            "这个号码从第 16 位起全是 0，可能在存成文本前被表格软件取整过。请对照原件。",
            "All zeros after 15 digits: a spreadsheet may have rounded it. Compare it with the paper.",
        )
        return [Remark(one, said) for one in (C.CASE_NO, C.WAYBILL) if seems_rounded(values.get(one, ""))]


def _words(cell: Cell, _since_1904: bool) -> str:
    return as_text(cell)


def _waybill(cell: Cell, _since_1904: bool) -> str:
    text = as_code(cell).upper()
    if not _WAYBILL.fullmatch(text):
        raise CellError(
            f"“{text}”不像一个运单号：应是 6 到 40 位字母和数字，一格一个。请改正，没有运单就留空。",
            f"“{text}” is no waybill number: 6 to 40 letters and digits, one a cell. Correct it or leave it blank.",
        )
    return text


_READ: Mapping[OldLedgerColumn, Callable[[Cell, bool], str]] = {
    C.SENT_ON: lambda cell, since_1904: as_day(cell, since_1904=since_1904).isoformat(),
    C.SIGNED_ON: lambda cell, since_1904: as_day(cell, since_1904=since_1904).isoformat(),
    C.COUNT: lambda cell, _since_1904: str(as_whole(cell, 1, MOST_COUNT)),
    C.CASE_NO: lambda cell, _since_1904: as_code(cell),
    C.WAYBILL: _waybill,
}


def _of_whole(values: Mapping[OldLedgerColumn, str], wrong: Sequence[Remark], today: date) -> list[Remark]:
    """What the values say together."""
    found: list[Remark] = []
    faulty = {remark.column for remark in wrong}
    if not faulty & {C.CASE_NO, C.WAYBILL} and not values.get(C.CASE_NO) and not values.get(C.WAYBILL):
        said = Said(
            "没有办件编号，也没有运单号，以后找不到它。请补上一个。",
            "Neither a case number nor a waybill: nobody could find it. Fill in one of them.",
        )
        found.append(Remark(C.CASE_NO, said, refuses=True))
    sent, signed = values.get(C.SENT_ON, ""), values.get(C.SIGNED_ON, "")
    if sent and signed and signed < sent:
        said = Said(
            f"签收日期 {signed} 早于寄出日期 {sent}。请对照原件改正。",
            f"Signed on {signed}, before it was sent on {sent}.",
        )
        found.append(Remark(C.SIGNED_ON, said, refuses=True))
    for column in (C.SENT_ON, C.SIGNED_ON):
        if values.get(column, "") > today.isoformat():
            said = Said(
                f"{values[column]} 还没有到。请对照原件改正。", f"{values[column]} is still to come. Correct it."
            )
            found.append(Remark(column, said, refuses=True))
    if not sent and C.SENT_ON not in faulty:
        found.append(Remark(C.SENT_ON, Said("没有寄出日期。", "No day of sending.")))
    return found


HEADINGS: Mapping[OldLedgerColumn, tuple[str, ...]] = {
    C.SENT_ON: ("寄出日期", "寄件日期", "邮寄日期", "寄送日期", "发件日期", "寄出时间", "寄件时间", "邮寄时间", "日期"),
    C.CASE_NO: ("办件编号", "办件号", "受理编号", "受理号", "业务编号", "申办流水号", "流水号", "案件编号"),
    C.APPLICANT: ("申请人", "申请人姓名", "办事人", "当事人", "姓名", "申请单位", "服务对象"),
    C.ITEM: ("事项", "事项名称", "办理事项", "业务事项", "业务名称", "业务类型"),
    C.MATERIALS: ("材料", "材料名称", "邮寄材料", "寄递材料", "寄送材料", "原件", "原件名称", "物品", "内容"),
    C.COUNT: ("件数", "份数", "数量", "材料份数", "材料数量", "原件数量"),
    C.RECEIVER: ("收件单位", "收件方", "寄往单位", "寄往", "接收单位", "受理单位", "收件地", "送达单位"),
    C.COURIER: ("快递", "快递公司", "物流公司", "承运商", "邮寄方式", "寄递方式", "快递名称", "寄递企业"),
    C.WAYBILL: (
        "运单号",
        "快递单号",
        "邮件号",
        "单号",
        "邮寄单号",
        "物流单号",
        "快递号",
        "运单",
        "EMS单号",
        "邮件编号",
    ),
    C.SIGNED_ON: ("签收日期", "签收时间", "收到日期", "送达日期", "妥投日期", "签收日"),
    C.SIGNER: ("签收人", "收件人", "接收人", "领取人"),
    C.HANDLER: ("经办人", "寄件人", "办理人", "登记人", "工作人员", "窗口人员"),
    C.REMARK: ("备注", "说明", "其他", "备注说明"),
}
PERSONAL = ("身份证", "证件号", "电话", "手机", "联系方式", "地址", "住址")
"""Headings of personal data that a record does not need: never guessed to be anything."""
_KNOWN = {folded_heading(word): column for column, words in HEADINGS.items() for word in words}


def is_personal(heading: str) -> bool:
    """Whether a column under this heading holds personal data that a record does not need."""
    return any(word in folded_heading(heading) for word in PERSONAL)


def guess(row: Row, saved: Mapping[str, str] | None = None) -> dict[OldLedgerColumn, int]:
    """Which column is what, by the headings in `row`: as a saved mapping has it, else by words; only a guess.

    A heading that is a known word counts before one that merely contains it; each column is used once.
    """
    headings = [folded_heading(cell.text) for cell in row.cells]
    found: dict[OldLedgerColumn, int] = {}
    for word, heading in (saved or {}).items():
        if folded_heading(heading) in headings:
            found[OldLedgerColumn(word)] = headings.index(folded_heading(heading))
    if saved:
        return found
    for place, heading in enumerate(headings):
        column = _KNOWN.get(heading)
        if column is not None and column not in found:
            found[column] = place
    for place, heading in enumerate(headings):
        if place in found.values() or not heading or is_personal(heading):
            continue
        holding = {column for word, column in _KNOWN.items() if len(word) > 1 and word in heading}
        if len(holding) == 1 and not holding & set(found):
            found[holding.pop()] = place
    return found


def heading_row(rows: Sequence[Row]) -> int:
    """The number of the row that most likely holds the headings: the first with the most known words; 1 for none."""
    best, most = rows[0].number if rows else 1, 0
    for row in rows:
        count = len(guess(row))
        if count > most:
            best, most = row.number, count
    return best


def column_names(row: Row | None, width: int) -> list[tuple[int, str]]:
    """Every column with its letter and heading, for people to choose from."""
    return [(place, f"{letters(place)} {(row.at(place).text if row else '')[:20]}".strip()) for place in range(width)]


def require_mapping(columns: Mapping[OldLedgerColumn, int]) -> Wrong:
    """What is wrong with the choice of columns, by field; empty for nothing."""
    wrong: Wrong = {}
    taken: dict[int, OldLedgerColumn] = {}
    for column, place in columns.items():
        if place in taken:
            said = Said(f"{letters(place)} 列已经选作别的内容。", f"Column {letters(place)} is chosen twice.")
            wrong.setdefault(column.value, []).append(said)
        taken[place] = column
    if C.CASE_NO not in columns and C.WAYBILL not in columns:
        said = Said(
            "办件编号和运单号至少选一列，以后才能找到记录。", "Choose a column for the case number or the waybill."
        )
        wrong.setdefault(C.CASE_NO.value, []).append(said)
    return wrong


def content(values: Mapping[OldLedgerColumn, str]) -> str:
    """All that is taken over of a row, in one order: two rows that say the same have the same."""
    return "\x1f".join(f"{column.value}={values[column]}" for column in OldLedgerColumn if column in values)


@dataclass
class Doubles:
    """Rows seen so far in one file: the same twice, or one waybill with other words."""

    contents: dict[str, int] = field(default_factory=dict)
    waybills: dict[str, int] = field(default_factory=dict)

    def look(self, reading: Reading) -> Reading:
        """The row with a remark where an earlier one says the same."""
        if reading.verdict in (V.LEFT_OUT, V.REFUSED):
            return reading
        same = self.contents.setdefault(content(reading.values), reading.number)
        if same != reading.number:
            said = Said(
                f"与第 {same} 行完全相同，只导入一次。请删去一行。", f"Says the same as row {same}. Delete one of them."
            )
            return reading.with_remarks([Remark(None, said, refuses=True)])
        waybill = reading.values.get(C.WAYBILL, "")
        first = self.waybills.setdefault(waybill, reading.number) if waybill else reading.number
        if first == reading.number:
            return reading
        said = Said(f"与第 {first} 行是同一运单。", f"The same waybill as row {first}.")
        return reading.with_remarks([Remark(C.WAYBILL, said)])


def already_there(file_name: str, row_no: int) -> Remark:
    """The row was taken over before."""
    said = Said(
        f"已经导入过：文件“{file_name}”第 {row_no} 行。请删去这一行。",
        f"Imported before, from “{file_name}”, row {row_no}. Delete the row.",
    )
    return Remark(None, said, refuses=True)


def carried_here(dossier_no: str) -> Remark:
    """The system itself carried this waybill: its dossier is the record."""
    said = Said(
        f"系统里已有这张运单的专档 {dossier_no}，以专档为准。请删去这一行。",
        f"Dossier {dossier_no} has this waybill and counts. Delete the row.",
    )
    return Remark(C.WAYBILL, said, refuses=True)


def case_here(dossier_no: str) -> Remark:
    """The case has a dossier, of another envelope."""
    said = Said(f"系统里有同一办件的专档 {dossier_no}。", f"Dossier {dossier_no} is of the same case.")
    return Remark(C.CASE_NO, said)
