"""The programme behind the bot: `service` does it, `texts` puts it into words (the Office of this room)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cohortbot import service
from cohortbot.domain.asking import WordsWait
from cohortbot.domain.membership import JoinResults
from cohortbot.domain.message import LogAddress, Message, Spoke, ToPerson
from cohortbot.irc.office import Gauges, Letter, Say, Wire
from cohortbot.irc.work import CouldNotHear, Entered, LoggedIn, SaidPassword
from cohortbot.service.app import App
from cohortbot.service.outbox import Parcel
from cohortbot.service.presence import Presence
from cohortbot.service.reply import ChangePassword, Fault, Reply
from cohortbot.texts import Spoken, Voice, posted, spoken


class Desk:
    """Every method runs one use case and renders what it returned; nothing here decides."""

    def __init__(self, app: App) -> None:
        self._app = app

    def handle(self, message: Message, wire: Wire, interim: Say) -> Sequence[Spoken]:
        voice = self._voice(message.bot_nick)
        replies = service.handle(self._app, message, wire, lambda reply: interim(spoken(reply, voice)))
        for reply in replies:
            if isinstance(reply.outcome, JoinResults):
                for channel in reply.outcome.enter:
                    wire.invite(message.nick, channel)
            if isinstance(reply.outcome, WordsWait):
                wire.say_unheard(message.nick)
        return self._render(replies, voice)

    def spoke(self, word: Spoke) -> None:
        self._app.floor.spoke(word)

    def needs_proof(self, message: Message, presence: Presence) -> bool:
        return service.needs_proof(self._app, message, presence)

    def entered(self, entered: Entered, presence: Presence) -> Sequence[Spoken] | None:
        arrival = service.Arrival(
            entered.network, entered.channel, entered.nick, entered.connection, entered.proof, entered.at
        )
        replies = service.entered(self._app, arrival, presence)
        return self._render(replies, self._voice()) if replies is not None else None

    def logged_in(self, logged_in: LoggedIn, presence: Presence) -> Sequence[Spoken]:
        arrival = service.Arrival(
            logged_in.network,
            None,
            logged_in.nick,
            logged_in.connection,
            logged_in.proof,
            self._app.now(),
        )
        service.logged_in(self._app, arrival, presence)
        return ()

    def said_password(self, said: SaidPassword) -> Sequence[Spoken]:
        return spoken(Reply(ToPerson(said.nick), ChangePassword(said.channel)), self._voice())

    def could_not_hear(self, whom: CouldNotHear, presence: Presence) -> Sequence[Spoken]:
        app = self._app
        arrival = service.Arrival(whom.network, None, whom.nick, whom.connection, whom.proof, app.now())
        replies = service.could_not_hear(app, arrival, whom.code, presence)
        return self._render(replies, self._voice(presence.nick))

    def broke(self, message: Message) -> Sequence[Spoken]:
        return spoken(Reply(service.asked_where(message), Fault()), self._voice())

    def saw_services(self) -> None:
        service.saw_services(self._app)

    def channels(self) -> Sequence[tuple[str, str | None]]:
        return service.channels(self._app)

    def claim(self, presence: Presence, in_hand: Collection[int]) -> Sequence[Letter]:
        app, voice = self._app, self._voice(presence.nick)
        parcels = service.outbox.claim(app, app.now(), presence, in_hand)
        return [self._letter(parcel, voice, presence) for parcel in parcels]

    def _letter(self, parcel: Parcel, voice: Voice, presence: Presence) -> Letter:
        app = self._app

        def sent(line: LogAddress | None) -> None:
            service.outbox.sent(app, parcel, app.now(), line)

        def refused(code: str, partly: bool) -> None:
            service.outbox.refused(app, parcel, code, presence, app.now(), partly=partly)

        return Letter(
            ids=parcel.ids,
            spoken=posted(parcel, voice),
            urgency=parcel.urgency,
            sent=sent,
            refused=refused,
            released=lambda: service.outbox.released(app, parcel),
        )

    def note(self, gauges: Gauges, presence: Presence) -> None:
        now = self._app.now()
        service.note_presence(self._app, now, presence)
        service.note_gauges(
            self._app, now, gauges.connected_since, gauges.queue, gauges.reconnects, gauges.errors
        )
        service.note_channels(self._app, now, gauges.heard, gauges.losses)

    def _voice(self, nick: str | None = None) -> Voice:
        return Voice.of(self._app.config, nick)

    @staticmethod
    def _render(replies: Sequence[Reply], voice: Voice) -> Sequence[Spoken]:
        return [line for reply in replies for line in spoken(reply, voice)]
