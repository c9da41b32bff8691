"""The examples of the docstrings are true."""

import doctest
from importlib import import_module

import numpy as np
import pytest
from rdkit import Chem

from pyg_siamex import chemistry

ROOMS = (
    *("fingerprints", "node_order", "notation", "partition", "places", "smarts", "smiles"),
    *("spelling", "standardise", "stereo"),
)


@pytest.mark.parametrize("name", ROOMS)
def test_examples_give_what_they_show(name):
    module = import_module(f"pyg_siamex.chemistry.{name}")
    known = {"Chem": Chem, "np": np, **{key: getattr(chemistry, key) for key in chemistry.__all__}}
    result = doctest.testmod(module, extraglobs=known)
    assert result.attempted and not result.failed
