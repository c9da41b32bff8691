import logging
import os
import unicodedata

import numpy as np
import pandas as pd
import pytest
from connectomes import matrices, series

from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import read_folder, read_npz, read_stack
from pyg_siamex.datasets.connectome.check import checked_matrices

NAMES = ["s1", "s2", "s3"]


@pytest.fixture
def folder(tmp_path):
    for name, matrix in zip(NAMES, matrices(3), strict=True):
        np.savetxt(tmp_path / f"{name}.csv", matrix, delimiter=",")
    write_table(tmp_path, NAMES[::-1], ["control", "patient", "control"])
    (tmp_path / "README.md").write_text("matrices of three subjects")
    return tmp_path


def write_table(folder, names, labels):
    table = pd.DataFrame({"subject": names, "group": labels, "age": range(len(names))})
    table.to_csv(folder / "labels.csv", index=False)


def test_a_folder_and_its_table_become_subjects(folder):
    subjects = read_folder(folder, folder / "labels.csv", label="group")
    assert subjects.names == NAMES and subjects.class_names == ["control", "patient"]
    assert subjects.labels.tolist() == [0, 1, 0]
    assert np.allclose(subjects.arrays[2], matrices(3)[2])
    assert len(Connectomes(subjects)) == 3


def test_files_of_every_format_may_stand_together(tmp_path):
    values = matrices(2)
    np.save(tmp_path / "sub-01_conn.npy", values[0])
    np.savetxt(tmp_path / "sub-02_conn.txt", values[1])
    np.save(tmp_path / "mean.npy", values.mean(0))
    subjects = read_folder(tmp_path, file_name="sub-{subject}_conn")
    assert subjects.names == ["01", "02"] and subjects.labels is None
    assert np.allclose(subjects.arrays, values)


def test_numbers_with_leading_zeros_stay_names(tmp_path):
    np.save(tmp_path / "0051.npy", matrices(1)[0])
    write_table(tmp_path, ["0051"], ["a"])
    assert read_folder(tmp_path, tmp_path / "labels.csv", label="group").names == ["0051"]


def test_time_series_are_read_alike(tmp_path):
    for k, array in enumerate(series(2)):
        np.savetxt(tmp_path / f"{k}.1D", array, header="#1 #2 #3 #4 #5")
    assert [array.shape for array in read_folder(tmp_path).arrays] == [(40, 5), (41, 5)]


@pytest.mark.parametrize(
    ("names", "message", "left"),
    [
        (["s1", "s2"], "1 subjects have a file in .* and no row in .*labels.csv: s3", ["s1", "s2"]),
        ([*NAMES, "s4"], "1 subjects have a label in .*labels.csv and no file in .*: s4", NAMES),
    ],
)
def test_subjects_without_a_label_or_a_file_are_named_or_left_out(
    folder, names, message, left, caplog
):
    write_table(folder, names, ["a", "b", "a", "b"][: len(names)])
    with pytest.raises(ValueError, match=message):
        read_folder(folder, folder / "labels.csv", label="group")
    with caplog.at_level(logging.WARNING):
        subjects = read_folder(folder, folder / "labels.csv", label="group", invalid="skip")
    assert subjects.names == left and "left out: 1 subjects" in caplog.text


def test_an_empty_label_is_a_subject_without_one(folder):
    write_table(folder, NAMES, ["a", "", "b"])
    subjects = read_folder(folder, folder / "labels.csv", label="group")
    assert subjects.unlabelled == [1]
    with pytest.raises(ValueError, match=r"subject 's2' of .*s2\.csv has no label"):
        Connectomes(subjects)
    assert Connectomes(subjects, invalid="skip").subjects == ["s1", "s3"]


def test_duplicates_are_named(folder):
    write_table(folder, [*NAMES, "s2"], ["a", "b", "a", "b"])
    with pytest.raises(ValueError, match="has 1 subjects twice, such as 's2'"):
        read_folder(folder, folder / "labels.csv", label="group")
    np.save(folder / "s1.npy", matrices(1)[0])
    with pytest.raises(ValueError, match=r"subject 's1' has two files: s1.csv and s1.npy"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"table": "labels.csv"}, ValueError, "give table and label together"),
        ({"table": "none.csv", "label": "group"}, FileNotFoundError, "no table at"),
        ({"table": "labels.csv", "label": "sex"}, ValueError, "no column 'sex': it has subject"),
        (
            {"table": "labels.csv", "label": "group", "subject": "id"},
            ValueError,
            "no column 'id'",
        ),
        ({"file_name": "sub"}, ValueError, "`file_name` must contain '{subject}' once"),
        ({"file_name": "x_{subject}"}, FileNotFoundError, "file named x_{subject}"),
        ({"invalid": "drop"}, ValueError, "invalid must be 'raise' or 'skip'"),
    ],
)
def test_bad_arguments_are_named(folder, arguments, error, message):
    if "table" in arguments:
        arguments = {**arguments, "table": folder / arguments["table"]}
    with pytest.raises(error, match=message):
        read_folder(folder, **arguments)


