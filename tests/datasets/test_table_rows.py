import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.data.split import split_graphs
from pyg_siamex.datasets import TableRows
from pyg_siamex.explain import BiLRP, MaskOptimization, RandomExplainer, Saliency

CELLS = load_breast_cancer(as_frame=True).frame


def frame(**columns):
    table = {"id": list("pqrs"), "a": [1.0, 2.0, 3.0, 6.0], "b": [0, 1, 0, 1], "y": list("uvuv")}
    return pd.DataFrame({**table, **columns})


def test_a_row_is_one_node_without_edges():
    rows = TableRows(frame(), "y", "id")
    row = rows[3]
    assert row.x.tolist() == [[6.0, 1.0]] and row.edge_index.shape == (2, 0)
    assert row.num_nodes == 1 and row.name == "s" and int(row.y) == 1
    assert rows.class_names == ["u", "v"] and row.feature_names == ["a", "b"]
    assert len(list(rows)) == 4 and torch.equal(rows[-1].x, row.x)
    assert repr(rows) == "TableRows(4 rows, 2 columns)"


def test_scaling_is_fitted_on_the_training_rows_alone():
    parts = TableRows(CELLS, "target").split((0.6, 0.2, 0.2), seed=4)
    learn = torch.cat([row.x for row in parts[0]]).double()
    assert learn.mean(0).abs().max() < 1e-6
    assert (learn.std(0, correction=0) - 1).abs().max() < 1e-5
    held_out = torch.cat([row.x for row in parts[1]])
    assert held_out.mean(0).abs().max() > 0.01
    chosen = split_graphs(len(CELLS), (0.6, 0.2, 0.2), 4, torch.tensor(CELLS.target.to_numpy()))
    features = CELLS.drop(columns="target")
    scaler = StandardScaler().fit(features.iloc[chosen[0].tolist()])
    expected = scaler.transform(features.iloc[chosen[2].tolist()])
    assert np.allclose(torch.cat([row.x for row in parts[2]]).numpy(), expected, atol=1e-5)
    first = torch.tensor(features.iloc[int(chosen[2][0])].to_list())
    assert torch.equal(parts[2][0].raw[0], first)


def test_no_row_is_in_two_parts_and_groups_stay_together():
    table = frame(a=[1.0, 1.0, 2.0, 2.0], y=[0, 1, 0, 1])
    for seed in range(4):
        parts = TableRows(table, "y", "id").split((0.5, 0.5), seed, together=table.a.tolist())
        names = [{row.name for row in part} for part in parts]
        assert sorted(map(sorted, names)) == [["p", "q"], ["r", "s"]]


def test_a_split_does_not_change_the_table():
    rows = TableRows(frame(), "y", "id")
    rows.split((0.5, 0.5))
    assert rows[3].x.tolist() == [[6.0, 1.0]] and len(rows) == 4 and rows.scaling is None


def test_missing_values_are_filled_by_the_training_part():
    rows = TableRows(frame(a=[1.0, np.nan, 5.0, 6.0]), "y", "id")
    with pytest.raises(ValueError, match=r"row 'q' has no finite value in column 'a' \(1 such"):
        PairDataset(rows)
    with pytest.raises(ValueError, match="row 'q' has no finite value"):
        rows.split((0.5, 0.5))
    fill = make_pipeline(SimpleImputer(), StandardScaler())
    for seed in range(4):
        parts = rows.split((0.5, 0.5), seed, scaling=fill)
        known = [row.raw[0, 0] for row in parts[0] if row.name != "q"]
        gap = next(row for part in parts for row in part if row.name == "q")
        center, scale = parts[0].scaling[1].mean_[0], parts[0].scaling[1].scale_[0]
        assert float(gap.x[0, 0] * scale + center) == pytest.approx(float(sum(known) / len(known)))
    assert "statistics_" not in fill[0].__dict__  # a clone is fitted, not what was given
    median = TableRows(rows.frame, "y", "id", SimpleImputer(strategy="median"), fit_on=[0, 2])
    assert median[1].x.tolist() == [[3.0, 1.0]]


