"""What one ledger entry says, in words: for the timeline and for the ledger page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask_babel import gettext as _

from couriers.contract import Milestone
from logistics.rules.chain import instant
from logistics.rules.receipt import ABSENT, PRESENT
from logistics.store.find import Whole
from logistics.tables import LedgerEntry
from logistics.terms import Cause, DecisionResult, Outcome, PictureOf, Resolution, SigningRole, zh
from logistics.web.dossier.reasons import Telling, happened, reason, with_reason
from logistics.web.dossier.wording import MILESTONES, PAPERS, entry_name, full_width, leg_name, rung_name
from logistics.web.language import locale
from logistics.web.times import spoken
from logistics.web.visit import now
from logistics.web.words import word


@dataclass(frozen=True)
class Detail:
    """One thing an act did; `state` names how it is drawn, `corrected` what a later act made of it ("" for nothing)."""

    words: str
    state: str = "quiet"
    corrected: str = ""


class Teller:
    """Words entries of one dossier: knows its originals by id and code, its agencies in both languages."""

    def __init__(self, whole: Whole) -> None:
        """Remember what the entries only point at."""
        self.titles: dict[object, str] = {one.id: one.title for one in whole.originals}
        self.titles |= {one.code: one.title for one in whole.originals}
        self._recounted = {_line(entry): entry for entry in whole.entries if entry.what == "original:recounted"}
        self._undone = _undone(whole.entries)
        self._english = {
            name: agency.name_en or agency.short_name
            for agency in (whole.sender, whole.receiver)
            for name in (agency.name, agency.short_name)
        }

    def agency(self, name: str) -> str:
        """An agency as the reader's language calls it."""
        return name if locale() == "zh" else self._english.get(name, name)

    def holder(self, plain: object) -> str:
        """A holder as the ledger writes it: the person or department; no names of the applicant's side."""
        if not isinstance(plain, Mapping):
            return "—"
        known = {"applicant": _("申请人"), "unknown": _("来源不明")}
        return str(known.get(str(plain.get("kind")), plain.get("name")))

    def detail(self, entry: LedgerEntry) -> Detail | None:
        """What the entry says beyond its name; None when the name says all."""
        found: Detail | None = getattr(self, f"_{entry.what.partition(':')[0]}", self._other)(entry)
        return found

    def _title(self, key: object) -> str:
        return self.titles.get(key, str(key))

    def _original(self, entry: LedgerEntry) -> Detail | None:
        verb, facts = _verb(entry), entry.facts
        if verb == "handed_over":
            who = f"{self.holder(facts.get('from'))} → {self.holder(facts.get('to'))}"
            return Detail(f"{self._title(facts.get('original'))} · {who}", corrected=self._taken_back(entry))
        if verb == "hand_back_corrected":
            said = with_reason(self._title(facts.get("original")), entry.why, self._corrects(entry))
            return Detail(said, "attention")
        if verb in {"counted", "recounted"}:
            outcome = Outcome(str(facts.get("outcome")))
            state = "done" if outcome is Outcome.RECEIVED else "attention" if outcome in PRESENT else "late"
            said = f"{self._title(facts.get('original'))} · {word(outcome, locale())}"
            if verb == "recounted" and facts.get("was"):
                said += str(_("（原记：%(was)s）", was=word(Outcome(str(facts["was"])), locale())))
            return Detail(said, state if outcome in PRESENT | ABSENT else "quiet", self._corrected(entry))
        if verb in {"offered_inside", "offer_declined", "offer_withdrawn"}:
            named = cast("Sequence[object]", facts.get("originals") or ())
            about = " · ".join(filter(None, [*map(self._title, named), str(facts.get("to") or "")]))
            return Detail(with_reason(about, entry.why), "quiet" if verb == "offered_inside" else "attention")
        title = facts.get("title") or self._title(facts.get("code", facts.get("original")))
        return Detail(str(title))

    def _corrected(self, entry: LedgerEntry) -> str:
        """What a later act made of this count; empty for one that stands."""
        later = self._recounted.get(_line(entry))
        if later is None or later.seq <= entry.seq:
            return ""
        outcome = word(Outcome(str(later.facts.get("outcome"))), locale())
        return str(
            _(
                "后来更正为「%(outcome)s」，%(who)s，%(at)s",
                outcome=outcome,
                who=later.actor_name,
                at=spoken(later.at, now(), locale()),
            )
        )

    def _consignment(self, entry: LedgerEntry) -> Detail | None:
        verb, facts = _verb(entry), entry.facts
        no = str(facts.get("consignment", ""))
        if verb == "received":
            return _opened(no, facts)
        if verb in {"made_on_device", "device_act_set_aside"}:
            return _on_device(facts, entry.why)
        if verb == "refused":
            return Detail(with_reason(no, entry.why), "attention")
        extra = str(facts.get("waybill") or facts.get("seal") or "")
        if verb in {"reopened", "voided"}:
            return Detail(with_reason(_joined(no, extra), entry.why, self._corrects(entry)), "attention")
        return Detail(_joined(no, extra), corrected=self._taken_back(entry)) if no else None

    def _corrects(self, entry: LedgerEntry) -> str:
        """The act that this one takes back; empty where the ledger does not name it."""
        earlier = next((one for one, later in self._undone.values() if later is entry), None)
        if earlier is None:
            return ""
        at = spoken(earlier.at, now(), locale())
        return str(_("更正%(who)s %(at)s的“%(act)s”", who=earlier.actor_name, at=at, act=entry_name(earlier.what)))

    def _taken_back(self, entry: LedgerEntry) -> str:
        """By what a later act took this one back; empty for one that stands."""
        _earlier, later = self._undone.get(entry.seq, (None, None))
        if later is None:
            return ""
        at = spoken(later.at, now(), locale())
        return str(_("后来：%(act)s，%(who)s，%(at)s", act=entry_name(later.what), who=later.actor_name, at=at))

    def _picture(self, entry: LedgerEntry) -> Detail:
        facts = entry.facts
        title = self._title(facts["original_code"]) if facts.get("original_code") else ""
        return Detail(with_reason(_joined(title, str(facts.get("paper", ""))), entry.why), "attention")

    def _dossier(self, entry: LedgerEntry) -> Detail | None:
        verb, facts = _verb(entry), entry.facts
        result = facts.get("result")
        if verb == "decided" and result:
            said = word(DecisionResult(str(result)), locale())
            return Detail(with_reason(said, "" if entry.why == zh(DecisionResult(str(result))) else entry.why), "done")
        if verb == "reopened":
            return Detail(with_reason("", entry.why, self._corrects(entry)), "attention")
        taken_back = self._taken_back(entry)
        return Detail(reason(entry.why), "attention", taken_back) if taken_back else None

    def _discrepancy(self, entry: LedgerEntry) -> Detail | None:
        verb, facts = _verb(entry), entry.facts
        if verb in {"notified", "answered"}:
            return _answered(entry) if verb == "answered" else None
        if verb == "settled":
            how = word(Resolution(str(facts.get("resolution"))), locale())
            return Detail(with_reason(how, entry.why), "done")
        state = "late" if verb in {"missing", "wrong", "empty", "lost"} else "attention"
        return Detail(difference_words(verb, str(facts.get("key", "")), entry.why, self._about(facts)), state)

    def _about(self, facts: Mapping[str, object]) -> str:
        key = facts.get("original")
        return "" if key is None else self._title(key)

    def _deadline(self, entry: LedgerEntry) -> Detail | None:
        verb, facts = _verb(entry), entry.facts
        leg = leg_name(str(facts.get("leg") or re.split("[/#]", str(facts.get("key", "")))[0]))
        said = " · ".join(filter(None, (leg, rung_name(str(facts.get("rung", ""))))))
        return Detail(with_reason(said, entry.why), "late" if verb == "met_late" else "quiet")

    def _paper(self, entry: LedgerEntry) -> Detail | None:
        facts = entry.facts
        kind = PAPERS.get(str(facts.get("kind")))
        if (shows := facts.get("shows")) is not None:
            kind = word(PictureOf(str(shows)), locale())
        said = " ".join(str(one) for one in (kind, facts.get("no", facts.get("paper"))) if one)
        return Detail(said, corrected=self._taken_back(entry))

    def _tracking(self, entry: LedgerEntry) -> Detail | None:
        facts = entry.facts
        if _verb(entry) == "reread":
            said = _(
                "代码 %(code)s 现为「%(means)s」，%(who)s 决定",
                code="/".join(filter(None, (str(facts.get("code")), str(facts.get("detail") or "")))),
                means=MILESTONES[Milestone(str(facts.get("milestone")))],
                who=facts.get("decided_by"),
            )
            return Detail(with_reason(str(said), entry.why))
        return Detail(_("代码 %(code)s，运单 %(waybill)s", code=facts.get("code"), waybill=facts.get("waybill")))

    def _supervision(self, entry: LedgerEntry) -> Detail | None:
        said, demand = str(entry.facts.get("supervision", "")), str(entry.facts.get("demand") or "")
        return Detail(with_reason(said, " · ".join(filter(None, (entry.why, demand)))))

    def _person(self, entry: LedgerEntry) -> Detail | None:
        return Detail(with_reason(_("事由"), entry.why) if locale() != "zh" else _("事由：%(why)s", why=entry.why))

    def _custody(self, entry: LedgerEntry) -> Detail:
        return Detail(word(SigningRole(str(entry.facts.get("role"))), locale()))

    def _other(self, entry: LedgerEntry) -> Detail | None:
        return Detail(reason(entry.why)) if entry.why else None


