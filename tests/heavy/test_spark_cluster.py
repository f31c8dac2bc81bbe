"""The same log on a real Spark cluster, a master and two workers on loopback, gives the same reading, byte for byte."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from engine_logs import LOG_ROWS, document, free_port, write_log

from breakeven.demand.usage.engine_log import read_from_engine
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem
from parts import require_part

pytestmark = pytest.mark.heavy
PATIENCE_SECONDS = 120
SETTINGS = """spark.executor.memory 1g
spark.driver.memory 1g
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.sql.shuffle.partitions 4
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a master with two workers of one core each, and its log; all of it stops with the tests."""
    java = require_part("spark")
    import pyspark

    folder, home, port = tmp_path_factory.mktemp("spark"), Path(pyspark.__path__[0]), free_port()
    (folder / "spark-defaults.conf").write_text(SETTINGS)
    before = dict(os.environ)
    os.environ |= {
        "JAVA_HOME": str(java), "SPARK_HOME": str(home), "SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_DIRS": str(folder / "scratch"),
    }  # fmt: skip
    address = f"spark://127.0.0.1:{port}"
    worker = ["worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
    try:
        with ExitStack() as stack:
            master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
            stack.enter_context(running(home, master, folder / "master.log"))
            wait_for(lambda: listens(port), "the master")
            for each in ("one", "two"):
                stack.enter_context(running(home, [*worker, "-d", str(folder / each), address], folder / f"{each}.log"))
            wait_for(lambda: (folder / "master.log").read_text().count("Registering worker") == 2, "the workers")
            yield address, folder / "master.log"
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def running(home: Path, command: list[str], log: Path) -> Iterator[None]:
    """One of Spark's own programs, its words in a file, ended with the block."""
    with log.open("wb") as file:
        program = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{command[0]}", *command[1:]]
        process = subprocess.Popen(program, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def listens(port: int) -> bool:
    with socket.socket() as each:
        return each.connect_ex(("127.0.0.1", port)) == 0


def wait_for(there, what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < end, f"{what} did not start"
        time.sleep(0.2)


def test_spark_gives_the_same_bytes(cluster: tuple[str, Path], tmp_path: Path) -> None:
    address, master_log = cluster
    log = write_log(tmp_path / "spend.parquet", LOG_ROWS)
    reading = read_from_engine(address, [str(log)], set_aside_to=tmp_path / "there.csv")
    assert document(reading) == document(read_log(log, set_aside_to=tmp_path / "here.csv"))
    here = (tmp_path / "here.csv").read_text().splitlines()
    assert (tmp_path / "there.csv").read_text().splitlines() == [here[0], *sorted(here[1:])]
    launched = master_log.read_text().count("Launching executor")
    assert launched >= 2, "both workers take part"


def test_a_csv_file_and_another_time_zone_of_the_machine(
    cluster: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    log = tmp_path / "log.csv"
    lines = [f"2026-03-0{1 + i % 9} 0{i % 7}:30:00,chat,m,{i},1\n" for i in range(500)]
    log.write_text("timestamp,app,model,input_tokens,output_tokens\n" + "".join(lines) + "never,chat,m,1,1\n")
    assert document(read_from_engine(cluster[0], [str(log)])).replace("parquet", "csv") == document(read_log(log))


def test_a_missing_table_is_told(cluster: tuple[str, Path]) -> None:
    with pytest.raises(Problem, match='no table "spend"'):
        read_from_engine(cluster[0], ["spend"])
