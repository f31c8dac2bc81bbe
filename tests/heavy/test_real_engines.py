"""The same log on real engines gives the same reading, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_logs import LOG_ROWS, SCHEMA, TABLE, document, free_port, write_log

from breakeven.demand.usage.engine_log import read_from_engine
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem
from parts import require_part

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_log(tmp_path_factory.mktemp("log") / "spend.parquet", LOG_ROWS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of its own on loopback, in a time zone that is not UTC; it stops with the tests."""
    programs = require_part("postgres")
    folder = Path("/tmp") / f"breakeven-postgres-{os.getpid()}"  # short: its socket's path has a limit
    port, root = free_port(), os.geteuid() == 0
    user = ["runuser", "-u", "postgres", "--"] if root else []
    folder.mkdir(mode=0o700)
    try:
        if root:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        run(*user, programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        control = [*user, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        run(*control, "-o", f"{options} -c timezone=America/New_York", "start")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(*command: str | Path) -> None:
    subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)


def test_postgres_gives_the_same_bytes(log: Path, server: str, tmp_path: Path) -> None:
    import psycopg

    rows = write_log(tmp_path / "spend.csv", LOG_ROWS)
    with psycopg.connect(server) as connection:
        connection.execute(SCHEMA)
        with connection.cursor().copy(f'COPY "{TABLE}" FROM STDIN (FORMAT csv, HEADER)') as copy:
            copy.write(rows.read_bytes())
    assert document(read_from_engine(server, [TABLE])) == document(read_log(log))


def test_a_missing_table_is_told_without_the_password(server: str) -> None:
    with_password = server.replace("postgres@", "postgres:secret@")
    with pytest.raises(Problem) as raised:
        read_from_engine(with_password, ["LiteLLM_SpendLog"])
    assert 'no table "LiteLLM_SpendLog"' in str(raised.value)
    assert "secret" not in str(raised.value)


def test_clickhouse_gives_the_same_bytes(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's times have no zone, and so the table's; the machine's zone is another."""
    require_part("chdb")
    from chdb import session

    monkeypatch.setenv("TZ", "America/New_York")
    own = session.Session(str(tmp_path / "clickhouse"))
    plain = ", ".join(
        f'fromUnixTimestamp64Milli(toUnixTimestamp64Milli("{each}")) AS "{each}"' for each in ("startTime", "endTime")
    )
    columns = f"SELECT * REPLACE ({plain}) FROM file('{log}', Parquet)"
    own.query(f'CREATE TABLE default."{TABLE}" ENGINE = MergeTree ORDER BY tuple() AS {columns}')
    own.close()
    answer = read_from_engine(f"chdb://{tmp_path}/clickhouse", [TABLE])
    assert document(answer) == document(read_log(log))


def test_duckdb_as_an_engine_gives_the_same_bytes(log: Path) -> None:
    assert document(read_from_engine("duckdb://", [str(log)])) == document(read_log(log))
