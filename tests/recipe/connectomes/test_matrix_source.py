import re

import numpy as np
import pytest
from connectomes import matrices
from scipy.io import savemat

from pyg_siamex.recipe import MatrixReading
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource, label_columns, position_of


def table(folder, header, row):
    path = folder / "labels.csv"
    path.write_text(f"{header}\n{row}\n")
    return path


@pytest.mark.parametrize(
    ("header", "subject", "label", "found"),
    [
        ("subject,group", None, None, ("subject", "group")),
        ("participant_id\tgroup", None, None, ("participant_id", "group")),
        ("age,subject,group", None, "age", ("subject", "age")),
        ("who,group", "who", None, ("who", "group")),
    ],
)
def test_columns_are_found_where_there_is_no_doubt(tmp_path, header, subject, label, found):
    row = header.replace("group", "a").replace("age", "3")
    assert label_columns(table(tmp_path, header, row), subject, label) == found


@pytest.mark.parametrize(
    ("header", "words"),
    [("who,group", "`subject`: who, group"), ("subject,sex,age", "`label`: sex, age")],
)
def test_columns_are_asked_for_where_there_is_doubt(tmp_path, header, words):
    with pytest.raises(ValueError, match=words):
        label_columns(table(tmp_path, header, header), None, None)


def test_a_table_without_rows_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no row below its header"):
        path = tmp_path / "labels.csv"
        path.write_text("subject,group\n")
        label_columns(path, None, None)


def test_unknown_subjects_are_answered_with_similar_ones():
    names = [f"sub-{k:03d}" for k in range(30)]
    for spelling in ("sub-007", "007", "7", "sub-7"):
        assert position_of(spelling, names, "here") == 7
    with pytest.raises(ValueError, match=r"'sub-0x7' among the 30 of here: did you mean .*sub-007"):
        position_of("sub-0x7", names, "here")
    with pytest.raises(ValueError, match="'07' among the 2 of here"):
        position_of("07", ["7", "007"], "here")
    with pytest.raises(ValueError, match="such as sub-000"):
        position_of("zzz", names, "here")
    with pytest.raises(ValueError, match="2 subjects named 'a'"):
        position_of("a", ["a", "a"], "here")


GIVEN = {"file_name": "{subject}", "array": "r", "triangle": "upper", "subject": "who"}
UNUSED = [
    ("csv", ("array", "subject")),
    ("mat", ("subject",)),
    ("netcc", ("subject",)),
    ("all.npz", ("file_name", "triangle")),
    ("all.mat", ("file_name", "subject")),
    ("all.npy", ("file_name", "array", "subject")),
    ("all.csv", ("file_name", "array", "subject")),
]


@pytest.mark.parametrize("trained_there", [False, True], ids=["given", "trained"])
@pytest.mark.parametrize(("kind", "unused"), UNUSED, ids=[kind for kind, _ in UNUSED])
def test_what_files_of_a_kind_do_not_have_is_refused(tmp_path, kind, unused, trained_there):
    path = tmp_path / (kind if "." in kind else "study")
    if "." in kind:
        path.touch()
    else:
        (path / "sub-1").mkdir(parents=True)
        (path / "sub-1" / f"sub-1_relmat.{kind}").touch()
    plain = MatrixSource(str(path), array="kept").to_dict()
    for name, value in GIVEN.items():
        reading = MatrixReading(**{name: value})
        if name in unused:
            with pytest.raises(ValueError, match=f"`{name}` is .*{path.name}.*: leave it out"):
                MatrixSource.like(plain, None if trained_there else path, reading)
            continue
        found = MatrixSource.like(plain, None if trained_there else path, reading)
        if hasattr(found, name) and (name, kind) != ("subject", "csv"):
            assert getattr(found, name) == value
        assert found.array == (value if name == "array" else "kept")


def test_a_column_of_subjects_goes_with_a_table(tmp_path):
    reading = MatrixReading(subject="who", labels="labels.csv")
    assert MatrixSource.of(tmp_path, reading).subject is None