def test_a_missing_folder_and_a_table_of_strangers_are_named(folder):
    with pytest.raises(FileNotFoundError, match="no folder"):
        read_folder(folder / "none")
    write_table(folder, ["x"], ["a"])
    with pytest.raises(ValueError, match=r"no file of .* is named after a subject"):
        read_folder(folder, folder / "labels.csv", label="group", invalid="skip")


def test_one_archive_becomes_subjects(tmp_path):
    path = tmp_path / "all.npz"
    np.savez(path, r=matrices(3), y=[1, 0, 1], who=NAMES, groups=["control", "patient"])
    subjects = read_npz(path, "r", "y", "who", "groups")
    assert subjects.names == NAMES and subjects.labels.tolist() == [1, 0, 1]
    assert subjects.class_names == ["control", "patient"]
    assert read_npz(path, "r").labels is None


@pytest.mark.parametrize(
    ("beside", "cells"),
    [
        ([0.5, 1, 2], ["0.5", "1.0", "2.0"]),
        ([True, False, True], ["True", "False", "True"]),
        (np.array(["2020-01-01"] * 3, "M8[D]"), ["2020-01-01"] * 3),
        ([b"a", "é".encode(), b"\xff"], ["a", "é", r"\xff"]),
    ],
    ids=["decimals", "truths", "dates", "bytes"],
)
def test_what_is_beside_the_matrices_is_text(tmp_path, beside, cells):
    path = tmp_path / "all.npz"
    np.savez(path, r=matrices(3), y=[1, 0, 1], who=np.array(NAMES, "S"), age=beside)
    subjects = read_npz(path, "r", "y", "who")
    assert subjects.names == NAMES and subjects.columns["age"] == cells


def test_names_of_files_may_be_no_letters(folder):
    with open(os.fsencode(folder) + b"/s\xff.csv", "w") as file:
        np.savetxt(file, matrices(1)[0], delimiter=",")
    (folder / "labels.csv").unlink()
    subjects = read_folder(folder)
    assert r"s\xff" in subjects.names and subjects.called(len(subjects) - 1)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_bad_values_are_named_with_their_file(folder, tmp_path, value):
    broken = matrices(3)
    broken[1, 2, 3] = broken[1, 3, 2] = value
    stacks = tmp_path / "stacks"
    stacks.mkdir()
    np.savez(stacks / "all.npz", r=broken)
    np.save(stacks / "all.npy", broken)
    np.savetxt(folder / "s2.csv", broken[1], delimiter=",")
    for subjects, file in (
        (read_npz(stacks / "all.npz", "r"), stacks / "all.npz"),
        (read_stack(stacks / "all.npy"), stacks / "all.npy"),
        (read_folder(folder, folder / "labels.csv", label="group"), folder / "s2.csv"),
    ):
        name = subjects.names[1]
        assert subjects.called(1) == f"subject '{name}' of {file}"
        assert subjects.select([2, 1]).called(1) == subjects.called(1)
        with pytest.raises(ValueError, match="has ") as error:
            checked_matrices(subjects)
        assert str(error.value).startswith(subjects.called(1))
    assert checked_matrices(subjects, invalid="skip").rejected[0].file == str(file)


@pytest.mark.parametrize("key", ["y", "who"])
@pytest.mark.parametrize("kind", ["V8", "c16", "M8[s]", [("a", "f8")]], ids=str)
def test_labels_and_names_are_numbers_or_texts(tmp_path, key, kind):
    path = tmp_path / "all.npz"
    np.savez(path, **({"r": matrices(3), "y": [1, 0, 1], "who": NAMES} | {key: np.zeros(3, kind)}))
    with pytest.raises(ValueError, match=rf"'{key}' of .*all\.npz holds values of"):
        read_npz(path, "r", "y", "who")


WHAT = ("names", "label", "class_names", "group", "site", "regions")


@pytest.mark.parametrize("shape", [(), (6, 1), (6, 2), (2, 3), (6, 1, 1)], ids=str)
@pytest.mark.parametrize("what", WHAT)
def test_what_an_archive_says_of_each_is_in_one_axis(tmp_path, what, shape):
    path = tmp_path / "all.npz"
    np.savez(path, r=matrices(6), y=[0, 1] * 3, odd=np.resize(["a", "b"], shape))
    with pytest.raises(ValueError, match=r"'odd' of .*all\.npz must hold one value for each"):
        read_npz(path, "r", **{"label": "y", what: "odd"})


@pytest.mark.parametrize(
    "changes", [{"y": [1, 0]}, {"who": ["a", "b"]}, {"who": ["a", "b", "c", "d"]}]
)
def test_arrays_of_an_archive_that_do_not_fit_are_named_with_it(tmp_path, changes):
    path = tmp_path / "all.npz"
    np.savez(path, **({"r": matrices(3), "y": [1, 0, 1], "who": NAMES} | changes))
    with pytest.raises(ValueError, match=r"all\.npz, with arrays='r', label='y', names='who': "):
        read_npz(path, "r", "y", "who")


