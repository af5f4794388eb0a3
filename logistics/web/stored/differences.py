"""What differs, as the rules that find it note it (counting, receipt, following, silence, sources, registering)."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "寄递件 {no} 清单第 {seq} 项核验为「{outcome}」": "Envelope {no}, line {seq} of its list: {outcome}",
    "寄递件 {no} 清单第 {seq} 项核验为「{outcome}」：{words}": (
        "Envelope {no}, line {seq} of its list: {outcome}. {words}"
    ),
    "已列入寄递件 {no}，该件中亦未见，由该件差异继续跟踪": (
        "It was listed with envelope {no} and was not in that one either: followed there"
    ),
    "清单外文件：{title}": "A paper that is on no list: {title}",
    "寄递件 {no} 拆封后为空封": "Envelope {no} was empty",
    "寄递件 {no} 到件时信封破损": "Envelope {no} itself was damaged when it arrived",
    "寄出封签号为「{seal}」，到件封签号为「{found}」": "Sealed as {seal}, arrived as {found}",
    "寄出封签号为「{seal}」，到件封签号为「{found}」，且已破损": "Sealed as {seal}, arrived as {found} and broken",
    "寄出封签号为「{seal}」，到件未见封签": "Sealed as {seal}, arrived without a seal",
    "寄出封签号为「{seal}」，到件未见封签，且已破损": "Sealed as {seal}, arrived without a seal and broken",
    "封签「{seal}」号码一致，到件时已破损": "The seal {seal} has the right number and was broken when it arrived",
    "快递代码 {code} 不在任何代码表中，未作任何推断。请核实其含义。": (
        "The courier's code {code} is in no table; nothing was concluded from it. Find out what it means."
    ),
    "快递方称 {at} 有轨迹，这个时间不可能，时限按收到消息的时刻计。请与快递方核实。": (
        "The courier tells of something at {at}, which cannot be: clocks take the moment we heard of it. Ask the "
        "courier."
    ),
    "快递方称邮件遗失，请立即核查并告知申请人。": (
        "The courier says that it is lost. Look into it at once and tell the applicant."
    ),
    "邮件被退回，请寄出单位签收核验。": "The mail came back: the sender signs for it and counts it.",
    "快递方称邮件正在退回，有的快递退回时换用新单号（见轨迹里的原话）。请与快递方核实去向，准备签收。": (
        "The courier says that it is on its way back; some couriers give it a new number then (see their words in the "
        "tracking). Find out where it is and expect it."
    ),
    "{at} 交寄后已过 {hours} 个工作小时，没有任何揽收轨迹。请联系快递方核实邮件是否已被收走。": (
        "Sent on {at}, and {hours} working hours later no pick-up is known. Ask the courier whether it was fetched."
    ),
    "最后一次轨迹在 {at}，此后 {hours} 个工作小时没有动向。请联系快递方核实邮件下落。": (
        "Last seen on {at}, and {hours} working hours later it had not moved. Ask the courier where it is."
    ),
    "{who}称「{ended}」（{at}，代码 {code}），{other}此后仍称「{stage}」（{then}，代码 {later}）。"
    "两方原话见轨迹，请向承运快递核实邮件下落。": (
        "{who} says “{ended}” ({at}, code {code}), {other} said “{stage}” after that ({then}, code {later}). Their own "
        "words stand in the tracking: ask the courier that carries it."
    ),
    "号段号 {number} 的补登被快递方拒绝，原话：{words}。请按原话改正后再补登一次，或作废后另行寄出。": (
        "The courier refused the order for {number}: {words}. Correct what it says and register the number again, or "
        "void the envelope and send it anew."
    ),
    "快递方仍以已撤销的运单 {number} 应答": "The courier still answers with the cancelled waybill {number}",
    "快递方已按运单 {told} 接下这一单，封套上贴的却是号段号 {number}。封套还在手边的，改用 {told} 并重打面单；"
    "已随 {number} 交出的，请快递方撤销 {told}。": (
        "The courier took the order as {told}, and the envelope bears {number}. If it is still here, use {told} and "
        "print the label again; if it left with {number}, have the courier cancel {told}."
    ),
    "申请人在查询页上说没有收到这份原件": "On the inquiry page the applicant said that it was not handed back",
}