@pytest.mark.parametrize("name", ["subject", "participant_id"])
@pytest.mark.parametrize("labelled", [False, True])
def test_an_array_of_subjects_names_them_where_they_differ(tmp_path, name, labelled):
    def names(cells, **more):
        np.savez(tmp_path / "n.npz", r=matrices(3), group=list("aba"), **{name: cells}, **more)
        source = MatrixSource.of(tmp_path / "n.npz", MatrixReading(**chosen))
        if labelled:
            return source.read_labelled("group", MatrixReading(), strict=True).names
        return source.read().names

    chosen = {}
    assert names(["s01", "s02", "s03"]) == ["s01", "s02", "s03"]
    assert names(["s01", "s01", "s03"]) == ["1", "2", "3"]
    assert names(["s01", "s02"]) == ["1", "2", "3"]
    chosen = {"subject": "who"}
    assert names(["s01", "s02", "s03"], who=["x", "y", "z"]) == ["x", "y", "z"]


def squares(folder, kind):
    """Square matrices, as one file each or as one of all."""
    if kind == "all.npy":
        np.save(folder / kind, matrices(3))
    elif kind == "all.mat":
        savemat(folder / kind, {"r": np.moveaxis(matrices(3), 0, 2)})
    else:
        for k, matrix in enumerate(matrices(3)):
            np.savetxt(folder / f"s{k}.csv", matrix, delimiter=",")
    return folder / kind if kind else folder


@pytest.mark.parametrize("kind", ["", "all.npy", "all.mat"], ids=["folder", "npy", "mat"])
def test_an_order_of_triangles_is_refused_where_all_matrices_are_square(tmp_path, kind):
    path = squares(tmp_path, kind)
    with pytest.raises(ValueError, match="`triangle` is for matrices that are written as vectors"):
        MatrixSource.of(path, MatrixReading(triangle="lower"))
    trained = MatrixSource("elsewhere", triangle="lower").to_dict()
    assert len(MatrixSource.like(trained, path).read()) == 3  # of the model, not given


def test_an_order_of_triangles_is_kept_where_one_matrix_is_a_vector(tmp_path):
    squares(tmp_path, "")
    np.savetxt(tmp_path / "t.csv", np.arange(1.0, 16)[None], delimiter=",")
    assert len(MatrixSource.of(tmp_path, MatrixReading(triangle="lower")).read()) == 4
    np.save(tmp_path / "rows.npy", np.arange(30.0).reshape(2, 15))
    assert len(MatrixSource.of(tmp_path / "rows.npy", MatrixReading(triangle="lower")).read()) == 2


def test_an_empty_path_is_not_the_current_folder():
    trained = MatrixSource("study").to_dict()
    for make in (lambda: MatrixSource.of(""), lambda: MatrixSource.like(trained, "")):
        with pytest.raises(ValueError, match="`matrices` is empty"):
            make()


@pytest.mark.parametrize("name", ["plain.csv", "plain.json"])
def test_files_that_hold_no_matrices_are_told_before_labels_are_asked_for(tmp_path, name):
    (tmp_path / name).write_text("smiles,y\nCCO,1\n")
    with pytest.raises(ValueError, match=rf"{name} (holds no matrices|is no file of matrices): "):
        MatrixSource.of(tmp_path / name).read_labelled(None, MatrixReading(), strict=False)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"regions": list("abcde")}, "array 'regions' of .* there are 6 regions"),
        ({"subject": list("abc")}, "array 'subject' of .* there are 8 subjects"),
        ({"regions": list("abcdef"), "subject": list("abcdefgh")}, "^$"),
    ],
)
def test_names_of_another_number_are_told(tmp_path, caplog, more, told):
    path = tmp_path / "a.npz"
    np.savez(path, m=matrices(8), label=np.arange(8) % 2, **more)
    found = MatrixSource.of(path).read_labelled(None, MatrixReading(), False)
    assert len(found) == 8 and re.search(told, caplog.text.strip())


def test_the_place_of_labels_is_the_file_and_the_column(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("subject,dx,site\na,lo,x\nb,hi,x\n")
    source, reading = MatrixSource.of(tmp_path), MatrixReading(labels=table, site="site")
    for label in (None, "dx"):
        assert source.label_place(label, reading) == f"{table}, column 'dx'"
    path = tmp_path / "a.npz"
    np.savez(path, m=matrices(8), label=np.arange(8) % 2)
    assert MatrixSource.of(path).label_place(None, MatrixReading()) == f"{path}, array 'label'"
