"""Every explainer explains every kind of PyG encoder right, or says why it does not."""

import re

import pytest
from explain.check.encoder_families import (
    ALGORITHMS,
    CONVS,
    FAMILIES,
    MASKS,
    NO_ENCODERS,
    NORMS,
    READOUTS,
    cell,
    reports,
    table,
)
from torch_geometric.nn import aggr, conv, norm

from pyg_siamex.explain.check import CheckRow, ExplainerCheck

NO_READOUTS = {"Aggregation"}  # the base class
NO_NORMS = {"HeteroBatchNorm", "HeteroLayerNorm"}  # of several node types

AMBIGUOUS = {
    "GraphUNet": {"SelfLearned (GDA)", "SelfLearned (KL)"},
    "EdgePooling": {"SelfLearned (GDA)", "SelfLearned (KL)"},
}
"""These pools choose among equal nodes, or edges, by their place in a batch.

Leaving nodes out with their neighbours makes them equal.
"""


def test_every_layer_of_pyg_is_an_encoder_or_has_a_reason_why_not():
    not_in_pyg_2_6 = {"MeshCNNConv"}
    assert set(CONVS) | set(NO_ENCODERS) == set(conv.__all__) | not_in_pyg_2_6
    assert not set(CONVS) & set(NO_ENCODERS)
    assert len(FAMILIES) >= 44 and len(ALGORITHMS) == 12


def test_every_readout_and_norm_of_pyg_is_there():
    assert set(READOUTS) | NO_READOUTS == set(aggr.__all__)
    names = {name.split()[0] for name in NORMS} | {"MessageNorm"}
    assert names | NO_NORMS == set(norm.__all__)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_explainer_explains_this_encoder_or_says_why_not(name):
    failed = [
        str(report)
        for algorithm, report in reports(name).items()
        if report.failures and algorithm not in AMBIGUOUS.get(name, ())
    ]
    assert not failed, "\n".join(failed)


def report_of(*statuses):
    rows = [
        CheckRow(
            "explains", masks, status, "" if status == "ok" else f"no {masks} here. Ask later."
        )
        for masks, status in zip(MASKS, statuses, strict=True)
    ]
    return ExplainerCheck("Some", tuple(rows))


def test_a_cell_says_what_is_explained_and_why_not():
    notes = {}
    assert cell(report_of("ok", "ok"), notes) == "ok"
    assert cell(report_of("ok", "refused"), notes) == "nodes <sup>1</sup>"
    assert cell(report_of("refused", "refused"), notes) == "refused <sup>2, 1</sup>"
    assert cell(report_of("ok", "failed"), notes) == "FAILED: explains"
    assert notes == {"no edges here": 1, "no nodes here": 2}


@pytest.mark.slow
def test_the_table_is_markdown_with_a_row_for_each_encoder():
    text = table(["GIN", "MLP"])
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [row.split()[1] for row in rows] == ["encoder", "---", "GIN", "MLP"]
    assert all(row.count("|") == len(ALGORITHMS) + 2 for row in rows)
    assert re.search(r"^1\. ", text, re.MULTILINE)
