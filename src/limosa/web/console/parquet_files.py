"""A table as Parquet. The only module that imports pyarrow, which is optional (ADR 12)."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from limosa.web.console.export_tables import Table

_ROWS_PER_GROUP = 20_000
_TYPES = {"text": pa.string(), "integer": pa.int64(), "time": pa.timestamp("us", tz="UTC")}


def write_parquet(table: Table, rows: Iterable[tuple[Any, ...]], into: BinaryIO) -> None:
    """Write the rows in groups, with one group in memory at a time."""
    schema = pa.schema([(name, _TYPES[kind]) for name, _, kind in table.columns])
    waiting = iter(rows)
    with pq.ParquetWriter(into, schema, compression="zstd") as writer:
        while group := list(islice(waiting, _ROWS_PER_GROUP)):
            columns = zip(*group, strict=True)
            arrays = [
                pa.array(column, type=field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
