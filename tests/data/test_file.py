import os

import pytest

from pyg_siamex.data.file import whole_file


def test_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.txt"
    with whole_file(path) as temporary, open(temporary, "w") as file:
        file.write("one")
        assert not path.exists()
    assert path.read_text() == "one"
    with pytest.raises(RuntimeError), whole_file(path) as temporary:
        with open(temporary, "w") as file:
            file.write("half")
        raise RuntimeError
    assert path.read_text() == "one" and len(list(tmp_path.iterdir())) == 1


def test_permissions_are_those_of_a_new_file(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    with whole_file(tmp_path / "ours"):
        pass
    assert os.stat(tmp_path / "ours").st_mode == os.stat(plain).st_mode
