import math
from functools import partial

import lightning.pytorch as pl
import pytest
import torch
from graphs import FEATURES, random_graph
from lightning.pytorch.loggers import CSVLogger
from pytorch_metric_learning.miners import MultiSimilarityMiner
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.nn.training import (
    CollapseWarning,
    ConstrainedVariance,
    pair_auc,
    pair_similarities,
)


def graphs(count=60):
    """Two classes: rings, and rings with a chord; the features say nothing of the class."""
    out = []
    for k in range(count):
        n = 5 + k % 4
        ring = torch.stack([torch.arange(n), (torch.arange(n) + 1) % n])
        edges = torch.cat([ring, ring.flip(0)], dim=1)
        if k % 2:
            edges = torch.cat([edges, torch.tensor([[0, 2], [2, 0]])], dim=1)
        out.append(
            Data(x=torch.full((n, FEATURES), 1 + k / 1000), edge_index=edges, y=torch.tensor(k % 2))
        )
    return out


def model(norm=None, similarity="euclidean", seed=0):
    torch.manual_seed(seed)
    return SiameseGNN(GIN(FEATURES, 16, 2, norm=norm), "mean", similarity)


def train(siamese, pairs, **arguments):
    defaults = {"epochs": 15, "lr": 1e-2, "batch_size": 16, "progress": False, "patience": 50}
    return fit(siamese, pairs, **(defaults | arguments))


def test_learns_and_keeps_the_best_weights():
    learn, validation = PairDataset(graphs()).split((0.7, 0.3))
    siamese = model()
    report = train(siamese, learn, validation=validation)
    assert report.quality > 0.95
    assert pair_auc(siamese, validation) == pytest.approx(report.quality, abs=1e-4)
    best = max(report.history, key=lambda record: (record["validation_quality"], record["epoch"]))
    assert report.best_epoch == best["epoch"]
    assert not siamese.training


@pytest.mark.parametrize("loss", ["contrastive", "triplet", "multi_similarity", "nt_xent"])
def test_metric_losses_train(loss):
    report = train(model(similarity="cosine"), PairDataset(graphs()), loss=loss, epochs=3)
    assert len(report.history) == 3
    assert all(math.isfinite(record["loss"]) for record in report.history)


def test_miner_trains():
    report = train(
        model(similarity="cosine"),
        PairDataset(graphs()),
        loss="triplet",
        miner=MultiSimilarityMiner(),
        epochs=2,
    )
    assert len(report.history) == 2


def test_regression_on_listed_scores():
    items = graphs(40)
    index = [(i, j) for i in range(40) for j in range(i + 1, 40) if (i + j) % 3]
    scores = [1.0 if i % 2 == j % 2 else -1.0 for i, j in index]
    pairs = PairDataset.from_pairs(items, index, scores)
    report = train(
        model(similarity="cosine", norm="batch_norm"),
        pairs,
        loss="regression",
        validation=pairs,
        epochs=20,
    )
    assert report.quality > 0.8  # Spearman's correlation


def test_same_seed_same_model_and_global_state_untouched():
    runs, torch_state = [], torch.random.get_rng_state()
    for _ in range(2):
        siamese = model()
        torch.random.set_rng_state(torch_state)
        train(siamese, PairDataset(graphs()), epochs=3, seed=7)
        assert torch.equal(torch_state, torch.random.get_rng_state())
        runs.append(siamese.state_dict())
    assert all(torch.equal(value, runs[1][key]) for key, value in runs[0].items())


def test_interrupted_run_resumes(tmp_path):
    pairs = PairDataset(graphs())
    first = train(model(), pairs, epochs=2, directory=tmp_path)
    assert first.checkpoint is not None and first.checkpoint.is_file()
    second = train(model(seed=5), pairs, epochs=4, directory=tmp_path, resume=first.checkpoint)
    assert [record["epoch"] for record in second.history] == [0, 1, 2, 3]
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        train(model(), pairs, resume=tmp_path / "none.ckpt")


class Attack:
    def __reduce__(self):
        return print, ("this must not run",)


