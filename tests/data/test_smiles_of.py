"""SMILES are found where a graph has them, alone or out of a batch."""

import pytest
from torch_geometric.data import Batch, Data

from pyg_siamex.data.smiles_of import smiles_of


@pytest.mark.parametrize(
    ("given", "expected"),
    [("CCO", "CCO"), (["CCO"], "CCO"), (("CCO",), "CCO"), (["CCO", "CC"], None), (7, None)],
)
def test_one_string_is_a_smiles(given, expected):
    assert smiles_of(Data(smiles=given)) == expected


def test_a_graph_without_smiles_has_none_and_a_batch_of_one_has_its_own():
    assert smiles_of(Data()) is None
    assert smiles_of(Batch.from_data_list([Data(num_nodes=1, smiles="CN")])) == "CN"
