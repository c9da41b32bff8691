"""What the training module logs and refuses."""

import lightning.pytorch as pl
import pytest
import torch
from scipy.stats import spearmanr
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR
from torch.utils.data import DataLoader
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.nn import MLPSimilarity
from pyg_siamex.nn.training.batches import GraphBatch
from pyg_siamex.nn.training.data_module import PairDataModule
from pyg_siamex.nn.training.module import PairTraining, _correlation

NONE = torch.empty(2, 0, dtype=torch.long)
GRAPHS = [Data(x=torch.randn(2, 3), edge_index=NONE, y=torch.tensor(k % 2)) for k in range(4)]


def test_the_correlation_is_spearmans_over_known_targets():
    s, target = torch.randn(9), torch.randn(9)
    expected = spearmanr(s[2:], target[2:]).statistic
    target[:2] = float("nan")
    assert _correlation(s, target) == pytest.approx(expected)
    assert _correlation(torch.ones(9), target) == 0.0  # no order at all


def test_a_loss_that_is_not_finite_stops_the_training():
    class Broken(torch.nn.Module):
        def forward(self, x, edge_index):
            return x * float("inf")

    model = SiameseGNN(Broken(), pool="add", similarity="dot")
    training = PairTraining(model)
    batch = GraphBatch(Batch.from_data_list(GRAPHS), torch.eye(4))
    with pytest.raises(ValueError, match=r"the loss became .* in epoch 0: .*lr \(now 0.001\)"):
        training.training_step(batch, 0)


def siamese():
    torch.manual_seed(0)
    return SiameseGNN(GIN(3, 8, 2), pool="add")


def run(module, data, **arguments):
    """The user's own Trainer."""
    quiet = {
        "logger": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "enable_checkpointing": False,
        "accelerator": "cpu",
    }
    trainer = pl.Trainer(**({"max_epochs": 2} | quiet | arguments))
    trainer.fit(module, data)
    return trainer


@pytest.fixture
def data():
    torch.manual_seed(1)
    graphs = [
        Data(x=torch.randn(3, 3) + k % 2, edge_index=NONE, y=torch.tensor(k % 2)) for k in range(24)
    ]
    return PairDataModule(*PairDataset(graphs).split((0.5, 0.5)), batch_size=6)


def test_a_subclass_runs_in_a_trainer_of_its_users(data):
    class Damped(PairTraining):
        """Adds a penalty of the embeddings' size."""

        def training_step(self, batch, number):
            penalty = self.model.embed(batch.graphs).square().mean()
            self.log("penalty", penalty)
            return super().training_step(batch, number) + penalty

    module = Damped(siamese(), "contrastive")
    trainer = run(module, data)
    assert [record["epoch"] for record in module.history] == [0, 1]
    logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
    last = module.history[-1]
    assert logged["validation_quality"] == pytest.approx(last["validation_quality"])
    assert logged["loss"] == pytest.approx(last["loss"]) and "penalty" in logged


def test_optimiser_and_scheduler_are_those_given(data):
    made = {}

    def optimizer(parameters, lr, weight_decay):
        made["lr"], made["decay"] = lr, weight_decay
        return torch.optim.SGD(parameters, lr=lr, weight_decay=weight_decay, momentum=0.9)

    module = PairTraining(
        siamese(),
        lr=0.5,
        weight_decay=0.25,
        optimizer=optimizer,
        scheduler=lambda of: StepLR(of, 1, gamma=0.1),
    )
    trainer = run(module, data)
    assert made == {"lr": 0.5, "decay": 0.25}
    (used,) = trainer.optimizers
    assert isinstance(used, torch.optim.SGD)
    assert used.param_groups[0]["lr"] == pytest.approx(0.005)


@pytest.mark.parametrize(("mode", "monitor"), [("max", "validation_quality"), ("min", "loss")])
def test_a_plateau_is_of_the_quantity_that_its_mode_means(mode, monitor, data):
    module = PairTraining(siamese(), scheduler=lambda of: ReduceLROnPlateau(of, mode, patience=0))
    found = module.configure_optimizers()["lr_scheduler"]
    assert found["monitor"] == monitor
    run(module, data)


