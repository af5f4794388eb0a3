"""What to do about a courier's refusal, for the codes whose meaning the courier has published; no other is guessed.

SF publishes its codes (丰桥, order creation). EMS's list is not public, so its own words must do.
"""

from __future__ import annotations

from collections.abc import Mapping

_SENDER = ("本单位的地址、联系人或电话有误：请系统管理人员更正单位资料后再寄。",
           "Our own address, contact or phone is wrong: have them corrected, then send again.")  # fmt: skip
_RECEIVER = ("收件单位的地址、联系人或电话有误：请系统管理人员更正收件单位资料后再寄。",
             "The receiver's address, contact or phone is wrong: have its data corrected.")  # fmt: skip
_PHONE = ("电话不合要求：请系统管理人员核对双方单位的电话后再寄。",
          "A phone number is not accepted: have both agencies' numbers checked.")  # fmt: skip
_CARD = ("月结账户不能用：请系统管理人员与快递方核对月结卡号；急件请改用别的寄法。",
         "The monthly account cannot be used: have it checked; send urgent ones another way.")  # fmt: skip
_HOURS = ("不在快递方的揽收时间：请改约揽收时间，或改用别的寄法。",
          "Outside the courier's pick-up hours: book another time, or send it another way.")  # fmt: skip
_PEAK = ("快递方正在限流：过一会儿再寄，或改用别的寄法。", "The courier limits orders: wait, or send it another way.")
_GOODS = ("快递方不收这类内件：请改用别的寄法。", "The courier does not take such contents: send it another way.")
_PRODUCT = ("所设产品不适用于这条线路：请系统管理人员更正产品设置，或改用别的寄法。",
            "The product that is set does not fit this lane: have it corrected, or send it another way.")  # fmt: skip
_ACCESS = ("接口账户没有权限或签名不对：请系统管理人员检查账户设置；急件请改用别的寄法。",
           "The account has no permission or its signature is wrong: have the settings checked.")  # fmt: skip
_NUMBER = ("号段里的运单号不合要求：请作废本件，换一个号码重新寄出，并核对号段。",
           "The number of the pool is not accepted: void this envelope, send it under another number.")  # fmt: skip
_FIELD = ("本系统已查出资料不全，没有送给快递方：请系统管理人员补齐单位资料后再寄。",
          "Our own check found data missing; nothing was sent: have the agency's data completed.")  # fmt: skip

Advice = tuple[str, str]

_BY_CODE: Mapping[str, Mapping[str, Advice]] = {
    "sf": {
        **dict.fromkeys(("1010", "1011", "1012"), _SENDER),
        **dict.fromkeys(("1014", "1015", "1016"), _RECEIVER),
        **dict.fromkeys(("6126", "8114", "8119", "8179", "20052"), _CARD),
        **dict.fromkeys(("8057", "8256", "20011", "20012", "20036"), _PRODUCT),
        **dict.fromkeys(("A1003", "A1004", "A1006", "A1011"), _ACCESS),
        "8096": _HOURS,
        "8177": _PEAK,
        "8196": _PHONE,
        "8247": _NUMBER,
        "20035": _GOODS,
    }
}


def advice(courier: str, code: str, words: str) -> Advice | None:
    """What a person can do (Chinese, English); None where the code's meaning is not published."""
    if code == "FIELD":
        return _NUMBER if "号段" in words else _FIELD
    return _BY_CODE.get(courier, {}).get(code)
