"""One message on its way outside: channel after channel until somebody has taken it, each try written down.

A message that could not go by one channel goes by the next and says so. Killed between the call and the record, it is
tried again: where the channel knows an idempotency key (mail's Message-ID, the SMS bridge) a second copy is known as
one; in a group chat it may stand twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from logistics.actor import SYSTEM
from logistics.rules import breaker
from logistics.rules.breaker import Breaker, Go, Wait
from logistics.rules.reaching import ROBOTS, TRIES, End, Route, alternatives, demanded
from logistics.rules.webhooks import address_fault
from logistics.store import deliveries
from logistics.store.context import Context
from logistics.store.deliveries import Group, Health, Message
from logistics.store.queues import Leased
from logistics.store.work import reading
from logistics.tables import Channel
from logistics.terms import ChannelKind, DeliveryState, zh
from scheduler import mail
from scheduler.channels import other, robots, sms
from scheduler.channels.answers import Later, No, Said, Taken, call
from scheduler.channels.words import Words, blotted, worded
from scheduler.mail import Post
from scheduler.outcome import Done, Failed, ForAPerson, Outcome, Postponed

K, S = ChannelKind, DeliveryState
A_MOMENT = timedelta(seconds=5)

NO_POST = "未配置邮件服务器,站内提醒照常。 No mail server is configured; the notice in the inbox stands."
NOBODY = "经办人已停用,站内提醒照常。 The officer no longer works."
NO_WAY = "经办人没有站外的提醒方式,站内提醒照常。 No address to write to; the notice in the inbox stands."
INBOX_ALONE = "本人选择只看站内。 The officer wants these in the inbox alone."


@dataclass(frozen=True)
class Means:
    """What a process brings: the mail server, and how long a channel that failed is left alone."""

    post: Post | None = None
    pace: Breaker = breaker.USUAL


@dataclass(frozen=True)
class Carrier:
    """A channel as it is used: its row's id, its plain settings."""

    channel_id: int
    settings: dict[str, str]


def deliver(ctx: Context, errand: Leased, seconds: float, means: Means) -> Outcome:
    """The message has been taken by a channel, or it is said why not and whose turn it is. See `rules.reaching`."""
    with reading(ctx.engine, SYSTEM) as session:
        given = deliveries.message(session, errand)
        if given is None:
            return Done(NOBODY)
        session.expunge_all()
    try:
        journey = _Journey(ctx, given, means, seconds)
    except ValueError as unknown:
        return ForAPerson(f"提醒级次要求的渠道不存在（{unknown}）。请改正时限规则。")
    return journey.go()