def _on_device(facts: Mapping[str, object], why: str) -> Detail:
    """Whose clock says what: the device's is a claim, ours is when it counted."""
    made, accepted = (spoken(instant(str(facts[name])), now(), locale()) for name in ("device_made_at", "accepted_at"))
    said = _(
        "本机时间 %(made)s（设备自报，与服务器差 %(ahead)s 秒），服务器 %(accepted)s 接受",
        made=made,
        ahead=f"{facts['device_ahead_seconds']:+}",
        accepted=accepted,
    )
    return Detail(with_reason("", why, said), "attention" if why else "quiet")


def _answered(entry: LedgerEntry) -> Detail:
    cause = word(Cause(str(entry.facts.get("cause"))), locale())
    return Detail(with_reason("", entry.why, cause))


def _opened(no: str, facts: Mapping[str, object]) -> Detail:
    """The seal as it was found, and the envelope where it came damaged."""
    damaged = _("，信封破损") if facts.get("envelope_damaged") else ""
    if facts.get("seal_intact"):
        said = _("%(no)s，封签 %(seal)s 一致", no=no, seal=facts.get("seal"))
        return Detail(f"{said}{damaged}", "attention" if damaged else "done")
    if facts.get("seal_found") == facts.get("seal"):
        return Detail(_("%(no)s，封签破损", no=no) + damaged, "late")
    return Detail(_("%(no)s，封签不一致", no=no) + damaged, "late")


