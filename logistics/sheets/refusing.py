"""Why a table file is refused: what it is, and what to do so that it can be read."""

from __future__ import annotations

from logistics.errors import Malformed, Said


class SheetError(Malformed):
    """The file is refused as a whole; the sentence stands at the field `file`. HTTP 422."""

    def __init__(self, zh: str, en: str, rule: str) -> None:
        """Keep both sentences and the rule that refused."""
        super().__init__(zh, en, {"file": [Said(zh, en)]})
        self.rule = rule


def old_format() -> SheetError:
    """An .xls, an .et, or a workbook with a password: all are one kind of container."""
    return SheetError(
        "这是旧格式（.xls、.et）或设了打开密码的文件，没有读。请用表格软件打开，另存为 .xlsx，不设密码。",
        "This is an old format (.xls, .et) or has a password. Open it and save it as .xlsx without a password.",
        "old_format",
    )


def with_macros() -> SheetError:
    """An .xlsm."""
    return SheetError(
        "文件里带有宏，为安全起见没有读。请另存为不带宏的“Excel 工作簿（.xlsx）”。",
        "The file carries macros and was not read. Save it as a workbook without macros (.xlsx).",
        "macros",
    )


def other_kind() -> SheetError:
    """Something that is no table."""
    return SheetError(
        "这不是 XLSX 或 CSV 表格，没有读。请用表格软件打开，另存为 .xlsx 或 .csv。",
        "This is no XLSX or CSV table. Open it in a spreadsheet program and save it as .xlsx or .csv.",
        "other_kind",
    )


def broken() -> SheetError:
    """A workbook whose parts cannot be read."""
    return SheetError(
        "文件已损坏或没有传完，读不出来。请用表格软件打开检查，另存一份再上传。",
        "The file is damaged or incomplete. Open it in a spreadsheet program, save it anew and send that.",
        "broken",
    )


def too_large(what_zh: str, what_en: str) -> SheetError:
    """More than the house reads at once."""
    return SheetError(
        f"文件太大：{what_zh}。请分成几个文件，分次上传。",
        f"The file is too large: {what_en}. Divide it and send the parts one by one.",
        "too_large",
    )


def blank() -> SheetError:
    """No row in it."""
    return SheetError("表格里没有内容。请选择有数据的文件。", "The table is empty. Choose a file with data.", "blank")


def unknown_encoding() -> SheetError:
    """Text that is neither UTF-8, UTF-16 nor GB18030."""
    return SheetError(
        "认不出文件的文字编码（不是 UTF-8、GB18030、UTF-16）。请用表格软件打开，另存为 .xlsx。",
        "The text's encoding is none of UTF-8, GB18030 and UTF-16. Open it and save it as .xlsx.",
        "encoding",
    )


def bad_quotes(line: int) -> SheetError:
    """Quotation marks that do not close."""
    return SheetError(
        f"第 {line} 行附近的引号不成对，分不出单元格。请改好引号，或另存为 .xlsx。",
        f"Quotation marks near line {line} do not match. Mend them, or save the table as .xlsx.",
        "quotes",
    )
