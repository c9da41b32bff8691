"""Every column of a table says what it is: which end is good, and between which values it lies."""

import pytest
import torch
from metric.planted import explained, planted_graph, planted_model, planted_truth

from pyg_siamex import PairExplainer, RandomExplainer
from pyg_siamex.metric import MEASURES, Column, Measure, differences, evaluate, measure, summarise
from pyg_siamex.metric.consistency import REFERENCE_COLUMNS, SEED_COLUMNS

QUERIES = [planted_graph(2), planted_graph(2), planted_graph(4, 20), planted_graph(4, 20)]
REFERENCES = [planted_graph(3), planted_graph(4), planted_graph(2), planted_graph(5, 12)]
TRUTH = [planted_truth(graph) for graph in QUERIES]
KNOWN = {
    column.name: column
    for column in (
        *(column for own in MEASURES.values() for column in own.columns),
        *REFERENCE_COLUMNS,
        *SEED_COLUMNS,
    )
}


def right(seed):
    pairs = zip(QUERIES, REFERENCES, TRUTH, strict=True)
    found = [explained(q, r, t.double() + 0.01 * torch.rand(len(t))) for q, r, t in pairs]
    for explanation in found:
        explanation.completeness_error = 0.01
    return found


@pytest.fixture(scope="module")
def frame():
    torch.manual_seed(0)
    motif = [torch.cartesian_prod(t.nonzero()[:, 0], (~t).nonzero()[:, 0]) for t in TRUTH]
    return evaluate(
        {"right": {0: right(0), 1: right(1)}},
        QUERIES,
        REFERENCES,
        model=planted_model(),
        truth=TRUTH,
        orders=motif,
        query_ids=[0, 0, 1, 1],
        reference_labels=[0, 0, 0, 1],
        seeds=(0, 1),
    )


def test_every_column_is_declared_and_every_declared_one_is_there(frame):
    assert set(frame["measure"]) == set(KNOWN)


def test_values_lie_within_their_bounds(frame):
    for name, part in frame.groupby("measure"):
        values, column = part["value"].dropna(), KNOWN[name]
        assert len(values), name
        assert values.between(column.least - 1e-9, column.most + 1e-9).all(), name


def test_the_right_explanation_is_better_than_random_at_the_end_that_is_good(frame):
    compared = differences(frame).set_index(["method", "measure"]).loc["right"]
    for name, row in compared.iterrows():
        assert row["better"] == KNOWN[name].better
        sign = {"high": 1, "low": -1, "": 0}[row["better"]]
        if sign:
            assert sign * row["mean"] > 0, name


def test_measures_are_known_by_their_own_names():
    assert all(own.name == name for name, own in MEASURES.items())
    assert len(KNOWN) == 25


def test_a_measure_of_ones_own_carries_its_direction():
    @measure("size", Column("masked edges", "low", least=0))
    def size(measured):
        counts = [e.query.edge_mask.count_nonzero() for e in measured.explanations]
        return {"masked edges": torch.stack(counts)}

    assert isinstance(size, Measure) and size.name == "size"
    explainer = PairExplainer(planted_model(), RandomExplainer(0), edge_mask_type="object")
    frame = evaluate({"it": explainer}, QUERIES, REFERENCES, measures=["fidelity", size])
    values = frame[(frame["measure"] == "masked edges") & (frame["method"] == "it")]["value"]
    assert values.tolist() == [10, 10, 20, 20]
    for table in (summarise(frame, measures=[size]), differences(frame, measures=[size])):
        assert set(table[table["measure"] == "masked edges"]["better"]) == {"low"}
        assert set(table[table["measure"] == "fidelity-"]["better"]) == {"low"}
    assert set(summarise(frame).set_index("measure").loc["masked edges", "better"]) == {""}
