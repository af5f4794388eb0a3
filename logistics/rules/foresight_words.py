"""What is foretold, in words, with its basis: how many of what were compared, since when, and how sure that is."""

from __future__ import annotations

from logistics.rules.foresight import ALIKE, ENOUGH, Among, Forecast, Step
from logistics.rules.workdays import CHINA

STEPS = {
    Step.BEGUN: ("起算", "begun"),
    Step.PICKED_UP: ("已揽收", "picked up"),
    Step.IN_TRANSIT: ("运输途中", "on the way"),
    Step.ARRIVED: ("到达收件地", "in the receiver's city"),
    Step.OUT_FOR_DELIVERY: ("投递中", "out for delivery"),
    Step.ATTEMPTED: ("投递未成或待取", "not handed over at the first attempt, or waiting to be fetched"),
    Step.RETURNING: ("退回途中", "on its way back"),
}
"""How far a parcel has come, in Chinese and English."""

AMONG = {
    Among.LANE: ("本线路同一快递", "this lane by the same courier"),
    Among.PROVINCES: ("本线路太少，放宽到这两省之间同一快递", "the same provinces and courier (lane too few)"),
    Among.SCOPE: ("可比的太少，放宽到同样远近、同一快递", "those going as far by the same courier (nearer too few)"),
    Among.AGENCY: ("本单位这一环节", "this leg of this agency"),
    Among.PROVINCE: ("本单位可比的太少，放宽到本省各单位这一环节", "this leg of its province (agency too few)"),
}
"""Whom a parcel was held beside, and that the nearer ones were too few."""


def short(found: Forecast) -> tuple[str, str]:
    """The figure alone, for a list."""
    share = found.share
    if not found.is_known or share.value is None:
        return ("正在退回", "returning") if found.step is Step.RETURNING else ("样本不足", "too few known")
    return (
        f"可比的 {share.total} 件中 {share.hits} 件超时（{share.value:.0%}）",
        f"{share.hits} of {share.total} comparable ones were late ({share.value:.0%})",
    )


def said(found: Forecast) -> tuple[str, str]:
    """What is foretold and by what; or that nothing is, and why."""
    if found.step is Step.RETURNING:
        return "邮件正在退回，不作预测。", "The parcel is on its way back: nothing is foretold."
    if found.among is None or found.share.value is None or found.since is None:
        return _too_few(found)
    share, (among, among_en), (step, step_en) = found.share, AMONG[found.among], STEPS[found.step]
    since = found.since.astimezone(CHINA).date().isoformat()
    bounds = f"{share.low:.0%}–{share.high:.0%}"
    if found.step is Step.BEGUN:
        zh, en = "已等了同样久还没有办完", "had waited as long and were not done"
    else:
        zh = f"揽收后过了同样久、也正处在“{step}”"
        en = f"were '{step_en}' as long after their pick-up"
    return (
        f"{among}自 {since} 起已了结的 {found.compared} 件里，有 {share.total} 件{zh}；其中 {share.hits} 件"
        f"（{share.value:.0%}，95% 置信区间 {bounds}）最后用时超过本件的时限。",
        f"Of {found.compared} finished ones of {among_en} since {since}, {share.total} {en}; {share.hits} of these "
        f"({share.value:.0%}, 95 % interval {bounds}) took longer in all than this one may.",
    )


def _too_few(found: Forecast) -> tuple[str, str]:
    step, step_en = STEPS[found.step]
    if found.compared < ENOUGH:
        return (
            f"样本不足，不作预测：放宽后可比的已了结件也只有 {found.compared} 件（“{step}”），至少要 {ENOUGH} 件。",
            f"Too few known, nothing is foretold: {found.compared} finished ones compare ('{step_en}'), "
            f"{ENOUGH} are wanted.",
        )
    return (
        f"样本不足，不作预测：可比的 {found.compared} 件里，过了同样久还处在“{step}”的只有 {found.share.total} 件，"
        f"至少要 {ALIKE} 件。",
        f"Too few known, nothing is foretold: of {found.compared} that compare, {found.share.total} were '{step_en}' "
        f"as long after their beginning, {ALIKE} are wanted.",
    )
