"""Engines that hold logs already: by their address, with what each needs, and only the questions all of them answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from breakeven.demand.log.engine.embedded import UNSAFE
from breakeven.demand.log.engine.portable import portable, refuse_others
from breakeven.demand.log.libraries import ibis
from breakeven.files import ordinary
from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped
from breakeven.texts import address_shown, said_of

ENGINES = "demand/engines.yaml"
IN_MEMORY = ":memory:"
MARK_OF_DUCKDB = (8, b"DUCK")  # after eight bytes of a checksum
CLICKHOUSE = {"session_timezone": "UTC"}  # its times without a zone are moments, said in the session's zone


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Engine:
    """A connection through Ibis. `where` is its address as it may be shown; `session` is Spark's own.

    `name` is one of engines.yaml, or a backend of Ibis that was not tried.
    """

    name: str
    where: str
    address: str = field(repr=False)
    connection: Any
    session: Any = None

    @property
    def words(self) -> Mapping[str, str]:
        """The engine's SQL where Ibis has none; empty for one that was not tried: then sqlglot finds the words."""
        return dict(shipped(ENGINES)["engines"].get(self.name, {}).get("words", {}))

    @property
    def notices(self) -> tuple[str, ...]:
        """What has to be said of an answer of this engine."""
        return () if self.words else (str(shipped(ENGINES)["untested"]).format(engine=self.name),)

    def ask(self, question: Any) -> Any:
        """The answer as Arrow: text and 64-bit integers, whatever the engine's own types are."""
        refuse_others(asked := portable(question), where=self.where)
        schema = question.schema().to_pyarrow()
        try:
            if self.session is not None:  # Ibis would go through pandas: five times as slow
                return self.session.sql(self.connection.compile(asked)).toArrow().cast(schema)
            return self.connection.to_pyarrow(asked).cast(schema)
        except Exception as error:  # noqa: BLE001 - told whole, without its trace: that may hold the password
            raise unanswered(error, self.address) from None

    def apart(self, rows: Any) -> Any:
        """The rows as a table of their own. Ibis would repeat each expression wherever it is used: far too much SQL."""
        refuse_others(asked := portable(rows), where=self.where)
        sql = f"SELECT * FROM ({self.connection.compile(asked)}) AS apart {self.words.get('fence', '')}"  # noqa: S608
        return self.connection.sql(sql, schema=rows.schema())

    def kept(self, rows: Any) -> Any:
        """The rows as a table of their own, for several questions. Spark would work them out anew for each, in one
        program too long for it to compile (64 KB a method): it keeps them, in its memory and then on its disk.
        """
        if self.session is None:
            return self.apart(rows)
        refuse_others(asked := portable(rows), where=self.where)
        self.session.sql(self.connection.compile(asked)).persist().createOrReplaceTempView("breakeven_rows")
        return self.connection.table("breakeven_rows")

    def close(self) -> None:
        """Leave the engine; a Spark application ends."""
        if self.session is not None:
            self.session.stop()
        else:
            self.connection.disconnect()


def unanswered(error: Exception, address: str) -> Problem:
    """What an engine says when it cannot: the first line, whichever class of error its driver has, without secrets."""
    name = type(error).__name__
    first = next((line for line in str(error).splitlines() if line.strip()), name)
    return Problem(
        f"the engine does not answer: {said_of(first, address) or name}",
        where=address_shown(address),
        fix="Is it running, and may you read the table?",
    )


def engine(url: str) -> Engine:
    """The engine at an address: duckdb://file.db, spark://host:port, postgres://…, clickhouse://…, chdb://folder.

    Any other address that Ibis knows may work; its reading says that the engine was not tried.
    """
    scheme, separator, _ = url.partition("://")
    known = shipped(ENGINES)
    name = known["other_names"].get(scheme, scheme)
    if not separator or (name not in known["engines"] and name not in other_backends()):
        names = ", ".join(f"{engine_name}://" for engine_name in known["engines"])
        hint = nearest(scheme, [*known["engines"], *other_backends()])
        fix = f"Use {names}. Untested here: {', '.join(other_backends())}."
        what = f'"{address_shown(url)}" is not the address of an engine. {hint}'
        raise Problem(what.strip(), where="--engine", fix=fix)
    if name in known["engines"]:
        _refuse_without_driver(name, scheme)
    try:
        connection, session = _connected(name, scheme, url)
    except ImportError as error:
        fix = f"Install it: pip install 'ibis-framework[{name}]'"
        raise Problem(f"{name} needs its driver ({said_of(str(error), url)})", where="--engine", fix=fix) from None
    except Problem:
        raise
    except Exception as error:  # noqa: BLE001 - told whole, without its trace: that may hold the password
        raise unanswered(error, url) from None
    return Engine(name=name, where=address_shown(url), address=url, connection=connection, session=session)


def other_backends() -> tuple[str, ...]:
    """Ibis' own backends that are not in engines.yaml, by the scheme of their addresses."""
    tried = shipped(ENGINES)["engines"].keys() | {"pyspark"}
    return tuple(sorted({each.name for each in entry_points(group="ibis.backends")} - tried))


def _refuse_without_driver(name: str, scheme: str) -> None:
    """Each engine's driver is an extra; the message is the command that brings it."""
    facts = shipped(ENGINES)["engines"][name]
    if find_spec(facts["module"]) is None:
        title, extra = facts["title"], facts["extra"]
        raise Problem(
            f"{title} needs its driver", where="--engine", fix=f"Install it: pip install 'breakeven[{extra}]'"
        )
    if scheme == "chdb" and find_spec("chdb") is None:
        raise Problem("chdb is not installed", where="--engine", fix="Install it: pip install chdb")


def _connected(name: str, scheme: str, url: str) -> tuple[Any, Any]:
    """The connection, its session in UTC, and nothing on its way to another engine."""
    if name == "spark":
        return _spark(url)
    if scheme == "chdb":
        path = url.partition("://")[2]
        own = {"path": path} if path else {}
        return ibis().clickhouse.connect(host="localhost", interface="chdb", settings=CLICKHOUSE, **own), None
    if name == "duckdb":
        path = url.partition("://")[2]
        if path and path != IN_MEMORY:
            _refuse_other_files(Path(path))
        connection = ibis().duckdb.connect(path, read_only=True) if path else ibis().duckdb.connect()
        connection.raw_sql(f"SET disabled_optimizers = '{UNSAFE}'")
        return connection, None
    connection = ibis().connect(url, **({"settings": CLICKHOUSE} if name == "clickhouse" else {}))
    if name == "postgres":
        connection.raw_sql("SET TIME ZONE 'UTC'").close()
    return connection, None


def _refuse_other_files(path: Path) -> None:
    """DuckDB says other things of a file that is not there, or holds something else, each time it is asked."""
    ordinary(path, fix="Name a DuckDB database.")
    with path.open("rb") as file:
        start = file.read(MARK_OF_DUCKDB[0] + len(MARK_OF_DUCKDB[1]))
    if not start.endswith(MARK_OF_DUCKDB[1]):
        fix = f"Name a DuckDB database. A log in a file needs no engine: breakeven demand {path}"
        raise Problem("this is no DuckDB database", where=str(path), fix=fix)


def _spark(url: str) -> tuple[Any, Any]:
    """A Spark application on the cluster, in UTC, that shows nothing of its own."""
    builder = import_module("pyspark.sql").SparkSession.builder.master(url).appName("breakeven")
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return ibis().pyspark.connect(session), session
