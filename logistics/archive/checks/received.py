"""Whether a file that others made may come into a dossier at all: what could never be sealed is refused at the door."""

from __future__ import annotations

from logistics.archive.checks import formats


def why_not(name: str, content: bytes) -> str:
    """What keeps the file from lasting in an archive and what to do about it, in Chinese; empty for a file that may."""
    seen = formats.look(name, content)
    if seen.locked:
        return "这个 PDF 有密码或加密，日后无法归档。请取消加密后再传。"
    if seen.unopened is not None or not seen.opened:
        return "这个文件打不开。请重新扫描或保存后再传。"
    if seen.active:
        return "这个 PDF 里有脚本或会自动运行的内容，不能归档。请打印后重新扫描。"
    if seen.loose_fonts:
        return "这个 PDF 没有嵌入字体，日后可能显示不全。请打印后重新扫描，或另存为 PDF/A。"
    return ""
