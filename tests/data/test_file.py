import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.data.file import whole_file
from pyg_siamex.data.sealed_file import SealedFormat


def write(path, text):
    with whole_file(path) as temporary:
        Path(temporary).write_text(text)


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


@pytest.mark.parametrize("umask", [0o022, 0o077, 0])
def test_permissions_are_those_of_a_new_file(tmp_path, umask):
    before = os.umask(umask)
    try:
        (tmp_path / "plain").touch()
        write(tmp_path / "ours", "")
    finally:
        os.umask(before)
    assert os.stat(tmp_path / "ours").st_mode == os.stat(tmp_path / "plain").st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_an_existing_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "a"
    path.touch()
    path.chmod(mode)
    write(path, "one")
    assert stat.S_IMODE(path.stat().st_mode) == mode and path.read_text() == "one"


def test_links_are_followed(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a", tmp_path / "link"
    link.symlink_to(target)
    for text in ("one", "two"):  # the target is new, then replaced
        write(link, text)
        assert link.is_symlink() and target.read_text() == text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "there"]


def test_devices_are_written_to_and_never_replaced(tmp_path):
    write("/dev/null", "one")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    link = tmp_path / "nothing"
    link.symlink_to("/dev/null")
    write(link, "one")
    assert link.is_symlink() and stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_full_disk_is_told_in_one_line_and_leaves_the_old_file(tmp_path):
    write(tmp_path / "a", "old")
    full = pytest.raises(OSError, match=r"the disk is full: .*a was not written")
    with full, whole_file(tmp_path / "a") as temporary:
        Path(temporary).write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (tmp_path / "a").read_text() == "old" and len(list(tmp_path.iterdir())) == 1
    if os.path.exists("/dev/full"):
        with pytest.raises(OSError) as caught:
            write("/dev/full", "one")
        assert caught.value.errno == errno.ENOSPC and caught.value.filename == "/dev/full"


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=90))
def test_any_name_of_a_file_can_be_written(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("names")
    if name in (".", ".."):
        return
    write(folder / name, "one")
    assert [path.name for path in folder.iterdir()] == [name]


def test_names_that_no_file_can_have_are_refused(tmp_path):
    with pytest.raises(OSError, match="longer than 255 bytes"):
        write(tmp_path / ("é" * 200), "")
    with pytest.raises(OSError, match="is not a name of a file"):
        write(tmp_path / "a\0b", "")
    write(tmp_path / ("e" * 255), "one")


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from pyg_siamex.data.file import whole_file
    with whole_file(sys.argv[1]) as temporary:
        Path(temporary).write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_killed_processes_leave_is_removed_by_the_next_write(tmp_path):
    path = tmp_path / "a"
    write(path, "old")
    other = tmp_path / ".a.backup12"
    other.touch()
    for _ in range(2):
        command = [sys.executable, "-c", textwrap.dedent(KILLED), str(path)]
        assert subprocess.run(command).returncode == -signal.SIGKILL
    assert path.read_text() == "old" and len(list(tmp_path.iterdir())) >= 3
    write(path, "new")
    assert path.read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".a.backup12", "a"]


def test_a_living_writer_keeps_its_file(tmp_path):
    path = tmp_path / "a"
    with whole_file(path) as first:
        Path(first).write_text("first")
        write(path, "second")
        assert path.read_text() == "second" and Path(first).read_text() == "first"
    assert path.read_text() == "first" and len(list(tmp_path.iterdir())) == 1


def test_many_writers_keep_one_whole_file(tmp_path):
    path = tmp_path / "a"
    texts = [str(k) * 50_000 for k in range(8)]
    threads = [threading.Thread(target=write, args=(path, text)) for text in texts for _ in "123"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if path.exists():
            assert path.read_text() in texts
    assert path.read_text() in texts and len(list(tmp_path.iterdir())) == 1


INTERRUPTED = """
    import os
    import sys
    from pathlib import Path
    from pyg_siamex.data import file

    path, line = Path(sys.argv[1]), 0

    def write(text):
        with file.whole_file(path) as temporary:
            Path(temporary).write_text(text)

    def stop(frame, event, _):
        global left
        if frame.f_code.co_filename == file.__file__ and event == "line":
            left -= 1
            if not left:
                raise KeyboardInterrupt
        return stop

    while True:
        write("old")
        line += 1
        child = os.fork()
        if not child:
            left = line
            sys.settrace(stop)
            try:
                write("new")
            except KeyboardInterrupt:
                os._exit(1)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert path.read_text() in ("old", "new"), (line, path.read_text())
        write("old")
        assert [one.name for one in path.parent.iterdir()] == [path.name], line
        if not code:
            break
    print(line)
"""


def test_an_exception_at_any_line_leaves_one_whole_file(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(INTERRUPTED), str(tmp_path / "a")]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 30, "lines at which it was stopped"


def test_a_file_of_the_library_stays_where_another_format_is_written(tmp_path):
    path = tmp_path / "a.siamex"
    SealedFormat("model", 1, "train it again").write(path, {"w": torch.ones(2)}, {})
    content = path.read_bytes()
    with pytest.raises(ValueError, match="is there and holds 'model'"):
        write(path, "a,b")
    with pytest.raises(ValueError, match="is there and holds no explanation"):
        SealedFormat("explanation", 1, "explain again").write(path, {}, {})
    assert path.read_bytes() == content and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("there", [True, False], ids=["an older file", "none"])
def test_a_full_disk_tells_of_an_older_file_where_there_is_one(tmp_path, there):
    if there:
        write(tmp_path / "a", "old")
    with pytest.raises(OSError) as caught, whole_file(tmp_path / "a"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert ("older file" in str(caught.value)) is there
    assert (tmp_path / "a").exists() is there