@pytest.mark.parametrize("what", ["group", "site"])
def test_a_subject_without_a_group_is_told_with_its_column(folder, what):
    table = pd.read_csv(folder / "labels.csv").assign(fam=[1, None, 2])
    table.to_csv(folder / "labels.csv", index=False)
    with pytest.raises(ValueError, match="subject 's2' has no entry in column 'fam': give"):
        read_folder(folder, folder / "labels.csv", label="group", **{what: "fam"})


def test_bad_archives_are_named(tmp_path):
    path = tmp_path / "all.npz"
    np.savez(path, r=matrices(1)[0])
    with pytest.raises(ValueError, match=r"has shape \[6, 6\]: it must be \[S, R, R\]"):
        read_npz(path, "r")
    np.savez(path, r=matrices(1))
    with pytest.raises(ValueError, match="no array 'y': it has r"):
        read_npz(path, "r", "y")
    with pytest.raises(FileNotFoundError, match="no file"):
        read_npz(tmp_path / "none.npz", "r")


@pytest.mark.parametrize("what", ["names", "group", "site"])
def test_whole_numbers_are_names_also_as_floats(tmp_path, what):
    path = tmp_path / "all.npz"
    np.savez(path, r=matrices(3), ids=np.array([20.0, 7.0, 3.0]), odd=np.array([1, np.nan, 2]))
    found = read_npz(path, "r", **{what: "ids"})
    attribute = {"group": "groups", "site": "sites"}.get(what, what)
    assert getattr(found, attribute) == ["20", "7", "3"]
    with pytest.raises(ValueError, match=r"'odd' of .*all\.npz has nan as entry 2: .* be missing"):
        read_npz(path, "r", **{what: "odd"})
    np.savez(path, r=matrices(3), odd=np.array([True, False, True]))
    with pytest.raises(ValueError, match=r"'odd' of .*all\.npz has truths"):
        read_npz(path, "r", **{what: "odd"})


def test_a_row_of_totals_is_told_by_its_line(folder):
    with (folder / "labels.csv").open("a") as file:
        file.write(",3,\n")
    with pytest.raises(ValueError, match=r"1 subjects have a label in .*: '' \(line 5\)"):
        read_folder(folder, folder / "labels.csv", label="group")


def test_the_line_of_a_matrix_that_is_shorter_is_named(folder):
    lines = (folder / "s2.csv").read_text().splitlines()
    lines[2] = lines[2].rsplit(",", 1)[0]
    (folder / "s2.csv").write_text("# made by hand\n\n" + "\n".join(lines))
    with pytest.raises(ValueError, match=r"s2\.csv .*5 to 6 cells: line 5 has 5, and line 3 has 6"):
        read_folder(folder, folder / "labels.csv", label="group")


@pytest.mark.parametrize("written", ["SUB-{:02d}", "Sub-{:02d}", "SUB{:02d}"])
@pytest.mark.parametrize("invalid", ["raise", "skip"])
def test_names_that_differ_in_case_alone_are_named(tmp_path, caplog, written, invalid):
    (tmp_path / "m").mkdir()
    for k in range(3):
        np.savetxt(tmp_path / "m" / f"sub-{k:02d}.csv", np.eye(3), delimiter=",")
    rows = [f"{written.format(k)},{k % 2}" for k in range(3)]
    (tmp_path / "t.csv").write_text("\n".join(["subject,group", *rows]))
    with pytest.raises(ValueError) as found:
        read_folder(tmp_path / "m", tmp_path / "t.csv", label="group", invalid=invalid)
    told = caplog.text + str(found.value)
    alike = f"'sub-00' and '{written.format(0)}' differ in case alone: write them alike"
    assert (alike in told) == (written != "SUB{:02d}")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_of_file_names_are_those_of_tables(tmp_path, form):
    names = ["Ren\u00e9", "Zo\u00eb"]
    other = {"NFC": "NFD", "NFD": "NFC"}[form]
    for name, matrix in zip(names, matrices(2), strict=True):
        path = tmp_path / f"{unicodedata.normalize(form, name)}_r\u00e9st.csv"
        np.savetxt(path, matrix, delimiter=",")
    rows = f"subject\tg\n{names[0]}\t\u00e9\n{names[1]}\te\n"
    table = tmp_path / "labels" / "labels.tsv"
    table.parent.mkdir()
    table.write_text(unicodedata.normalize(other, rows))
    pattern = unicodedata.normalize(other, "{subject}_r\u00e9st")
    found = read_folder(tmp_path, table, label="g", file_name=pattern)
    assert found.names == names and found.class_names == ["e", "\u00e9"]
