import pytest

from pyg_siamex.explain.relevance.forms import exact_form, factor_form
from pyg_siamex.nn import CosineSimilarity, DotSimilarity, MLPSimilarity, RBFSimilarity


def test_a_form_is_exact_if_it_is_the_similarity_itself():
    assert exact_form(DotSimilarity()) is not None
    assert exact_form(CosineSimilarity()) is not None
    assert exact_form(RBFSimilarity(0.3)) is None  # its form is its logarithm
    assert exact_form(MLPSimilarity(4)) is None


def test_heads_without_a_form_are_refused_by_name():
    assert factor_form(RBFSimilarity(0.3)).self_scale != 0
    with pytest.raises(ValueError, match="MLPSimilarity"):
        factor_form(MLPSimilarity(4))
