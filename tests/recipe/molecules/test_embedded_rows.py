"""Rows of a table that are embedded in parts and in processes."""

import pytest
import torch
from molecule_tables import write_molecules

from pyg_siamex.datasets import MoleculeRows, OneHotMolecule
from pyg_siamex.nn import Library, build_siamese
from pyg_siamex.recipe.molecules import embedded_rows as module
from pyg_siamex.recipe.molecules.embedded_rows import embedded_rows

FEATURES = OneHotMolecule(["atomic_num", "degree"], [])


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    width = len(FEATURES.node_feature_names)
    arguments = {"in_channels": width, "hidden_channels": 8, "num_layers": 2}
    return build_siamese("GIN", "add", "cosine", **arguments).eval()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = write_molecules(tmp_path_factory.mktemp("rows") / "molecules.csv")
    return MoleculeRows(path, features=FEATURES)


def test_rows_in_parts_are_the_rows_of_the_table(table, model, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 20)
    wanted = [row for row in range(len(table)) if row % 3]
    found = embedded_rows(table, model, wanted)
    graphs = [table[row] for row in found.rows]
    assert sorted([*found.rows, *(one.line - 2 for one in found.rejected)]) == wanted
    whole = Library.embed(model, graphs, source="rows").embeddings
    torch.testing.assert_close(found.embeddings, whole, rtol=1e-5, atol=1e-6)
    assert len(table) > 60  # left as it was


def test_processes_give_the_same_bits(table, model, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 30)
    one, many = (embedded_rows(table, model, range(len(table)), workers=k) for k in (1, 2))
    assert one.rows == many.rows and torch.equal(one.embeddings, many.embeddings)
    assert [str(r) for r in one.rejected] == [str(r) for r in many.rejected] != []


@pytest.mark.parametrize(
    "cores, parts, expected", [(4, 12, 4), (4, 11, 1), (1, 15, 1), (16, 12, 12)]
)
def test_processes_start_where_they_are_worth_it(table, model, monkeypatch, cores, parts, expected):
    asked = []
    monkeypatch.setattr(module, "_ROWS", 5)
    monkeypatch.setattr(module, "cores", lambda: cores)
    monkeypatch.setattr(
        module, "_in_turn", lambda job, parts, workers: asked.append(workers) or map(job, parts)
    )
    embedded_rows(table, model, range(5 * parts))
    assert asked == [expected]


def test_a_model_that_cannot_be_sent_is_used_here(table, model, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 30)
    monkeypatch.setattr(module, "in_processes", None)
    own = build_siamese(
        "GIN", "add", "cosine", in_channels=FEATURES.num_node_features, hidden_channels=8,
        num_layers=2,
    ).eval()  # fmt: skip
    own.load_state_dict(model.state_dict())
    own.register_forward_hook(lambda *_: None)
    found = embedded_rows(table, own, range(60), workers=2)
    assert torch.equal(found.embeddings, embedded_rows(table, model, range(60)).embeddings)


def test_rows_without_a_molecule_have_no_embeddings(table, model):
    [broken] = [k for k, row in enumerate(table.rows) if row.cells["name"] == "broken"]
    found = embedded_rows(table, model, [broken])
    assert found.embeddings is None and found.rows == [] and len(found.rejected) == 1
