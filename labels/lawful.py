"""What the law keeps off a courier's waybill. Pure."""

from labels.papers import NOT_SECRET, UnlawfulPaper, WaybillLabel


def check(label: WaybillLabel) -> None:
    """Returns for a label that may be printed; raises `UnlawfulPaper` with the rule and the allowed channels."""
    if label.secrecy.strip() not in NOT_SECRET and not label.confidential_channel:
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
