"""Cells of a label column."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets import MoleculeTable
from pyg_siamex.datasets.cell_numbers import CellNumbers
from pyg_siamex.datasets.doubtful_classes import doubtful_classes
from pyg_siamex.datasets.label import (
    NoNumbersError,
    as_number,
    check_single,
    encode_classes,
    is_continuous,
    is_missing,
    naming_labels,
    read_labels,
)


@pytest.mark.parametrize("cell", ["", "  ", "NA", "n/a", "NaN", "null", "<NA>"])
def test_missing_values_are_known_in_any_spelling(cell):
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["0", "none of them", "no"])
def test_other_words_are_values(cell):
    assert not is_missing(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1.5", 1.5), (" 2 ", 2), ("inf", None), ("nan", None), ("1,5", None), ("1_000", None)],
)
def test_only_finite_numbers_are_numbers(cell, number):
    assert as_number(cell) == number


IC50 = ["12", "250", "3000", "45", "9", "1200", "70", "33", "810", "5"]


@pytest.mark.parametrize(
    ("cells", "continuous"),
    [
        (["1.5", "2", "3"], True),
        (["1.5", "low", "high"], False),  # mostly words
        ([], False),
        (["0", "1", "1"], False),  # two whole numbers
        (["0", "1", "2"] * 3, False),  # few whole numbers that recur
        (["0", "1", "2"], True),  # none recurs
        (IC50, True),
        ([*IC50, *IC50, *IC50, *IC50], True),  # they recur, and are far apart
        (["5", "10", ">50", "<1"], True),
        (["-1", "1", "-1"], False),
        (["1", "None", "-", "?", "0"], False),  # two numbers and no values
        (["7", "None", "-", "?", "inf", "9", "30"], True),
        (["0,5", "1,25", "3"], True),
        (["3", "4", "5", "17", "29", "inf"], True),
        (["red", "green", "12"], False),
    ],
)
def test_the_guess_is_measured_values_unless_classes_are_likely(cells, continuous):
    assert is_continuous(cells) == continuous
    found = read_labels(cells)
    if cells:
        assert (found.class_names is None) == continuous and found.reason


def test_what_was_taken_says_why():
    assert read_labels(["1.5", "2"]).reason == "1 of 2 are numbers with a fraction"
    assert read_labels(IC50).reason == "10 different whole numbers from 5 to 3000"
    assert read_labels(["a", "b"]).reason == "words"
    assert read_labels(["1", "2"], "measured").reason == "as asked"


def test_the_user_decides():
    assert read_labels(["1", "0", "1"], "measured").values.tolist() == [1, 0, 1]
    found = read_labels(["0.5", "1.5", "0.5"], "classes")
    assert found.class_names == ["0.5", "1.5"] and found.values.tolist() == [0, 1, 0]
    assert read_labels(["10", "1000"], log=True).values.tolist() == [1, 3]
    with pytest.raises(ValueError, match="`log` is for measured values"):
        read_labels(["1", "2"], "classes", log=True)
    with pytest.raises(ValueError, match="one of measured, classes"):
        read_labels(["1"], "numbers")


def test_what_is_no_value_is_refused_with_the_reason():
    cells = ["1.5", "None", "-", "?", "inf", ">10", "<= 2", "abc", "", "2", "-inf", "~3"]
    found = read_labels(cells)
    assert found.kind == "measured" and found.values[[0, 9]].tolist() == [1.5, 2]
    assert set(found.refused) == set(range(12)) - {0, 9}
    assert found.refused[1] == "no value ('None')" and found.refused[8] == "no value"
    assert "'>10' is a bound" in found.refused[5] and "'~3' is a bound" in found.refused[11]
    assert "not finite" in found.refused[4] and "not a number" in found.refused[7]
    assert found.values[sorted(found.refused)].isnan().all()
    negative = read_labels(["1.5", "0", "-2"], log=True)
    assert "'0' has no logarithm" in negative.refused[1] and 2 in negative.refused


def test_decimal_commas_are_read_where_they_are_certain():
    assert read_labels(["0,5", "12,25", "1,234", "-3"]).values.tolist() == [
        0.5,
        12.25,
        pytest.approx(1.234),
        -3,
    ]
    unclear = read_labels(["1,234", "2", "0.5"])
    assert "may be 1234 or 1.234" in unclear.refused[0]
    assert set(read_labels(["1,234", "5,678"]).refused) == {0, 1}
    mixed = read_labels(["0,5", "0.5", "1.234,5"])
    assert set(mixed.refused) == {0, 2}


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=12))
def test_commas_and_points_say_the_same_number_or_are_refused(numbers):
    point = CellNumbers.of([f"{x:.3f}" for x in numbers]).values
    comma = CellNumbers.of([f"{x:.3f}".replace(".", ",") for x in numbers]).values
    assert None not in point
    assert all(value in (None, wanted) for value, wanted in zip(comma, point, strict=True))


def test_case_and_blanks_make_no_class_of_their_own():
    found = read_labels(["Active", "active", "inactive", " active ", "IN active", "in  Active"])
    assert found.class_names == ["IN active", "active", "inactive"]
    assert found.values.tolist() == [1, 1, 2, 1, 0, 0]


def test_integers_are_sorted_as_numbers_and_words_alphabetically():
    names, classes = encode_classes(["10", "9", "9.0", "-1"])
    assert names == ["-1", "9", "10"] and classes.tolist() == [2, 1, 1, 0]
    names, classes = encode_classes(["10", "9", "low"])
    assert names == ["10", "9", "low"] and classes.tolist() == [0, 1, 2]


def test_missing_classes_are_refused_and_doubtful_ones_named():
    found = read_labels(["a", "", "NA", "b"])
    assert found.refused == {1: "no value", 2: "no value ('NA')"}
    assert found.values.tolist() == [0, -1, -1, 1]
    assert doubtful_classes(read_labels(["a", "?", "b", "-"]).class_names) == ["-", "?"]


def test_long_whole_numbers_are_no_neighbours_of_each_other():
    names, classes = encode_classes(["9007199254740993", "9007199254740992", "3.0"])
    assert names == ["3", "9007199254740992", "9007199254740993"]
    assert classes.tolist() == [2, 1, 0]
    assert encode_classes(["1e20", "100000000000000000001"])[1].tolist() == [1, 0]  # as words
    assert encode_classes(["9" * 5000, "1"])[0] == ["1", "9" * 5000]


@pytest.mark.parametrize("cell", ["1e39", "-1e39", "1e308"])
def test_values_beyond_single_precision_are_refused(cell):
    found = read_labels(["1.5", cell, "3"], "measured")
    assert list(found.refused) == [1] and "too large" in found.refused[1]
    assert found.values[[0, 2]].tolist() == [1.5, 3]
    if cell[0] != "-":
        assert read_labels(["1.5", cell, "3"], "measured", log=True).refused == {}


@pytest.mark.parametrize("shift", [0, 20, 1000])
@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        ([0, 1, 2, 3, 4], "classes"),
        ([0, 1, 2, 6], "classes"),
        ([0, 1, 2, 8], "measured"),  # twice as wide as they are many
        ([0, 10, 20, 30, 40], "measured"),
    ],
)
def test_few_close_whole_numbers_are_classes_wherever_they_lie(kinds, kind, shift):
    assert read_labels([str(number + shift) for number in kinds] * 4).kind == kind


UNITS = {
    "unit": ["5 nM", "7 nM", "12 nM", "5"],
    "percent": ["5%", "7%", "12%"],
    "currency": ["$1", "$2", "$30"],
    "minus": ["\u22121.5", "\u22122", "\u22123.5"],
    "dates": ["2020-01-02", "2020-02-03", "2020-02-04"],
    "ratios": ["1/7", "1/8", "1/9"],
    "blank": ["1 000", "2 000", "3 500", "4 000"],
}


@pytest.mark.parametrize("kind", UNITS)
def test_numbers_in_another_way_of_writing_are_hinted_at(kind, caplog):
    cells = UNITS[kind]
    assert read_labels(cells).kind == "classes"
    [said] = caplog.messages
    assert said.startswith(f"{len(cells)} of {len(cells)} labels begin with a number, such as '")
    assert cells[0] in said


@pytest.mark.parametrize(
    "cells", [["1", "2", "1"], ["low", "high"], ["5-HT1A", "D2", "D3"], ["3CL", "2A", "3CL"]]
)
def test_classes_are_not_hinted_at(cells, caplog):
    assert read_labels(cells).kind == "classes" and not caplog.messages


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("cells", [["1e308", "-1e308", "-9999"], ["1e308", "2.5", "-999"]])
def test_labels_of_any_size_are_read_without_warnings(cells):
    assert "too large" in read_labels(cells, "measured").refused[0]


@pytest.mark.parametrize("said", [{"label_kind": "measured"}, {"log": True}])
def test_nothing_is_said_of_a_label_without_one(tmp_path, said):
    path = tmp_path / "t.csv"
    path.write_text("smiles,y\nCCO,1.5\n")
    with pytest.raises(ValueError, match=f"`{next(iter(said))}` is for a label: give its column"):
        MoleculeTable(path, **said)


@pytest.mark.parametrize("cell", ["inf", "-inf", "Infinity"])
def test_numbers_that_are_not_finite_are_no_class_of_whole_numbers(cell):
    found = read_labels(["1", "0", cell, "1"])
    assert found.class_names == ["0", "1"] and found.values.tolist() == [1, 0, -1, 1]
    assert found.refused == {2: f"'{cell}' is not finite"}


@pytest.mark.parametrize("kind", [None, "classes"])
@pytest.mark.parametrize("word", ["?", "n.d.", "active", "True"])
def test_infinite_numbers_are_no_class_beside_numbers_and_words(word, kind):
    found = read_labels(["1", "0", "inf", word, "1", "0"], kind)
    assert found.refused == {2: "'inf' is not finite"} and "inf" not in found.class_names


def test_among_words_alone_an_infinite_number_may_be_a_word_and_is_doubted():
    names = read_labels(["a", "b", "inf", "a"]).class_names
    assert names == ["a", "b", "inf"] and doubtful_classes(names) == ["inf"]


@pytest.mark.parametrize(
    ("values", "lost"),
    [
        ([20240101 + k for k in range(5)], True),
        ([1700000000 + 20 * k for k in range(8)], True),
        ([1.0 + 1e-9 * k for k in range(4)], True),
        ([20150101 + 4000 * k for k in range(9)], False),
        ([2.0**24 * k for k in range(5)], False),
        ([5.5, 5.5, 5.5], False),
        ([0.1, 0.2, 0.3], False),
    ],
)
def test_values_that_single_precision_cannot_tell_apart_are_refused(values, lost):
    cells = [repr(value) for value in values]
    if lost:
        with pytest.raises(ValueError, match="cannot be told apart in single precision"):
            read_labels(cells, "measured")
    else:
        assert read_labels(cells, "measured").values.tolist() == pytest.approx(values)


@pytest.mark.parametrize(
    "odd", [1j, np.complex64(2), [0, 1], {"a": 1}, torch.zeros(2), np.zeros(1)], ids=str
)
def test_labels_are_single_real_numbers_or_texts(odd):
    with pytest.raises(ValueError, match=r"labels: entry 1 (is complex|holds several)"):
        check_single("labels", [0, odd])
    check_single("labels", [0, "a", None, 2.5, np.float32(1), True, torch.tensor(1)])


@pytest.mark.parametrize("cells", [["alcohol", "amine"], ["", "ten", "NA"]], ids=["words", "gaps"])
def test_words_alone_are_no_measured_values(cells):
    with pytest.raises(NoNumbersError, match=r"no label is a number, such as '(alcohol|ten)'"):
        read_labels(cells, "measured")
    assert len(read_labels([*cells, "0.5"], "measured").refused) == len(cells)


@pytest.mark.parametrize("kind", ["Classes", "measure", ""], ids=["capital", "verb", "empty"])
def test_kinds_that_no_label_is_of_are_refused(kind):
    with pytest.raises(ValueError, match="`label_kind` must be one of measured, classes"):
        read_labels(["1", "2"], kind)


LONG = [2**62 + k for k in range(12)]


def test_whole_numbers_are_counted_exactly():
    with pytest.raises(ValueError, match="cannot be told apart in single precision"):
        read_labels([str(number) for number in LONG])
    with pytest.raises(ValueError, match="cannot be told apart in single precision"):
        read_labels([str(number) for number in LONG], "measured", log=True)
    found = read_labels([str(number) for number in LONG[:3]] * 8)
    assert found.class_names == [str(number) for number in LONG[:3]]
    assert found.reason == f"3 different whole numbers from {LONG[0]} to {LONG[2]}"
    assert read_labels(["10", "10", "0"], log=True).values[:2].tolist() == [1, 1]


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u200e", "\u00a0"])
def test_what_is_not_seen_makes_no_class_and_no_word(unseen):
    found = read_labels(["no", "yes", f"n{'' if unseen.isspace() else unseen}o{unseen}", "no"])
    assert found.class_names == ["no", "yes"] and found.values.tolist() == [0, 1, 0, 0]
    assert read_labels(["0", f"{unseen}1{unseen}", "1"]).values.tolist() == [0, 1, 1]
    assert read_labels(["0.5", f"1.5{unseen}", "1", unseen]).values[:3].tolist() == [0.5, 1.5, 1]
    assert read_labels(["a", unseen, f"NA{unseen}"]).refused == {
        1: "no value",
        2: "no value ('NA')",
    }


@given(st.sampled_from(["0.3", "0.7", "1.5", "2.2", "1e-9"]), st.integers(2, 40))
def test_equal_values_are_equal_whatever_their_rounding(cell, count):
    found = read_labels([cell] * count, "measured")
    assert found.values.unique().numel() == 1


def test_words_as_measured_values_are_told_with_their_place():
    with (
        pytest.raises(NoNumbersError, match=r"^a\.csv, column 'x': no label is a number"),
        naming_labels("a.csv, column 'x'"),
    ):
        read_labels(["lo", "hi"], "measured")
