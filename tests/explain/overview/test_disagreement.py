import pytest
import torch
from sklearn.metrics.pairwise import cosine_similarity

from pyg_siamex.explain.overview import disagreement


def by_loop(towards, classes, graph):
    """From the definition."""
    flat = towards.flatten(1)
    known = ~flat[graph].isnan()
    found = {}
    for number in range(int(classes.max()) + 1):
        members = [k for k in range(len(classes)) if classes[k] == number and k != graph]
        profile = flat[members].nanmean(0)
        both = known & ~profile.isnan()
        pair = flat[graph][both][None].numpy(), profile[both][None].numpy()
        found[number] = float(cosine_similarity(*pair)[0, 0])
    own = found.pop(int(classes[graph]))
    nearest = max(found, key=found.__getitem__)
    return found[nearest] - own, own, found[nearest], nearest


@pytest.mark.parametrize("unknown", [False, True])
def test_it_is_its_definition(unknown):
    generator = torch.Generator().manual_seed(0)
    towards = torch.randn(12, 3, 4, generator=generator, dtype=torch.double)
    if unknown:
        towards[0, 1], towards[5, 0], towards[6, 2] = torch.nan, torch.nan, torch.nan
    classes = torch.arange(12) % 3
    found = disagreement(towards, classes)
    for graph in range(12):
        score, own, other, nearest = by_loop(towards, classes, graph)
        assert float(found.score[graph]) == pytest.approx(score)
        assert float(found.own[graph]) == pytest.approx(own)
        assert float(found.other[graph]) == pytest.approx(other)
        assert int(found.nearest[graph]) == nearest


def test_a_graph_in_the_wrong_class_scores_above_0():
    towards = torch.zeros(10, 2, 3, dtype=torch.double)
    towards[:5, :, 0], towards[5:, :, 1] = 1.0, 1.0
    classes = torch.tensor([0] * 5 + [1] * 5)
    assert bool((disagreement(towards, classes).score < 0).all())
    classes[2] = 1
    found = disagreement(towards, classes)
    assert int(found.score.argmax()) == 2 and float(found.score[2]) > 0
    assert int(found.nearest[2]) == 0


def test_what_cannot_be_compared_has_no_score():
    towards = torch.ones(4, 2, 3, dtype=torch.double)
    alone = disagreement(towards, torch.tensor([0, 0, 0, 1]))
    assert alone.score.isnan().tolist() == [False, False, False, True]
    one_class = disagreement(towards[:, :1], torch.zeros(4, dtype=torch.long))
    assert bool(one_class.score.isnan().all())
    nothing = disagreement(torch.zeros_like(towards), torch.tensor([0, 0, 1, 1]))
    assert nothing.score.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("towards", "classes", "message"),
    [
        (torch.rand(4, 2, 3), torch.tensor([0, 1, 0, 5]), "names class 5, and `towards` has 2"),
        (torch.rand(4, 2, 3), torch.tensor([0, 1, 0, -1]), "names class -1"),
        (torch.rand(4, 2, 3), torch.tensor([0, 1, 0]), "each of the 4 graphs"),
        (torch.rand(4, 2, 3), torch.tensor([0.0, 1.0, 0.0, 1.0]), "torch.long"),
        (torch.rand(4, 2), torch.tensor([0, 1, 0, 1]), r"`towards` must be .graphs, classes"),
        (torch.ones(4, 2, 3, dtype=torch.long), torch.tensor([0, 1, 0, 1]), "of floats"),
    ],
    ids=["high", "low", "short", "floats", "flat", "whole numbers"],
)
def test_classes_that_do_not_fit_are_named(towards, classes, message):
    with pytest.raises(ValueError, match=message):
        disagreement(towards, classes)
