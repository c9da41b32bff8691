"""The columns of explained pairs."""

import json

import pyarrow.parquet as pq
import pytest
from damage import damages
from hypothesis import HealthCheck, given, settings

from pyg_siamex.recipe.pair_table.pair_schema import (
    VERSION,
    pair_schema,
    read_about,
    read_part,
    table_of,
    write_part,
)

ROW = {
    "row": 3,
    "query": "CCO",
    "reference": "CCN",
    "similarity": 0.25,
    "probability": 0.5,
    "kind": "edge",
    "query_first": [0, 1],
    "query_second": [1, 2],
    "query_names": ["C0-C1", "C1-O2"],
    "query_mask": [0.5, -0.25],
    "reference_first": [],
    "reference_second": [],
    "reference_names": [],
    "reference_mask": [],
    "top": [{"graph": "query", "element": "C0-C1", "importance": 0.5}],
    "query_distance": 0.25,
    "reference_distance": None,
    "warnings": ["query: Cl is no element of the training molecules"],
    "error": None,
}


def test_rows_come_back_as_they_were(tmp_path):
    path = tmp_path / "part.parquet"
    write_part(table_of([ROW, {"row": 4, "error": "no query"}], pair_schema()), path)
    one, other = pq.read_table(path).to_pylist()
    assert one == ROW
    assert other["error"] == "no query" and other["similarity"] is other["query_mask"] is None


def test_the_documented_columns_are_the_columns():
    text = pair_schema.__doc__
    for name in pair_schema().names:
        assert f"``{name.replace('reference_', 'query_')}``" in text, name


def test_version_and_content_are_in_the_file(tmp_path):
    path = tmp_path / "part.parquet"
    schema = pair_schema(["fidelity+"], {"method": "occlusion"})
    write_part(table_of([{"row": 0, "fidelity+": 2.0}], schema), path)
    assert read_about(path) == {"version": VERSION, "method": "occlusion"}
    assert json.loads(pq.read_schema(path).metadata[b"pyg_siamex"])["version"] == VERSION
    assert pq.read_table(path)["fidelity+"].to_pylist() == [2.0]


def test_other_files_and_versions_are_refused(tmp_path):
    path = tmp_path / "part.parquet"
    table = table_of([{"row": 0}], pair_schema())
    pq.write_table(table.replace_schema_metadata({b"pyg_siamex": b'{"version": 99}'}), path)
    with pytest.raises(ValueError, match=rf"version {VERSION} \(got 99\)"):
        read_about(path)
    pq.write_table(table.replace_schema_metadata(None), path)
    with pytest.raises(ValueError, match="got None"):
        read_about(path)


@given(damage=damages())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_part_that_has_changed_is_refused(tmp_path, damage):
    path = tmp_path / "part.parquet"
    table = table_of([ROW, {"row": 4, "error": "no query"}], pair_schema())
    write_part(table, path)
    assert read_part(path).equals(table)
    path.write_bytes(damage(path.read_bytes()))
    try:
        found = read_part(path)
    except ValueError as error:
        assert "part.parquet" in str(error) and len(str(error)) < 300
    else:  # bytes that hold no values, such as the name of the writer
        assert found.equals(table)


def test_columns_of_others_are_refused(tmp_path):
    path = tmp_path / "part.parquet"
    table = table_of([ROW], pair_schema())
    pq.write_table(table.drop_columns(["similarity"]), path)
    with pytest.raises(ValueError, match="lacks the column 'similarity' of double"):
        read_part(path)


def test_names_of_files_may_be_no_utf_8(tmp_path):
    path = tmp_path / "\udcff.parquet"
    write_part(table_of([ROW], pair_schema(about={"model": "a"})), path)
    assert read_about(path)["model"] == "a" and read_part(path, ["row"])["row"].to_pylist() == [3]
