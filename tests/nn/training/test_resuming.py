"""Checkpoints to resume from: whole, of this model, and not changed since they were written."""

import copy
import warnings

import pytest
import torch
from damage import damages
from graphs import FEATURES, random_graph
from hypothesis import HealthCheck, given, settings
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.training import fit
from pyg_siamex.nn.training.module import PairTraining
from pyg_siamex.nn.training.resuming import check_checkpoint

GRAPHS = [random_graph(5, seed=k) for k in range(16)]
PAIRS = PairDataset(GRAPHS, labels=[k % 2 for k in range(16)])
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def model(seed=0):
    torch.manual_seed(seed)
    return SiameseGNN(GIN(FEATURES, 4, 2), "mean", "euclidean")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    found = fit(model(), PAIRS, epochs=1, directory=folder, progress=False).checkpoint
    assert found is not None
    return found


@pytest.fixture
def content(path):
    return torch.load(path, weights_only=True)


def resumed(content, path, **changes):
    torch.save({**content, **changes}, path)
    return fit(model(seed=5), PAIRS, epochs=2, progress=False, resume=path)


def without(content, *names):
    return {name: value for name, value in content.items() if name not in names}


def test_a_whole_checkpoint_is_accepted_also_of_versions_without_a_digest(content, tmp_path):
    whole = resumed(content, tmp_path / "a.ckpt")
    old = resumed(without(content, "pyg_siamex_digest"), tmp_path / "b.ckpt")
    assert [r["epoch"] for r in whole.history] == [0, 1] and whole.history == old.history


@pytest.mark.parametrize("name", ["loops", "callbacks", "optimizer_states", "history", "epoch"])
def test_any_change_is_noticed(content, tmp_path, name):
    training = PairTraining(model())
    for changed in (without(content, name), {**content, name: None}, {**content, "more": 1}):
        torch.save(changed, tmp_path / "a.ckpt")
        with pytest.raises(ValueError, match=r"a\.ckpt is damaged: it has changed since"):
            check_checkpoint(tmp_path / "a.ckpt", training)


@settings(deadline=None, max_examples=30, suppress_health_check=SHARED)
@given(damages())
def test_no_damage_is_resumed_from(path, tmp_path, damage):
    broken = tmp_path / "broken.ckpt"
    broken.write_bytes(damage(path.read_bytes()))
    try:
        check_checkpoint(broken, PairTraining(model()))
    except ValueError as error:
        assert "broken.ckpt" in str(error) and "train from the start" in str(error).lower()
    else:  # bytes that torch does not read
        torch.testing.assert_close(
            torch.load(broken, weights_only=True)["state_dict"],
            torch.load(path, weights_only=True)["state_dict"],
        )


@pytest.mark.parametrize(
    "name, value, message",
    [
        ("callbacks", [], "'callbacks' is a list, not a dict"),
        ("loops", None, "'loops' is a NoneType, not a dict"),
        ("epoch", True, "'epoch' is a bool, not a int"),
        ("global_step", -1, "a negative number of epochs or steps"),
        ("history", [1], "its history is not a list of records"),
        ("pytorch-lightning_version", "{}", "which version of Lightning wrote it"),
        ("loops", {}, "cannot be resumed from"),
        ("optimizer_states", [{}], "cannot be resumed from"),
        ("state_dict", {"w": 1}, "is no checkpoint of fit"),
    ],
)
def test_wrong_entries_without_a_digest_are_named(content, tmp_path, name, value, message):
    old = without(content, "pyg_siamex_digest")
    with pytest.raises(ValueError, match=message) as error, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        resumed(old, tmp_path / "a.ckpt", **{name: value})
    assert "a.ckpt" in str(error.value) and "\n" not in str(error.value)


def test_weights_of_another_model_are_named(content, tmp_path):
    old = without(content, "pyg_siamex_digest")
    name, one = next((n, w) for n, w in old["state_dict"].items() if w.dim() == 2)
    for changed, message in (
        (one[:1], f"weights '{name}' are .* in the file and .* in the model"),
        (one * torch.nan, f"weights '{name}' are not finite"),
    ):
        weights = {**old["state_dict"], name: changed}
        with pytest.raises(ValueError, match=message):
            resumed(old, tmp_path / "a.ckpt", state_dict=weights)
    with pytest.raises(ValueError, match=f"only the model has weights '{name}'"):
        resumed(old, tmp_path / "a.ckpt", state_dict=without(old["state_dict"], name))


def test_errors_of_the_training_itself_stay_as_they_are(content, tmp_path):
    broken = copy.deepcopy(PAIRS)
    with pytest.raises(ValueError, match="metric losses need targets 0 and 1"):
        scores = PairDataset.from_pairs(broken.graphs, broken.index, torch.rand(len(broken)))
        torch.save(content, tmp_path / "a.ckpt")
        fit(model(), scores, loss="contrastive", resume=tmp_path / "a.ckpt", progress=False)
