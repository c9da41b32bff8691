import torch
from torch import nn
from torch_geometric.nn import GIN

from pyg_siamex.nn.copied import copied_model


class Draws(nn.Linear):
    """A layer whose copies draw weights, as PyG's did."""

    def __deepcopy__(self, memo):
        out = Draws(self.in_features, self.out_features)
        out.load_state_dict(self.state_dict())
        return out


def test_a_copy_is_equal_apart_and_draws_nothing():
    for model in (Draws(2, 3), nn.Sequential(Draws(2, 2), nn.ReLU()), GIN(2, 4, 2)):
        before = torch.get_rng_state()
        copy = copied_model(model)
        assert torch.equal(before, torch.get_rng_state())
        pairs = zip(model.parameters(), copy.parameters(), strict=True)
        assert all(torch.equal(a, b) and a is not b for a, b in pairs)
