"""Names that are known before their things are imported are the names of the things."""

from pathlib import Path

import pytest
from torch_geometric.nn import aggr
from torch_geometric.nn.resolver import aggregation_resolver

from pyg_siamex.nn.build import ENCODERS as BUILT
from pyg_siamex.nn.similarity import SIMILARITIES as HEADS
from pyg_siamex.nn.similarity import similarity_resolver
from pyg_siamex.nn.training.loss import METRIC_LOSSES, loss_resolver
from pyg_siamex.recipe import METHODS, Settings
from pyg_siamex.recipe.choices import (
    DOMAIN_PARTITIONS,
    DOMAINS,
    ENCODERS,
    LOSSES,
    METHOD_NAMES,
    POOLS,
    SIMILARITIES,
    check_spelling,
    check_suffix,
)
from pyg_siamex.recipe.connectomes.atlas_choice import KNOWN
from pyg_siamex.recipe.connectomes.labelled import KEYS
from pyg_siamex.recipe.connectomes.reading import ATLASES
from pyg_siamex.recipe.molecules.labelled import BY_FLAG
from pyg_siamex.recipe.settings import check_settings


def resolvable_pools():
    """Classes of all readouts that PyG makes from a name alone."""
    out = set()
    for name in set(aggr.__all__) - {"Aggregation"}:
        try:
            out.add(type(aggregation_resolver(name)))
        except TypeError:  # needs arguments
            continue
    return out


def test_names_are_those_of_the_things():
    assert tuple(METHODS) == METHOD_NAMES
    assert tuple(BUILT) == ENCODERS["molecules"]
    assert tuple(KNOWN) == ATLASES
    assert (DOMAIN_PARTITIONS["molecules"], DOMAIN_PARTITIONS["connectomes"]) == (
        tuple(BY_FLAG),
        tuple(KEYS),
    )
    assert set(ENCODERS["rows"]) < set(BUILT)
    assert set(ENCODERS) == set(DOMAIN_PARTITIONS) == set(DOMAINS)


def test_every_similarity_has_a_name():
    assert {type(similarity_resolver(name, 4)) for name in SIMILARITIES} == set(HEADS)


def test_every_loss_has_a_name():
    assert set(METRIC_LOSSES) < set(LOSSES)
    for name in LOSSES:
        loss_resolver(name, similarity_resolver("cosine"))
    with pytest.raises(ValueError, match=f"loss must be one of {', '.join(LOSSES)} "):
        loss_resolver("hinge", similarity_resolver("cosine"))


def test_every_readout_without_arguments_has_a_name():
    assert {type(aggregation_resolver(name)) for name in POOLS} == resolvable_pools()


@pytest.mark.parametrize("name", ["rbf", "RBF", "RBFSimilarity", "rbf_similarity", "r-b f"])
def test_names_are_spelled_as_pyg_spells_them(name):
    assert type(similarity_resolver(name)) is type(similarity_resolver("rbf"))
    check_spelling("similarity", name, SIMILARITIES, "similarity")


def test_settings_are_refused_by_domain():
    check_settings(Settings(encoder="RoiGCN", pool="regions"), "connectomes")
    check_settings(Settings(encoder="GINE", pool="SumAggregation"), "molecules")
    for wrong in (Settings(encoder="RoiGCN"), Settings(pool="regions")):
        with pytest.raises(ValueError, match="must be one of"):
            check_settings(wrong, "molecules")


def test_files_end_as_they_are_written():
    check_suffix("out", Path("a.SVG"), [".svg", ".png"])
    with pytest.raises(ValueError, match=r"`out` must end in \.svg or \.png \(got 'a\.txt'\)"):
        check_suffix("out", Path("a.txt"), [".svg", ".png"])
