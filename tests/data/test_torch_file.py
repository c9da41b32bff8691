import pickle

import pytest
import torch
from damage import damages
from hypothesis import given, settings

from pyg_siamex.data.torch_file import read_torch

CONTENT = {"w": torch.arange(12.0).view(3, 4), "epoch": 3, "names": ["a", "b"]}
REFUSED = "is no checkpoint, or .*: train again"


def read(path):
    return read_torch(path, "checkpoint", "train again")


def same(found):
    return found.keys() == CONTENT.keys() and torch.equal(found["w"], CONTENT["w"])


def test_tensors_and_plain_values_come_back(tmp_path):
    torch.save(CONTENT, tmp_path / "a.pt")
    assert same(read(tmp_path / "a.pt"))
    with pytest.raises(FileNotFoundError, match="no checkpoint at"):
        read(tmp_path / "none.pt")


@settings(max_examples=200)
@given(damages())
def test_changed_bytes_are_noticed_or_change_nothing(tmp_path_factory, damaged):
    path = tmp_path_factory.mktemp("torch") / "a.pt"
    torch.save(CONTENT, path)
    path.write_bytes(damaged(path.read_bytes()))
    try:
        found = read(path)
    except ValueError as error:
        assert str(path) in str(error) and "train again" in str(error)
    else:
        assert same(found)  # padding between the parts


def test_a_changed_weight_is_noticed(tmp_path):
    path = tmp_path / "a.pt"
    torch.save(CONTENT, path)
    content = bytearray(path.read_bytes())
    place = content.index(torch.tensor(7.0).numpy().tobytes())
    content[place + 2] ^= 1
    path.write_bytes(content)
    assert not torch.equal(torch.load(path, weights_only=True)["w"], CONTENT["w"])
    with pytest.raises(ValueError, match=REFUSED):
        read(path)


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit",))


@pytest.mark.parametrize("write", [torch.save, lambda what, path: path.write_bytes(what)])
def test_no_code_is_run(tmp_path, write):
    path = tmp_path / "a.pt"
    write(Evil() if write is torch.save else pickle.dumps(Evil()), path)
    with pytest.raises(ValueError, match=REFUSED):
        read(path)


def test_a_file_that_memory_does_not_hold_is_refused(tmp_path, monkeypatch):
    torch.save(CONTENT, tmp_path / "a.pt")
    monkeypatch.setattr("pyg_siamex._memory.free_memory", lambda: 100)
    with pytest.raises(ValueError, match="would take"):
        read(tmp_path / "a.pt")
