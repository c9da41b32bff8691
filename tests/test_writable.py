import os
import socket

import pytest
import torch
from safetensors.torch import save_file

from pyg_siamex._writable import (
    LONGEST_NAME,
    check_apart,
    check_kind,
    check_new_folder,
    check_not_kept,
    check_table,
    check_writable,
)


def test_what_can_be_written_is_found_behind_links(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert check_writable(tmp_path / "link") == (tmp_path / "a").resolve()


def test_what_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*none to write the page into"):
        check_writable(tmp_path / "none" / "a", "write the page into")
    with pytest.raises(OSError, match="is a folder: name a file in it"):
        check_writable(tmp_path)
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(OSError, match="circle"):
        check_writable(tmp_path / "circle" / "a")
    server = socket.socket(socket.AF_UNIX)
    os.chdir(tmp_path)
    server.bind("socket")
    os.mkfifo(tmp_path / "pipe")
    for name in ("socket", "pipe"):
        with pytest.raises(OSError, match="neither a file nor a device"):
            check_writable(tmp_path / name)
    server.close()


def test_permissions_are_asked(tmp_path, monkeypatch):
    (tmp_path / "a").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(tmp_path / "a"))
    with pytest.raises(OSError, match="may not be written: change its permissions"):
        check_writable(tmp_path / "a")
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(tmp_path))
    with pytest.raises(OSError, match="no files may be written into the folder"):
        check_writable(tmp_path / "b")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no such folder")
def test_folders_that_take_no_files_whatever_their_permissions_are_told_at_once():
    with pytest.raises(OSError, match=r"no files can be written into the folder /proc \(No such"):
        check_writable("/proc/x.siamex")
    with pytest.raises(OSError, match=r"`out`: no files can be written into the folder /proc "):
        check_new_folder("out", "/proc/x/y")


@pytest.mark.parametrize("name", ["a", "x" * 255, "名" * 85], ids=["short", "longest", "letters"])
def test_what_is_asked_of_a_folder_leaves_nothing_in_it(tmp_path, name):
    check_writable(tmp_path / name)
    check_new_folder("out", tmp_path / name / "b")
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError, match=f"longer than {LONGEST_NAME} bytes"):
        check_new_folder("out", tmp_path / f"{'x' * 300}" / "b")


def test_files_of_another_kind_are_not_written_over(tmp_path):
    path = tmp_path / "a"
    check_kind(path, "model")
    path.touch()
    check_kind(path, "model")
    path.write_text("smiles\nCC\n")
    with pytest.raises(ValueError, match="is there and holds no model: choose another name"):
        check_kind(path, "model")
    save_file({"w": torch.ones(3)}, path, metadata={"format": "pyg_siamex model 2"})
    check_kind(path, "model")
    with pytest.raises(ValueError, match="holds no explanation"):
        check_kind(path, "explanation")


def test_outputs_are_neither_inputs_nor_each_other(tmp_path):
    data, link, out = (tmp_path / name for name in ("data", "link", "out"))
    data.touch()
    link.symlink_to(data)
    os.link(data, tmp_path / "twin")
    check_apart([out, None], [data, None])
    check_apart(["/dev/null", "/dev/null"], ["/dev/null"])
    for path in (data, link, tmp_path / "twin", tmp_path / "." / "data"):
        with pytest.raises(ValueError, match="is read, and would be written over"):
            check_apart([path], [data])
    with pytest.raises(ValueError, match="is asked for twice"):
        check_apart([out, tmp_path / "." / "out"], [])


@pytest.mark.parametrize("check", [check_writable, lambda path: check_kind(path, "model")])
@pytest.mark.parametrize(
    ("path", "message"),
    [("", "name of the file to write is empty"), ("n" * 300 + ".e", "is longer than 255 bytes")],
    ids=["empty", "long"],
)
def test_names_of_no_file_are_refused_in_words(check, path, message):
    with pytest.raises(OSError, match=message) as error:
        check(path)
    assert error.value.errno is None


def test_files_of_the_library_are_not_written_over_by_other_formats(tmp_path):
    path = tmp_path / "a.csv"
    check_not_kept(path)
    for others in ("smiles\nCC\n", '"pyg_siamex model 2"', '{"version": 1, "pyg_siamex": "0.9"}'):
        path.write_text(others)
        check_not_kept(path)
    path.write_text('{"format": "pyg_siamex pair matrices 1", "sizes": []}\n')
    with pytest.raises(ValueError, match="is there and holds 'pair matrices', which would be lost"):
        check_not_kept(path)
    save_file({"w": torch.ones(3)}, path, metadata={"format": "pyg_siamex model 2", "a": "b"})
    with pytest.raises(ValueError, match="is there and holds 'model'"):
        check_not_kept(path)


def test_tables_end_as_their_format_says(tmp_path):
    check_table(tmp_path / "a.CSV", [".csv"])
    check_table("/dev/null", [".csv"])
    for name in ("a", "a.siamex", "a.csv.gz", "a.tsv"):
        with pytest.raises(ValueError, match=r"`path` must end in .csv \(got "):
            check_table(tmp_path / name, [".csv"])


def test_the_name_of_a_folder_is_no_file(tmp_path):
    with pytest.raises(OSError, match="new/ is the name of a folder: name a file in it"):
        check_writable(f"{tmp_path}/new/")


@pytest.mark.parametrize("name", ["page.html", "pair.SVG", "table.csv", "pair.pdf"])
def test_a_folder_has_not_the_name_of_a_file(tmp_path, name):
    check_new_folder("out", tmp_path / "run.v1")
    with pytest.raises(ValueError, match=r"`out` is a folder, and .* has the name of a file"):
        check_new_folder("out", tmp_path / name)
    (tmp_path / name).mkdir()
    check_new_folder("out", tmp_path / name)


@pytest.mark.parametrize("name", ["model.html", "model.SVG", "model.csv"])
def test_kept_files_have_not_the_name_of_a_page_or_a_table(tmp_path, name):
    check_kind(tmp_path / "model.siamex", "model")
    with pytest.raises(ValueError, match="has the name of a page, a picture or a table"):
        check_kind(tmp_path / name, "model")
