"""A place becomes a zone where only one can be meant; hours of day and night are known for each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.places import ABBREVIATIONS, PLACES, WELL_KNOWN
from cohortbot.domain.zones import Ambiguous, Hours, awake, find, hours_said, is_night, nearest, uncovered

WINTER = datetime(2026, 11, 26, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 26, 12, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})


class TestFind:
    @pytest.mark.parametrize(
        ("text", "zone"),
        [
            ("berlin", "Europe/Berlin"),
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/BERLIN", "Europe/Berlin"),
            ("Berlin, Germany", "Europe/Berlin"),
            ("new york", "America/New_York"),
            ("New_York", "America/New_York"),
            ("  america/new york ", "America/New_York"),
            ("São Paulo", "America/Sao_Paulo"),
            ("port-au-prince", "America/Port-au-Prince"),
            ("St. John's", "America/St_Johns"),
            ("buenos aires", "America/Argentina/Buenos_Aires"),
            ("singapore", "Asia/Singapore"),
            ("istanbul", "Europe/Istanbul"),
            ("kathm", "Asia/Kathmandu"),
            ("europe/ber", "Europe/Berlin"),
            ("bangalore", "Asia/Kolkata"),
            ("san francisco", "America/Los_Angeles"),
            ("japan", "Asia/Tokyo"),
            ("utc", "UTC"),
            ("GMT", "UTC"),
            ("UTC+0", "UTC"),
            ("Etc/GMT-2", "Etc/GMT-2"),
        ],
    )
    def test_one_place_is_meant(self, text: str, zone: str) -> None:
        assert find(text, WINTER) == zone

    @pytest.mark.parametrize("text", ["", "a", "be", "x" * 400, "atlantis", "utc+15", "+99", "12", ",", "/"])
    def test_no_place_is_meant(self, text: str) -> None:
        assert find(text, WINTER) is None

    def test_a_beginning_of_several_cities_asks_which(self) -> None:
        assert find("ber", WINTER) == Ambiguous(("Europe/Berlin", "Atlantic/Bermuda"))

    def test_a_large_country_asks_which_part(self) -> None:
        assert find("usa", WINTER) == Ambiguous(PLACES["usa"])

    def test_an_abbreviation_of_several_places_asks_which(self) -> None:
        assert find("IST", WINTER) == Ambiguous(("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"))

    @pytest.mark.parametrize("text", ["utc+2", "UTC +2", "GMT+2:00", "+0200", "+2"])
    def test_an_offset_asks_for_a_place_since_it_knows_no_summer_time(self, text: str) -> None:
        winter, summer = find(text, WINTER), find(text, SUMMER)
        assert isinstance(winter, Ambiguous)
        assert isinstance(summer, Ambiguous)
        assert "Europe/Athens" in winter.candidates
        assert "Europe/Berlin" in summer.candidates
        assert "Europe/Berlin" not in winter.candidates

    @pytest.mark.parametrize("text", ["utc+5:45", "-3:30", "utc\u22129:30"])
    def test_rare_offsets_have_their_places_too(self, text: str) -> None:
        assert isinstance(find(text, WINTER), Ambiguous)

    def test_every_zone_is_found_by_its_name(self) -> None:
        for zone in ZONES:
            found = find(zone, WINTER)
            if isinstance(found, Ambiguous):
                assert zone.casefold() in ABBREVIATIONS
                continue
            assert found is not None, zone
            for at in (WINTER, SUMMER):
                assert at.astimezone(ZoneInfo(found)).utcoffset() == at.astimezone(ZoneInfo(zone)).utcoffset()

    def test_every_place_we_know_of_keeps_a_zone_that_exists(self) -> None:
        named = [
            *WELL_KNOWN,
            *(zone for table in (PLACES, ABBREVIATIONS) for row in table.values() for zone in row),
        ]
        assert set(named) <= available_timezones()

    @given(st.text(max_size=40))
    def test_no_text_raises(self, text: str) -> None:
        found = find(text, WINTER)
        if isinstance(found, Ambiguous):
            assert 1 <= len(found.candidates) <= 5
        elif found is not None:
            ZoneInfo(found)
        assert len(nearest(text)) <= 3


@pytest.mark.parametrize(
    ("text", "zone"),
    [("berln", "Europe/Berlin"), ("kolkatta", "Asia/Kolkata"), ("New Yrok", "America/New_York")],
)
def test_a_misspelt_place_has_its_nearest(text: str, zone: str) -> None:
    assert nearest(text)[0] == zone


def test_nonsense_has_no_nearest() -> None:
    assert nearest("qqqqqqqq") == ()


class TestHours:
    @pytest.mark.parametrize(
        ("at", "day"), [("06:59", False), ("07:00", True), ("20:59", True), ("21:00", False)]
    )
    def test_a_day_is_from_8_to_22_in_the_persons_zone(self, at: str, day: bool) -> None:
        instant = datetime.fromisoformat(f"2026-11-26T{at}+00:00")
        assert awake("Europe/Berlin", instant) is day
        assert is_night("Europe/Berlin", instant) is not day

    @pytest.mark.parametrize(
        ("zones", "on", "said"),
        [
            ([], "2026-11-26", "00–24 UTC"),
            (["UTC"], "2026-11-26", "00–08, 22–24 UTC"),
            (["Europe/Berlin"], "2026-11-26", "00–07, 21–24 UTC"),
            (["Europe/Berlin"], "2026-07-26", "00–06, 20–24 UTC"),
            (["Asia/Kolkata"], "2026-11-26", "00–02:30, 16:30–24 UTC"),
            (["Europe/Berlin", "America/Los_Angeles"], "2026-11-26", "06–07 UTC"),
            (["Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"], "2026-11-26", ""),
            (["Pacific/Auckland"], "2026-11-26", "09–19 UTC"),
            (["Europe/Berlin"], "2026-10-25", "00–07, 21–24 UTC"),
        ],
    )
    def test_the_hours_that_nobody_covers(self, zones: list[str], on: str, said: str) -> None:
        assert hours_said(uncovered(zones, date.fromisoformat(on))) == said

    def test_two_in_one_zone_cover_no_more_than_one(self) -> None:
        day = date(2026, 11, 26)
        assert uncovered(["UTC", "UTC"], day) == uncovered(["UTC"], day) == [Hours(0, 480), Hours(1320, 1440)]

    @given(st.lists(st.sampled_from(ZONES), max_size=4), st.dates(date(1980, 1, 1), date(2036, 1, 1)))
    def test_an_hour_is_uncovered_exactly_when_all_sleep(self, zones: list[str], on: date) -> None:
        gaps = uncovered(zones, on)
        midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
        for minute in range(0, 1440, 15):
            at = midnight + timedelta(minutes=minute)
            asleep = all(is_night(zone, at) for zone in zones)
            assert any(gap.start <= minute < gap.end for gap in gaps) is asleep
