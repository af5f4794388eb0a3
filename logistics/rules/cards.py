"""An agency's card: what may change about it, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stdnum.cn import uscc

from logistics.errors import Malformed, Said, Wrong
from logistics.rules import dossiers
from logistics.rules.workdays import CalendarError, Hours

LEVELS = ("province", "city", "district", "street")
FILL_IN = Said("请填写这一项。", "Fill this in.")
CODE_SHAPE = Said(
    "单位代码用 6 至 12 位大写字母或数字，专档号以它开头，以后不能改。",
    "6 to 12 capital letters or digits. Dossier numbers begin with it; it cannot change later.",
)
TAKEN_CODE = Said("这个代码已有单位使用，请换一个。", "An agency has this code already. Choose another.")
NO_PLACE = Said("行政区划代码不在区划表中，请核对六位代码。", "No such region. Check the six digits.")
WRONG_USCC = Said(
    "统一社会信用代码校验不通过，请核对 18 位代码。", "The check digit is wrong. Check all 18 characters."
)
TAKEN_USCC = Said("另一个单位已登记这个统一社会信用代码。", "Another agency has this unified social credit code.")
NO_LEVEL = Said("请选择层级。", "Choose the level.")


@dataclass(frozen=True)
class Card:
    """What may change about an agency; its code and its place in the tree stay, for numbers are made of them."""

    name: str
    short_name: str
    name_en: str
    region_code: str
    level: str
    uscc: str
    address: str
    postcode: str
    phone: str
    receiving_hours: str
    fonds_no: str
    archives_code: str
    archives_name: str


def wrong_alone(card: Card) -> Wrong:
    """What is wrong with the card without a look at any other, by field."""
    wanted = ("name", "short_name", "address", "postcode", "phone")
    wrong: Wrong = {name: [FILL_IN] for name in wanted if not getattr(card, name).strip()}
    if not uscc.is_valid(card.uscc):
        wrong["uscc"] = [WRONG_USCC]
    if card.level not in LEVELS:
        wrong["level"] = [NO_LEVEL]
    try:
        Hours.parse(card.receiving_hours)
    except CalendarError as why:
        wrong["receiving_hours"] = [Said(why.zh, why.en)]
    return wrong


def wrong_code(code: str) -> Wrong:
    """What is wrong with the code of a new agency."""
    return {} if dossiers.is_prefix(code) else {"code": [CODE_SHAPE]}


def refuse(wrong: Mapping[str, list[Said]]) -> None:
    """Returns when nothing is wrong. Raises `Malformed`."""
    if wrong:
        raise Malformed("还没有保存，请看标红的地方。", "Not saved yet. See the marked fields.", dict(wrong))