def test_loaders_without_a_data_module_are_refused():
    loader = DataLoader(GRAPHS, collate_fn=Batch.from_data_list)
    with pytest.raises(TypeError, match=r"trainer.fit\(module, PairDataModule\(pairs"):
        run(PairTraining(siamese()), loader)


def test_scores_are_refused_by_losses_of_classes(data):
    scored = PairDataset.from_pairs(GRAPHS, [(0, 1), (2, 3)], [0.3, 0.6])
    with pytest.raises(ValueError, match="metric losses need targets 0 and 1"):
        run(PairTraining(siamese(), "contrastive"), PairDataModule(scored, scored))


def test_a_quality_of_some_of_the_validation_graphs_is_refused(data):
    class Half(PairDataModule):
        def val_dataloader(self):
            whole = super().val_dataloader()
            return DataLoader(list(whole.dataset)[:6], collate_fn=whole.collate_fn)

    half = Half(data.pairs, data.validation, 6)
    with pytest.raises(ValueError, match="6 of 12 validation graphs were embedded"):
        run(PairTraining(siamese()), half)


@pytest.mark.parametrize("model", [GIN(3, 4, 1), 3], ids=["an encoder", "a number"])
def test_a_training_is_of_a_siamese_model(model):
    with pytest.raises(TypeError, match="`model` must be a SiameseGNN"):
        PairTraining(model)


def _frozen(model):
    for weight in model.encoder.parameters():
        weight.requires_grad_(False)
    return model


HELD = {
    "weights of another model": (lambda model: siamese().parameters(), False),
    "copies": (lambda model: [w.detach().clone() for w in model.parameters()], False),
    "frozen weights": (lambda model: _frozen(model).encoder.parameters(), False),
    "all": (lambda model: model.parameters(), True),
    "one": (lambda model: [next(model.similarity.parameters())], True),
    "groups": (lambda model: [{"params": model.similarity.parameters(), "lr": 0.1}], True),
    "one and others": (
        lambda model: [next(model.parameters()), *siamese().parameters()],
        True,
    ),
}


@pytest.mark.parametrize("held", HELD)
def test_an_optimiser_has_some_of_the_weights_that_learn(held):
    of, learns = HELD[held]
    model = SiameseGNN(GIN(3, 8, 2), pool="add", similarity="bilinear")
    chosen = list(of(model))
    module = PairTraining(model, optimizer=lambda _, lr, weight_decay: torch.optim.SGD(chosen, lr))
    if learns:
        assert isinstance(module.configure_optimizers(), torch.optim.SGD)
        return
    with pytest.raises(ValueError, match="`optimizer` makes an optimiser of none of the model's"):
        module.configure_optimizers()


class Detached(torch.nn.Module):
    """An encoder whose weights no gradient reaches."""

    def __init__(self, without: bool) -> None:
        super().__init__()
        self.inner, self.without = GIN(3, 4, 1), without

    def forward(self, x, edge_index):
        with torch.set_grad_enabled(not self.without and torch.is_grad_enabled()):
            found = self.inner(x, edge_index)
        return found.detach()


@pytest.mark.parametrize("without", [True, False])
def test_an_encoder_that_is_not_trained_is_refused_unless_it_is_frozen(without):
    encoder, pairs = Detached(without), PairDataset(GRAPHS)
    options = {"validation": pairs, "epochs": 1, "progress": False, "accelerator": "cpu"}
    with pytest.raises(ValueError, match="no gradient reaches the weights of Detached"):
        fit(SiameseGNN(encoder, similarity=MLPSimilarity(4)), pairs, **options)
    encoder.requires_grad_(False)
    fit(SiameseGNN(encoder, similarity=MLPSimilarity(4)), pairs, **options)
