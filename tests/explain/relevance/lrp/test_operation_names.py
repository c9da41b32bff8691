"""Each operation is listed once, and is one of PyTorch's."""

from itertools import combinations

import torch
from torch.nn import functional

from pyg_siamex.explain.relevance.lrp import operation_names

LISTS = {
    name: value for name, value in vars(operation_names).items() if isinstance(value, frozenset)
}


def test_no_name_is_in_two_lists():
    for (one, names), (other, others) in combinations(LISTS.items(), 2):
        assert not names & others, (one, other)


def test_every_name_is_an_operation():
    homes = (torch, torch.Tensor, functional)
    known = {name.strip("_") for home in homes for name in dir(home)}
    known |= {"get"}  # of attributes
    wrong = {name for names in LISTS.values() for name in names if name.strip("_") not in known}
    assert wrong <= {"identity"}  # of torch_geometric


def test_exact_activations_are_linear_pieces_through_0_and_others_are_not():
    x = torch.linspace(-2, 2, 9, dtype=torch.double)
    for name in operation_names.EXACT_ACTIVATIONS:
        weights = (torch.tensor([0.25], dtype=torch.double),) if name == "prelu" else ()
        function = getattr(functional, name)
        torch.testing.assert_close(function(3 * x, *weights), 3 * function(x, *weights))
    for name in operation_names.ACTIVATIONS - {"hardtanh", "relu6", "hardshrink", "softshrink"}:
        function = getattr(functional, name, None) or getattr(torch, name)
        assert not torch.allclose(function(3 * x), 3 * function(x)), name
