import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import SharedInvariance
from pyg_siamex.recipe.choices import check_method
from pyg_siamex.recipe.methods import METHODS, PAIR_METHODS, explainer_of


@pytest.fixture
def model():
    return SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()


@pytest.mark.parametrize("method", ["occlusion", "gradient", "bilrp", "jacobians"])
def test_a_method_scores_edges_or_pairs_of_nodes(model, method):
    query, reference = random_graph(5, 0), random_graph(6, 1)
    [found] = explainer_of(model, method).explain([query], [reference])
    if method in PAIR_METHODS:
        assert found.relevance.shape == (5, 6)
    else:
        assert found.query.edge_mask.shape == (query.num_edges,)


def test_self_learned_masks_learn_from_the_subjects_that_are_given(model):
    subjects = [random_graph(5, seed) for seed in range(4)]
    alone = explainer_of(model, "self-learned")
    together = explainer_of(model, "self-learned", subjects)
    assert not isinstance(alone.algorithm.invariance, SharedInvariance)
    assert isinstance(together.algorithm.invariance, SharedInvariance)
    for method in sorted(set(METHODS) - {"self-learned"}):
        explainer = explainer_of(model, method, subjects)
        assert type(explainer.algorithm) is METHODS[method]


def test_unknown_methods_are_refused():
    check_method(None)
    check_method("masks")
    with pytest.raises(ValueError, match=r"`method` must be one of .* \(got 'magic'\)"):
        check_method("magic")


def test_the_random_state_is_not_what_an_explainer_depends_on(model):
    query, reference = random_graph(5, 0), random_graph(6, 1)
    masks = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        [found] = explainer_of(model, "masks").explain([query], [reference])
        masks.append(found.query.edge_mask)
    assert torch.equal(*masks)


def test_a_method_that_there_is_not_is_refused(model):
    with pytest.raises(ValueError, match=r"`method` must be one of masks, self-learned"):
        explainer_of(model, "magic")
