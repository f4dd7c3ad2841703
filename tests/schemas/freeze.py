"""Freeze today's schema, filled: `python tests/schemas/freeze.py REVISION`, once, when it is released.

Writes REVISION.sqlite.gz and REVISION.pgdump beside this file; test_schemas.py upgrades them for ever after.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.living import live
from support.postgres import postgres_server

HERE = Path(__file__).parent


def main(revision: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cohortbot.db"
        live(Path(folder), f"sqlite:///{file}").app.engine.dispose()
        (HERE / f"{revision}.sqlite.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server, server.database() as url:
        live(Path(folder), url).app.engine.dispose()
        dump = ["pg_dump", "--format=custom", "--no-owner", f"--file={HERE / revision}.pgdump", url]
        subprocess.run(dump, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
