"""Lightning inside a function leaves nothing behind and says little."""

import logging
import signal
import warnings

import pytest
import torch
from graphs import FEATURES, random_graph
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint
from torch.optim import SGD
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.nn.training.lightning_run import (
    check_monitors,
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
        ({"precision": "zz"}, "`precision` cannot be 'zz' here.*: .*'zz'"),
        ({"limit_train_batches": -1}, "`limit_train_batches` cannot be -1 here: .*limit_train"),
        ({"max_time": 5}, "`max_time` cannot be 5 here, it must be .*timedelta.*: "),
        ({"max_time": float("nan")}, "`max_time` cannot be nan here, it must be .*timedelta"),
        ({"max_time": "x"}, "`max_time` cannot be 'x' here: "),
        ({"max_time": []}, r"`max_time` cannot be \[\] here, it must be"),
        ({"model_registry": 5}, "`model_registry` cannot be 5 here, it must be a text"),
        ({"strategy": 5}, "`strategy` cannot be 5 here, it must be a text"),
        ({"profiler": "zz"}, "`profiler` cannot be 'zz' here: "),
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


def trained(**arguments):
    torch.manual_seed(0)
    graphs = [random_graph(4 + k % 3, k) for k in range(12)]
    pairs = PairDataset(graphs, labels=torch.arange(12) % 2)
    model = SiameseGNN(GIN(FEATURES, 4, 1))
    return fit(model, pairs, validation=pairs, epochs=1, progress=False, **arguments)


@pytest.mark.parametrize("kind", [StepLR, ReduceLROnPlateau])
@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ({"interval": "day"}, ValueError, r"interval of `scheduler` must be one of epoch, step"),
        ({"interval": 3}, ValueError, r"\(got 3\)"),
        ({"frequency": 0}, ValueError, "frequency of `scheduler` must be at least 1"),
        ({"frequency": "x"}, TypeError, "frequency of `scheduler` must be a whole number"),
        ({"intervall": "step"}, ValueError, "`scheduler` makes a dict with 'intervall': its keys"),
    ],
)
def test_wrong_steps_of_a_scheduler_are_refused(kind, said, error, message):
    with pytest.raises(error, match=message):
        trained(scheduler=lambda one: {"scheduler": kind(one, *_needed(kind)), **said})


def _needed(kind):
    return (1,) if kind is StepLR else ()


def test_a_scheduler_that_waits_watches_what_is_logged():
    for said in ({}, {"monitor": "validation_quality"}, {"monitor": "no", "strict": False}):
        trained(scheduler=lambda one, said=said: {"scheduler": ReduceLROnPlateau(one), **said})
    for said, message in (
        ({"monitor": "no"}, r"must be one of validation_quality, selection, loss \(got 'no'\)"),
        ({"monitor": 3}, r"monitor of `scheduler` .* \(got 3\)"),
        ({"interval": "step"}, "with interval 'step', and what it watches is known after an epoch"),
    ):
        with pytest.raises(ValueError, match=message):
            trained(scheduler=lambda one, said=said: {"scheduler": ReduceLROnPlateau(one), **said})


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("accumulate_grad_batches", 0, ValueError),
        ("accumulate_grad_batches", "x", TypeError),
        ("check_val_every_n_epoch", 0, ValueError),
        ("val_check_interval", 0, ValueError),
        ("gradient_clip_val", -1, ValueError),
        ("min_epochs", -1, ValueError),
    ],
)
def test_numbers_that_a_trainer_cannot_run_with_are_refused(name, value, error):
    with pytest.raises(error, match=f"`{name}` must be"):
        trained(**{name: value})


@pytest.mark.parametrize("kind", [EarlyStopping, ModelCheckpoint])
def test_callbacks_that_watch_what_nothing_logs_are_refused(kind):
    with pytest.raises(ValueError, match=rf"{kind.__name__}\(monitor='no'\), which nothing logs"):
        trained(callbacks=[kind(monitor="no")])


class Logs(Callback):
    """Logs a number of its own."""

    def on_validation_epoch_end(self, trainer, pl_module):
        pl_module.log("own", 1.0)


def test_callbacks_that_watch_what_is_logged_are_taken():
    check_monitors([EarlyStopping("loss"), EarlyStopping("no", strict=False)], ["loss"])
    trained(callbacks=[Logs(), EarlyStopping("own")])


def test_more_devices_than_a_machine_has_are_refused():
    with pytest.raises(ValueError, match="`devices` must be at most 1,024"):
        trainer_of({**SETTINGS, "devices": 10**12})


@pytest.mark.parametrize("devices", [99, "99"])
@pytest.mark.parametrize("cores", [None, 2, 8])
def test_more_processes_than_cores_are_refused(monkeypatch, devices, cores):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    most = 8 if cores == 8 else 4
    given = {**SETTINGS, "strategy": "ddp"}
    with pytest.raises(ValueError, match=rf"`devices` must be at most {most} \(got 99\): each is"):
        trainer_of({**given, "devices": devices})
    for fine in (1, 2, most, "auto"):
        assert trainer_of({**given, "devices": fine}).num_devices <= most


def test_more_epochs_at_least_than_at_most_are_refused():
    with pytest.raises(ValueError, match=r"`min_epochs` must be at most epochs=1 \(got 5\)"):
        trained(min_epochs=5)