@pytest.mark.parametrize("content", [Attack(), b"no archive"], ids=["code", "bytes"])
def test_a_checkpoint_with_code_is_refused(content, tmp_path, capsys):
    path = tmp_path / "first.ckpt"
    path.write_bytes(content) if isinstance(content, bytes) else torch.save(content, path)
    with pytest.raises(
        ValueError, match=r"first.ckpt is no checkpoint to resume from, or .*: train"
    ):
        train(model(), PairDataset(graphs()), resume=path)
    assert "must not run" not in capsys.readouterr().out


def test_evaluation_mode_agrees_with_training_mode_under_batch_norm():
    learn, validation = PairDataset(graphs()).split((0.7, 0.3))
    siamese = model(norm="batch_norm", similarity="cosine")
    report = train(siamese, learn, validation=validation, epochs=6)
    assert pair_auc(siamese, validation) == pytest.approx(report.quality, abs=1e-4)
    batch = [m for m in siamese.modules() if isinstance(m, torch.nn.BatchNorm1d)]
    assert batch and all(layer.momentum == 0.1 for layer in batch)
    assert report.quality > 0.9


def test_probabilities_are_calibrated_under_any_loss():
    pairs = PairDataset(graphs())
    siamese = model(similarity="cosine", norm="batch_norm")
    train(siamese, pairs, validation=pairs, loss="contrastive", epochs=10)
    with torch.no_grad():
        probability = siamese.calibration(pair_similarities(siamese, pairs)).sigmoid()
    alike = pairs.target == 1
    assert probability[alike].mean() > 0.7
    assert probability[~alike].mean() < 0.3


def test_collapse_is_reported():
    same = [random_graph(5, 1) for _ in range(30)]
    noisy = [Data(x=g.x + 1e-4 * k, edge_index=g.edge_index) for k, g in enumerate(same)]
    pairs = PairDataset(noisy, labels=[k % 2 for k in range(30)])
    with pytest.warns(CollapseWarning):
        report = train(model(similarity="cosine"), pairs, epochs=1, lr=1e-6)
    assert report.collapsed and report.spread > 0.99


def test_nothing_to_learn_from_is_refused_before_training():
    items = graphs(12)
    with pytest.raises(ValueError, match="no pairs with a known target"):
        unknown = PairDataset.unlabelled(items, 10)
        train(model(), unknown, validation=unknown)
    with pytest.raises(ValueError, match="pass validation="):
        train(model(), PairDataset(items[:4]))
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        train(model(), PairDataset(items), validation=PairDataset(items), epochs=0)
    scored = PairDataset.from_pairs(items, [(0, 1), (2, 3)], [0.3, 0.6])
    with pytest.raises(ValueError, match="metric losses need targets 0 and 1"):
        train(model(), scored, validation=scored, loss="contrastive")
    ranks = PairDataset.from_pairs(items, [(0, 1), (2, 3)], [0.0, 2.0])
    for loss, needed in (("bce", "from 0 to 1"), (ConstrainedVariance(), "0 and 1")):
        with pytest.raises(ValueError, match=f"targets {needed} .got 2.: use loss='regression'"):
            train(model(), ranks, validation=ranks, loss=loss)


def test_exploding_loss_is_an_error_not_a_nan():
    items = graphs(20)
    for graph in items:
        graph.x = graph.x * 1e18
    with pytest.raises(ValueError, match="the loss became"):
        pairs = PairDataset(items)
        train(model(similarity="dot"), pairs, validation=pairs, loss="regression")


def test_a_model_in_evaluation_mode_is_trained_in_training_mode():
    torch.manual_seed(0)
    one, other = (SiameseGNN(GIN(FEATURES, 16, 2, dropout=0.5)) for _ in range(2))
    other.load_state_dict(one.state_dict())
    for siamese in (one.train(), other.eval()):
        train(siamese, PairDataset(graphs()), epochs=2)
    assert all(
        torch.equal(value, other.state_dict()[key]) for key, value in one.state_dict().items()
    )


class Counting(pl.Callback):
    def __init__(self):
        self.epochs = 0

    def on_train_epoch_end(self, trainer, pl_module):
        self.epochs += 1


def test_callbacks_and_loggers_are_lightnings(tmp_path):
    seen = Counting()
    logger = CSVLogger(tmp_path)
    train(model(), PairDataset(graphs()), epochs=3, callbacks=[seen], logger=logger)
    assert seen.epochs == 3
    (table,) = tmp_path.rglob("metrics.csv")
    assert {"epoch", "loss", "validation_quality"} <= set(
        table.read_text().split("\n")[0].split(",")
    )


