"""Lightning inside a function leaves nothing behind and says little."""

import logging
import signal
import warnings

import pytest

from pyg_siamex.nn.training.lightning_run import check_trainer_arguments, interrupts, quiet


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
