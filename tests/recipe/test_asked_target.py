"""What of a table is learned, as commands ask it."""

import pytest

from pyg_siamex.recipe.asked_target import Target


def test_a_label_is_one_or_the_other():
    assert Target().kind is None and Target(classes=True).kind == "classes"
    assert Target(measured=True).arguments("molecules")["label_kind"] == "measured"
    with pytest.raises(ValueError, match="`measured` or `classes`: leave one"):
        Target(measured=True, classes=True).kind  # noqa: B018


def test_connectomes_have_fewer_choices():
    assert Target("age", 2.0).arguments("connectomes") == {
        "max_difference": 2.0,
        "strict": False,
        "keep_names": False,
    }
    with pytest.raises(ValueError, match="`keep_names` is for connectomes"):
        Target(keep_names=True).arguments("molecules")
    for name in ("classes", "log"):
        with pytest.raises(ValueError, match=f"`{name}` is for molecules, and these are conn"):
            Target("age", **{name: True}).arguments("connectomes")
