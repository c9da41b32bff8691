"""Results of checks, row by row."""

import pytest

from pyg_siamex.explain.check.explainer_check import EXPLAINS, CheckRow, ExplainerCheck

OK, REFUSED = (
    CheckRow(EXPLAINS, "edges", "ok"),
    CheckRow(EXPLAINS, "nodes", "refused", "edges only"),
)
FAILED = [CheckRow("swap", masks, "failed", "differs by 1") for masks in ("edges", "nodes")]


@pytest.mark.parametrize(
    ("rows", "status"),
    [([OK], "ok"), ([OK, REFUSED], "ok"), ([REFUSED], "refused"), ([OK, *FAILED], "failed")],
)
def test_one_failure_fails_and_one_kind_of_mask_must_be_explained(rows, status):
    report = ExplainerCheck("Mine", tuple(rows))
    assert report.status == status and report.ok == (status == "ok")


def test_text_puts_equal_messages_in_one_line_failures_first():
    report = ExplainerCheck("Mine", (OK, REFUSED, *FAILED))
    assert str(report).splitlines() == [
        "Mine: failed, 1 checks passed",
        "  failed: swap [edges, nodes]: differs by 1",
        "  refused: explains [nodes]: edges only",
    ]


def test_the_table_has_a_row_for_each_result_even_without_any():
    frame = ExplainerCheck("Mine", (OK, *FAILED)).to_frame()
    assert list(frame["status"]) == ["ok", "failed", "failed"]
    empty = ExplainerCheck("Mine", ()).to_frame()
    assert list(empty.columns) == ["check", "masks", "status", "message"] and not len(empty)
