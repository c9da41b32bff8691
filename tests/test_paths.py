"""Where a path leads to."""

import os

from pyg_siamex._paths import real_path


def test_links_are_followed_also_in_a_circle(tmp_path):
    (tmp_path / "a").write_text("a")
    os.symlink("a", tmp_path / "b")
    os.symlink("c", tmp_path / "c")
    assert real_path(tmp_path / "b") == (tmp_path / "a").resolve()
    assert real_path(tmp_path / "none").name == "none"
    assert real_path(tmp_path / "c").name == "c"
