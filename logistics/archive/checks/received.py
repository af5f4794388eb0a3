"""Whether a file that others made may come into a dossier at all: what could never be sealed is refused at the door."""

from __future__ import annotations

from logistics.archive.checks import formats
from logistics.errors import Said


def why_not(name: str, content: bytes) -> Said | None:
    """What keeps the file from lasting in an archive and what to do about it; None for a file that may."""
    seen = formats.look(name, content)
    if seen.locked:
        return Said(
            "这个 PDF 有密码或加密，日后无法归档。请取消加密后再传。",
            "The PDF is locked and cannot be archived. Take the lock off and send it again.",
        )
    if seen.unopened is not None or not seen.opened:
        return Said("这个文件打不开。请重新扫描或保存后再传。", "The file does not open. Scan or save it again.")
    if seen.active:
        return Said(
            "这个 PDF 里有脚本或会自动运行的内容，不能归档。请打印后重新扫描。",
            "The PDF holds a script or something that runs; it cannot be archived. Print and scan it.",
        )
    if seen.loose_fonts:
        return Said(
            "这个 PDF 没有嵌入字体，日后可能显示不全。请打印后重新扫描，或另存为 PDF/A。",
            "The PDF lacks its fonts and may not show whole later. Print and scan it, or save it as PDF/A.",
        )
    return None
