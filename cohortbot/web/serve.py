"""The site on its socket, from start to SIGTERM."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from cohortbot.config import Config
from cohortbot.config.kinds import Listen

log = logging.getLogger(__name__)

OK, FAILED = 0, 1
_GOODBYE = 2  # seconds that answers under way have after SIGTERM, so that all is over within 3


def serve(app: Starlette, config: Config) -> int:
    """Answer on `web.listen` until SIGTERM or SIGINT, then finish within 3 s; the exit code.

    1, and a line on stderr that says why, if that address cannot be listened on. Requests are not logged;
    what goes wrong is.
    """
    listen = config.web.listen
    try:
        listener = _listener(listen)
    except OSError as fault:
        print(f"web.listen: {listen}: {fault.strerror or fault}", file=sys.stderr)
        return FAILED
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GOODBYE,
        )
    )
    log.info("the site is at %s (listens on %s)", config.web.base_url, listen)
    with listener, _ending(server):
        server.run(sockets=[listener])
    return OK


@contextmanager
def _ending(server: uvicorn.Server) -> Iterator[None]:
    """Signals before, and those that uvicorn raises again after its own handling, end the site in peace."""

    def leave(_number: int, _frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listener(listen: Listen) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=512)
