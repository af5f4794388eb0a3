"""The English of every fixed word and sentence on the papers, in one table; a paper in Chinese alone asks for none."""

from labels.papers.parts import PaperLanguage

ENGLISH: dict[str, str] = {}


def english(chinese: str, language: PaperLanguage) -> str:
    """What stands beside the Chinese on a bilingual paper; empty on a Chinese one.

    Raises `KeyError` for a word that is not in the table.
    """
    return ENGLISH[chinese] if language == "zh-en" else ""


def both(chinese: str, language: PaperLanguage) -> str:
    """The Chinese, and on a bilingual paper its English after it."""
    return f"{chinese} {english(chinese, language)}".rstrip(" ")
