"""Opening a lake: its tables as Ibis expressions, and the engine (DuckDB) that runs them.

The expressions name no engine, so reports run unchanged on another one. One
DuckDB instance serves all threads of a process; each query runs on its own cursor. The engine gets
little memory and spills the rest to disk beside the lake; only a query that cannot be answered that
way gets more.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections import OrderedDict
from contextlib import closing, suppress
from functools import lru_cache
from secrets import token_hex
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from mesodash.lake import schema
from mesodash.lake.errors import DamagedLakeError, LakeError
from mesodash.lake.manifest import PART
from mesodash.lake.publish import STATE_FOLDER, misfits_at_rest
from mesodash.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from pathlib import Path

    import pandas as pd

    from mesodash.lake.parameters import PreparedQuery, Value

ENGINES: Final = ("duckdb",)
SPILL: Final = "_spill-"
_STALE_AFTER: Final = 24 * 3600.0
_ATTEMPTS: Final = 3
_MEMORY_MIB: Final = (208, 1024, 4096)
"""What the engine may hold in memory, then what it is given where it says that it is not enough."""
_MEMORY_FROM: Final = (0, 150_000_000, 1_500_000_000)
"""The bytes of tables from which each share is tried first: a million sessions take 45 million,
and where the first share cannot be enough, trying it doubles the time."""
_PREPARED: Final = 1024
_DUCKDB: Final = {
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
}


class Lake:
    """The tables published in one folder, by one clinic or by hundreds.

    Attributes:
        folder: the lake's folder.
        tables: one Ibis table a name of `schema.TABLES`, with `schema.columns`.
    """

    def __init__(self, folder: Path) -> None:
        import ibis  # noqa: PLC0415 - slow to import, see warm

        self.folder = folder
        self.tables = SimpleNamespace(
            **{name: ibis.table(schema.columns(name), name=name) for name in schema.TABLES}
        )
        self._backend = ibis.duckdb.connect()
        # Nothing is fetched from the network, and no cached bytes outlive a replaced file.
        self._backend.raw_sql("SET autoinstall_known_extensions = false")
        self._backend.raw_sql("SET enable_external_file_cache = false")
        # Beside the lake: what is spilled is the lake's own, and a system's temporary folder may
        # be small, kept in memory or open to others. The engine makes it only when it must.
        _remove_stale(folder)
        spill = folder.absolute() / f"{SPILL}{token_hex(8)}"
        self._backend.raw_sql(f"SET temp_directory = '{_quoted(spill)}'")
        self._memory = first_share(folder)
        self._limit_memory()
        self._lock = threading.Lock()
        self._defined: dict[str, bool] = {}
        self._whole: set[tuple[str, int]] = set()
        self._prepared: OrderedDict[Hashable, tuple[PreparedQuery, object]] = OrderedDict()

    def run(self, expression: Any) -> pd.DataFrame:
        """The rows of an Ibis expression over `tables`, dates as `datetime.date`.

        Safe from several threads at once. A partition that another process removes in mid-query
        makes the query start again.

        Raises:
            DamagedLakeError: a file of the lake cannot be read.
        """
        with self._lock:
            sql = self._backend.compile(expression)
        return self._fetch(sql, {})

    def ask(
        self,
        key: Hashable,
        build: Callable[[tuple[Any, ...]], Any],
        values: tuple[Value, ...],
        *,
        keep: object = None,
    ) -> pd.DataFrame:
        """The rows of the query that `build` makes, with these values.

        It is built and compiled only if its key is new.

        Args:
            key: equal for queries that differ only in their values.
            build: makes the query from an expression for each value (`lake.parameters`).
            values: days and texts, of the number and kinds that the key implies.
            keep: an object whose identity is part of the key.

        Raises:
            DamagedLakeError: a file of the lake cannot be read.
            TypeError, ValueError: the query computes with a value in Python.
        """
        with self._lock:
            known = self._prepared.get(key)
            if known:
                self._prepared.move_to_end(key)
        if known is None:
            known = (self._prepare(build, values), keep)
            with self._lock:
                self._prepared[key] = known
                while len(self._prepared) > _PREPARED:
                    self._prepared.popitem(last=False)
        query = known[0]
        return self._fetch(query.sql, query.bound(values))

    def _prepare(
        self, build: Callable[[tuple[Any, ...]], Any], values: tuple[Value, ...]
    ) -> PreparedQuery:
        from mesodash.lake.parameters import parameters, prepared  # noqa: PLC0415 - imports Ibis

        expression = build(parameters(values))
        with self._lock:
            return prepared(self._backend, expression)

    def _fetch(self, sql: str, parameters: Mapping[str, Any]) -> pd.DataFrame:
        import duckdb  # noqa: PLC0415 - slow to import, see warm

        attempt = 0
        while True:
            memory = self._memory
            try:
                with self._lock:
                    self._define()  # reads a file of each table that has come since
                    memory = self._memory
                    cursor = self._backend.con.cursor()
                with closing(cursor):
                    found = cursor.sql(sql, params=parameters) if parameters else cursor.sql(sql)
                    frame: pd.DataFrame = found.to_arrow_table().to_pandas()
            except duckdb.OutOfMemoryException as error:
                with self._lock:
                    if not self._more_memory(memory):
                        raise LakeError(
                            _(
                                "This question needs more memory than the machine may give it;"
                                " ask for a shorter period or fewer keys."
                            )
                        ) from error
            except (duckdb.IOException, duckdb.InvalidInputException) as error:
                attempt += 1
                if attempt == _ATTEMPTS:
                    raise DamagedLakeError(
                        _(
                            "The lake at {folder} is damaged; publish its clinics again with"
                            " `mesodash publish --everything`."
                        ).format(folder=self.folder)
                    ) from error
            else:
                return frame

    def _limit_memory(self) -> None:
        self._backend.raw_sql(f"SET memory_limit = '{_MEMORY_MIB[self._memory]}MiB'")

    def _more_memory(self, tried: int) -> bool:
        """Raise the memory limit to the next larger one; False if `tried` was the largest."""
        if self._memory == tried:  # else another thread has done so in the meantime
            if tried + 1 == len(_MEMORY_MIB):
                return False
            self._memory = tried + 1
            self._limit_memory()
        return True

    def clinics(self) -> tuple[str, ...]:
        """The ids of the clinics published here."""
        return tuple(sorted(file.stem for file in (self.folder / STATE_FOLDER).glob("*.json")))

    def state(self) -> tuple[tuple[str, int], ...]:
        """Each clinic's published revision: equal states mean equal reports.

        A revision's files are compared with their manifest, by size and time, when it is first
        seen.

        Raises:
            LakeError: a clinic was published by another version of the lake, or its files are not
                those that were published.
        """
        revisions = []
        for file in sorted((self.folder / STATE_FOLDER).glob("*.json")):
            try:
                state = json.loads(file.read_text("utf-8"))
                published_by, revision = state["schema"], (state["fingerprint"], state["revision"])
            except (ValueError, KeyError) as error:
                raise LakeError(
                    _("{file} is damaged; publish that clinic again.").format(file=file)
                ) from error
            if published_by != schema.VERSION:
                raise LakeError(
                    _(
                        "Clinic {clinic} was published by another version of mesodash; publish it"
                        " again with this one."
                    ).format(clinic=file.stem)
                )
            seen = (f"{file.stem} {revision[0]}", int(revision[1]))
            if seen not in self._whole:
                if misfits_at_rest(self.folder, file.stem):
                    raise LakeError(
                        _(
                            "The files of clinic {clinic} in the lake are not those that were"
                            " published; publish that clinic again."
                        ).format(clinic=file.stem)
                    )
                self._whole.add(seen)
            revisions.append(seen)
        return tuple(revisions)

    def _define(self) -> None:
        """Give the engine a view over each table's files, or an empty table while it has none."""
        for name in schema.TABLES:
            pattern = (
                f"clinic_id=*/month=*/{PART}" if name in schema.FACTS else f"clinic_id=*/{PART}"
            )
            there = next((self.folder / name).glob(pattern), None) is not None
            if self._defined.get(name) == there:
                continue
            columns = schema.columns(name)
            if there:
                source = _quoted(self.folder.absolute() / name / pattern)
                chosen = ", ".join(
                    f'CAST("{c}" AS {_DUCKDB[k]}) AS "{c}"' for c, k in columns.items()
                )
                body = (
                    f"SELECT {chosen} FROM read_parquet('{source}',"
                    " hive_partitioning = true, hive_types_autocast = false)"
                )
            else:
                nothing = ", ".join(
                    f'CAST(NULL AS {_DUCKDB[k]}) AS "{c}"' for c, k in columns.items()
                )
                body = f"SELECT {nothing} WHERE false"
            self._backend.raw_sql(f'CREATE OR REPLACE VIEW "{name}" AS {body}')
            self._defined[name] = there