def test_a_column_that_single_precision_holds_as_zeros_is_refused():
    with pytest.raises(ValueError, match=r"column 'a' has numbers up to 3e-300, .* smaller unit"):
        TableRows(frame(a=[1e-300, 2e-300, 3e-300, 0.0]), "y", "id")[0]
    TableRows(frame(a=[1e-300, 2.0, 3e-300, 0.0]), "y", "id")[0]
    TableRows(frame(a=[0.0, 0.0, 0.0, 0.0]), "y", "id")[0]


def test_numbers_beyond_single_precision_are_refused():
    large = frame(a=[1.0, -1e39, 5.0, 6.0])
    with pytest.raises(ValueError, match=r"row 'q' has -1e\+39 in column 'a', beyond 3.4e\+38"):
        TableRows(large, "y", "id")[0]
    with pytest.raises(ValueError, match=r"row 'q' has -1e\+39 in column 'a'"):
        TableRows(large, "y", "id", StandardScaler(), fit_on=[0, 2])


def test_a_transform_names_its_columns():
    encode = make_column_transformer(
        (OneHotEncoder(sparse_output=True), ["b"]), remainder="passthrough", sparse_threshold=1.0
    )
    rows = TableRows(frame(), "y", "id", encode, fit_on=[0, 1])
    assert rows.feature_names == ["onehotencoder__b_0", "onehotencoder__b_1", "remainder__a"]
    assert rows[1].x.tolist() == [[0.0, 1.0, 2.0]]
    assert rows[1].raw.tolist() == [[2.0, 1.0]] and rows[1].raw_names == ["a", "b"]


def test_columns_may_be_nullable_flags_or_numbered():
    table = pd.DataFrame({0: pd.array([1, 2], dtype="Int64"), 1: [True, False]})
    rows = TableRows(table)
    assert rows[0].x.tolist() == [[1.0, 1.0]] and rows.feature_names == ["0", "1"]
    assert rows.split((0.5, 0.5))[1][0].feature_names == ["0", "1"]
    table[0] = pd.array([1, None], dtype="Int64")
    with pytest.raises(ValueError, match="row '1' has no finite value in column '0'"):
        TableRows(table)[0]
    with pytest.raises(ValueError, match=r"'a' does not hold numbers \(row '0': '1'\)"):
        TableRows(pd.DataFrame({"a": ["1", "2"]}))


def test_columns_may_stand_in_any_order():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    assert [row.x.tolist() for row in TableRows(frame[["b", "a"]])] == [[[3, 1]], [[4, 2]]]


def test_a_rows_tensors_are_its_own():
    rows = TableRows(frame(), "y", "id")
    rows[0].x.zero_()
    assert rows[0].x.tolist() == [[1.0, 0.0]]
    assert rows[0].x.untyped_storage().nbytes() == 8  # what is saved of a row is the row alone


def test_targets_are_classes_values_or_none():
    assert TableRows(frame(y=[0.5, 1.0, 2.0, 3.0]), "y", "id").targets.tolist() == [0.5, 1, 2, 3]
    assert TableRows(frame(y=[1, 2, 10, 2]), "y", "id").targets.tolist() == [1, 2, 10, 2]
    numbers = TableRows(frame(y=[1, 2, 10, 2]), "y", "id", label_kind="classes")
    assert numbers.class_names == ["1", "2", "10"] and numbers.targets.tolist() == [0, 1, 2, 1]
    plain = TableRows(frame()[["a", "b"]])
    assert "y" not in plain[0] and plain.class_names is None and plain[2].name == "2"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_a_table(tmp_path, delimiter):
    frame().to_csv(tmp_path / "t.csv", index=False, sep=delimiter)
    rows = TableRows.from_csv(tmp_path / "t.csv", "y", "id")
    assert rows[2].x.tolist() == [[3.0, 0.0]] and rows[2].name == "r"
    with pytest.raises(FileNotFoundError, match="no table at"):
        TableRows.from_csv(tmp_path / "none.csv")


