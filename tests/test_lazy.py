"""Lazy names of packages."""

import importlib

import pytest
from test_imports import loaded_by

PACKAGES = ["", ".datasets", ".explain", ".metric", ".recipe", ".visualize"]


@pytest.mark.parametrize("package", PACKAGES)
def test_all_names_of_a_package_exist_and_are_listed(package):
    module = importlib.import_module(f"pyg_siamex{package}")
    assert all(getattr(module, name) is not None for name in module.__all__)
    assert set(module.__all__) <= set(dir(module))
    assert dir(module) == sorted(set(dir(module)))


@pytest.mark.parametrize("package", PACKAGES)
def test_other_names_are_refused(package):
    module = importlib.import_module(f"pyg_siamex{package}")
    with pytest.raises(AttributeError, match=f"'pyg_siamex{package}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018
    with pytest.raises(ImportError):
        exec(f"from pyg_siamex{package} import nothing")


def test_a_name_is_imported_when_it_is_first_asked_for():
    package = "pyg_siamex.metric"
    assert "torchmetrics" not in loaded_by(f"import {package}")
    assert "torchmetrics" in loaded_by(f"from {package} import GroundTruth")
