"""`youdang waybill`: whose number this could be, and whether its check digit fits."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from couriers import waybills
from couriers.waybills import Candidate

_COURIERS = {
    "ems": "中国邮政",
    "sf": "顺丰",
    "jdl": "京东物流",
    "yto": "圆通",
    "sto": "申通",
    "zto": "中通",
    "jt": "极兔",
    "dpk": "德邦",
    "cainiao": "菜鸟",
}
_FORMATS = {
    "s10": "万国邮联 S10 编号",
    "ems_13": "特快专递 13 位号码",
    "postal_parcel_13": "邮政快递包裹 13 位号码",
    "postal_parcel_letters": "邮政包裹旧式号码（两位字母开头）",
    "sf_15": "SF 开头的 15 位号码",
    "sf_12": "12 位数字",
    "sf_numeric_15": "15 位数字",
    "jd": "JD 开头的号码",
    "yto": "YT 开头的 15 位号码",
    "sto": "77 开头的 15 位数字",
    "zto": "7 开头的 14 位数字",
    "jt": "JT 开头的 15 位号码",
    "dpk": "DPK 开头的 15 位号码",
    "cainiao_order": "菜鸟订单号",
}
_SERVICES = {
    "ems": "特快专递",
    "parcel": "包裹",
    "insured parcel": "保价包裹",
    "e-commerce parcel": "电商包裹",
    "tracked letter": "可跟踪函件",
    "m-bag": "印刷品专袋",
    "business reply": "商业回函",
    "registered letter": "挂号函件",
    "untracked letter": "平常函件",
    "insured letter": "保价函件",
    "domestic or bilateral": "境内或双边约定业务",
}
_CHECKS = {"ok": "校验位正确", "bad": "校验位不符，请核对有没有抄错或扫错", "none": "没有公布的校验位"}


@click.command("waybill", short_help="Whose number this could be, and whether its check digit fits.")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def waybill(number: str, as_json: bool) -> None:
    """Whose waybill number NUMBER could be, likeliest first; nobody is asked.

    Prefixes change over the years: the answer suggests, it never refuses a number. Valid means that one reading at
    least has a check digit that fits, or none.

    Exit code: 0, also for a number that nobody is known to use.
    """
    found = waybills.candidates(number)
    valid = waybills.is_valid(number)
    if as_json:
        click.echo(json.dumps({"valid": valid, "candidates": [asdict(one) for one in found]}, ensure_ascii=False))
        return
    shown = "".join(sign for sign in waybills.normalise(number) if sign.isprintable())
    if not found:
        click.echo(f"{shown}：没有一种已知的运单号写法与它相符。号码规则时有变化，请核对号码，或向快递方查询。")
        return
    click.echo(f"{shown}：{'可以是有效的运单号' if valid else '写法相符，但校验位不符'}。")
    for one in found:
        click.echo(f"  {_COURIERS.get(one.courier, one.courier)}（{one.courier}）  {_form(one, number)}  {_check(one)}")
    if len(found) > 1:
        click.echo("几种写法都相符，只凭号码不能断定是哪一种；可能性大的在前，请以面单或快递方的答复为准。")
    elif shown.isdigit():
        click.echo("纯数字的号码各家常有重复，只凭号码不能断定，请以面单或快递方的答复为准。")


def _form(one: Candidate, number: str) -> str:
    s10 = waybills.read_s10(number) if one.format == "s10" else None
    if s10 is None:
        return _FORMATS.get(one.format, one.format)
    service = _SERVICES.get(s10.service, "业务代码为保留或未分配")
    agreed = "，须双方邮政有约定" if s10.by_agreement else ""
    return f"{_FORMATS['s10']}（{s10.indicator} {service}{agreed}，{s10.country} 签发）"


def _check(one: Candidate) -> str:
    hint = "（顺丰未公布校验规则，仅供参考）" if one.courier == "sf" and one.check_digit != "none" else ""
    return _CHECKS[one.check_digit] + hint
