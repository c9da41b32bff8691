"""What docs/self_learned.md shows is what runs."""

import re
from pathlib import Path

import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN

TEXT = (Path(__file__).parents[1] / "docs" / "self_learned.md").read_text()


def test_the_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {
        "model": SiameseGNN(GIN(FEATURES, 8, 2), "add").eval(),
        "pool": [random_graph(6, seed) for seed in range(8)],
        "query": random_graph(7, 20),
        "reference": random_graph(6, 21),
    }
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(block, names)
    assert (tmp_path / "invariance.safetensors").exists()
    assert names["explanation"].info["conformity"] == 1.0
    assert torch.isfinite(names["explanation"].query.edge_mask).all()
