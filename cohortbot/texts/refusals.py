"""Every refusal in words: what happened, why, and what to type instead. One line each."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain import dates
from cohortbot.domain import refusals as no
from cohortbot.domain.message import NoServices, NotAsked, Proof, Proven, ServicesDown, TooSlow, Unproven
from cohortbot.domain.model import CohortState
from cohortbot.texts.voice import Voice, at, listed, nicks


def say(refusal: no.Refusal, voice: Voice) -> str:
    match refusal:
        case no.UnknownVerb("", _):
            return "yes? Nothing followed my name; «help» lists what you can do"
        case no.UnknownVerb(word, nearest):
            return (
                f"I do not know «{word}»; did you mean {listed(nearest, 'or')}? «help» lists what you can do"
            )
        case no.BadUsage(verb, usage):
            return f"{verb} was not understood, nothing was changed; type: {usage}"
        case no.NoSuchCohort(word, nearest):
            return f"no cohort {word}; {_there(nearest)}"
        case no.Ambiguous(word, slugs):
            return f"«{word}» could be {listed(slugs, 'or')}: type the whole name"
        case no.CohortNeeded(verb, usage, own, there):
            names = own or there
            return f"{verb} which cohort? {_there(names)}; type: {usage}"
        case no.NotInIt(slug):
            return f"you are not in {slug}, so nothing was changed; «join {slug}» asks for a place"
        case no.NotInAny():
            return "you are in no cohort yet, so nothing was changed; «cohorts» lists them, «join NAME» asks for a place"
        case no.NotMemberOf(nick, slug, role):
            return f"{nick} is no {role} of {slug}, so nothing was changed; «who {slug}» shows who is in it"
        case no.NotIdentified(verb, proof):
            return f"«{verb}» needs to know that it is you: {_why_unproven(proof, voice)}"
        case no.NickIsSomebodys(owner, proof):
            return (
                f"this nick belongs to {owner}, and I cannot tell that it is you, so nothing was done: "
                f"{_why_unproven(proof, voice)}; if you are somebody else, pick another: /nick NEWNICK"
            )
        case no.ThrowawayNick(nick):
            return f"{nick} is a nick that web clients make up, it can hold no place: type /nick YOURNAME, then again"
        case no.CohortRests(slug, state, since, by, zone):
            who = f" by {by}" if by else ""
            if state is CohortState.PAUSED:
                return f"{slug} is paused since {at(since, zone)}{who}, so nothing was changed; «cohorts» lists the others"
            if state is CohortState.ENDED:
                return (
                    f"this run of {slug} has ended {at(since, zone)}, so nothing was changed: it goes on when an organizer "
                    f"says «cohort set {slug} ends DATE» (or none); «cohorts» lists the others"
                )
            return f"{slug} is archived since {at(since, zone)}{who}: it takes nobody; «cohorts» lists the others"
        case no.AnsweredBefore(slug, number):
            return (
                f"you have answered {slug}, round {number} since, so nothing was filed; «did …» answers anew"
            )
        case no.NobodyAsked(slug, seated):
            why = f"all {seated} of its mentees are away" if seated else "it has no mentee yet"
            return f"no check-in of {slug} was opened: {why}; «who {slug}» shows who is in it"
        case no.NoneToSkip(slug):
            return f"{slug} has no open check-in, and none is planned, so there is nothing to skip; «when {slug}» shows the plan"
        case no.NoSuchRound(slug, number, newest):
            if newest is None:
                return f"{slug} has had no check-in yet; «checkin {slug}» opens one"
            return f"{slug} has no check-in {number}: the newest is {newest}, type «round {slug} {newest}»"
        case no.NoOpenRound(slug, next_at, zone):
            when = f"the next check-in is {at(next_at, zone)}" if next_at else "no check-in is planned"
            return f"{slug} has no open check-in, so nothing was filed; {when}; «stuck …» works at any time"
        case no.WhichCohort(verb, slugs):
            which = listed([f"«{slug}»" for slug in slugs], "or")
            return (
                f"{verb} for which cohort? Nothing was filed yet: {which}, said to me privately, files it; "
                f"«{slugs[0]} {verb} …» says it at once"
            )
        case no.MentorsOnly(slug, verb, mentors):
            who = f"ask {nicks(mentors)}" if mentors else "it has none yet: ask an organizer"
            return f"«{verb}» is for mentors of {slug}, so nothing was changed; {who}"
        case no.OrganizersOnly(verb, organizers):
            who = (
                f"ask {nicks(organizers)}"
                if organizers
                else f"ask {voice.contact or 'whoever runs this bot'}"
            )
            return f"«{verb}» is for organizers, so nothing was changed; {who}"
        case no.TooLong(what, limit, length):
            return f"that {what} has {length} characters, {limit} fit, so it was not taken; say it shorter"
        case no.CompletingYourself(slug, others):
            who = nicks(others) if others else "an organizer"
            return f"nobody completes themselves, so nothing was changed; ask {who} to confirm it in {slug}"
        case no.NobodyOfThatName(nick, nearest):
            near = f"did you mean {listed(nearest, 'or')}?" if nearest else "«who» shows who is in a cohort"
            return f"I know nobody called {nick}, so nothing was changed; {near}"
        case no.NoBadgeOf(nick, slug):
            return f"{nick} has no badge of {slug}, so nothing was changed; type: revoke NICK c why"
        case no.NotUnproven(nick, slug):
            return f"{nick} is identified: a mentor removes only who is not; ask an organizer to «remove {nick} {slug} WHY»"
        case no.MentorCannotBeMentee(slug, None):
            return f"you mentor {slug}, and nobody is mentor and mentee of one cohort; «leave {slug}» first"
        case no.MentorCannotBeMentee(slug, nick):
            return (
                f"{nick} mentors {slug}, and nobody is mentor and mentee of one cohort; nothing was changed"
            )
        case no.MenteeCannotMentor(slug):
            return f"you are a mentee of {slug}, and nobody is mentor and mentee of one cohort; «leave {slug}» first"
        case no.FullFor(slug, places, nick):
            return f"{slug} is full ({places} of {places}), so {nick} was not seated; an organizer can say «cohort set {slug} places {places + 1}»"
        case no.NoSuchBlocker(number, open_ones):
            near = f"open ones here: {_numbers(open_ones)}" if open_ones else "no blocker is open here"
            return f"no blocker #{number} in your cohorts, so nothing was changed; {near}"
        case no.BlockersOf(None, numbers, verb) if not numbers:
            return f"you are stuck on nothing that I know of; «{verb} ID» names another's blocker"
        case no.BlockersOf(nick, numbers, verb):
            whose = f"{nick} is" if nick else "you are"
            if not numbers:
                return f"{whose} stuck on nothing that I know of, so nothing was changed; «{verb} ID» names a blocker"
            return f"{whose} stuck on {_numbers(numbers)}: type «{verb} {numbers[0]}» to say which"
        case no.AlreadySolved(number, by):
            return f"#{number} is solved already, by {by}; a new «stuck …» opens another"
        case no.AlreadyTaken(number, by):
            return f"#{number} is taken already, by {by}, so nothing was changed; «unstuck {number} HOW» when it is solved"
        case no.BlockerStale(number, nick):
            whose = f"{nick} has" if nick is not None else "who was stuck has"
            return (
                f"{whose} said no more of #{number}, so it is stale and nothing was changed; "
                f"«unstuck {number} HOW» keeps how it was solved"
            )
        case no.OwnBlocker(number):
            return f"#{number} is your own, so nothing was changed; «unstuck {number} HOW» when it is solved"
        case no.CheckinAnswered(slug, number):
            return f"{slug}, round {number} has been answered, so it stays; «checkin {slug}» shows it"
        case no.NothingToUndo(minutes):
            return (
                f"nothing of yours in the last {minutes} minutes can be taken back; «me» says where you stand"
            )
        case no.NothingAsked(word):
            return (
                f"nothing I asked you is open, so «{word}» changed nothing; «help» says what you can do now"
            )
        case no.PrivateOnly(verb):
            return (
                f"«{verb}» works in a private message alone, nothing was changed: /msg {voice.nick} {verb} …"
            )
        case no.WordUnknown():
            return "that word claims nothing: it is wrong, used, or older than 14 days; a mentor can «add» you instead"
        case no.SlugRefused(slug, why):
            return f"«{slug}» cannot name a cohort: it {why}; nothing was made"
        case no.SettingRefused(key, value, right):
            return f"{key}: {f'{value} {right}' if value else right}; nothing was changed"
        case no.ReloadRefused(faults):
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            return f"the config was not read again, nothing was changed: {faults[0]}{more}; «cohortbot check» lists all"
        case no.OrganizerOfConfig(account):
            return f"{account} is an organizer by the config file and stays one until it is taken out there"
        case no.NotTheClaiming(nick, verb):
            return (
                f"«{verb}» is for whoever became {nick} here, and your connection is another, so nothing was "
                "changed; your welcome's word makes it the one: /msg "
                f"{voice.nick} claim WORD"
            )
        case no.EraseWordWrong():
            return "that is not the word I gave you last, so nothing was erased; «erase me» gives a new one"
        case no.EraseOneself(nick):
            return f"{nick} is identified, so nothing was erased; they say «erase me» themselves"
        case no.OrganizerNotBarred(nick, account):
            return f"{nick} is an organizer and was not barred; «organizer remove {account}» comes first"
        case no.NoSuchPlace(place, nearest):
            near = (
                f"did you mean {listed(nearest, 'or')}?" if nearest else "a big city near you does: tz Berlin"
            )
            return f"I know no place «{place}», so your zone is as before; {near}"
        case no.SeveralPlaces(place, zones):
            return f"«{place}» could be {listed(zones, 'or')}: type one of them whole"
        case no.DateRefused(text, why):
            return f"{_no_date(text, why)}, so nothing was changed; dates are {listed(dates.EXAMPLES, 'or')}"
        case no.NotTheirMentee(nick):
            return (
                f"{nick} is no mentee of yours, so nothing was changed: they say «away» themselves, "
                "or an organizer does it for them"
            )
        case no.NothingToCover():
            return "there is nothing to cover without a cohort to mentor, so nothing was changed; type: away [until DATE] [why]"
        case no.CoverIsOneself():
            return "nobody covers for themselves, so nothing was changed; name somebody else: away cover NICK"
        case no.ChainOfCovers(nick):
            return (
                f"a cover is not handed on, and here {nick}'s would be, so nothing was changed; "
                "«away» without a cover ends it and tells the organizers"
            )
        case no.CoverUnproven(nick):
            return f"{nick} is not identified, and a cover must be, so nothing was changed; name somebody else, or again when they are"
        case no.CoverIsMentee(nick, slugs):
            return f"{nick} is a mentee of {listed(slugs)} and cannot mentor there, so nothing was changed; name somebody else"
        case no.CoverIsAway(nick, last_day, today):
            return f"{nick} is away until {dates.day_said(last_day, today)}, so nothing was changed; name somebody else: away cover NICK"
        case no.NoCoverAsked():
            return "nobody waits for you to cover for them, so nothing was changed; «me» says where you stand"
        case no.NotLogged(0):
            return "nothing is logged here that a link could lead to; «link» works in a logged channel"
        case no.NotLogged(lines):
            return f"the log of this channel has {lines} lines before yours here: «link N» takes N up to that"
        case no.SamePerson(nick, into):
            return f"{nick} and {into} are one person already; nothing was changed"
        case no.DatabaseAway(unknown=True):
            return "the database stopped answering while this was being done: not known yet, say me when I am back"
        case no.DatabaseAway():
            return "the database does not answer, so nothing was changed; please try again in a minute"
        case no.SlowDown():
            return "slower, please: I will listen again in a minute"
        case no.Barred():
            return f"an organizer has barred you from this programme; about it, write to {voice.contact or 'them'}"
        case _:
            assert_never(refusal)


def _no_date(text: str, why: no.WhyNoDate) -> str:
    match why:
        case no.WhyNoDate.UNREADABLE:
            return f"«{text}» is no date that I can read" if text else "a date is missing"
        case no.WhyNoDate.PAST:
            return f"{text} is past"
        case no.WhyNoDate.FAR:
            return f"{text} is more than a year off"
        case _:
            assert_never(why)


def _there(slugs: tuple[str, ...]) -> str:
    return f"there are {listed(slugs)}" if slugs else "there are none yet"


def _numbers(ids: tuple[int, ...]) -> str:
    return listed([f"#{number}" for number in ids])


def _why_unproven(proof: Proof, voice: Voice) -> str:
    match proof:
        case NoServices():
            return f"{voice.network} has no services that could vouch for anybody, so nobody can do it here"
        case ServicesDown():
            return "the network's services are down and vouch for nobody now; try again when they are back"
        case TooSlow():
            return "the server did not say in time who you are; please try again"
        case Unproven() | Proven() | NotAsked():
            return f"identify with {voice.identify}, then again"
        case _:
            assert_never(proof)
