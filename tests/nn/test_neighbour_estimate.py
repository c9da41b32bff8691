"""Estimates from neighbours against a loop, and copies that must not help."""

import pandas as pd
import pytest
import torch
from explained import molecule, small_model

from pyg_siamex.nn import Library, StaleLibraryError
from pyg_siamex.nn.neighbour_estimate import estimate_by_neighbours, left_out_estimates
from pyg_siamex.nn.similarity import compare

SMILES = [f"{'C' * n}{end}" for n in range(1, 8) for end in ("O", "N", "Cl", "C#N", "c1ccccc1")]


@pytest.fixture(scope="module")
def library():
    model = small_model(9)
    return Library.embed(model, [molecule(smiles) for smiles in SMILES])


@pytest.fixture
def values():
    return torch.rand(len(SMILES), generator=torch.Generator().manual_seed(0)).double().tolist()


def by_hand(library, values, k, place, out):
    with torch.no_grad():
        scores = compare(library.model.similarity, place[None], library.embeddings)
    same = (library.embeddings - place).norm(dim=1) <= 1e-5 * place.norm()
    order = sorted(range(len(values)), key=lambda j: (-float(f"{scores[j]:.6g}"), j))
    chosen = [j for j in order if j not in out and not same[j] and values[j] is not None][:k]
    return sum(values[j] for j in chosen) / len(chosen), chosen


def test_the_estimate_is_the_mean_of_the_nearest_and_its_error_leaves_each_out(library, values):
    values[3] = None
    query = molecule("CCCCOC")
    found = estimate_by_neighbours(library, values, query, neighbours=4, name="pIC50")
    place = Library.embed(library.model, [query]).embeddings[0]
    mean, chosen = by_hand(library, values, 4, place, set())
    assert (found.value, found.neighbours) == (pytest.approx(mean), chosen)
    known = [k for k, value in enumerate(values) if value is not None]
    assert found.known == len(known) == len(values) - 1
    errors = [
        abs(by_hand(library, values, 4, library.embeddings[k], {k})[0] - values[k]) for k in known
    ]
    assert found.error == pytest.approx(sum(errors) / len(errors))
    total = sum(values[k] for k in known)
    others = [abs((total - values[k]) / (len(known) - 1) - values[k]) for k in known]
    assert found.of_mean == pytest.approx(sum(others) / len(others))


def test_copies_do_not_make_the_error_small(values):
    model = small_model(9)
    twice = Library.embed(model, [molecule(smiles) for smiles in SMILES * 2])
    once = Library.embed(model, [molecule(smiles) for smiles in SMILES])
    doubled = estimate_by_neighbours(twice, values * 2, twice.embeddings[0], neighbours=1)
    single = estimate_by_neighbours(once, values, once.embeddings[0], neighbours=1)
    assert doubled.error == pytest.approx(single.error, rel=0.2) and doubled.error > 0.1
    assert not {0, len(SMILES)} & set(doubled.neighbours)


def test_excluded_entries_are_no_neighbours(library, values):
    query = library.embeddings[5]
    first = estimate_by_neighbours(library, values, query, neighbours=3)
    second = estimate_by_neighbours(
        library, values, query, neighbours=3, exclude=first.neighbours[:1]
    )
    assert second.neighbours[:2] == first.neighbours[1:]


def test_what_cannot_be_estimated_is_said(library, values):
    with pytest.raises(ValueError, match="34 values for 35 entries"):
        estimate_by_neighbours(library, values[1:], library.embeddings[0])
    with pytest.raises(ValueError, match="'pIC50' is a number in 2 entries"):
        few = [*values[:2], *[None] * 33]
        estimate_by_neighbours(library, few, library.embeddings[0], name="pIC50")
    with pytest.raises(ValueError, match="`neighbours` must be at least 1"):
        estimate_by_neighbours(library, values, library.embeddings[0], neighbours=0)