def test_cells_of_a_csv_file_that_are_no_numbers_are_named_by_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;y\n1;u\nlow;v\n")
    with pytest.raises(ValueError, match=r"'a' does not hold numbers \(row 'line 3': 'low'\)"):
        TableRows.from_csv(path, "y")
    path.write_text("a;y\n1;u\nNA;v\n")
    with pytest.raises(ValueError, match="row 'line 3' has no finite value in column 'a'"):
        TableRows.from_csv(path, "y")[0]
    path.write_text("a,y\n1,u\n2,v,3\n")
    with pytest.raises(ValueError, match=r"line 3 of .*: 3 cells under 2 columns"):
        TableRows.from_csv(path, "y")
    path.write_text("a,y\n")
    for label in (None, "y"):
        with pytest.raises(ValueError, match=r"t\.csv has no row below its header"):
            TableRows.from_csv(path, label)
    path.write_text("a\n1\n2.5\n")
    assert TableRows.from_csv(path)[1].x.tolist() == [[2.5]]


@pytest.mark.parametrize("label", ["?", "-", "inf", "None"])
def test_classes_that_stand_for_nothing_are_doubted_once(label, caplog):
    rows = TableRows(frame(y=["u", "v", label, "u"]), "y", "id")
    rows.split((0.5, 0.5))
    assert caplog.text.count(f"'{label}' in column 'y' is taken for a class") == 1


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["", "low", "1", "2"], "(row '1': 'low'): write a plain"),
        (["NA", None, "2", "high"], "(row '3': 'high'): encode it"),
        (["1", "2", "3", "4"], "(row '0': '1'), but text that looks like some: convert it with"),
    ],
    ids=["empty", "missing", "numbers"],
)
def test_the_word_in_a_column_of_numbers_is_named(cells, told):
    with pytest.raises(ValueError, match="column 'a' does not hold numbers") as error:
        TableRows(frame(a=cells), "y", "id")
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TableRows(frame(), "z", "id"), "no column 'z': the table has id, a, b, y"),
        (lambda: TableRows(frame(), "y"), "column 'id' does not hold numbers .row '0': 'p'."),
        (lambda: TableRows(frame().iloc[:0], "y", "id"), "has 0 rows and 2 feature columns"),
        (lambda: TableRows(frame()[["y"]], "y"), "has 4 rows and 0 feature columns"),
        (lambda: TableRows(frame(y=["u", None, "v", ""]), "y", "id"), "row '1' has no value in"),
        (
            lambda: TableRows(frame(a=[1, 2, np.inf, 4]), "y", "id")[0],
            "row 'r' has no finite value",
        ),
        (lambda: TableRows(frame(), "y", "id", StandardScaler()), "give their positions, fit_on"),
        (lambda: TableRows(frame(), "y", "id", StandardScaler(), [4]), "positions from 0 to 3"),
        (lambda: TableRows(frame().rename(columns={"b": "a"}), "y"), "more than one column 'a'"),
        (lambda: TableRows(frame(), "y", "id").split((0.5, 0.1)), "sum to 1"),
    ],
)
def test_bad_tables_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_array_is_no_frame():
    with pytest.raises(TypeError, match=r"`frame` must be a DataFrame \(got ndarray\)"):
        TableRows(np.zeros((2, 2)))


@pytest.mark.parametrize(
    "algorithm", [Occlusion(), Saliency(), RandomExplainer(), MaskOptimization(5), BiLRP()]
)
def test_explainers_run_on_rows_and_keep_the_columns(algorithm, tmp_path):
    rows, _ = TableRows(CELLS.iloc[:40], "target").split((0.5, 0.5))
    model = SiameseGNN(GIN(30, 8, 2))
    explainer = PairExplainer(model, algorithm, node_mask_type="attributes")
    for explanation in explainer.explain([rows[0], rows[1]], [rows[2], rows[3]]):
        query = explanation.query
        assert query.node_mask.shape == (1, 30) and query.node_mask.isfinite().all()
        assert query.feature_names == list(CELLS.columns[:-1])
        explanation.save(tmp_path / "e.pt")
        assert PairExplanation.load(tmp_path / "e.pt").reference.feature_names[0] == "mean radius"


@pytest.mark.parametrize("fit_on", [[0], [999], torch.tensor([0])])
def test_rows_to_fit_on_need_something_to_fit(fit_on):
    with pytest.raises(ValueError, match="fit_on says on which rows `scaling` is fitted"):
        TableRows(frame(), "y", "id", fit_on=fit_on)


@pytest.mark.parametrize("fit_on", [[0.5, 1], [True, False], ["0"]])
def test_rows_to_fit_on_are_whole_numbers(fit_on):
    with pytest.raises(TypeError, match="fit_on"):
        TableRows(frame(), "y", "id", StandardScaler(), fit_on=fit_on)