def first_share(folder: Path) -> int:
    """The index of the memory limit a lake's engine starts with, by the size of its tables."""
    size = 0
    for file in folder.glob(f"*/**/{PART}"):
        # Another process may be publishing: a file that has gone does not count.
        with suppress(FileNotFoundError):
            size += file.stat().st_size
    return max(index for index, least in enumerate(_MEMORY_FROM) if size >= least)


def _remove_stale(folder: Path) -> None:
    """Remove spilled files, a day old or older, of processes that were killed."""
    for left in folder.glob(f"{SPILL}*"):
        if time.time() - left.stat().st_mtime > _STALE_AFTER:
            shutil.rmtree(left, ignore_errors=True)  # another process may be removing it too


def _quoted(path: Path) -> str:
    """A path escaped for use between the quotes of an SQL string."""
    return str(path).replace("'", "''")


@lru_cache(maxsize=8)
def _opened(folder: Path) -> Lake:
    return Lake(folder)


_opening = threading.Lock()


def open_lake(folder: Path, *, engine: str = "duckdb") -> Lake:
    """The lake in `folder`: one DuckDB instance per folder and process, shared by all threads.

    Raises:
        LakeError: this version does not know the engine.
    """
    if engine not in ENGINES:
        raise LakeError(
            _(
                'This version of mesodash knows the engine duckdb only; leave "--engine'
                ' {engine}" out.'
            ).format(engine=engine)
        )
    with _opening:
        return _opened(folder.resolve())


def warm() -> threading.Thread:
    """Import Ibis and DuckDB in the background, so that the first report need not wait for them."""

    def load() -> None:
        import ibis  # noqa: PLC0415 - slow to import, see warm

        ibis.duckdb.connect().disconnect()

    thread = threading.Thread(target=load, name="warm-engines", daemon=True)
    thread.start()
    return thread
