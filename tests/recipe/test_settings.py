"""What cannot be chosen is refused before any data are read."""

import pytest

from pyg_siamex._fields import was_edited
from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.choices import ENCODERS, LOSSES, POOLS
from pyg_siamex.recipe.settings import check_settings


@pytest.mark.parametrize("domain", ENCODERS)
def test_everything_that_there_is_can_be_asked_for(domain):
    check_settings(Settings(), domain)
    for encoder in ENCODERS[domain]:
        check_settings(Settings(encoder=encoder), domain)
    for loss in LOSSES:
        check_settings(Settings(loss=loss), domain)
    for pool in POOLS:
        check_settings(Settings(pool=pool), domain)


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"encoder": "Perceptron"}, "encoder"),
        ({"pool": "median of nodes"}, "pool"),
        ({"similarity": "manhattan"}, "similarity"),
        ({"loss": "hinge"}, "loss"),
    ],
)
def test_the_first_that_cannot_be_chosen_is_named(asked, word):
    with pytest.raises(ValueError, match=f"`?{word}`? must be"):
        check_settings(Settings(**asked), "molecules")


def test_regions_are_a_readout_of_connectomes_alone():
    check_settings(Settings(pool="regions"), "connectomes")
    with pytest.raises(ValueError, match="pool"):
        check_settings(Settings(pool="regions"), "molecules")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hidden": 10**9}, r"`hidden` 1000000000 would take .* TiB of memory"),
        ({"hidden": 0}, "`hidden` must be at least 1"),
        ({"layers": 10**6}, "`layers` must be at most 500"),
        ({"layers": 0}, "`layers` must be at least 1"),
        ({"epochs": 0}, "`epochs` must be"),
        ({"folds": 1}, "`folds` must be"),
        ({"lr": 0.0}, "`lr` must be above 0"),
        ({"lr": 1e-320}, "`lr` must be above 0, from 1e-30 to 1e30"),
        ({"lr": float("inf")}, "`lr` must be above 0"),
        ({"lr": float("nan")}, "`lr` must be above 0"),
        ({"seed": -1}, "`seed` must be"),
        ({"seed": 2**40}, "`seed` must be at most"),
        ({"encoder": ""}, "`encoder` must be one of"),
        ({"pool": ""}, "`pool` must be one of"),
    ],
)
def test_numbers_out_of_range_are_refused_before_the_work(given, message):
    with pytest.raises(ValueError, match=message):
        check_settings(Settings(**given), "molecules")


def test_a_choice_that_was_never_changed_is_not_called_changed():
    assert was_edited(Settings, "biases", 3) and not was_edited(Settings, "biases", "none")


def test_biases_that_no_model_can_read_are_refused_by_the_settings():
    with pytest.raises(ValueError, match=r"`biases` must be one of nodes, apart \(got 'none'\)"):
        Settings(biases="none")