def test_a_kind_of_no_label_is_refused():
    with pytest.raises(ValueError, match="`label_kind` is for a label"):
        TableRows(frame().drop(columns="y"), None, "id", label_kind="measured")


def test_words_as_measured_values_are_told_with_their_column():
    words = frame().assign(y=["lo", "hi"] * (len(frame()) // 2) + ["lo"] * (len(frame()) % 2))
    with pytest.raises(ValueError, match=r"^column 'y': no label is a number, such as 'lo'"):
        TableRows(words, "y", "id", label_kind="measured")


@pytest.mark.parametrize(("cells", "values"), [(["0,5", "2"], [0.5, 2]), (["0.5", "2"], [0.5, 2])])
def test_features_have_decimal_commas_as_labels_have(tmp_path, cells, values):
    path = tmp_path / "t.csv"
    path.write_text("a;b\n" + "".join(f"{cell};1.5\n" for cell in cells))
    assert [float(row.x[0, 0]) for row in TableRows.from_csv(path)] == values


@pytest.mark.parametrize(
    ("cell", "advice"),
    [("0,5", "decimal comma, write 0.5"), ("1,234", "1234 or 1.234"), ("red", "get_dummies")],
)
def test_features_that_are_no_numbers_have_a_way_out(tmp_path, cell, advice):
    path = tmp_path / "t.csv"
    path.write_text(f"a;b\n{cell};1\n0.5;2\n")
    with pytest.raises(ValueError, match=f"'{cell}'.*{advice}"):
        TableRows.from_csv(path)


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        *((cell, "write a plain number there") for cell in ("12%", ">5", "1-Mar", "5 kg", "red")),
        *((f"{minus}2.5", r"write -2\.5 there") for minus in "\u2212\u2013\u2011"),
        *((cell, "leave the cell empty where there is no value") for cell in ("n.d.", "-", "?")),
        ("#REF!", "leave the cell empty"),
    ],
)
@pytest.mark.parametrize("count", [1, 2], ids=["one", "two"])
def test_a_spoilt_cell_among_numbers_is_told_without_advice_for_words(
    tmp_path, cell, advice, count
):
    cells = ["0.5", "", "2", cell, "3", "NA", "4", "-1", "7"] + [cell] * (count - 1)
    (tmp_path / "t.csv").write_text("a;b\n" + "".join(f"{one};1\n" for one in cells))
    with pytest.raises(
        ValueError, match=rf"'a' does not hold .* alone \(row 'line 5': .*{advice}"
    ) as e:
        TableRows.from_csv(tmp_path / "t.csv")
    assert "get_dummies" not in str(e.value)
    assert ("(2 such cells)" in str(e.value)) == (count == 2)


@pytest.mark.parametrize(("count", "told"), [(1, "'y': leave"), (2, r"'y' \(2 such rows\): leave")])
def test_rows_without_a_target_are_told_with_advice_for_what_was_given(tmp_path, count, told):
    frame = pd.DataFrame({"a": range(6), "y": [*"abab"[count - 1 :], *[None] * count, "a"]})
    with pytest.raises(ValueError, match=rf"column {told} such rows out with frame\.dropna"):
        TableRows(frame, "y")
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(ValueError, match=rf"t\.csv: row 'line .*column {told} such rows out$"):
        TableRows.from_csv(tmp_path / "t.csv", "y")


@pytest.mark.parametrize("name", [5, None, float("nan"), ("a", 1)], ids=str)
def test_names_of_columns_that_are_no_texts_are_told(name):
    frame = pd.DataFrame({"a": [0.0, 1, 2], name: [2.0, 1, 0]})
    with pytest.raises(ValueError, match=r"the name of column .* is no text"):
        TableRows(frame, scaling=StandardScaler(), fit_on=[0, 1, 2])
    assert len(TableRows(frame)) == 3


