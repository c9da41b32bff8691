"""What the README shows is what runs."""

import re
from pathlib import Path

import torch

from pyg_siamex.datasets import FunctionalGroups

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_hello_world_runs(tmp_path, monkeypatch):
    code = "".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    monkeypatch.chdir(tmp_path)
    groups = FunctionalGroups()
    few = [groups[k] for k in range(0, len(groups), 10)]
    names = {"dataset": few, "query": few[0], "reference": few[1]}
    torch.manual_seed(0)
    exec(code.replace("epochs=50", "epochs=2"), names)
    assert "<svg" in (tmp_path / "pair.svg").read_text()
    shape = (few[0].num_nodes, few[1].num_nodes)
    assert names["explanation"].relevance.shape == shape
    assert "link" in (tmp_path / "links.svg").read_text()


def test_links_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (Path(__file__).parents[1] / target).exists(), target
