import math

import numpy as np
import pandas as pd
import pytest
import torch
from connectomes import matrices

from pyg_siamex.datasets.connectome import Connectomes, Subjects, connectivity


@pytest.mark.parametrize(
    ("labels", "class_names", "expected", "names"),
    [
        (["b", "a", "b"], None, [1, 0, 1], ["a", "b"]),
        ([2, 10, 2], None, [0, 1, 0], ["2", "10"]),
        (np.array([0, 1, 0], dtype=np.uint8), ["TD", "ASD"], [0, 1, 0], ["TD", "ASD"]),
        (["ASD", "TD", "TD"], ["TD", "ASD"], [1, 0, 0], ["TD", "ASD"]),
        (torch.tensor([0.5, 1.0, 2.0]), None, [0.5, 1.0, 2.0], None),
        (["a", None, "b"], None, [0, -1, 1], ["a", "b"]),
    ],
)
def test_labels_become_classes_or_values(labels, class_names, expected, names):
    subjects = Subjects(matrices(3), labels=labels, class_names=class_names)
    assert subjects.labels.tolist() == expected and subjects.class_names == names
    assert subjects.names == ["1", "2", "3"]


@pytest.mark.parametrize("missing", [None, math.nan, "", "NA"])
def test_missing_labels_are_known_by_position(missing):
    subjects = Subjects(matrices(3), labels=["a", missing, "b"])
    assert subjects.unlabelled == [1]
    assert subjects.select([1, 0]).unlabelled == [0]


def test_selected_subjects_keep_what_is_theirs():
    subjects = Subjects(matrices(4), ["w", "x", "y", "z"], [0.5, 1.5, 2.5, 3.5])
    some = subjects.select(torch.tensor([3, 1]))
    assert some.names == ["z", "x"] and some.labels.tolist() == [3.5, 1.5]
    assert np.array_equal(some.arrays[0], subjects.arrays[3]) and len(subjects) == 4


def test_other_arrays_keep_names_and_labels():
    subjects = Subjects(matrices(2), ["x", "y"], ["b", "a"])
    part = subjects.with_arrays([array[:3, :3] for array in subjects.arrays])
    assert part.arrays[1].shape == (3, 3) and subjects.arrays[1].shape == (6, 6)
    assert part.names == ["x", "y"] and part.labels.tolist() == [1, 0]


def test_scans_of_a_person_are_one_group():
    names = ["sub-01_ses-1", "sub-01_ses-2", "sub-02_ses-1", "x"]
    assert Subjects(matrices(4), names).groups == ["sub-01", "sub-01", "sub-02", "x"]
    families = Subjects(matrices(4), names, groups=["f", "f", "f", "g"])
    assert families.select([3, 0]).groups == ["g", "f"]


def test_sites_and_columns_stay_with_their_subjects():
    about = {"age": [20, 30, 40]}
    subjects = Subjects(matrices(3), sites=["A", "B", "A"], columns=about, regions=range(6))
    some = subjects.select([2, 1])
    assert some.sites == ["A", "B"] and some.columns == {"age": ["40", "30"]}
    assert some.regions == ["0", "1", "2", "3", "4", "5"]
    graphs = Connectomes(subjects)
    assert (graphs.groups, graphs.sites) == (["1", "2", "3"], ["A", "B", "A"])
    assert graphs.columns["age"] == ["20", "30", "40"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Subjects([]), "subjects are empty"),
        (lambda: Subjects(matrices(2), ["a"]), "1 names for 2 subjects"),
        (lambda: Subjects(matrices(2), labels=[1]), "1 labels for 2 subjects"),
        (lambda: Subjects(matrices(2), labels=[0, 2], class_names=["a", "b"]), "label '2' is none"),
        (lambda: Subjects(matrices(2), sites=["A"]), "sites: 1 for 2 subjects"),
        (lambda: Subjects(matrices(2), groups=["A", ""]), "subject '2' has no entry in groups"),
        (
            lambda: Subjects(matrices(2), ["sub-1_ses-1", "sub-1_ses-2"], groups=["A", "B"]),
            "scans of 'sub-1' are in two groups, 'A' and 'B'",
        ),
        (lambda: Subjects(matrices(2)).select([]), "no subject is selected"),
        (lambda: Subjects(matrices(2)).with_arrays(matrices(3)), "3 arrays for 2 subjects"),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "labels",
    [[["a", "x"], ["b", "y"]], [("a",), ("b",)], np.eye(2), torch.ones(2, 1), [np.ones(1)] * 2],
    ids=["lists", "tuples", "array", "tensor", "arrays"],
)
def test_labels_of_several_columns_are_refused(labels):
    with pytest.raises(ValueError, match=r"labels must hold one value for each.*shape \[2, [12]\]"):
        Subjects(matrices(2), labels=labels)


