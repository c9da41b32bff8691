import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.visualize.connectome.circle_layout import circle_layout, moved_apart

NETWORKS = ["a", "b", "a", "b", "a", "c"]
PLACES = np.array([[-9, 0, 0], [-9, 5, 0], [-9, 9, 0], [9, 0, 0], [0, 1, 0], [9, 2, 0]])


def height(angles):
    return np.sin(angles)


def test_the_left_hemisphere_is_on_the_left():
    angles = circle_layout(NETWORKS, "abc", PLACES).angles
    assert np.array_equal(np.cos(angles) < 0, PLACES[:, 0] < 0)


def test_networks_stand_in_order_and_the_front_before_the_back():
    angles = circle_layout(NETWORKS, "abc", PLACES).angles
    left = sorted((0, 1, 2), key=lambda k: -height(angles[k]))
    right = sorted((3, 4, 5), key=lambda k: -height(angles[k]))
    assert left == [2, 0, 1]  # network a from the front, then b
    assert right == [4, 3, 5]


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=40), st.booleans())
def test_every_region_lies_in_an_arc_of_its_own_network(networks, placed):
    places = np.random.default_rng(0).normal(size=(len(networks), 3)) if placed else None
    layout = circle_layout(networks, "abcd", places)
    assert len(np.unique(np.round(layout.angles, 9))) == len(networks)
    for angle, network in zip(layout.angles, networks, strict=True):
        around = [arc for arc in layout.arcs if min(arc[:2]) < angle < max(arc[:2])]
        assert [arc.network for arc in around] == [network]


def test_without_coordinates_a_network_is_one_arc():
    assert [arc.network for arc in circle_layout(NETWORKS, "abc", None).arcs] == ["a", "b", "c"]


@settings(deadline=None)
@given(st.lists(st.floats(-1.5, 4.5), max_size=12), st.floats(0.01, 0.5))
def test_spread_angles_keep_their_distance_and_their_order(angles, apart):
    moved = moved_apart(angles, apart)
    order = np.argsort(angles, kind="stable")
    assert (np.diff(np.array(moved)[order]) >= apart - 1e-6).all()


def test_angles_far_apart_stay_and_close_ones_move_around_their_mean():
    assert moved_apart([0.0, 2.0, 1.0], 0.5) == [0.0, 2.0, 1.0]
    assert moved_apart([1.0, 1.0], 0.5) == pytest.approx([0.75, 1.25])
