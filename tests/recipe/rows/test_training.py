from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.datasets import TableRows
from pyg_siamex.nn.training import fit, pair_auc
from pyg_siamex.recipe import (
    ROW_SETTINGS,
    RowReading,
    Settings,
    Trained,
    domain_of_model,
    train_rows,
)

QUICK = replace(ROW_SETTINGS, epochs=3)


def test_the_model_is_that_of_the_experiments(cells, trained):
    """Written out with the parts that experiments/stability puts together."""
    learn, validation, test = TableRows(cells, label="target").split((0.8, 0.1, 0.1))
    torch.manual_seed(0)
    model = SiameseGNN(GIN(8, 16, 2))
    fit(model, PairDataset(learn), validation=PairDataset(validation), epochs=3, progress=False)
    for name, value in model.state_dict().items():
        assert torch.equal(value, trained.model.state_dict()[name]), name
    assert trained.metadata["test_pair_auc"] == pair_auc(model, PairDataset(test))


def test_the_scaling_is_fitted_on_training_rows_alone(cells, trained):
    learn, *_ = TableRows(cells, label="target").split((0.8, 0.1, 0.1))
    raw = np.stack([learn[k].raw[0] for k in range(len(learn))]).astype(float)
    scaling = trained.metadata["rows"]["scaling"]
    assert scaling["columns"] == list(cells.columns[:8])
    assert scaling["mean"] == pytest.approx(raw.mean(0), rel=1e-5)
    assert scaling["scale"] == pytest.approx(raw.std(0), rel=1e-5)


def test_a_summary_tells_what_was_learned(trained):
    told = trained.summary()
    assert told["rows"] == "120" and told["columns"] == "8" and told["rows refused"] == "0"
    assert told["classes"] == "0, 1" and told["alike means"] == "same class"
    assert told["alike pairs"].endswith(" % of all pairs")
    assert told["test pair AUC"] == f"{trained.metadata['test_pair_auc']:.3f}"


def test_a_file_holds_the_model(trained, tmp_path):
    trained.save(tmp_path / "cells.siamex")
    loaded = Trained.load(tmp_path / "cells.siamex")
    assert loaded.metadata == trained.metadata
    assert domain_of_model(loaded).name == "rows"


def test_a_file_of_rows_gives_the_model_of_its_frame(cells, trained, tmp_path):
    cells.to_csv(tmp_path / "cells.csv", index_label="id")
    read = train_rows(tmp_path / "cells.csv", "target", RowReading(name="id"), settings=QUICK)
    assert read.metadata["source"] == str(tmp_path / "cells.csv")
    for key in ("mean", "scale"):  # sums of columns that lie otherwise in memory
        wanted = trained.metadata["rows"]["scaling"][key]
        assert read.metadata["rows"]["scaling"][key] == pytest.approx(wanted, rel=1e-12)
    for name, value in read.model.state_dict().items():
        assert torch.allclose(value, trained.model.state_dict()[name], atol=1e-4), name


def test_rows_that_lack_a_value_are_left_out(cells, trained, caplog):
    more = pd.concat([cells, cells.iloc[:2].rename(index=lambda name: f"{name} again")])
    more.iloc[-1, 0] = np.nan
    more["target"] = more["target"].astype(object)
    more.iloc[-2, more.columns.get_loc("target")] = None
    found = train_rows(more, "target", settings=QUICK)
    assert found.refused == ["tumour 0 again", "tumour 1 again"]
    assert found.metadata["rows"]["scaling"] == trained.metadata["rows"]["scaling"]
    assert "2 rows lack a value" in caplog.text
    with pytest.raises(ValueError, match="2 rows lack a value, the first is 'tumour 0 again'"):
        train_rows(more, "target", strict=True, settings=QUICK)


def test_equal_rows_are_in_one_part(cells):
    from pyg_siamex.recipe.rows.training import _parts

    twice = TableRows(pd.concat([cells, cells]), "target")
    parts = _parts(twice, None, 0)
    held = [
        {tuple(graph.raw[0].tolist()) for graph in pairs.graphs}
        for pairs in (parts.learn, parts.validation, parts.test)
    ]
    assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])
    assert sum(map(len, held)) == len(set(map(tuple, cells.iloc[:, :8].to_numpy().tolist())))


def test_few_rows_are_judged_by_what_was_learned(cells, caplog):
    few = train_rows(cells.iloc[:30], "target", settings=QUICK)
    assert "training_pair_auc" in few.metadata and "test_pair_auc" not in few.metadata
    assert "30 rows are too few to hold some out" in caplog.text
    assert "training pair AUC" in few.summary()


def test_measured_values_are_alike_within_a_threshold(cells):
    values = cells.drop(columns="target")
    found = train_rows(values, "mean smoothness", max_difference=0.01, settings=QUICK)
    assert found.metadata["rule"] == "values differ by at most 0.01"
    usual = train_rows(values, "mean smoothness", settings=QUICK).metadata["rule"]
    assert usual == f"values differ by at most {values['mean smoothness'].std() / 2:.3g}"


@pytest.mark.parametrize(
    ("label", "options", "message"),
    [
        ("none", {}, "no column 'none'"),
        (
            "target",
            {"label_kind": "classes", "max_difference": 0.1},
            "`max_difference` is for measured values",
        ),
        ("target", {"settings": Settings(folds=3)}, "`folds` is for connectomes"),
        ("target", {"settings": Settings(encoder="RoiGCN")}, "`encoder` must be one of GCN, GIN"),
        ("target", {"settings": Settings(loss="hinge")}, "`loss` must be one of"),
    ],
)
def test_what_cannot_be_trained_is_refused(cells, label, options, message):
    with pytest.raises(ValueError, match=message):
        train_rows(cells, label, **options)


def test_words_are_no_measured_values_and_the_argument_is_named(cells):
    words = cells.assign(target=["ab"[k % 2] for k in range(len(cells))])
    with pytest.raises(ValueError, match="is for measured values: column 'target': no label is"):
        train_rows(words, "target", max_difference=0.1, settings=QUICK)
    with pytest.raises(ValueError, match=r"^column 'target': no label is a number, such as 'a'"):
        train_rows(words, "target", label_kind="measured", settings=QUICK)
    with pytest.raises(ValueError, match="`label_kind` must be one of measured, classes"):
        train_rows(words, "target", label_kind="Classes", settings=QUICK)


def test_columns_of_words_are_refused(cells):
    with pytest.raises(ValueError, match="column 'site' does not hold numbers"):
        train_rows(cells.assign(site="left"), "target", settings=QUICK)


def test_a_column_that_says_the_label_of_every_row_is_told(caplog):
    drawn = np.random.default_rng(0)
    frame = pd.DataFrame({"a": drawn.normal(size=60), "b": drawn.integers(0, 2, 60)})
    settings = replace(QUICK, epochs=1)
    kind, value = frame["b"].map({0: "no", 1: "yes"}), 0.1 * frame["a"] - 3
    train_rows(frame.assign(t=kind), "t", settings=settings)
    train_rows(frame.assign(t=value), "t", settings=settings)
    told = [message for message in caplog.messages if "says the label" in message]
    assert [message.split("'")[1] for message in told] == ["b", "a"]
    caplog.clear()
    train_rows(frame.assign(t=drawn.integers(0, 2, 60)), "t", settings=settings)
    train_rows(frame.assign(t=drawn.normal(size=60)), "t", settings=settings)
    assert "says the label" not in caplog.text