@pytest.mark.parametrize("gap", [float("nan"), float("inf"), 1e300])
def test_rows_that_hold_all_numbers_are_read_when_the_others_are_left_out(gap):
    cells = pd.DataFrame({"u": [1.0, gap, 2.0], "v": [3.0, 4.0, 5.0], "t": ["a", "b", "a"]})
    table = TableRows(cells, label="t")
    with pytest.raises(ValueError, match="row '1'"):
        table[0]
    for rest in (table[[0, 2]], table.copy([0, 2])):
        assert [row.x.tolist() for row in rest] == [[[1.0, 3.0]], [[2.0, 5.0]]]
    with pytest.raises(ValueError, match="row '1'"):
        table[1:][1]


def test_gaps_of_a_file_are_told_with_the_file(tmp_path):
    path = tmp_path / "cells.csv"
    path.write_text("u,v\n1,2\n,3\n")
    with pytest.raises(ValueError, match=r"cells\.csv: row 'line 3' has no finite value"):
        TableRows.from_csv(path)[0]
    with pytest.raises(ValueError, match=r"cells\.csv: row 'line 3'"):
        TableRows.from_csv(path)[1:][0]
    with pytest.raises(ValueError, match=r"^[^:]*cells\.csv: row 'line 3'"):
        TableRows.from_csv(path).split((0.5, 0.5))


def test_a_column_without_any_number_is_told(tmp_path):
    path = tmp_path / "cells.csv"
    path.write_text("u,v,w\n1,2\n2,3\n")
    with pytest.raises(ValueError, match="column 'w' has no finite value in any row"):
        TableRows.from_csv(path)[0]


@pytest.mark.parametrize(
    ("scaling", "told"),
    [
        (FunctionTransformer(np.log1p), "does not name its columns"),
        (
            FunctionTransformer(lambda cells: cells[:2], feature_names_out="one-to-one"),
            r"values of shape \[4, 2\] \(got \[2, 2\]",
        ),
        (
            FunctionTransformer(lambda cells: cells.sum(axis=1), feature_names_out="one-to-one"),
            r"values of shape \[4, 2\] \(got \[4\]",
        ),
    ],
    ids=["no names", "rows lost", "one number"],
)
def test_a_scaling_gives_each_row_its_columns(scaling, told):
    cells = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 5.0, 1.0, 0.0]})
    with pytest.raises(ValueError, match=told):
        TableRows(cells, scaling=scaling, fit_on=[0, 1])


def test_columns_of_one_name_in_words_are_refused():
    with pytest.raises(ValueError, match="has 2 columns '1': rename one"):
        TableRows(pd.DataFrame([[1.0, 2.0]], columns=[1, "1"]))


def test_rows_to_fit_on_are_in_one_axis():
    cells = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]})
    with pytest.raises(ValueError, match=r"one axis \(got shape \[2, 2\]\)"):
        TableRows(cells, scaling=StandardScaler(), fit_on=torch.arange(4).view(2, 2))


@pytest.mark.parametrize("base", [1.7e9, 2**63], ids=["time", "identifier"])
@pytest.mark.parametrize("scaling", [None, StandardScaler()], ids=["raw", "scaled"])
def test_columns_whose_numbers_become_one_are_refused(base, scaling):
    kind = np.uint64 if base == 2**63 else float
    frame = pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9).astype(kind) + kind(base)})
    options = {} if scaling is None else {"scaling": scaling, "fit_on": range(9)}
    if scaling is not None and base == 1.7e9:
        assert TableRows(frame, **options)[0].x.isfinite().all()  # it reads double precision
        return
    with pytest.raises(ValueError, match=r"column 'b' has 9 different numbers near .* apart: sub"):
        TableRows(frame, **options)[0]
    if scaling is None:
        with pytest.raises(ValueError, match="column 'b' has 4 different numbers near"):
            TableRows(frame)[:4][0]


def test_a_constant_column_and_rows_that_differ_little_are_read():
    frame = pd.DataFrame({"a": [5.0] * 3, "b": [0.5, 0.5 + 1e-9, 0.7]})
    assert TableRows(frame)[1].x.tolist() == [[5.0, 0.5]]


@pytest.mark.parametrize("kind", ["boolean", "Int64", "Float64"])
def test_missing_values_of_pandas_are_filled_by_scalings(kind):
    frame = pd.DataFrame({1: [0.0, 1, 2], 2: pd.array([None, 0, 1], dtype=kind)})
    found = TableRows(frame, scaling=SimpleImputer(), fit_on=[0, 1, 2])
    assert found[0].x.tolist() == [[0.0, 0.5]]
