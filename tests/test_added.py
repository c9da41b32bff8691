"""What packages add is found by name, imported when asked, and refused in one line."""

import sys

import pytest
from clouds import write_package

from pyg_siamex._added import added, added_names

GROUP = "pyg_siamex.trials"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    def install(line, module="my_trial"):
        write_package(tmp_path, module, pyg_siamex_trials=line)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, module, raising=False)

    yield install
    sys.modules.pop("my_trial", None)


def test_names_are_read_without_an_import(installed):
    installed("one = my_trial:CODE\ntwo = nowhere:CODE")
    assert added_names(GROUP) == ("one", "two") and "my_trial" not in sys.modules
    assert added_names("pyg_siamex.no_such_group") == ()


def test_an_object_is_imported_when_it_is_asked_for(installed):
    installed("one = my_trial:shells.__name__")
    assert added(GROUP, "one", str) == "shells"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("one = nowhere:X", r"'one' of the package my_trial \(pyg_siamex.trials, nowhere:X\) "),
        ("one = nowhere:X", "cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("one = my_trial:nothing", "cannot be imported: AttributeError"),
        ("one = my_trial:shells.__name__", r"must be a dict \(is a str\)"),
    ],
    ids=["says where", "no module", "no name", "another kind"],
)
def test_what_cannot_be_had_is_said_in_a_line(installed, line, words):
    installed(line)
    with pytest.raises(ValueError, match=words) as error:
        added(GROUP, "one", dict)
    assert "\n" not in str(error.value)


def test_two_packages_of_one_name_are_refused(installed, tmp_path):
    installed("one = my_trial:shells")
    write_package(tmp_path, "other_trial", pyg_siamex_trials="one = other_trial:shells")
    with pytest.raises(
        ValueError, match=r"is added by the package .* and the package .*: uninstall"
    ):
        added(GROUP, "one", dict)
