"""Calls that differ between versions do the same with each."""

import sys
from typing import Literal

import numpy as np
import pytest
from lightning.pytorch import Trainer
from scipy.stats import bootstrap
from sklearn.base import BaseEstimator
from sklearn.utils import validation

from pyg_siamex._versions import (
    drawn_by,
    ones_in_rows,
    qualified_name,
    takes,
    typer_type,
    validated,
    where_taken,
)

CHOICES = Literal["nodes", "apart"]


def renamed(sample, statistic, *, rng):
    return rng


def older(sample, statistic, *, random_state):
    return random_state


@pytest.mark.parametrize("function", [renamed, older])
def test_a_generator_reaches_functions_under_either_name(function):
    assert function(1, 2, **drawn_by(function, "generator")) == "generator"


def test_scipy_here_draws_the_same_twice():
    def interval():
        generator = np.random.default_rng(0)
        found = bootstrap((np.arange(9.0),), np.mean, **drawn_by(bootstrap, generator))
        return found.confidence_interval

    assert interval() == interval()


def test_arguments_that_an_older_version_lacks_are_left_out():
    def old(x, size):
        return x + size

    assert old(1, **where_taken(old, size=2, colour=3)) == 3


@pytest.mark.parametrize(("found", "expected"), [("0.18.3", str), ("0.19.0", CHOICES)])
def test_choices_are_words_for_an_older_typer(found, expected, monkeypatch):
    monkeypatch.setattr("pyg_siamex._versions.version", lambda name: found)
    assert typer_type(CHOICES) is expected
    assert typer_type(int) is int


def test_what_a_function_takes():
    assert takes(Trainer.fit, "ckpt_path") and not takes(Trainer.fit, "nothing")


def test_the_name_of_a_function():
    name = qualified_name(test_the_name_of_a_function.__code__)
    assert name == "test_the_name_of_a_function"
    method = qualified_name(Named.method.__code__)
    assert method == ("Named.method" if sys.version_info >= (3, 11) else "method")


class Named:
    def method(self):
        """Has a qualified name."""


@pytest.mark.parametrize("new", [True, False])
def test_bits_are_counted_by_every_numpy(new, monkeypatch):
    if not new:
        monkeypatch.delattr(np, "bitwise_count", raising=False)
    bits = np.random.default_rng(0).integers(0, 2**16, (5, 128)).astype(np.uint16)
    expected = [bin(int.from_bytes(row.tobytes(), "little")).count("1") for row in bits]
    assert ones_in_rows(bits).tolist() == expected


def test_estimators_are_checked_by_every_scikit_learn(monkeypatch):
    class Old(BaseEstimator):
        def _validate_data(self, X, **how):
            return X, how

    monkeypatch.delattr(validation, "validate_data", raising=False)
    assert validated(Old(), [[1.0]], reset=False) == ([[1.0]], {"reset": False})
