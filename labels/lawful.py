"""What the law keeps off paper. Pure: asked before anything of a paper is drawn."""

import re
import typing
import unicodedata

from labels.papers import (
    NOT_SECRET,
    ArrivalReceipt,
    GuidePage,
    HandoverSheet,
    IntakeReceipt,
    IrregularityNotice,
    OriginalSticker,
    Paper,
    SealSticker,
    TransferSlip,
    UnlawfulPaper,
    WaybillLabel,
)

_MOBILE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_FEWEST_DIGITS = 6  # of a phone; GB/T 41833-2022 hides as many


class Telling(typing.NamedTuple):
    """What a paper knows of private persons, in clear."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


def check(paper: Paper) -> None:
    """Returns for a paper that may be drawn; raises `UnlawfulPaper` with the rule and what is allowed instead."""
    match paper:
        case WaybillLabel():
            _channel(paper)
        case IntakeReceipt() | ArrivalReceipt() | IrregularityNotice():
            _not_secret(paper)
        case GuidePage():
            _public(paper)
        case _:
            pass
    _code_tells_nothing(paper.qr_text, _persons(paper))


def _channel(label: WaybillLabel) -> None:
    if _is_secret(label.secrecy) and not label.confidential_channel:
        raise UnlawfulPaper(
            f"内件定有密级「{label.secrecy}」，不得打印普通寄递面单：《保守国家秘密法》禁止通过普通邮政、快递等无保密措施的渠道"
            "寄递国家秘密载体。请改用机要交通、机要通信或专人送达。"
            " (classified contents may not travel by an ordinary channel)"
        )
    if label.official_document and not label.postal_enterprise and not label.confidential_channel:
        raise UnlawfulPaper(
            f"内件含国家机关公文，{label.courier_name}不是邮政企业，不得寄递：《邮政法》第五十五条规定快递企业"
            "不得寄递国家机关公文。请改用邮政特快专递（EMS）、邮政挂号信函或机要通信。"
            " (official documents may only be carried by the postal enterprise)"
        )


def _not_secret(paper: IntakeReceipt | ArrivalReceipt | IrregularityNotice) -> None:
    """These name what is inside and leave the office by ordinary ways."""
    if _is_secret(paper.secrecy):
        raise UnlawfulPaper(
            f"所列原件定有密级「{paper.secrecy}」，不得开具写明材料名称的普通回执或通知单。请按国家秘密载体的登记、签收制度办理，"
            "经机要渠道传递。 (a paper that names classified documents may not be given out or sent by ordinary ways)"
        )


def _public(guide: GuidePage) -> None:
    for contact in guide.contacts:
        if _MOBILE.search(_digits_apart(contact.phone)):
            raise UnlawfulPaper(
                f"「{contact.role}」的电话 {contact.phone} 像是个人手机号码；办事指南公开张贴，不得公布个人电话。"
                "请改用单位的值班电话或服务热线。 (a public page may not carry a person's own number)"
            )


def _is_secret(secrecy: str) -> bool:
    return secrecy.strip() not in NOT_SECRET


def _persons(paper: Paper) -> Telling:
    match paper:
        case WaybillLabel():
            ends = (paper.sender, paper.receiver)
            return Telling(tuple(end.person for end in ends), tuple(end.phone for end in ends))
        case IntakeReceipt():
            return Telling((paper.applicant, paper.agent), (paper.applicant_phone,))
        case HandoverSheet():
            return Telling((paper.collector,))
        case SealSticker():
            return Telling((paper.sealed_by,))
        case OriginalSticker():
            return Telling((paper.holder,))
        case TransferSlip():
            return Telling(tuple(item.holder for item in paper.items))
        case _:
            return Telling()


def _code_tells_nothing(qr_text: str, persons: Telling) -> None:
    """A code is read by any telephone: it must not say what the words beside it hide."""
    digits, words = _digits(qr_text), re.findall(r"[a-z]+", qr_text.lower())
    said = " ".join(words)
    for phone in persons.phones:
        if len(_digits(phone)) > _FEWEST_DIGITS and _digits(phone) in digits:
            raise UnlawfulPaper(_told("电话"))
    for name in persons.names:
        letters = " ".join(re.findall(r"[a-z]+", name.lower()))
        if len(letters) > 1 and name.isascii() and re.search(rf"\b{letters}\b", said):
            raise UnlawfulPaper(_told("姓名"))


def _told(what: str) -> str:
    return (
        f"二维码内容里有纸上应当遮盖的{what}，不得打印：GB/T 41833-2022 要求隐去收寄件人的姓名和电话，二维码谁都能扫。"
        "请只放编号和摘要。 (the code would tell what the paper must hide)"
    )


def _digits(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdigit())


def _digits_apart(phone: str) -> str:
    """A phone's digits without the separators people write between them; two numbers stay apart."""
    return re.sub(r"(?<=\d)[-－ ()（）](?=\d)", "", unicodedata.normalize("NFKC", phone))
