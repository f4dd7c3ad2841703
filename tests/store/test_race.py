"""Many processes race for few seats, on both databases: never more than the places, nobody lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.programme import programme

from cohortbot.store.engine import reading
from cohortbot.store.tables import membership, seat

PLACES = 8
COHORTS = f"""
deploy:
  title: Deploy a cloud
  goal: A cloud of your own
  places: {PLACES}
"""

RACER = """
import sys
from pathlib import Path
from support.programme import again

world = again(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    nick = f"{sys.argv[2]}x{chr(97 + number // 26)}{chr(97 + number % 26)}"
    print(world.say(nick, "join deploy", account=nick)[0], flush=True)
"""


@pytest.mark.proof
def test_racing_joins_never_exceed_the_places(
    tmp_path: Path, ready_url: str, portion: Callable[[int], int]
) -> None:
    racers, joins = max(4, portion(24)), max(3, portion(30))
    world = programme(tmp_path, ready_url, cohorts=COHORTS)
    tests = str(Path(__file__).parents[1])
    processes = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", RACER, str(tmp_path), f"racer{chr(97 + number)}", str(joins)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": tests},
        )
        for number in range(racers)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [line for process in processes for line in process.communicate()[0].splitlines()]
    kinds = Counter("joined" if " joined deploy (" in line else "waiting" for line in answers)
    assert kinds == {"joined": PLACES, "waiting": racers * joins - PLACES}
    with reading(world.app.engine) as tx:
        held = tx.scalar(select(func.count()).where(seat.c.membership_id.is_not(None)))
        states = dict(tx.execute(select(membership.c.state, func.count()).group_by(membership.c.state)).all())
    assert held == PLACES
    assert states == {"active": PLACES, "waiting": racers * joins - PLACES}