OF_ENVELOPES = {
    "returned": "The courier says that envelope {envelope} is on its way back. Find out where it is and expect it.",
    "lost": "The courier says that envelope {envelope} is lost. Look into it at once and tell the applicant.",
    "odd_movement": "The courier reports envelope {envelope} as moving after its end. Ask them where it is.",
    "seal": "The seal on envelope {envelope} is not the one it was sealed with.",
    "empty": "Envelope {envelope} was empty.",
    "broken": "The seal on envelope {envelope} has the right number and was broken when it arrived.",
    "other_broken": "The seal on envelope {envelope} is not the one it was sealed with, and it was broken.",
}


def difference_words(kind: str, key: str, note: str, title: str) -> str:
    """What differs, in the reader's language. The note was written in Chinese; English says the same from the key and
    quotes what somebody wrote (`Telling`).
    """
    if locale() == "zh":
        return full_width(note)
    rest = key.partition(":")[2]
    envelope, _colon, code = rest.partition(":")
    if kind == "unrecognised_code":
        code = re.sub(r":\d+$", "", code)  # a code asked about again carries a count
        return f"The courier's code {code} is in no table; nothing was concluded from it. Find out what it means."
    if kind == "extra":
        return f"In envelope {envelope} without being on its list: {title or note}"
    if kind == "damaged" and not code:
        return f"Envelope {envelope} itself was damaged when it arrived."
    if kind in {"missing", "damaged", "wrong", "illegible"}:
        said = note.partition("」：")[2]  # the receiver's own words, in theirs
        return _quoting(f"{title}, envelope {envelope}", said)
    if kind in OF_ENVELOPES:
        return OF_ENVELOPES[code if kind == "seal" and code else kind].format(envelope=envelope)
    if kind == "not_returned":
        return f"The applicant says that it was not handed back: {title or note}"
    if kind == "silent":
        return f"Envelope {envelope} has not moved for too many working hours. Ask the courier where it is."
    if kind == "sources_disagree":
        return f"Two accounts of envelope {envelope} contradict each other. Ask the courier that carries it."
    if kind == "second_waybill":
        return f"The courier knows envelope {envelope} by {code}, another number than the one on it. Only one may stay."
    if kind == "unregistered":
        code = re.sub(r":\d+$", "", code)  # refused at that attempt
        return Telling(f"The courier refused the order for {code}, the number on envelope {envelope}", _quoted(note))
    return _quoting(f"Envelope {envelope}", note) if kind == "delivery_disputed" else f"Envelope {envelope}"


def _quoting(lead: str, quote: str) -> str:
    """Somebody's own words after the lead; ours, where nobody typed any, in English."""
    said = happened(quote) if quote else ""
    if isinstance(said, Telling):
        return Telling(lead, quote)
    return f"{lead}: {said}" if said else lead


def _quoted(note: str) -> str:
    """The courier's own words, which stand in the middle of the note."""
    return note.partition("原话：")[2].rpartition("。请")[0] or note


def _undone(entries: Sequence[LedgerEntry]) -> dict[int, tuple[LedgerEntry, LedgerEntry]]:
    """Acts that were taken back, by their number in the chain: each with the act that took it back."""
    by_seq = {one.seq: one for one in entries}
    kept = {one.facts.get("paper"): one for one in entries if one.what == "paper:kept"}
    found = {}
    for one in entries:
        withdrawn = one.what == "picture:withdrawn"
        earlier = kept.get(one.facts.get("paper")) if withdrawn else by_seq.get(cast(int, one.facts.get("corrects")))
        if earlier is not None:
            found[earlier.seq] = (earlier, one)
    return found


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))


def _line(entry: LedgerEntry) -> tuple[object, object]:
    return entry.facts.get("consignment"), entry.facts.get("original")


def _verb(entry: LedgerEntry) -> str:
    return entry.what.partition(":")[2]


def details(teller: Teller, entries: Sequence[LedgerEntry]) -> list[Detail]:
    """What several entries of one act say, each once."""
    found: list[Detail] = []
    for entry in entries:
        said = teller.detail(entry)
        if said is not None and entry.what.startswith("deadline:"):
            said = Detail(f"{said.words} · {entry_name(entry.what)}", said.state)
        if said is not None and said not in found:
            found.append(said)
    return found