class _Journey:
    """One look at one message: as many channels as there is time for."""

    def __init__(self, ctx: Context, given: Message, means: Means, seconds: float) -> None:
        self._ctx, self._given, self._means, self._seconds = ctx, given, means, seconds
        self._until = time.monotonic() + seconds
        ways = given.to.ways - ({K.MAIL} if means.post is None else set())
        self._is_test = "channel" in given.errand.payload
        chosen = () if self._is_test else given.to.chosen
        self._route = Route(demanded(given.errand.payload.get("channels", ()), ways), alternatives(chosen, ways))

    def go(self) -> Outcome:
        while True:
            kind = self._route.next(self._given.states)
            if isinstance(kind, End):
                return self._end(kind)
            if time.monotonic() > self._until:  # the lease has an end: the rest is for another look
                return Postponed("下一渠道随即再试。", self._ctx.clock(), was_tried=True)
            outcome = self._step(kind)
            if outcome is not None:
                return outcome

    def _end(self, end: End) -> Outcome:
        if end is End.DONE:
            return Done("；".join(self._failures()))
        if end is End.NO_WAY:
            if self._given.to.chosen == ():
                return Done(INBOX_ALONE)
            no_post = self._means.post is None and K.MAIL in self._given.to.ways
            return Done(NO_POST if no_post else NO_WAY)
        for kind in self._route.order:  # one that was only away is tried again, rather than nobody told
            row = self._given.tried[kind]
            if row.state is S.FELL_TO_NEXT and not row.refused:
                self._give_up(kind, row.words, refused=False, state=S.FAILED)
                return Failed("；".join(self._failures()))
        kind = self._route.order[-1]
        self._give_up(kind, self._given.tried[kind].words, refused=True, state=S.PARKED)
        return ForAPerson("；".join(self._failures()))

    def _failures(self) -> Iterator[str]:
        for kind in self._route.order:
            row = self._given.tried.get(kind)
            if row is not None and row.state in (S.FELL_TO_NEXT, S.PARKED, S.FAILED):
                yield f"{zh(kind)}：{row.words}"

    def _step(self, kind: ChannelKind) -> Outcome | None:
        """One try on one channel. None: look whose turn it is now."""
        carrier = self._carrier(kind)
        if isinstance(carrier, str):
            self._give_up(kind, carrier, refused=True)
            return None
        now = self._ctx.clock()
        engine, given, pace = self._ctx.engine, self._given, self._means.pace
        if kind in ROBOTS:
            match deliveries.claim_group(engine, given, kind, carrier.channel_id, now):
                case Group.TOLD:
                    return None
                case Group.UNDER_WAY:
                    return Postponed("同一条提醒正在发到本群。", now + A_MOMENT)
        go, is_dead = deliveries.may_send(engine, carrier.channel_id, now, pace)
        if isinstance(go, Wait):
            if not self._is_test:
                return self._closed(kind, go, is_dead)
            go = Go(probe=True)  # a person who asks whether it works again is told
        deliveries.begin(engine, given, kind, carrier.channel_id, now)
        said = self._say(kind, carrier)
        return self._settle(kind, go, said)

    def _closed(self, kind: ChannelKind, wait: Wait, is_dead: bool) -> Outcome | None:
        """The channel is left alone now. A dead one is passed over, one that only asked for a moment is waited for."""
        if is_dead and self._route.after(kind, self._given.states):
            self._give_up(kind, "这个渠道停用中（接连失败或对方不认）。", refused=False)
            return None
        why = f"{zh(kind)}停用中，到时再试。" if is_dead else f"{zh(kind)}限流，稍后再送。"
        self._give_up(kind, why, refused=False, state=S.FAILED)
        return Postponed(why, wait.until, was_tried=True)

    def _settle(self, kind: ChannelKind, go: Go, said: Said) -> Outcome | None:
        tries = self._given.tried[kind].tries
        match said:
            case Taken():
                self._record(kind, go, S.SENT, Health(True))
                return None
            case No(words, is_channel):
                self._record(kind, go, S.FELL_TO_NEXT, Health(False, words, is_channel, final=True))
                return None
            case Later(words, is_channel, retry_after):
                health = Health(False, words, is_channel, retry_after_seconds=retry_after)
                if tries >= TRIES and self._route.after(kind, self._given.states):
                    self._record(kind, go, S.FELL_TO_NEXT, health)
                    return None
                self._record(kind, go, S.FAILED, health)
                return Failed(words, retry_after)

    def _record(self, kind: ChannelKind, go: Go, state: DeliveryState, health: Health) -> None:
        engine, now = self._ctx.engine, self._ctx.clock()
        deliveries.record(engine, self._given, kind, now, go, state, health, self._means.pace)

    def _give_up(self, kind: ChannelKind, words: str, *, refused: bool, state: DeliveryState = S.FELL_TO_NEXT) -> None:
        engine, now = self._ctx.engine, self._ctx.clock()
        deliveries.give_up(engine, self._given, kind, now, words, refused=refused, state=state)

    def _carrier(self, kind: ChannelKind) -> Carrier | str:
        """The channel to use; or why there is none, in words for people."""
        to = self._given.to
        if kind is K.MAIL:
            if self._means.post is None:
                return "没有配置邮件服务器。"
            if not to.officer.email:
                return "经办人没有登记邮箱。"
            return Carrier(deliveries.mail_channel(self._ctx.engine, self._ctx.clock()), {})
        if kind is K.SMS and not to.mobile_sealed:
            return "经办人没有登记手机号码。"
        row = self._row(kind)
        if row is None:
            return f"本单位没有可用的{zh(kind)}。"
        settings = json.loads(self._ctx.keyring.unseal(row.settings, f"channel:{row.code}:settings"))
        fault = address_fault(kind, settings["url"], self._ctx.outside)
        return fault or Carrier(row.id or 0, settings)

    def _row(self, kind: ChannelKind) -> Channel | None:
        wanted = self._given.errand.payload.get("channel")
        with reading(self._ctx.engine, SYSTEM) as session:
            found = session.get(Channel, int(wanted)) if wanted else None
            if wanted is None:
                found = deliveries.carrier(session, self._given.to.agency, kind)
            if found is not None:
                session.expunge(found)
            return found

    def _say(self, kind: ChannelKind, carrier: Carrier) -> Said:
        ctx, given, settings = self._ctx, self._given, carrier.settings
        words, seconds, now = self._words(kind), self._seconds, ctx.clock()
        if kind is K.MAIL:
            assert self._means.post is not None, "without a mail server nothing is tried"
            post = self._means.post
            return mail.hand_in(mail.letter(post, given.to.officer, words, given.errand.key, now), post, seconds)
        if kind is K.OTHER:
            return other.tell(settings["url"], words, ctx.outside)
        mobile = self._mobile()
        if kind is K.SMS:
            bridge = sms.Bridge(settings["url"], settings["key_id"], settings["secret"])
            request = sms.ask(bridge, words, mobile, given.group, self._dossier(), given.errand.key, now)
        else:
            robot = robots.Robot(settings["url"], settings["secret"])
            request = robots.ASK[kind](robot, words, [mobile] if mobile else [], now)
        reply = call(request, seconds)
        if isinstance(reply, Later | No):
            return reply
        return sms.read(reply) if kind is K.SMS else robots.read(kind, reply)

    def _mobile(self) -> str:
        to = self._given.to
        if not to.mobile_sealed:
            return ""
        return self._ctx.keyring.unseal(to.mobile_sealed, f"contact:{to.officer_id}:mobile")

    def _dossier(self) -> str:
        return str(self._given.errand.payload.get("dossier") or "")

    def _words(self, kind: ChannelKind) -> Words:
        payload, personal = self._given.errand.payload, list(self._personal())
        return worded(
            self._given.group,
            {language: blotted(str(payload[language]), personal) for language in ("zh", "en")},
            self._given.to.officer.locale,
            dossier=self._dossier(),
            count=len(payload.get("notices", ())),
            base_url=self._ctx.base_url,
            kind=kind,
            missed=self._route.missed(kind, self._given.states),
            address=str(payload.get("address") or ""),
        )

    def _personal(self) -> Iterator[str]:
        """Whatever of the applicants must not leave the house."""
        columns = ("applicant_name", "applicant_id", "applicant_phone", "agent_name", "agent_id")
        for dossier in self._given.dossiers:
            for column in columns:
                sealed = getattr(dossier, f"{column}_sealed")
                if sealed:
                    yield self._ctx.keyring.unseal(sealed, f"dossier:{dossier.no}:{column}")
