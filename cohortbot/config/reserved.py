"""The words that no cohort may be called: every verb of the bot and every keyword of its commands.

The list has all verbs that the programme's people will ever type, also those whose command comes with a later
version, so that no cohort has to be renamed on the day its name becomes a verb. A test compares it with the
verbs.
"""

from __future__ import annotations

# fmt: off
VERBS = frozenset({
    # anyone
    "cohorts", "cohort", "when", "answers", "link", "help",
    # any person
    "join", "leave", "me", "missed", "tz", "about", "who", "stay", "did", "next", "stuck", "same", "skip",
    "unstuck", "take", "undo", "yes", "no", "done", "away", "back", "cover", "mentor", "nudges", "profile",
    "report", "feedback", "redact", "claim", "export", "erase",
    # mentors
    "checkin", "round", "blockers", "remind", "complete", "skip-round", "add", "remove", "dash",
    # organizers
    "days-off", "move", "revoke", "merge", "audit", "announce", "bar", "unbar", "organizer", "reload",
})

KEYWORDS = frozenset({
    "all", "archive", "but", "into", "last", "latest", "like", "new", "off", "ok", "on", "pause", "resume",
    "set", "until",
})
# fmt: on

WORDS = VERBS | KEYWORDS
