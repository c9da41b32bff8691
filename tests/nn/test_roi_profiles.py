"""Training on summed profiles is training on graphs."""

import pytest
import torch
from torch_geometric.data import Batch, Data

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import RoiGCN, RoiReadout, WeightedGCN
from pyg_siamex.nn.roi_profiles import ProfileGCN, on_profiles, profile_graphs

REGIONS = 6


def graphs(count=5):
    torch.manual_seed(0)
    out = []
    for k in range(count):
        keep = torch.rand(REGIONS, REGIONS) < 0.5
        ends = keep.fill_diagonal_(False).nonzero().T
        weight = torch.randn(ends.size(1))
        out.append(Data(torch.eye(REGIONS), ends, edge_weight=weight, y=torch.tensor(k % 2)))
    return out


def model(similarity="cosine"):
    torch.manual_seed(1)
    found = SiameseGNN(
        RoiGCN(REGIONS), RoiReadout(REGIONS, REGIONS, REGIONS, dropout=0.0), similarity
    )
    for parameter in found.encoder.parameters():
        torch.nn.init.normal_(parameter)
    return found


def test_embeddings_and_gradients_are_those_of_the_whole_graphs():
    whole = model()
    twin = on_profiles(whole)
    given = graphs()
    h = whole.embed(Batch.from_data_list(given))
    own = gradients(whole, h)
    fast = twin.embed(Batch.from_data_list(profile_graphs(given)))
    assert torch.allclose(h, fast, atol=1e-5)
    for one, other in zip(own, gradients(whole, fast), strict=True):
        assert torch.allclose(one, other, atol=1e-4)


def gradients(model, h):
    given = [p for name, p in model.named_parameters() if name.startswith(("encoder", "pool"))]
    return torch.autograd.grad((h**3).sum(), given)


@pytest.mark.parametrize("similarity", ["cosine", "bilinear"])
def test_training_the_twin_trains_the_model(similarity):
    whole = model(similarity)
    twin = on_profiles(whole)
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.add_(0.1)
        twin.calibration.set(0.3, -0.2)
    one, other = graphs(2)
    whole.eval(), twin.eval()
    fast = twin.probability(*profile_graphs([one, other]))
    assert torch.allclose(whole.probability(one, other), fast, atol=1e-6)


def test_only_one_layer_of_one_hot_regions_has_profiles():
    with pytest.raises(ValueError, match="one layer"):
        ProfileGCN(RoiGCN(REGIONS, num_layers=2))
    with pytest.raises(ValueError, match="RoiGCN"):
        on_profiles(SiameseGNN(WeightedGCN(REGIONS, 4, 1)))
    [data] = graphs(1)
    data.x = data.x * 2
    with pytest.raises(ValueError, match="one-hot"):
        profile_graphs([data])
