"""Tables of pairs are read and written with pyarrow alone."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pyg_siamex.recipe.pair_table.asked_pairs import asked_pairs, counted
from pyg_siamex.recipe.pair_table.pair_columns import PairColumns
from pyg_siamex.recipe.pair_table.pair_schema import pair_schema, table_of, write_part

pq.write_table(pa.table({"query": ["a"], "reference": ["b"]}), "pairs.parquet")
assert counted(asked_pairs("pairs.parquet", PairColumns()))[0] == 1
write_part(table_of([{"row": 0, "query": "a"}], pair_schema()), Path("p"))
assert pq.read_table("p").num_rows == 1
