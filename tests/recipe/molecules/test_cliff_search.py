"""Settings of a search for cliffs."""

import pytest

from pyg_siamex.recipe import CliffSearch


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ({"by": "shape"}, "`by` must be one of structure, model"),
        ({"least_similarity": 1.5}, r"`least_similarity` must be in \[0, 1\]"),
        ({"least_similarity": float("nan")}, "`least_similarity`"),
        ({"least_difference": 0.0}, "`least_difference` must be above 0"),
        ({"sample": 1}, "`sample` must be at least 2"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(which, message):
    with pytest.raises(ValueError, match=message):
        CliffSearch(**which).check()


def test_the_least_similarity_depends_on_what_alike_means():
    assert CliffSearch().similarity == 0.6 and CliffSearch(by="model").similarity == 0.5
    assert CliffSearch(least_similarity=0.0).similarity == 0.0
