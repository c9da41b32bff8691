"""What cannot be chosen is refused before any data are read."""

import pytest

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
