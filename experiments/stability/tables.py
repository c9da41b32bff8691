"""Sets of table rows."""

import torch
from sklearn.datasets import load_breast_cancer
from stability.trial import COLUMNS, Trial, draw
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import TableRows
from pyg_siamex.nn.training import pair_auc


def breast_cancer(seed: int, training: int | None = None, **sizes: int) -> Trial:
    """Rows of the breast cancer table; no truth is known."""
    training = seed if training is None else training
    table = TableRows(load_breast_cancer(as_frame=True).frame, label="target")
    learn, validation, test = table.split((0.6, 0.1, 0.3), seed=seed)
    torch.manual_seed(training)
    model = SiameseGNN(GIN(30, 16, 2))
    pairs, held = PairDataset(learn, seed=seed), PairDataset(validation, seed=seed)
    fit(model, pairs, validation=held, epochs=20, seed=training, progress=False)
    auc = pair_auc(model, PairDataset(test, seed=seed))
    return Trial(model, auc, list(learn), draw(test, test, seed=seed, **sizes), COLUMNS, True)
