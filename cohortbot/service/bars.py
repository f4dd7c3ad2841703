"""Who is barred is not heard: told so once, then passed over in silence."""

from __future__ import annotations

from enum import Enum, auto

from sqlalchemy.engine import Connection

from cohortbot.domain.casemap import bare, fold
from cohortbot.domain.message import Message, Proven
from cohortbot.domain.refusals import NickIsSomebodys
from cohortbot.service.call import Speaker
from cohortbot.service.presence import Presence
from cohortbot.store import bars


class Bar(Enum):
    NONE = auto()
    SAY_SO = auto()
    SILENT = auto()


def barred(tx: Connection, message: Message, speaker: Speaker | NickIsSomebodys, presence: Presence) -> Bar:
    """Whether the speaker is heard; the first time since the bar they are told.

    The proven are barred by their account, others by their nick and the nick that their connection claimed.
    """
    if not bars.there_are(tx, message.network):
        return Bar.NONE
    names = _names(message, speaker, presence)
    if not bars.stand(tx, message.network, names):
        return Bar.NONE
    return Bar.SAY_SO if bars.tell_once(tx, message.network, names, message.at) else Bar.SILENT


def _names(message: Message, speaker: Speaker | NickIsSomebodys, presence: Presence) -> list[str]:
    if isinstance(message.proof, Proven):
        return [bars.account(fold(message.proof.account, presence.casemapping))]
    names = [bars.nick(fold(bare(message.nick), presence.casemapping))]
    if isinstance(speaker, Speaker) and speaker.person is not None:
        names.append(bars.nick(speaker.person.nick_key))
    return names
