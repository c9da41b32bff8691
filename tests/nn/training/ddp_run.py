"""Train by several processes, as users start it: ``ddp_run.py FOLDER DEVICES``."""

import json
import sys
from pathlib import Path

import lightning.pytorch as pl
import torch
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.nn.training import pair_auc


class Seen(pl.Callback):
    """Counts pairs with a known target."""

    pairs = 0

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.pairs += int((~batch.target.isnan()).sum()) - len(batch.target)


def main(folder: Path, devices: int) -> None:
    """Train, and write what this process has seen."""
    groups = FunctionalGroups()
    graphs = [groups[k] for k in range(0, len(groups), 4)]
    learn, held_out = PairDataset(graphs).split((0.75, 0.25))
    torch.manual_seed(0)
    channels = graphs[0].num_node_features
    model = SiameseGNN(GIN(channels, 16, 2, norm="batch_norm"), pool="add", similarity="cosine")
    seen = Seen()
    several = {"strategy": "ddp"} if devices > 1 else {}
    found = fit(
        model,
        learn,
        validation=held_out,
        epochs=6,
        batch_size=16,
        lr=1e-2,
        accelerator="cpu",
        devices=devices,
        callbacks=[seen],
        progress=False,
        **several,
    )
    rank = torch.distributed.get_rank() if torch.distributed.is_initialized() else 0
    told = {"pairs": seen.pairs, "quality": found.quality, "auc": pair_auc(model, held_out)}
    (folder / f"{devices}-{rank}.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
