"""Lightning inside a function leaves nothing behind and says little."""

import logging
import signal
import warnings

import pytest
import torch
from graphs import FEATURES, random_graph
from torch.optim import SGD
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.nn.training.lightning_run import (
    check_scheduler,
    check_trainer_arguments,
    interrupts,
    quiet,
    trainer_of,
)


def test_advice_on_widgets_of_notebooks_is_silent(recwarn):
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    with quiet():
        warnings.warn('install "ipywidgets" for Jupyter support', stacklevel=1)
        warnings.warn("the loss is strange", stacklevel=1)
    assert [str(found.message) for found in recwarn] == ["the loss is strange"]
    assert logger.level == level


def test_an_exit_after_an_interrupt_is_the_interrupt():
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts():
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise SystemExit(1)  # noqa: B904
    with pytest.raises(SystemExit), interrupts():
        raise SystemExit(3)
    assert signal.getsignal(signal.SIGINT) is handler


def test_arguments_of_the_trainer_are_told_from_typing_errors():
    check_trainer_arguments({"precision": "32-true", "gradient_clip_val": 1.0})
    with pytest.raises(TypeError, match=r"neither fit.. nor lightning's Trainer has .* 'epoch'"):
        check_trainer_arguments({"epoch": 3})
    with pytest.raises(TypeError, match="sets max_epochs of the Trainer itself: use epochs="):
        check_trainer_arguments({"max_epochs": 3})


@pytest.mark.parametrize("strategy", ["ddp_spawn", "ddp_notebook", "ddp_fork"])
def test_processes_that_keep_the_model_are_refused(strategy):
    with pytest.raises(ValueError, match=f"'{strategy}' would train copies.* use strategy='ddp'"):
        check_trainer_arguments({"strategy": strategy})
    check_trainer_arguments({"strategy": "ddp"})


SETTINGS = {"accelerator": "cpu", "devices": 1, "logger": False, "enable_checkpointing": False}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"accelerator": "zz"}, "`accelerator` cannot be 'zz' here: "),
        ({"accelerator": ""}, "`accelerator` cannot be '' here: "),
        ({"devices": 0}, "`devices` cannot be 0 here: "),
        ({"devices": -3}, "`devices` cannot be -3 here: "),
        ({"devices": []}, r"`devices` cannot be \[\] here: "),
        ({"precision": "zz"}, "lightning.Trainer refuses an argument: .*'zz'"),
        ({"limit_train_batches": -1}, "lightning.Trainer refuses an argument: .*limit_train"),
    ],
    ids=lambda one: None if isinstance(one, str) else f"{one}",
)
def test_what_a_trainer_refuses_is_named(given, message):
    with quiet(), pytest.raises(ValueError, match=message):
        trainer_of(SETTINGS | given)
    with quiet():
        assert trainer_of(SETTINGS).num_devices == 1


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (lambda _: None, TypeError, r"learning rate scheduler.*\(got NoneType\)"),
        (lambda _: 3, TypeError, r"\(got 3\)"),
        (lambda _: {}, TypeError, r"\(got a dict with NoneType\)"),
        (lambda _: {"scheduler": "x"}, TypeError, r"\(got a dict with 'x'\)"),
        (lambda _: StepLR(SGD([torch.zeros(1)], 0.1), 1), ValueError, "steps another"),
    ],
    ids=["nothing", "number", "empty", "text", "another"],
)
def test_what_is_no_scheduler_is_refused_by_fit(made, error, message):
    torch.manual_seed(0)
    graphs = [random_graph(4 + k % 3, k) for k in range(12)]
    pairs = PairDataset(graphs, labels=torch.arange(12) % 2)
    model = SiameseGNN(GIN(FEATURES, 4, 1))
    with pytest.raises(error, match=f"`scheduler` must .*{message}"):
        fit(model, pairs, validation=pairs, epochs=1, scheduler=made, progress=False)


def test_schedulers_and_dicts_of_them_are_taken():
    optimizer = SGD([torch.zeros(1)], 0.1)
    for made in (StepLR, lambda one, _: ReduceLROnPlateau(one)):
        check_scheduler(made(optimizer, 1), optimizer)
        check_scheduler({"scheduler": made(optimizer, 1), "interval": "step"}, optimizer)