@pytest.mark.parametrize("regions", [["a"], [str(k) for k in range(300)], range(2)])
def test_names_of_other_regions_are_refused(regions):
    with pytest.raises(ValueError, match=f"{len(regions)} regions for arrays with 4 columns"):
        Subjects(np.ones((2, 4, 4)), regions=regions)


def test_subjects_are_selected_by_positions_or_a_mask():
    subjects = Subjects(np.ones((3, 4, 4)), list("abc"))
    for chosen in (torch.tensor([0, 2]), torch.tensor([True, False, True]), [0, -1], (0, 2)):
        assert subjects.select(chosen).names == ["a", "c"]
    for wrong in (torch.tensor([0.9, 1.2]), [3], torch.tensor([True, False])):
        with pytest.raises(IndexError, match=r"position|mask"):
            subjects.select(wrong)


@pytest.mark.parametrize("fit_on", [torch.tensor([0.9, 1.2]), torch.tensor([True, False, True])])
def test_rows_to_fit_on_are_positions(fit_on):
    series = [np.random.default_rng(k).normal(size=(9, 4)) for k in range(3)]
    with pytest.raises(TypeError, match="fit_on must hold positions, whole numbers"):
        connectivity(Subjects(series), "tangent", fit_on=fit_on)


@pytest.mark.parametrize("infinite", [np.inf, -np.inf, "inf", "-Infinity"], ids=str)
@pytest.mark.parametrize("others", [[0, 1, 1], ["0", "1", "x"]], ids=str)
def test_infinite_labels_among_numbers_are_no_class(infinite, others):
    with pytest.raises(ValueError, match=r"label of subject 's2': '.*' is not finite"):
        Subjects(matrices(4), ["s1", "s2", "s3", "s4"], labels=[others[0], infinite, *others[1:]])


def test_a_word_for_infinity_among_words_is_a_class():
    assert Subjects(matrices(3), labels=["low", "inf", "low"]).class_names == ["inf", "low"]


def test_arrays_may_be_tensors_with_values():
    eye = torch.eye(3)
    for given in (eye.clone().requires_grad_(), eye.bfloat16(), eye):
        assert (Subjects([given, given]).arrays[1] == np.eye(3)).all()
    for odd in (eye.to_sparse(), eye.to("meta")):
        with pytest.raises(
            (TypeError, ValueError), match=r"`arrays\[1\]` (is a sparse|has no val)"
        ):
            Subjects([eye, odd])


@pytest.mark.parametrize("what", ["groups", "sites"])
@pytest.mark.parametrize(
    "kind",
    [list, np.array, pd.Series, torch.tensor],
    ids=["list", "array", "column", "tensor"],
)
def test_groups_are_numbers_where_tables_have_gaps(what, kind):
    assert getattr(Subjects(matrices(3), **{what: kind([1.0, 2.0, 1.0])}), what) == ["1", "2", "1"]
    with pytest.raises(ValueError, match=f"subject '2' has no entry in {what}: give"):
        Subjects(matrices(3), **{what: kind([1.0, float("nan"), 1.0])})


