"""Check-ins fall on the cohort's wall clock, every week or fortnight, in every zone there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.limits import Limits
from cohortbot.domain.schedule import (
    NOTHING_DUE,
    ON_TIME,
    Due,
    Schedule,
    closes_at,
    instant,
    latest_due,
    next_slot,
    on_or_after,
    period,
    slots,
    taken_by_hand,
)
from cohortbot.domain.schedule import due as due_within

LATE_LIMIT = Limits().late
due = partial(due_within, late=LATE_LIMIT)
THURSDAY = 3
ZONES = sorted(available_timezones())


def schedule(
    starts: str = "2026-10-01",
    at: str = "17:00",
    zone: str = "UTC",
    every: Literal[1, 2] = 1,
    open_for: timedelta = timedelta(hours=72),
) -> Schedule:
    day = date.fromisoformat(starts)
    return Schedule(every, day.weekday(), time.fromisoformat(at), zone, day, open_for)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


SCHEDULES = st.builds(
    lambda every, starts, at, zone: Schedule(every, starts.weekday(), at, zone, starts, timedelta(hours=72)),
    st.sampled_from((1, 2)),
    st.dates(date(1995, 1, 1), date(2036, 1, 1)),
    st.times(),
    st.sampled_from(ZONES),
)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=17_000)).map(lambda passed: utc("1990-01-01") + passed)


class TestSlots:
    def test_the_first_is_the_start_and_then_every_week(self) -> None:
        weekly = schedule("2026-11-26")
        assert slots(weekly, date(2020, 1, 1), 3) == days("2026-11-26", "2026-12-03", "2026-12-10")

    def test_after_a_slot_comes_the_next_one(self) -> None:
        assert slots(schedule("2026-11-26"), date(2026, 12, 3), 1) == days("2026-12-10")

    def test_a_fortnight_goes_on_over_a_year_of_53_weeks(self) -> None:
        # Cron's "every second week" fires on 31 December 2026, week 53, and again on 7 January 2027, week 1.
        biweekly = schedule("2026-12-17", every=2)
        assert slots(biweekly, date(2026, 12, 17), 3) == days("2026-12-31", "2027-01-14", "2027-01-28")

    def test_none_at_all_can_be_asked_for(self) -> None:
        assert slots(schedule(), date(2026, 11, 1), 0) == []

    def test_a_start_on_another_weekday_is_refused(self) -> None:
        with pytest.raises(ValueError, match="2026-11-27 does not fall on weekday 3"):
            Schedule(1, THURSDAY, time(17), "UTC", date(2026, 11, 27), timedelta(hours=72))

    @given(st.integers(0, 6), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    def test_a_start_is_found_within_a_week(self, weekday: int, day: date) -> None:
        found = on_or_after(weekday, day)
        assert found.weekday() == weekday
        assert timedelta(0) <= found - day < timedelta(weeks=1)


DST_CASES = {
    "Berlin before the autumn change": ("Europe/Berlin", "2026-10-22", "17:00", "2026-10-22T15:00"),
    "Berlin after it, an hour later in UTC": ("Europe/Berlin", "2026-10-29", "17:00", "2026-10-29T16:00"),
    "Berlin, the hour that comes twice": ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),
    "Berlin, the hour that is left out": ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30"),
    "New York, the hour that is left out": ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30"),
    "New York, the hour that comes twice": ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
    "Lord Howe left out half an hour": ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),
    "Lord Howe repeats half an hour": ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
    "Kolkata, half an hour off": ("Asia/Kolkata", "2026-11-26", "17:00", "2026-11-26T11:30"),
    "Kathmandu, three quarters off": ("Asia/Kathmandu", "2026-11-26", "17:00", "2026-11-26T11:15"),
    "Chatham, three quarters off in summer": ("Pacific/Chatham", "2026-11-26", "17:00", "2026-11-26T03:15"),
    "Cairo leaves out midnight": ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:30"),
    "Samoa left out a whole day": ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T22:00"),
    "Kiritimati, the first to have Thursday": (
        "Pacific/Kiritimati",
        "2026-11-26",
        "17:00",
        "2026-11-26T03:00",
    ),
}


@pytest.mark.parametrize(("zone", "slot", "at", "expected"), DST_CASES.values(), ids=DST_CASES.keys())
def test_a_slot_is_due_at_its_wall_clock_time(zone: str, slot: str, at: str, expected: str) -> None:
    assert instant(schedule(slot, at, zone), date.fromisoformat(slot)) == utc(expected)


class TestEveryZone:
    @pytest.mark.parametrize("every", [1, 2])
    def test_slots_strictly_increase_and_keep_to_the_wall_clock(self, every: Literal[1, 2]) -> None:
        for zone in ZONES:
            plan = schedule("2026-01-01", "02:30", zone, every)
            instants = [instant(plan, slot) for slot in slots(plan, date(2026, 1, 1), 56)]
            steps = [later - earlier for earlier, later in pairwise(instants)]
            assert all(abs(step - period(plan)) <= timedelta(hours=2) for step in steps), zone
            local = {at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for at in instants}
            assert local <= {"02:30", "03:00", "03:30"}, zone

    @given(SCHEDULES, INSTANTS)
    def test_the_newest_due_and_the_next_slot_stand_on_either_side_of_now(
        self, plan: Schedule, now: datetime
    ) -> None:
        newest, following = latest_due(plan, now), next_slot(plan, now)
        assert instant(plan, following) > now
        if newest is None:
            assert following == plan.starts
        else:
            assert instant(plan, newest) <= now
            assert following - newest == period(plan)

    @given(SCHEDULES, st.integers(0, 500))
    def test_a_slot_is_due_from_its_very_instant(self, plan: Schedule, number: int) -> None:
        slot = plan.starts + number * period(plan)
        at = instant(plan, slot)
        assert latest_due(plan, at) == slot
        assert next_slot(plan, at - timedelta(microseconds=1)) == slot

    def test_clocks_that_go_back_over_midnight_do_not_take_a_slot_back(self) -> None:
        # St. John's turned 00:01 into 23:01 of the day before, until 2011.
        plan = schedule("2010-11-07", "00:00", "America/St_Johns")
        saturday_again = instant(plan, plan.starts) + timedelta(minutes=10)
        assert saturday_again.astimezone(ZoneInfo(plan.zone)).date() == date(2010, 11, 6)
        assert latest_due(plan, saturday_again) == plan.starts


class TestDue:
    SINCE = utc("2026-11-01T00:00")

    def test_nothing_before_the_first_slot(self) -> None:
        plan = schedule("2026-11-26")
        assert due(plan, self.SINCE, None, utc("2026-11-26T16:59:59")) == NOTHING_DUE

    def test_a_slot_opens_at_its_instant(self) -> None:
        plan = schedule("2026-11-26")
        assert due(plan, self.SINCE, None, utc("2026-11-26T17:00")) == Due(date(2026, 11, 26), False, ())

    def test_a_slot_is_done_once(self) -> None:
        plan = schedule("2026-11-26")
        assert due(plan, self.SINCE, date(2026, 11, 26), utc("2026-11-26T17:00:01")) == NOTHING_DUE

    @pytest.mark.parametrize(
        ("lateness", "expected"),
        [
            (ON_TIME, Due(date(2026, 11, 26), False, ())),
            (ON_TIME + timedelta(seconds=1), Due(date(2026, 11, 26), True, ())),
            (LATE_LIMIT, Due(date(2026, 11, 26), True, ())),
            (LATE_LIMIT + timedelta(seconds=1), Due(None, False, (date(2026, 11, 26),))),
        ],
        ids=["on time", "late", "as late as may be", "missed"],
    )
    def test_a_slot_may_open_36_hours_late_and_no_later(self, lateness: timedelta, expected: Due) -> None:
        plan = schedule("2026-11-26")
        assert due(plan, self.SINCE, None, utc("2026-11-26T17:00") + lateness) == expected

    def test_of_several_missed_only_the_newest_opens(self) -> None:
        missed = tuple(days("2026-11-12", "2026-11-19"))
        plan = schedule("2026-11-05")
        now = utc("2026-11-26T20:00")
        assert due(plan, self.SINCE, date(2026, 11, 5), now) == Due(date(2026, 11, 26), True, missed)

    def test_after_a_long_absence_all_are_missed(self) -> None:
        plan = schedule("2026-11-05")
        expected = Due(None, False, tuple(days("2026-11-05", "2026-11-12")))
        assert due(plan, self.SINCE, None, utc("2026-11-16T00:00")) == expected

    def test_slots_before_the_cohort_first_existed_are_not_due(self) -> None:
        plan = schedule("2026-10-01")
        assert due(plan, utc("2026-11-19T17:00:01"), None, utc("2026-11-25T00:00")) == NOTHING_DUE

    def test_a_cohort_made_at_the_very_instant_has_its_slot(self) -> None:
        plan, now = schedule("2026-10-01"), utc("2026-11-19T17:00")
        assert due(plan, now, None, now).open == date(2026, 11, 19)

    def test_a_slot_taken_early_by_hand_is_not_due_again(self) -> None:
        plan = schedule("2026-11-05")
        assert due(plan, self.SINCE, date(2026, 11, 26), utc("2026-11-26T17:00")) == NOTHING_DUE

    def test_a_slot_done_under_another_weekday_counts_as_done_for_its_time(self) -> None:
        tuesdays = schedule("2026-11-24")
        result = due(tuesdays, self.SINCE, date(2026, 11, 26), utc("2026-12-01T17:00"))
        assert result == Due(date(2026, 12, 1), False, ())

    @given(
        SCHEDULES,
        INSTANTS,
        st.timedeltas(timedelta(0), timedelta(days=200)),
    )
    def test_doing_what_is_due_leaves_nothing_and_leaves_out_nothing(
        self, plan: Schedule, since: datetime, passed: timedelta
    ) -> None:
        now = since + passed
        answer = due(plan, since, None, now)
        handled = [*answer.missed, *([answer.open] if answer.open else [])]
        expected = [
            slot
            for slot in slots(plan, since.date() - timedelta(days=30), 60)
            if since <= instant(plan, slot) <= now
        ]
        assert handled == expected
        if handled:
            assert due(plan, since, handled[-1], now) == NOTHING_DUE


class TestClosing:
    def test_a_round_is_open_for_three_days(self) -> None:
        plan, opened = schedule("2026-11-26"), utc("2026-11-26T17:00")
        assert closes_at(plan, opened, date(2026, 11, 26)) == utc("2026-11-29T17:00")

    def test_a_late_round_still_has_its_three_days(self) -> None:
        plan, opened = schedule("2026-11-26"), utc("2026-11-28T03:00")
        assert closes_at(plan, opened, date(2026, 11, 26)) == utc("2026-12-01T03:00")

    def test_it_ends_when_the_next_is_due_at_the_latest(self) -> None:
        plan = schedule("2026-11-26", open_for=timedelta(days=6, hours=12))
        late, by_hand = utc("2026-11-28T03:00"), utc("2026-11-27T00:00")
        assert closes_at(plan, late, date(2026, 11, 26)) == utc("2026-12-03T17:00")
        assert closes_at(plan, by_hand, None) == utc("2026-12-03T12:00")

    def test_one_opened_early_is_not_cut_by_the_slot_it_took(self) -> None:
        plan = schedule("2026-11-26")
        assert closes_at(plan, utc("2026-11-25T17:00"), date(2026, 11, 26)) == utc("2026-11-28T17:00")


def by_hand(plan: Schedule, done: date, now: datetime) -> date | None:
    return taken_by_hand(plan, utc("2026-01-01T00:00"), done, now)


class TestByHand:
    def test_a_check_in_by_hand_takes_the_slot_due_within_half_a_period(self) -> None:
        plan = schedule("2026-11-19")
        assert by_hand(plan, date(2026, 11, 19), utc("2026-11-23T05:00")) == date(2026, 11, 26)

    def test_sooner_after_the_last_it_takes_none(self) -> None:
        plan = schedule("2026-11-19")
        assert by_hand(plan, date(2026, 11, 19), utc("2026-11-23T04:59")) is None

    def test_a_slot_is_taken_once(self) -> None:
        plan = schedule("2026-11-19")
        assert by_hand(plan, date(2026, 11, 26), utc("2026-11-25T05:00")) is None