def test_each_entry_is_estimated_from_the_others(library, values):
    found = left_out_estimates(library, values, 3)
    expected = [
        by_hand(library, values, 3, library.embeddings[k], {k})[0] for k in range(len(values))
    ]
    assert found == pytest.approx(expected)
    with pytest.raises(ValueError, match="34 values for 35 entries"):
        left_out_estimates(library, values[1:])


def test_the_error_is_that_of_entries_that_the_model_has_not_seen(library, values):
    unseen = list(range(5, 30, 2))
    found = estimate_by_neighbours(
        library, values, library.embeddings[0], neighbours=3, unseen=unseen
    )
    errors = [
        abs(by_hand(library, values, 3, library.embeddings[k], {k})[0] - values[k]) for k in unseen
    ]
    assert found.unseen and found.judged == len(unseen)
    assert found.error == pytest.approx(sum(errors) / len(errors))
    few = estimate_by_neighbours(library, values, library.embeddings[0], unseen=unseen[:4])
    assert not few.unseen and few.judged == len(values)


@pytest.mark.parametrize("name", ["exclude", "unseen"])
@pytest.mark.parametrize("place", [-1, 35])
def test_entries_that_are_not_there_are_refused(library, values, name, place):
    with pytest.raises(IndexError, match=f"{name} has {place}, and the library has 35 entries"):
        estimate_by_neighbours(library, values, library.embeddings[0], **{name: [0, place]})


def test_positions_as_a_tensor_are_left_out(library, values):
    query = library.embeddings[0]
    out = estimate_by_neighbours(library, values, query).neighbours
    found = estimate_by_neighbours(library, values, query, exclude=torch.tensor(out))
    assert not {*found.neighbours} & {*out}


def test_embeddings_of_weights_that_have_changed_estimate_nothing(values):
    model = small_model(9)
    library = Library.embed(model, [molecule(smiles) for smiles in SMILES])
    with torch.no_grad():
        next(model.parameters()).mul_(2)
    with pytest.raises(StaleLibraryError, match="other weights"):
        estimate_by_neighbours(library, values, molecule("CCO"))


@pytest.mark.parametrize(
    "given", [pd.Series, torch.tensor, tuple], ids=["series", "tensor", "tuple"]
)
def test_values_belong_to_entries_by_their_place(library, values, given):
    turned = given(values)
    if isinstance(turned, pd.Series):
        turned.index = range(len(values))[::-1]
    query = library.embeddings[0]
    assert estimate_by_neighbours(library, turned, query) == estimate_by_neighbours(
        library, values, query
    )
    assert left_out_estimates(library, turned) == left_out_estimates(library, values)


@pytest.mark.parametrize("name", ["exclude", "unseen"])
@pytest.mark.parametrize("places", [torch.ones(35, dtype=torch.bool), [True], [1.5], "12", {1: 2}])
def test_what_is_no_place_is_refused(library, values, name, places):
    with pytest.raises(TypeError, match=f"`{name}` must be a list"):
        estimate_by_neighbours(library, values, library.embeddings[0], **{name: places})


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (lambda one: one.expand(3, -1), "must be an embedding"),
        (lambda one: one.long(), "must be an embedding"),
        (lambda one: one * torch.nan, "NaN or infinite"),
    ],
)
def test_queries_that_are_no_embeddings_are_refused(library, values, query, message):
    with pytest.raises(ValueError, match=message):
        estimate_by_neighbours(library, values, query(library.embeddings[0]))


@pytest.mark.parametrize("value", [1e200, -1e39])
def test_values_beyond_single_precision_are_refused(library, values, value):
    values[0] = value
    with pytest.raises(ValueError, match="must be finite and below"):
        estimate_by_neighbours(library, values, library.embeddings[0])
    with pytest.raises(ValueError, match="must be finite and below"):
        left_out_estimates(library, values)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_entries_without_a_value_are_not_left_out_one_by_one(library, values, value):
    values[2] = value
    with pytest.raises(ValueError, match=r"values\[2\] is"):
        left_out_estimates(library, values)
