import os
import pickle

import numpy as np
import pytest
from damage import damages
from hypothesis import given, settings

from pyg_siamex.datasets.pickled_arrays import read_pickled_arrays

ENTRIES = [
    {"nodes": np.arange(6, dtype=np.float32).reshape(3, 2), "edges": None, "y": np.float64(0.5)},
    {"nodes": np.asfortranarray(np.ones((2, 3), dtype=bool)), "n": np.arange(300, dtype=">i8")},
]


def pickled(entries, protocol=3):
    array = np.empty((len(entries), 1), object)
    array[:, 0] = entries
    return pickle.dumps(array, protocol)


@pytest.mark.parametrize("protocol", [3, 4])
def test_entries_are_what_numpy_pickled(protocol):
    found = read_pickled_arrays(pickled(ENTRIES, protocol))
    for one, other in zip(found, ENTRIES, strict=True):
        assert one.keys() == other.keys() and one.get("edges", 0) == other.get("edges", 0)
        assert np.array_equal(one["nodes"], other["nodes"])
        assert one["nodes"].dtype == other["nodes"].dtype
    assert found[0]["y"] == 0.5 and np.array_equal(found[1]["n"], np.arange(300))


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_no_code_is_run(tmp_path):
    for evil in (Evil(tmp_path / "a"), [Evil(tmp_path / "a")], {"nodes": Evil(tmp_path / "a")}):
        with pytest.raises(ValueError, match="mkdir', which known files do not"):
            read_pickled_arrays(pickled([evil]))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "odd",
    [
        pickle.dumps(len),
        pickle.dumps([{1, 2}]),
        pickle.dumps({"a": 1}),
        pickle.dumps([{1: 2}], 3),
        pickled([{"a": np.array(["text"])}]),
        pickled([{"a": np.ones(2, complex)}]),
        b"",
        b"no pickle",
        b"\x80\x03.",
    ],
)
def test_other_pickles_are_refused(odd):
    with pytest.raises(ValueError, match=r"^it "):
        read_pickled_arrays(odd)


@settings(deadline=None, max_examples=300)
@given(damages())
def test_any_damage_is_read_or_named(damage):
    try:
        read_pickled_arrays(damage(pickled(ENTRIES)))
    except ValueError as error:
        assert str(error).startswith("it ") and len(str(error)) < 200
