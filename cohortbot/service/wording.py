"""What a text is about: its words without their endings, and the field's words for one thing as one."""

from __future__ import annotations

import re
from functools import lru_cache

from snowballstemmer import stemmer

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")

_COMMON = """
    a about after again all also always am an and any anybody anyone anything are as at back be because been
    before being but by can cannot cant could did didnt do does doesnt doing done dont each even ever every
    everything for from get gets getting go goes gone got had has hasnt have havent having he her here him his
    how however i if in instead into is isnt it its itself ive just kind like made make makes many may me
    might mine more most much must my myself never no nobody none nor not nothing now of off ok on once one
    only or other others our out over own please really same say says seems shall she should since so some
    somebody someone something still such than that thats the their them then there these they thing things
    this those though to too two under until up us use used uses using very want wants was wasnt way we were
    what when where whether which while who whose why will with within without wont would wouldnt yet you
    your
"""
_SAYS_NOTHING = frozenset(_COMMON.split())

# A line for each thing that people call differently, as beginners of OpenStack, of git and of IRC do.
_ONE_THING = """
    instance vm server guest
    host node hypervisor
    horizon dashboard
    glance image
    neutron network
    nova compute
    volume disk
    zuul ci gate
    gerrit review
    patch change commit
    repository repo
    reboot restart
    refuse reject deny forbid
    error fail failure break broken
    crash die exit dead abort
    stuck hang freeze stall
    address ip
    conference meetup summit event
    exam coa
    identify login authenticate auth
    user account username
    kvm virtualization virtualbox qemu libvirt
    slide presentation
    talk lecture speech
    documentation docs doc
    delete remove
    create creation add
    huge large big
    upload push submit
    mail email
    answer reply respond
    night evening
    laptop notebook computer pc
    wifi wlan
    university campus
    fix solve repair
    mariadb galera mysql database
    rabbitmq rabbit amqp
    openvswitch ovs
    keypair publickey
    dns resolve nameserver
    dhcp lease
    webcam camera
    passport id
    minute hour
    kick ban
    nick nickname
    attach attachment
    find found
    test tox
    job build
    browser firefox chrome
"""


def terms(text: str) -> list[str]:
    """What the words of a text stand for, in their order; none for words that say nothing.

    `cinder-volume` and `key_repository` are two words each. A term need not be a word itself: that forms of
    one word, and words for one thing, have the same is all that counts.
    """
    return [_term(word) for word in _words(text) if word not in _SAYS_NOTHING]


def every_term(text: str) -> list[str]:
    """The same, of all words."""
    return [_term(word) for word in _words(text)]


def _words(text: str) -> list[str]:
    return [word.replace("'", "") for word in _WORD.findall(text.lower())]


@lru_cache(maxsize=20_000)
def _term(word: str) -> str:
    stem = _stem(word)
    return _CALLED.get(stem, stem)


def _stem(word: str) -> str:
    stem: str = stemmer("porter").stemWord(word)  # one of our own: it keeps what it works on within itself
    return stem


_CALLED = {
    _stem(word): _stem(line.split()[0]) for line in _ONE_THING.strip().splitlines() for word in line.split()
}
