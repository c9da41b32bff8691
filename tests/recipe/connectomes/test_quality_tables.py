import torch

from pyg_siamex.metric.reliability import reliability
from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation, HeldOutPairs
from pyg_siamex.recipe.connectomes.quality_tables import quality_tables, reliability_table

SCORES = {
    "model": {"pair AUC": [0.6, 0.8], "accuracy": [0.7, 0.7]},
    "linear model": {"pair AUC": [0.9, 0.9], "accuracy": [0.8, 0.8]},
    "confounds alone": {"pair AUC": [0.5, 0.6], "accuracy": [0.5, 0.5]},
}


def test_all_stand_in_one_table():
    [table] = quality_tables(CrossValidation(SCORES, [1, 1]))
    assert table.columns == ("", "pair AUC", "accuracy")
    assert [row[0] for row in table.rows] == list(SCORES)
    assert table.rows[1][1] == "0.900 ± 0.000"


def test_reliability_follows_where_there_are_pairs():
    torch.manual_seed(0)
    fold, s = torch.arange(2).repeat_interleave(50), torch.rand(100)
    pairs = HeldOutPairs(s, (s > torch.rand(100)).float(), fold, 20)
    _, table = quality_tables(CrossValidation(SCORES, [1, 1], pairs))
    assert sum(int(row[1]) for row in table.rows) == 100
    assert set(table.terms) == {"calibration error", "Brier score"}
    rows = reliability_table(reliability(torch.tensor([0.995]), torch.tensor([1.0]))).rows
    assert rows == [("0.99 to 1", "1", "0.995", "1.000")]
