"""The names of pyg_siamex.recipe are imported when they are asked for."""

import importlib

import pytest

from pyg_siamex import recipe


def test_every_name_has_a_module():
    assert set(recipe._MODULES) == set(recipe.__all__)
    for name in recipe.__all__:
        module = importlib.import_module(recipe._MODULES[name], recipe.__name__)
        assert getattr(recipe, name) is getattr(module, name)


def test_no_module_hides_a_name():
    for name in recipe.__all__:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"pyg_siamex.recipe.{name}")


def test_names_are_listed_and_others_refused():
    assert set(recipe.__all__) <= set(dir(recipe))
    with pytest.raises(AttributeError, match=r"'pyg_siamex.recipe' has no attribute 'nothing'"):
        recipe.nothing  # noqa: B018
