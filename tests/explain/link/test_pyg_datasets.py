"""Links of PyG's own data sets, read from files in the layout that they are downloaded in."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
import torch_geometric.transforms as T
from torch import Tensor, nn
from torch_geometric.data import HeteroData
from torch_geometric.datasets import MovieLens100K, Planetoid
from torch_geometric.datasets.movie_lens_100k import MOVIE_HEADERS
from torch_geometric.nn import GCN, GraphSAGE, to_hetero
from torch_geometric.utils import k_hop_subgraph, negative_sampling

from pyg_siamex import BiLRP, NodePairs, Occlusion, PairExplainer, SiameseGNN, explain_links
from pyg_siamex.nn import HeteroEncoder, find_hops

PAPERS, WORDS, CLASSES = 640, 40, 7
USERS, MOVIES = 12, 20


def _write_planetoid(folder: Path, name: str) -> None:
    """Papers that cite papers of their field; the last ones are the test set, in another order."""
    rng = np.random.default_rng(0)
    field = rng.integers(CLASSES, size=PAPERS)
    words = rng.random((PAPERS, WORDS)) < np.where(
        np.arange(WORDS) % CLASSES == field[:, None], 0.5, 0.05
    )
    cited = {k: rng.choice(np.flatnonzero(field == field[k]), 3).tolist() for k in range(PAPERS)}
    cited[5] = []  # cites nothing
    rows, one_hot = sp.csr_matrix(words.astype(np.float32)), np.eye(CLASSES, dtype=np.int32)[field]
    known, test = PAPERS - 40, rng.permutation(np.arange(PAPERS - 40, PAPERS))
    parts = {
        "x": rows[:60],
        "y": one_hot[:60],
        "allx": rows[:known],
        "ally": one_hot[:known],
        "tx": rows[known:],
        "ty": one_hot[known:],
        "graph": cited,
    }
    folder.mkdir(parents=True)
    for part, value in parts.items():
        (folder / f"ind.{name.lower()}.{part}").write_bytes(pickle.dumps(value))
    np.savetxt(folder / f"ind.{name.lower()}.test.index", test, fmt="%d")


def _write_movielens(folder: Path) -> None:
    """Users who rate movies, in GroupLens' files."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    genres = rng.integers(2, size=(MOVIES, len(MOVIE_HEADERS) - 6))
    movies = [
        [str(k + 1), f"Movie {k}", "01-Jan-1995", "", "", "0", *map(str, row)]
        for k, row in enumerate(genres)
    ]
    users = [
        [str(k + 1), str(20 + k), "MF"[k % 2], ("artist", "writer")[k % 3 == 0], "00000"]
        for k in range(USERS)
    ]
    for name, rows in {"u.item": movies, "u.user": users}.items():
        text = "".join("|".join(row) + "\n" for row in rows)
        (folder / name).write_text(text, encoding="ISO-8859-1")
    rated = [
        (u, m) for u in range(1, USERS + 1) for m in range(1, MOVIES + 1) if rng.random() < 0.3
    ]
    frame = pd.DataFrame([(u, m, rng.integers(1, 6), 0) for u, m in rated])
    for name, part in {"u1.base": frame[::2], "u1.test": frame[1::2]}.items():
        part.to_csv(folder / name, sep="\t", header=False, index=False)


