"""Lazy names of packages."""

import importlib
import sys

import pytest

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


def test_a_name_is_imported_when_it_is_first_asked_for(tmp_path, monkeypatch):
    package = tmp_path / "made_for_a_test"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from pyg_siamex._lazy import lazy_names\n"
        "__getattr__, __dir__ = lazy_names(__name__, {'late': __name__ + '.module'})\n"
    )
    (package / "module.py").write_text("late = object()\n")
    monkeypatch.syspath_prepend(tmp_path)
    made = importlib.import_module("made_for_a_test")
    assert "late" in dir(made) and "made_for_a_test.module" not in sys.modules
    assert made.late is sys.modules["made_for_a_test.module"].late
    assert vars(made)["late"] is made.late  # kept for the next time