def test_an_observer_changes_no_weight():
    runs = []
    for callbacks in ([], [Counting()]):
        siamese = model()
        train(siamese, PairDataset(graphs()), epochs=3, callbacks=callbacks)
        runs.append(siamese.state_dict())
    assert all(torch.equal(value, runs[1][key]) for key, value in runs[0].items())


def test_the_optimiser_and_the_trainer_take_what_fit_passes_on():
    sgd = {"optimizer": torch.optim.SGD, "lr": 10.0, "weight_decay": 0.0, "epochs": 2}
    stopped = partial(torch.optim.lr_scheduler.ExponentialLR, gamma=0.0)
    assert _moved(**sgd) > 1
    assert _moved(**sgd | {"epochs": 1}) == _moved(**sgd, scheduler=stopped)
    assert _moved(**sgd, gradient_clip_val=1e-12) < 1e-3


def _moved(**arguments):
    """How far a training takes the encoder from its start."""
    trained, start = model(), model()
    train(trained, PairDataset(graphs()), **arguments)
    pairs = zip(trained.encoder.parameters(), start.encoder.parameters(), strict=True)
    return sum(float((a - b).detach().norm()) for a, b in pairs)


def test_arguments_that_nobody_takes_are_refused():
    with pytest.raises(TypeError, match=r"neither fit.* 'epoch'"):
        train(model(), PairDataset(graphs()), epoch=3)


def test_a_training_that_ends_in_its_first_epoch_is_refused():
    with pytest.raises(ValueError, match="ended before its first validation"):
        train(model(), PairDataset(graphs()), max_steps=1)


def test_a_folder_that_cannot_be_is_refused_before_training(tmp_path):
    (tmp_path / "model.siamex").touch()
    pairs = PairDataset(graphs(6))
    for folder, error in (
        ("", ValueError),
        (tmp_path / "model.siamex", NotADirectoryError),
        (tmp_path / "model.siamex" / "new", NotADirectoryError),
    ):
        with pytest.raises(error, match=r"`directory`.*name a"):
            train(model(), pairs, directory=folder)


class Interrupted(pl.Callback):
    def on_train_batch_end(self, *_):
        raise KeyboardInterrupt


FAILS = {
    "scheduler": {"scheduler": len},
    "optimizer": {"optimizer": print},
    "first epoch": {"max_steps": 1},
    "interrupted": {"callbacks": [Interrupted()]},
}


@pytest.mark.parametrize("evaluation", [True, False])
@pytest.mark.parametrize("case", FAILS)
def test_a_training_that_fails_leaves_the_mode_as_it_was(case, evaluation):
    siamese = model().train(not evaluation)
    siamese.encoder.convs[0].eval()
    before = [part.training for part in siamese.modules()]
    with pytest.raises((TypeError, ValueError, KeyboardInterrupt, SystemExit)):
        train(siamese, PairDataset(graphs()), epochs=2, **FAILS[case])
    assert [part.training for part in siamese.modules()] == before


@pytest.mark.parametrize("norm", [None, "batch_norm"])
def test_a_rate_that_leaves_finite_numbers_is_named(norm):
    items = [random_graph(5, k) for k in range(12)]
    pairs = PairDataset(items, labels=[k % 2 for k in range(12)])
    with pytest.raises(ValueError, match=r"epoch 0 .*lower lr \(now 1e\+30\)"):
        train(
            model(norm, "dot"),
            pairs,
            validation=pairs,
            epochs=1,
            batch_size=12,
            lr=1e30,
            optimizer=torch.optim.SGD,
            loss="contrastive",
        )


@pytest.mark.parametrize(
    ("name", "value"), [("max_time", 5), ("precision", "64.5"), ("profiler", "none such")]
)
def test_the_argument_that_a_trainer_refuses_is_named(name, value):
    with pytest.raises(ValueError, match=f"^`{name}` cannot be"):
        train(model(), PairDataset(graphs()), **{name: value})


@pytest.mark.parametrize("logger", [torch.ones(3), [1], ["csv"], {"csv"}], ids=repr)
def test_what_is_no_logger_is_refused(logger):
    with pytest.raises(TypeError, match="`logger` must hold loggers of Lightning"):
        train(model(), PairDataset(graphs()), epochs=1, logger=logger)
