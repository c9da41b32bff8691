import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.nn import GIN

from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.relevance import (
    Factors,
    PairFile,
    all_pairs,
    pair_relevance,
    top_pairs,
    write_pairs,
)
from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
)

SIZES = (6, 1, 9, 4, 4, 7)


@pytest.fixture
def model():
    return siamese(GIN(5, 8, 2))


@pytest.fixture
def factors(model):
    graphs = [random_graph(k, n, 2 * n - 2) for k, n in enumerate(SIZES)]
    return BiLRP().factors(model, graphs, "edges")


def direct(factors, similarity, i, j):
    """A pair matrix from its definition."""
    a, b = factors[i], factors[j]
    if isinstance(similarity, CosineSimilarity):
        a = a / factors.embedding[i].norm()
        b = b / factors.embedding[j].norm()
    if isinstance(similarity, BilinearSimilarity):
        b = similarity.symmetric_weight().detach() @ b
    scale = {EuclideanSimilarity: 2, RBFSimilarity: 2 * getattr(similarity, "gamma", 0)}
    return scale.get(type(similarity), 1) * a.T @ b


@pytest.mark.parametrize(
    "similarity",
    [
        DotSimilarity(),
        CosineSimilarity(),
        EuclideanSimilarity(),
        RBFSimilarity(0.3),
        BilinearSimilarity(8).double(),
    ],
    ids=lambda s: type(s).__name__,
)
@pytest.mark.parametrize("block", [1, 300, 10**7])
def test_all_pairs_come_once_and_equal_single_products(factors, similarity, block):
    seen = {}
    for part in all_pairs(factors, similarity, block_numbers=block):
        for i, j, matrix in part.matrices():
            seen[frozenset((i, j))] = True
            torch.testing.assert_close(matrix, direct(factors, similarity, i, j))
    assert len(seen) == 15
    (single,) = pair_relevance(factors.select([2]), factors.select([5]), similarity)
    torch.testing.assert_close(single, direct(factors, similarity, 2, 5))


def test_pairs_of_two_libraries(factors):
    left, right = factors.select([0, 2, 3]), factors.select([1, 4])
    pairs = {(i, j): m for b in all_pairs(left, DotSimilarity(), right) for i, j, m in b.matrices()}
    assert len(pairs) == 6
    torch.testing.assert_close(pairs[1, 1], factors[2].T @ factors[4])


def test_heads_without_a_product_form_are_refused(factors):
    with pytest.raises(ValueError, match="MLPSimilarity"):
        next(all_pairs(factors, MLPSimilarity(8)))


def test_top_pairs_are_the_strongest(factors):
    best = top_pairs(all_pairs(factors, DotSimilarity(), block_numbers=200), k=12)
    assert best.graphs.shape == (15, 2) and best.nodes.shape == (15, 12, 2)
    for graphs, nodes, values, total in zip(
        best.graphs, best.nodes, best.relevance, best.total, strict=True
    ):
        matrix = direct(factors, DotSimilarity(), int(graphs[0]), int(graphs[1]))
        k = min(12, matrix.numel())
        strongest = matrix.flatten().abs().topk(k).values
        torch.testing.assert_close(values.abs()[:k], strongest)
        torch.testing.assert_close(matrix[nodes[:k, 0].long(), nodes[:k, 1].long()], values[:k])
        assert not values[k:].any()
        torch.testing.assert_close(total, matrix.sum())


def test_all_pairs_on_disk(factors, tmp_path):
    write_pairs(factors, CosineSimilarity(), tmp_path / "pairs", dtype="float64")
    stored = PairFile(tmp_path / "pairs")
    assert len(list(stored)) == 15
    for i, j in stored:
        torch.testing.assert_close(stored[i, j], direct(factors, CosineSimilarity(), i, j))
        torch.testing.assert_close(stored[j, i], stored[i, j].T)
    with pytest.raises(KeyError):
        stored[2, 2]
    (tmp_path / "else").write_text("{}\n")
    with pytest.raises(ValueError, match="no pair matrices"):
        PairFile(tmp_path / "else")


def test_groups_keep_the_sum(factors):
    groups = [[f"g{node % 3}" for node in range(n)] for n in SIZES]
    grouped, names = factors.group(groups)
    assert names[0] == ["g0", "g1", "g2"] and names[1] == ["g0"]
    whole, parts = (
        {frozenset((i, j)): m for b in all_pairs(f, DotSimilarity()) for i, j, m in b.matrices()}
        for f in (factors, grouped)
    )
    for pair, matrix in whole.items():
        assert parts[pair].numel() <= 9
        torch.testing.assert_close(parts[pair].sum(), matrix.sum())
    with pytest.raises(ValueError, match="each node"):
        factors.group(groups[:-1])


def test_factors_survive_saving(factors, tmp_path):
    factors.save(tmp_path / "factors")
    loaded = Factors.load(tmp_path / "factors")
    for name in ("node", "ptr", "embedding", "edge", "edge_ptr"):
        assert torch.equal(getattr(loaded, name), getattr(factors, name))
    assert loaded.parts.keys() == factors.parts.keys()
    with pytest.raises(FileNotFoundError):
        Factors.load(tmp_path / "none")
    (tmp_path / "else").write_text("x")
    with pytest.raises(ValueError, match="no factors"):
        Factors.load(tmp_path / "else")


def test_batches_do_not_change_factors(model, factors):
    from pyg_siamex.explain.relevance import lrp_factors
    from pyg_siamex.explain.relevance.batches import in_batches

    graphs = [random_graph(k, n, 2 * n - 2) for k, n in enumerate(SIZES)]
    small = in_batches(
        model, graphs, lambda i: lrp_factors(model, i, accounts=False, messages=True)[0], 20
    )
    torch.testing.assert_close(small.node, factors.node)
    torch.testing.assert_close(small.edge, factors.edge)
    part = factors.select([4, 1])
    torch.testing.assert_close(part[1], factors[1])
    torch.testing.assert_close(part.edges(0), factors.edges(4))
