"""Problems of single pairs, and references that are known only by their embeddings."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import ShapleySampling
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.problem import AgainstEmbeddings, PairProblem

D = torch.double
KINDS = MaskKinds(node_mask_type="object")


@pytest.fixture
def model() -> SiameseGNN:
    return SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()


@pytest.mark.parametrize("known", [True, False])
def test_one_pair_is_a_problem_of_its_own(model: SiameseGNN, known: bool) -> None:
    queries = [random_graph(5 + k, k, D) for k in range(3)]
    references = [random_graph(6 + k, 10 + k, D) for k in range(3)]
    with untouched(model):
        union = model.inputs_of(queries)
        if known:
            problem = PairProblem(
                model, union, model.inputs_of(references), KINDS, query_data=queries
            )
        else:
            embeddings = torch.cat([model.embed(one) for one in references])
            problem = AgainstEmbeddings.of(model, union, embeddings, KINDS)
        one = problem.one(1)
        assert one.num_pairs == 1
        assert torch.equal(one.query.x, queries[1].x)
        torch.testing.assert_close(one.embed("reference"), model.embed(references[1]))
        assert list(one.query_data) == (queries[1:2] if known else [])
        assert one.content("query", 0) == problem.content("query", 1)


def test_graphs_that_are_not_known_cannot_be_read(model: SiameseGNN) -> None:
    with untouched(model):
        union = model.inputs_of([random_graph(5, 1, D)])
        problem = AgainstEmbeddings.of(model, union, torch.rand(1, 8, dtype=D), KINDS)
    with pytest.raises(ValueError, match="the algorithm reads 'x' of the reference graphs"):
        torch.relu(problem.reference.x)


def test_each_query_is_compared_with_its_own_embedding(model: SiameseGNN) -> None:
    queries = [random_graph(5, 1, D)] * 2
    embeddings = torch.rand(2, 8, dtype=D)
    with untouched(model):
        union = model.inputs_of(queries)
        together = ShapleySampling(2).attribute(
            AgainstEmbeddings.of(model, union, embeddings, KINDS)
        )
        alone = [
            ShapleySampling(2).attribute(
                AgainstEmbeddings.of(
                    model, model.inputs_of(queries[:1]), embeddings[k : k + 1], KINDS
                )
            )
            for k in range(2)
        ]
    expected = torch.cat([one.query.node for one in alone])
    torch.testing.assert_close(together.query.node, expected, atol=1e-9, rtol=0)
    assert not torch.allclose(*expected.split(5))
