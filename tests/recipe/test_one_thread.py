import pytest
import torch

from pyg_siamex.recipe.one_thread import one_thread


def test_the_number_of_threads_is_put_back_after_an_error():
    torch.set_num_threads(2)
    with pytest.raises(RuntimeError), one_thread():
        assert torch.get_num_threads() == 1
        raise RuntimeError
    assert torch.get_num_threads() == 2
