"""Siamese networks trained until they count what two graphs share."""

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GIN, GraphSAGE

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.training.loss import Regression

ENCODERS = {"kinds": GraphSAGE, "motifs": GIN}
BATCH, RATE = 64, 3e-3


def train(
    task: str, graphs: list[Data], width: int, layers: int, steps: int, biases: bool, seed: int
) -> SiameseGNN:
    """A model whose dot product of sums over nodes regresses the number of shared parts.

    Args:
        task: Which decides the encoder: GraphSAGE, where a node can ignore its neighbours, or GIN.
        graphs: To learn from.
        width: Hidden and output channels.
        layers: Message passing layers.
        steps: Of Adam, the learning rate falling to 0 along a cosine.
        biases: Whether layers have them; otherwise they stay 0.
        seed: Of weights and batches.

    Returns:
        The model in float64: relevance under the plain gamma rule grows too large for less.
    """
    torch.manual_seed(seed)
    encoder = ENCODERS[task](graphs[0].x.size(1), width, layers)
    model, loss = SiameseGNN(encoder, "add", "dot"), Regression()
    if not biases:
        for name, parameter in model.encoder.named_parameters():
            if name.endswith("bias"):
                parameter.data.zero_()
                parameter.requires_grad_(False)
    learned = [p for p in model.encoder.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(learned, RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    random = np.random.default_rng(seed)
    for _ in range(steps):
        batch = Batch.from_data_list([graphs[k] for k in random.integers(len(graphs), size=BATCH)])
        optimiser.zero_grad()
        loss(model, model.embed(batch), batch.counts @ batch.counts.T).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
    return model.requires_grad_(False).eval().double()


def determination(model: SiameseGNN, graphs: list[Data]) -> float:
    """R² of the similarity over all pairs of unseen graphs."""
    batch = Batch.from_data_list(graphs)
    h = model.embed(batch)
    target, found = _pairs(batch.counts), _pairs(h)
    return float(1 - (target - found).square().sum() / (target - target.mean()).square().sum())


def _pairs(rows: Tensor) -> Tensor:
    i, j = torch.triu_indices(len(rows), len(rows), 1)
    return (rows @ rows.T)[i, j]
