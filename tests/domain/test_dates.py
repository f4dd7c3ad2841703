"""Dates are read as people type them; times are said with their zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.dates import EXAMPLES, day_said, offset_said, parse_date, said, span

TODAY = date(2026, 11, 26)  # a Thursday

READ = {
    "in full": ("2026-12-20", "2026-12-20", 1),
    "without noughts": ("2027-1-5", "2027-01-05", 1),
    "past, for the caller to refuse": ("2026-11-25", "2026-11-25", 1),
    "day and month": ("20 Dec", "2026-12-20", 2),
    "month and day": ("december 20", "2026-12-20", 2),
    "an ordinal": ("1st sept", "2027-09-01", 2),
    "this year's is past": ("25 nov", "2027-11-25", 2),
    "today's date is today": ("26 Nov", "2026-11-26", 2),
    "with a year": ("7 Dec 2027", "2027-12-07", 3),
    "American, with a comma": ("Dec 7, 2027", "2027-12-07", 3),
    "the next leap day": ("29 Feb", "2028-02-29", 2),
    "a weekday": ("friday", "2026-11-27", 1),
    "a short weekday, capital": ("Tues", "2026-12-01", 1),
    "today's weekday is a week away": ("thursday", "2026-12-03", 1),
    "today": ("today", "2026-11-26", 1),
    "tomorrow": ("Tomorrow", "2026-11-27", 1),
    "two weeks": ("2w", "2026-12-10", 1),
    "ten days": ("10d", "2026-12-06", 1),
    "weeks in words": ("2 weeks", "2026-12-10", 2),
    "a cover follows": ("7 Dec cover spotz", "2026-12-07", 2),
    "a comma and a cover follow": ("7 Dec, cover spotz", "2026-12-07", 2),
    "a reason with a number follows": ("friday 2 days at the sea", "2026-11-27", 1),
    "a number that is no year follows": ("7 dec 10 people visit", "2026-12-07", 2),
}


@pytest.mark.parametrize(("text", "expected", "taken"), READ.values(), ids=READ.keys())
def test_a_date_at_the_start_is_read_as_far_as_it_goes(text: str, expected: str, taken: int) -> None:
    assert parse_date(text.split(), TODAY) == (date.fromisoformat(expected), taken)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "20",
        "Dec",
        "31 nov",
        "2026-02-30",
        "29 feb 2027",
        "20/12/2026",
        "99999w",
        "1e3d",
        "²d",
        "fr",
        ",",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text.split(), TODAY) is None


def test_a_leap_day_is_found_over_a_century_without_one() -> None:
    assert parse_date(["29", "feb"], date(2096, 3, 1)) == (date(2104, 2, 29), 2)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_we_name_are_dates(example: str) -> None:
    assert parse_date(example.split(), TODAY) is not None


@given(st.lists(st.text(max_size=12), max_size=6), st.dates(date(1970, 1, 1), date(2100, 1, 1)))
def test_no_words_at_all_raise(words: list[str], today: date) -> None:
    found = parse_date(words, today)
    assert found is None or 1 <= found[1] <= min(3, len(words))


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_date_reads_back_as_it_is_said(today: date) -> None:
    for ahead in (0, 1, 90, 180, 181, 400):
        day = today + timedelta(days=ahead)
        if day.year < 2100:
            assert parse_date(day_said(day, today).split(), today) in [(day, 2), (day, 3)]


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        ("2026-11-26T17:00+00:00", "UTC", "Thu 26 Nov 17:00 UTC"),
        ("2026-11-26T17:00+00:00", "Etc/UTC", "Thu 26 Nov 17:00 UTC"),
        ("2026-11-26T17:00+00:00", "Europe/Berlin", "Thu 26 Nov 18:00 Europe/Berlin"),
        ("2026-11-26T19:00+00:00", "Asia/Kathmandu", "Fri 27 Nov 00:45 Asia/Kathmandu"),
        ("2026-10-25T00:30+00:00", "Europe/Berlin", "Sun 25 Oct 02:30 Europe/Berlin (UTC+2)"),
        ("2026-10-25T01:30+00:00", "Europe/Berlin", "Sun 25 Oct 02:30 Europe/Berlin (UTC+1)"),
        ("2026-03-29T01:30+00:00", "Europe/Berlin", "Sun 29 Mar 03:30 Europe/Berlin"),
    ],
)
def test_every_time_said_names_its_zone(at: str, zone: str, expected: str) -> None:
    assert said(datetime.fromisoformat(at), zone) == expected


def test_two_instants_are_never_said_alike_on_the_night_clocks_change() -> None:
    for zone in sorted(available_timezones()):
        night = [datetime(2026, 10, 24, 12, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(72)]
        assert len({said(at, zone) for at in night}) == len(night), zone


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0, "UTC"), (2, "UTC+2"), (5.75, "UTC+5:45"), (-3.5, "UTC-3:30"), (-11, "UTC-11")],
)
def test_an_offset_is_said_as_people_write_it(hours: float, expected: str) -> None:
    assert offset_said(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=hours)))) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=30, hours=23), "30 d"),
    ],
)
def test_a_duration_is_said_in_one_unit(length: timedelta, expected: str) -> None:
    assert span(length) == expected
