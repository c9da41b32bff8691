import pytest
import torch

from pyg_siamex.visualize.connectome.brain_pair import LARGEST, SMALLEST, BrainPair
from pyg_siamex.visualize.paper.ink import INK, faded, network_marks


@pytest.fixture
def drawn(brains):
    return BrainPair.of(brains, None, None, 2, None)


def test_both_sides_share_one_symmetric_scale(drawn):
    assert drawn.scale.signed
    assert drawn.scale.limit == 2.0
    assert drawn.largest == 3.0  # two edges of region 0


def test_positive_masks_have_a_one_sided_scale_and_a_pair_matrix_a_signed_one(brain, pair):
    masks = BrainPair.of(pair(brain([1, 2, 3, 4, 5]), brain()), None, None, 2, None)
    assert not masks.scale.signed
    matrix = pair(brain(), brain(), relevance=torch.ones(6, 6))
    assert BrainPair.of(matrix, None, None, 2, None).scale.signed
    assert not BrainPair.of(matrix, None, None, 2, None).weighed


def test_the_words_say_how_many_edges_of_how_many_and_from_where(drawn):
    assert drawn.words == (
        "similarity 0.812 \u00b7 Occlusion \u00b7 strongest edges: 2 of 5, from magnitude 0.4"
    )


def test_ties_that_are_cut_are_said(brain, pair):
    flat = BrainPair.of(pair(brain([1] * 5), brain([0] * 5)), None, None, 2, None)
    assert flat.words.endswith(
        "strongest edges: 2 of 5 and 0 of 5, from magnitude 1, 3 more as strong"
    )


def test_the_diameter_of_a_marker_is_linear_in_importance(drawn):
    query = drawn.spots(drawn.sides[0], [])
    assert query[0].area == pytest.approx(LARGEST**2)
    assert query[1].area == pytest.approx(((SMALLEST + LARGEST) / 2) ** 2)
    assert drawn.area(0.0) == pytest.approx(SMALLEST**2)


def test_a_marker_shows_network_and_sign(drawn):
    marks = network_marks(["front", "back", "middle"])
    query = drawn.spots(drawn.sides[0], [])
    assert (query[0].fill, query[0].marker) == marks["front"]
    assert query[0].outline == drawn.scale.sign(-2.0)
    assert query[1].outline == drawn.scale.sign(1.0)
    assert query[0].outline != query[1].outline


def test_regions_beside_the_drawn_edges_are_faded_unless_they_are_named(drawn):
    query = drawn.spots(drawn.sides[0], [4])
    assert [spot.behind for spot in query] == [False, False, False, True, False, True]
    assert query[3].fill == faded(network_marks(["front", "back"])["back"].colour)


def test_without_edges_to_draw_no_region_is_faded(brains):
    without = BrainPair.of(brains, None, None, 0, None)
    assert not any(spot.behind for spot in without.spots(without.sides[0], []))


def test_one_sided_importances_have_plain_outlines(brain, pair):
    masks = BrainPair.of(pair(brain([1, 2, 3, 4, 5]), brain()), None, None, 5, None)
    assert {spot.outline for spot in masks.spots(masks.sides[0], [])} == {INK}


def test_nearly_equal_masks_are_coloured_by_rank(brain, pair):
    close = BrainPair.of(pair(brain([1, 0.9999, 0.9998, 0.1, 0]), brain()), None, None, 3, None)
    assert close.scale.drawn == pytest.approx((0.9998, 0.9999, 1.0))
    shares = [close.scale.share(edge.value) for edge in close.sides[0].edges]
    assert shares == pytest.approx([1, 0.5, 0])
    colours = [close.scale.colour(edge.value) for edge in close.sides[0].edges]
    assert len(set(colours)) == 3 and colours[-1] == close.scale.anchors[0]


def test_a_saturated_side_is_told_apart_beside_one_that_is_not(brain, pair):
    saturated = brain([1, 0.9999, 0.9998, 0.9997, 0.9996])
    both = BrainPair.of(pair(brain([1, 0.6, 0.4, 0.2, 0.1]), saturated), None, None, 4, None)
    shares = [both.scale.share(edge.value) for edge in both.sides[1].edges]
    assert min(shares[k] - shares[k + 1] for k in range(3)) > 0.1
    assert both.scale.share(0.2) == 0 < both.scale.share(0.4) < shares[-1]


@pytest.mark.parametrize(
    ("values", "limit"), [([1, 0.8, 0.3, 0.1, 0], None), ([1] * 5, None), ([1, 0.98, 0.97], 1.0)]
)
def test_colours_go_by_value_where_they_differ_or_are_all_equal_or_have_a_limit(
    brain, pair, values, limit
):
    values = [*values, *[0.0] * (5 - len(values))]
    assert BrainPair.of(pair(brain(values), brain()), None, None, 3, limit).scale.drawn == ()


def test_negative_connections_are_known_by_weight_or_type(brain, pair):
    weight = torch.tensor([0.5, -0.25, 0.1, 0.1, 0.1]).repeat(2)
    signed = BrainPair.of(pair(brain([1] * 5, edge_weight=weight), brain()), None, None, 5, None)
    kinds = brain([1] * 5, edge_weight=weight.abs(), edge_type=(weight < 0).long())
    typed = BrainPair.of(pair(kinds, brain()), None, None, 5, None)
    for drawn in (signed, typed):
        graph = drawn.sides[0].graph
        assert [graph.is_negative(e) for e in drawn.sides[0].edges] == [False, True, *[False] * 3]
        assert graph.connections[0, 2] == pytest.approx(-0.25) and drawn.negative
    assert not BrainPair.of(pair(brain([1] * 5), brain()), None, None, 5, None).negative


def test_names_come_from_the_graphs_where_they_have_one(brain, pair):
    found = BrainPair.of(pair(brain([1] * 5, name="sub-01"), brain()), None, None, 1, None)
    assert [side.name for side in found.sides] == ["query: sub-01", "reference"]
    given = BrainPair.of(pair(brain([1] * 5, name="sub-01"), brain()), None, ("a", "b"), 1, None)
    assert [side.name for side in given.sides] == ["a", "b"]


def test_counts_below_0_are_errors(brains):
    with pytest.raises(ValueError, match=r"edges must be at least 0 \(got -1\)"):
        BrainPair.of(brains, None, None, -1, None)
