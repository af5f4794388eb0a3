"""What of a person may stand on a label: GB/T 41833-2022 asks to hide at least one character of the name, at least
six digits of the phone, and the unit and room number of the address."""

import re
import unicodedata

STAR = "*"
_HIDDEN_DIGITS = 6
#: What people write between the digits of phone numbers and between two numbers.
_BETWEEN_DIGITS = frozenset(" -+()/,;.、—–~#转")
_SHOWN_HEAD, _SHOWN_TAIL = 3, 2
#: Two-character family names still borne, each between spaces; the rest of a name after it is what gets hidden.
_COMPOUND_NAMES = (
    " 欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 长孙 宇文 司徒 司空 令狐 轩辕 端木 百里 南宫 呼延 "
    " 东郭 西门 独孤 第五 赫连 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 亓官 拓跋 夹谷 "
    " 谷梁 段干 左丘 公羊 漆雕 乐正 壤驷 公良 万俟 闻人 羊舌 微生 梁丘 南门 东门 归海 纳兰 完颜 贺兰 耶律 斛律 "
)
_NUMBER = r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ]+(?:[-－—–#＃][0-9０-９A-Za-zＡ-Ｚａ-ｚ]+)*"
_HAN_NUMBER = r"[〇○零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾]+"
_ROOMS = re.compile(
    rf"(?:{_NUMBER}|{_HAN_NUMBER})(?=\s*号?(?:单元|室|房间))"  # 2单元, 十二室, 305号室
    rf"|{_NUMBER}(?=\s*号?(?:房|户)(?![一-龥]))"  # 1201房, but not 住房 or 三房巷
    rf"|(?<![路街道巷弄里村组0-9０-９A-Za-z])(?:{_NUMBER})(?=\s*[)）]?\s*$)"  # …5栋1201, …3-2-1201 at the end
    r"|[0-9０-９]+(?:[-－—–#＃][0-9０-９A-Za-z]+)+(?![0-9A-Za-z]*号)"  # 3-2-1201 in the middle, but not 588-1号
)


def mask_name(name: str) -> str:
    """The family name and a star for each further character; a name of one character is a star. Empty stays empty."""
    letters = [c for c in name.strip() if not _is_variation(c)]
    if len(letters) <= 1:
        return STAR * len(letters)
    shown = 2 if len(letters) > 2 and f" {''.join(letters[:2])} " in _COMPOUND_NAMES else 1
    return "".join(letters[:shown]) + STAR * (len(letters) - shown)


def mask_phone(phone: str) -> str:
    """At most the first three and the last two digits stay, never fewer than six are hidden; separators stay.

    What is neither digit nor separator is hidden, too. A number of six digits or fewer is hidden whole.
    """
    text = unicodedata.normalize("NFKC", phone.strip())
    digits = sum(c.isdigit() for c in text)
    shown = max(0, min(digits - _HIDDEN_DIGITS, _SHOWN_HEAD + _SHOWN_TAIL))
    tail = min(_SHOWN_TAIL, shown)
    masked, seen = [], 0
    for c in text:
        if c.isdigit():
            seen += 1
            c = c if seen <= shown - tail or seen > digits - tail else STAR
        elif c not in _BETWEEN_DIGITS:  # a name, a messenger's account: nothing a phone number has
            c = STAR
        masked.append(c)
    return "".join(masked)


def mask_address(address: str) -> str:
    """Unit and room numbers become two stars; province to street number, building and floor stay for the postman."""
    return _ROOMS.sub(STAR * 2, address.strip())


def _is_variation(character: str) -> bool:
    """Variation selectors choose a glyph for the character before them; on their own they are nothing to hide."""
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
