"""How soon the bot may write to somebody new, on a network that limits it and on one that does not."""

from __future__ import annotations

from cohortbot.irc.newcomers import AT_FIRST, MOST_KNOWN, Newcomers

MINUTE = 63.0  # with the slack that servers need


def let_in(newcomers: Newcomers, nicks: list[str], until: float) -> dict[str, float]:
    """When each of these was let through who asks each second, as outbox and queue do."""
    at: dict[str, float] = {}
    for second in range(int(until)):
        for nick in nicks:
            if nick not in at and newcomers.may_write(nick, float(second)):
                at[nick] = float(second)
    return at


def test_where_nothing_is_limited_nobody_waits() -> None:
    newcomers = Newcomers()
    assert all(newcomers.may_write(f"n{number}", 0.0) for number in range(100))
    assert newcomers.wait(0.0) is None


def test_a_pace_in_the_config_is_kept_from_the_first_word_on_in_the_order_of_asking() -> None:
    newcomers = Newcomers(per_minute=1.0)
    assert let_in(newcomers, ["a", "b", "c"], 200) == {"a": 0.0, "b": MINUTE, "c": 2 * MINUTE}


def test_the_first_refusal_teaches_one_a_minute() -> None:
    newcomers = Newcomers()
    newcomers.refused("k", 0.0)
    assert not newcomers.may_write("k", 0.0)
    assert newcomers.may_write("k", MINUTE)


def test_who_has_heard_from_us_or_wrote_to_us_is_never_new() -> None:
    newcomers = Newcomers(per_minute=1.0)
    newcomers.met("cy")
    assert newcomers.may_write("cy", 0.0)
    assert newcomers.may_write("a", 0.0)
    assert newcomers.may_write("CY", 0.0)
    assert not newcomers.may_write("b", 0.0)


def test_the_urgent_go_first_among_those_who_wait() -> None:
    newcomers = Newcomers(per_minute=1.0)
    assert newcomers.may_write("a", 0.0)
    assert not newcomers.may_write("b", 0.0)
    assert not newcomers.may_write("offered", 0.0, urgent=True)
    for second in range(1, 63):
        newcomers.may_write("b", second)
        newcomers.may_write("offered", second, urgent=True)
    assert not newcomers.may_write("b", MINUTE)
    assert newcomers.may_write("offered", MINUTE, urgent=True)


def test_who_left_is_new_when_they_come_back_and_who_is_called_otherwise_is_not() -> None:
    newcomers = Newcomers(per_minute=1.0)
    newcomers.met("cy")
    newcomers.renamed("cy", "cyrus")
    assert newcomers.may_write("cyrus", 0.0)
    newcomers.gone("cyrus")
    assert newcomers.may_write("a", 0.0)
    assert not newcomers.may_write("cyrus", 0.0)


def test_where_we_are_voiced_the_server_counts_nobody_until_it_shows_otherwise() -> None:
    newcomers = Newcomers(per_minute=1.0, exempt=lambda nick: nick == "here")
    assert newcomers.may_write("a", 0.0)
    assert newcomers.may_write("here", 0.0)
    newcomers.refused("here", 1.0)
    assert not newcomers.may_write("here", 1.0)


def test_what_is_saved_up_is_no_more_than_the_server_lets_us_save() -> None:
    newcomers = Newcomers()
    newcomers.refused("x", 0.0)
    later = 1000 * MINUTE
    assert sum(newcomers.may_write(f"n{number}", later) for number in range(50)) == AT_FIRST


def test_of_more_people_than_a_network_shows_the_first_are_new_again() -> None:
    newcomers = Newcomers(per_minute=1.0)
    for number in range(MOST_KNOWN + 1):
        newcomers.met(f"n{number}")
    assert newcomers.may_write("a", 0.0)
    assert not newcomers.may_write("n0", 0.0)
    assert newcomers.may_write(f"n{MOST_KNOWN}", 0.0)


def test_who_comes_later_does_not_overtake_when_somebody_was_let_through() -> None:
    newcomers = Newcomers(per_minute=1.0)
    assert newcomers.may_write("a", 0.0)
    for second in range(1, 64):
        for nick in ("b", "c"):
            newcomers.may_write(nick, float(second))
    assert newcomers.is_open("b")
    for second in range(64, 127):
        for nick in ("late", "c"):
            newcomers.may_write(nick, float(second))
    assert newcomers.is_open("c")
    assert not newcomers.is_open("late")