def test_what_is_known_of_subjects_may_be_a_tensor():
    values = torch.tensor([0.12341, 0.12342, 3.0], dtype=torch.double)
    found = Subjects(
        matrices(3), names=torch.tensor([4, 5, 6]), groups=values, columns={"age": values}
    )
    assert found.names == ["4", "5", "6"] and found.groups == ["0.12341", "0.12342", "3"]
    assert found.columns == {"age": ["0.12341", "0.12342", "3.0"]}


def test_a_subject_that_is_not_there_is_not_called():
    with pytest.raises(IndexError, match="no position 3 among 3"):
        Subjects(matrices(3)).called(3)


@pytest.mark.parametrize("cells", [np.ones((3, 1)), torch.zeros(3, 2), [[1], [2], [3]], [b"a"] * 3])
def test_cells_of_columns_are_single(cells):
    with pytest.raises((TypeError, ValueError), match=r"column 'age'.*(several|bytes|in one axis)"):
        Subjects(matrices(3), columns={"age": cells})


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad"])
def test_what_is_not_seen_makes_no_other_group_or_site(unseen):
    found = Subjects(
        np.zeros((2, 3, 3)), ["a", "b"], groups=["f", f"f{unseen}"], sites=["x", f"{unseen}x"]
    )
    assert found.groups == ["f", "f"] and found.sites == ["x", "x"]


@pytest.mark.parametrize(
    ("names", "told"),
    [(["x", "x"], "has 'x' twice"), (["x", "y", "x"], "has 'x' twice"), (["x", ""], "empty name")],
    ids=["two", "three", "empty"],
)
def test_class_names_are_different_and_not_empty(names, told):
    matrices = np.stack([np.eye(3) + k for k in range(4)])
    with pytest.raises(ValueError, match=f"`class_names` has .*{told[4:]}"):
        Subjects(matrices, labels=[0, 1, 0, 1], class_names=names)


def test_class_names_need_labels():
    with pytest.raises(ValueError, match="`class_names` are of labels: give `labels` too"):
        Subjects(np.stack([np.eye(3), 2 * np.eye(3)]), class_names=["a", "b"])


@pytest.mark.parametrize("what", ["labels", "groups", "sites"])
def test_tensors_in_a_list_are_their_numbers(what):
    single = [torch.tensor(1.5), np.array(2.0), torch.tensor(1.5)]
    found, plain = (Subjects(matrices(3), **{what: one}) for one in (single, [1.5, 2.0, 1.5]))
    assert list(vars(found)[what]) == list(vars(plain)[what]) and found.class_names is None


def test_names_and_columns_are_texts():
    numbers = list(torch.arange(3))
    found = Subjects(matrices(3), numbers, columns={1: numbers})
    assert found.names == ["0", "1", "2"] and found.columns == {"1": ["0", "1", "2"]}


def test_times_that_are_missing_are_no_class():
    assert Subjects(matrices(3), labels=["a", pd.NaT, "b"]).unlabelled == [1]


def test_letters_with_accents_are_one_class_and_group():
    cells = ["\u00e9", "e\u0301", "b"]
    found = Subjects(matrices(3), labels=cells, groups=cells)
    assert len(found.class_names) == 2 and len(set(found.groups)) == 2


def test_arrays_have_as_many_regions_as_names():
    subjects = Subjects(matrices(3), regions=list("abcdef"))
    with pytest.raises(ValueError, match="6 regions for arrays with 4 columns"):
        subjects.with_arrays(matrices(3)[:, :4, :4])


@pytest.mark.parametrize("what", ["groups", "sites"])
def test_keys_that_differ_in_case_alone_are_told(what, caplog):
    Subjects(matrices(3), **{what: ["a", "A", "b"]})
    assert f"{what} 'a' and 'A' differ in case alone" in caplog.text
