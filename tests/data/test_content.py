"""The bytes of tensors."""

import pytest
import torch

from pyg_siamex.data.content import bytes_of


@pytest.mark.parametrize("dtype", [torch.bool, torch.int64, torch.float32, torch.bfloat16])
def test_equal_values_have_equal_bytes_wherever_they_lie(dtype):
    values = torch.tensor([[0, 1, 0], [2, 0, 3]]).to(dtype)
    assert bytes_of(values.T) == bytes_of(values.T.contiguous())
    assert bytes_of(values.T) != bytes_of(values)
    assert len(bytes_of(values)) == 6 * values.element_size()


def test_gradients_and_empty_tensors_are_no_obstacle():
    assert bytes_of(torch.ones(1, requires_grad=True)) == bytes_of(torch.ones(1))
    assert bytes_of(torch.empty(0, 3)) == b""
