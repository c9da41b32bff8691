import math

import numpy as np
import pandas as pd
import pytest
from metric.planted import explained, planted_graph, planted_truth

from pyg_siamex.metric import differences, evaluate, summarise


def table(values, method="a", measure="m"):
    """Values by seed and pair."""
    rows = [
        (pair, method, seed, measure, value)
        for seed, pairs in enumerate(values)
        for pair, value in enumerate(pairs)
    ]
    return pd.DataFrame(rows, columns=["pair", "method", "seed", "measure", "value"])


def test_by_hand():
    nan = float("nan")
    (row,) = summarise(table([[1.0, 2, 9, nan], [3.0, 2, 9, nan]])).to_dict("records")
    assert row["mean"] == pytest.approx((2 + 2 + 9) / 3)
    assert row["median"] == 2
    assert row["seed_sd"] == pytest.approx(np.std([4, 14 / 3], ddof=1))
    assert (row["pairs"], row["undefined"]) == (3, 1)
    assert row["low"] == 2 and row["high"] == 9


def test_intervals_cover_the_mean_as_often_as_they_say():
    generator = np.random.default_rng(0)
    hits = 0
    for trial in range(100):
        (row,) = summarise(
            table([generator.exponential(size=40)]), resamples=300, seed=trial
        ).to_dict("records")
        hits += row["low"] <= 1 <= row["high"]
    assert 0.85 <= hits / 100 <= 0.99


def test_pairs_are_drawn_and_not_seeds():
    """Repeating a pair under more seeds adds no evidence."""
    one = summarise(table([[0.0, 1, 2, 3]]))
    many = summarise(table([[0.0, 1, 2, 3]] * 20))
    assert one["low"][0] == many["low"][0] and one["high"][0] == many["high"][0]


def test_rows_stay_in_order_and_draws_are_seeded():
    frame = pd.concat([table([[1.0, 2, 4]], "b"), table([[5.0, 7, 8]], "a")])
    out = summarise(frame)
    assert out["method"].tolist() == ["b", "a"]
    pd.testing.assert_frame_equal(out, summarise(frame))


def test_few_and_equal_values():
    (row,) = summarise(table([[1.0]])).to_dict("records")
    assert row["mean"] == 1 and math.isnan(row["low"]) and math.isnan(row["seed_sd"])
    (row,) = summarise(table([[2.0, 2, 2]])).to_dict("records")
    assert (row["low"], row["high"]) == (2, 2)
    (row,) = summarise(table([[float("nan")] * 2])).to_dict("records")
    assert math.isnan(row["mean"]) and row["undefined"] == 2


def test_bad_input_is_named():
    frame = table([[1.0, 2]])
    with pytest.raises(ValueError, match="lacks the columns \\['value'\\]"):
        summarise(frame.drop(columns="value"))
    with pytest.raises(ValueError, match="confidence must be"):
        summarise(frame, confidence=95)
    for read in (summarise, differences):
        with pytest.raises(ValueError, match="the table has no rows"):
            read(frame.head(0))
    with pytest.raises(ValueError, match="resamples must be"):
        summarise(frame, resamples=0)


def test_differences_are_taken_pair_by_pair():
    nan = float("nan")
    frame = pd.concat(
        [
            table([[1.0, 5, 9, nan], [3.0, 5, 9, 4]], "it"),
            table([[1.0, 4, 8, 4]], "random"),
            table([[2.0, 2, 2, 2]], "it", "only mine"),
        ]
    )
    (row,) = differences(frame).to_dict("records")
    assert (row["method"], row["measure"], row["pairs"]) == ("it", "m", 4)
    assert row["mean"] == pytest.approx((1 + 1 + 1 + 0) / 4)
    assert 0 <= row["low"] <= row["mean"] <= row["high"] <= 1
    (back,) = differences(frame, to="it").to_dict("records")
    assert back["mean"] == -row["mean"] and back["method"] == "random"


def test_a_small_steady_gain_shows_in_the_difference_alone():
    generator = np.random.default_rng(0)
    hard = generator.normal(size=60)
    frame = pd.concat([table([hard + 0.1], "it"), table([hard], "random")])
    apart = summarise(frame).set_index("method")
    assert apart.loc["it", "low"] < apart.loc["random", "high"]
    (row,) = differences(frame).to_dict("records")
    assert row["low"] == pytest.approx(0.1) == row["high"]


def test_differences_without_the_control_are_refused():
    with pytest.raises(ValueError, match="no method 'oracle': choose from \\['a'\\]"):
        differences(table([[1.0, 2]]), to="oracle")


def test_every_column_says_which_end_is_good(model):
    query = planted_graph()
    pair = [explained(query, planted_graph(3), planted_truth(query).double())]
    frame = evaluate(
        {"it": {0: pair, 1: pair}},
        model=model,
        truth=[planted_truth(query)],
        query_ids=[0],
        seeds=(0, 1),
    )
    better = dict(summarise(frame)[["measure", "better"]].to_numpy().tolist())
    assert better["AUROC"] == "high" and better["deletion"] == "low"
    assert [measure for measure, end in better.items() if not end] == []


def plain_table() -> pd.DataFrame:
    rows = [(p, m, 0, "auroc", 0.5 + p / 10) for p in range(4) for m in ("random", "mine")]
    return pd.DataFrame(rows, columns=["pair", "method", "seed", "measure", "value"])


ODD_VALUES = {
    "texts": lambda value: value.astype(str),
    "complex": lambda value: value * 1j,
    "infinite": lambda value: value * np.inf,
    "lists": lambda value: pd.Series([[1.0]] * len(value)),
}


@pytest.mark.parametrize("function", [summarise, differences])
@pytest.mark.parametrize("odd", ODD_VALUES)
def test_values_are_numbers(odd, function):
    frame = plain_table()
    with pytest.raises((TypeError, ValueError), match="value"):
        function(frame.assign(value=ODD_VALUES[odd](frame["value"])))


@pytest.mark.parametrize("function", [summarise, differences])
def test_tables_of_categories_and_objects_are_read_as_plain_ones(function):
    frame = plain_table()
    expected = function(frame)
    kinds = {name: frame[name].astype("category") for name in ("method", "measure", "pair")}
    pd.testing.assert_frame_equal(function(frame.assign(**kinds)), expected)
    objects = frame.assign(value=frame["value"].astype(object))
    pd.testing.assert_frame_equal(function(objects), expected)
    with pytest.raises(ValueError, match="'value' twice"):
        function(pd.concat([frame, frame[["value"]]], axis=1))
    with pytest.raises(TypeError, match="the column 'method' holds a list"):
        function(frame.assign(method=[["a"]] * len(frame)))


@pytest.mark.parametrize("function", [summarise, differences])
def test_a_value_is_given_once(function):
    keys = {"pair": [0, 1], "method": "random", "seed": 0, "measure": "x"}
    table = pd.DataFrame({**keys, "value": [1.0, 2.0]})
    function(table)
    with pytest.raises(ValueError, match=r"2 rows that it has before .*number the pairs on"):
        function(pd.concat([table, table.assign(value=5.0)]))