@pytest.fixture(scope="module", params=["Cora", "CiteSeer"])
def papers(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("planetoid")
    _write_planetoid(root / request.param / "raw", request.param)
    return Planetoid(str(root), request.param, transform=T.NormalizeFeatures())[0]


def _trained(encoder: nn.Module, data) -> nn.Module:
    """A link predictor as in PyG's example."""
    torch.manual_seed(0)
    optimiser = torch.optim.Adam(encoder.parameters(), lr=0.02)
    for _ in range(30):
        z = encoder(data.x, data.edge_index)
        wrong = negative_sampling(data.edge_index, data.num_nodes)
        index = torch.cat([data.edge_index, wrong], dim=1)
        target = torch.arange(index.size(1)) < data.edge_index.size(1)
        scores = (z[index[0]] * z[index[1]]).sum(1)
        loss = nn.functional.binary_cross_entropy_with_logits(scores, target.float())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return encoder.eval()


@torch.no_grad()
def _score(encoder: nn.Module, x: Tensor, edge_index: Tensor, u: int, v: int) -> Tensor:
    z = encoder(x, edge_index)
    return (z[u] * z[v]).sum()


@pytest.mark.parametrize("layer", [GCN, GraphSAGE])
def test_links_of_papers_have_the_scores_of_the_whole_graph(papers, layer):
    encoder = _trained(layer(WORDS, 16, 2, 16), papers)
    model = SiameseGNN(encoder, pool="root", similarity="dot")
    links = torch.cat([papers.edge_index[:, :6], torch.tensor([[0, 5, 9], [3, 70, 9]])], dim=1)
    found = explain_links(model, papers, links, Occlusion(), edge_mask_type="object")
    want = torch.stack([_score(encoder, papers.x, papers.edge_index, u, v) for u, v in links.T])
    got = torch.tensor([explanation.prediction for explanation in found])
    torch.testing.assert_close(got, want, rtol=1e-5, atol=1e-6)


def test_occlusion_of_a_paper_link_is_the_change_of_the_score_in_the_whole_graph(papers):
    encoder = _trained(GraphSAGE(WORDS, 16, 2, 16, aggr="sum"), papers)
    model = SiameseGNN(encoder, pool="root", similarity="dot")
    u, v = papers.edge_index[:, 4].tolist()
    [explanation] = explain_links(
        model, papers, [(u, v)], Occlusion(), edge_mask_type="object", undirected=True
    )
    whole = _score(encoder, papers.x, papers.edge_index, u, v)
    a, b = papers.edge_index
    for low, high, value in explanation.top_edges(5):
        gone = ((a == low) & (b == high)) | ((a == high) & (b == low))
        left = _score(encoder, papers.x, papers.edge_index[:, ~gone], u, v)
        assert value == pytest.approx(float(whole - left), rel=1e-4, abs=1e-5)


def test_relevance_between_citing_papers_sums_to_the_score(papers):
    encoder = GraphSAGE(WORDS, 16, 2, 16, bias=False)
    model = SiameseGNN(_trained(encoder, papers), pool="root", similarity="dot")
    links = papers.edge_index[:, :4]
    pairs = NodePairs(papers, links, find_hops(model, papers, links))
    explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
    for pair in pairs:
        explanation = explainer(pair.query, pair.reference)
        total = float(explanation.relevance.sum())
        assert total == pytest.approx(explanation.prediction, rel=1e-4, abs=1e-5)


def test_a_rating_is_explained_by_type(tmp_path):
    _write_movielens(tmp_path / "raw")
    ratings = MovieLens100K(str(tmp_path))[0]
    assert isinstance(ratings, HeteroData) and ratings["movie"].num_nodes == MOVIES
    torch.manual_seed(0)
    sage = to_hetero(GraphSAGE((-1, -1), 8, 2, aggr="sum"), ratings.metadata())
    hetero = HeteroEncoder(sage, ratings)
    graph = hetero.to_homogeneous(ratings)
    user, movie = ratings["user", "rates", "movie"].edge_label_index[:, 0].tolist()
    link = hetero.number(ratings, "user", user), hetero.number(ratings, "movie", movie)
    model = SiameseGNN(hetero, pool="root", similarity="dot").eval()
    with torch.no_grad():
        z = sage(ratings.x_dict, ratings.edge_index_dict)
    whole = z["user"][user] @ z["movie"][movie]

    [found] = explain_links(
        model, graph, [link], Occlusion(), edge_mask_type="object", node_mask_type="object"
    )
    assert found.prediction == pytest.approx(float(whole), rel=1e-5)
    by_type = hetero.to_hetero(found.on(graph))
    rates = "user", "rates", "movie"
    effect = by_type[rates].edge_mask
    assert effect.shape == (ratings[rates].num_edges,)
    strongest = int(effect.abs().argmax())
    kept = torch.arange(len(effect)) != strongest
    edges = dict(ratings.edge_index_dict) | {rates: ratings[rates].edge_index[:, kept]}
    with torch.no_grad():
        left = sage(ratings.x_dict, edges)
    change = whole - left["user"][user] @ left["movie"][movie]
    assert float(effect[strongest]) == pytest.approx(float(change), rel=1e-4)


def test_embedding_tables_of_users_and_movies_are_computed_first(tmp_path):
    """PyG's tutorial of link prediction has a table of users and one of movies."""
    _write_movielens(tmp_path / "raw")
    ratings = MovieLens100K(str(tmp_path))[0]
    torch.manual_seed(0)
    users, movies = nn.Embedding(USERS, 8), nn.Embedding(MOVIES, 8)
    linear = nn.Linear(ratings["movie"].num_features, 8)
    with torch.no_grad():
        ratings["user"].x = users.weight.clone()
        ratings["movie"].x = linear(ratings["movie"].x) + movies.weight
    gnn = to_hetero(GraphSAGE(8, 8, 2), ratings.metadata())
    hetero = HeteroEncoder(gnn, ratings)
    model = SiameseGNN(hetero, pool="root", similarity="dot").eval()
    graph = hetero.to_homogeneous(ratings)
    pairs = [(u, hetero.number(ratings, "movie", m)) for u, m in ((0, 3), (4, 7))]
    pairs = [(hetero.number(ratings, "user", u), m) for u, m in pairs]
    found = explain_links(model, graph, pairs, Occlusion(), edge_mask_type="object")
    with torch.no_grad():
        z = gnn(ratings.x_dict, ratings.edge_index_dict)
    for explanation, (u, m) in zip(found, ((0, 3), (4, 7)), strict=True):
        want = float(z["user"][u] @ z["movie"][m])
        assert explanation.prediction == pytest.approx(want, rel=1e-5, abs=1e-6)
    reached = k_hop_subgraph([pairs[0][0]], 1, graph.edge_index)[0]
    assert {*reached.tolist()} <= {*found[0].graph.n_id.tolist()}
