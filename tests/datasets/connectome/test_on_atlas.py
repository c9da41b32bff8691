import pytest
import torch
from torch_geometric.data import Data, InMemoryDataset
from torch_geometric.datasets import NeuroGraphDataset
from torch_geometric.nn import GCN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN
from pyg_siamex.datasets.connectome import Atlas, OnAtlas

ATLAS = Atlas("small", list("abcd"), torch.arange(12.0).view(4, 3), ["x", "x", "y", "y"])


@pytest.fixture
def neurograph(tmp_path):
    """The raw file of a NeuroGraph set: collated correlations, edges and classes."""
    graphs = []
    for k in range(6):
        generator = torch.Generator().manual_seed(k)
        x = torch.rand(4, 4, generator=generator)
        edges = ((x + x.T) > 0.9).fill_diagonal_(False).nonzero().T
        graphs.append(Data(x=(x + x.T) / 2, edge_index=edges, y=torch.tensor([k % 2])))
    raw = tmp_path / "HCPGender" / "raw"
    raw.mkdir(parents=True)
    torch.save(InMemoryDataset.collate(graphs), raw / "data.pt")
    return tmp_path


@pytest.mark.filterwarnings("ignore:Weights only load failed")  # PyG's reading of its own file
def test_neurograph_is_read_offline_and_explained_with_its_regions(neurograph):
    graphs = NeuroGraphDataset(str(neurograph), "HCPGender", transform=OnAtlas(ATLAS))
    assert len(graphs) == 6 and graphs[3].roi_names == list("abcd")
    pairs = PairDataset(graphs)
    model = SiameseGNN(GCN(4, 8, 2))
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    query = explainer(pairs[0].query, pairs[0].reference).query
    assert query.networks == ["x", "x", "y", "y"] and query.pos.shape == (4, 3)


def test_a_graph_of_another_size_is_refused():
    data = Data(x=torch.ones(3, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    with pytest.raises(ValueError, match="3 nodes does not fit atlas 'small' with 4 ROIs"):
        OnAtlas(ATLAS)(data)


def test_the_given_graph_stays_as_it_is():
    data = Data(x=torch.ones(4, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    OnAtlas(ATLAS)(data)
    assert "roi" not in data


@pytest.mark.parametrize("given", [[Data(x=torch.ones(4, 1))], None, "graph"])
def test_what_is_no_graph_is_named(given):
    with pytest.raises(TypeError, match="`data` must be a Data"):
        OnAtlas(ATLAS)(given)


def test_another_atlas_leaves_nothing_behind():
    data = Data(x=torch.ones(4, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    found = OnAtlas(Atlas.numbered(4))(OnAtlas(ATLAS)(data))
    assert found.roi_names[0] == "ROI 1" and "pos" not in found and "networks" not in found
    data.pos = torch.zeros(4, 3)
    assert OnAtlas(Atlas.numbered(4))(data).pos is not None  # not of an atlas
