"""Models trained as the recipes advise, and the same without biases or with a shift."""

import os
import tempfile
from pathlib import Path

import pandas as pd
import torch
from rdkit import RDConfig
from runner.needs import data_file
from sklearn.datasets import load_breast_cancer
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch_geometric.data import Data

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import FunctionalGroups, MoleculeTable, TableRows
from pyg_siamex.nn import build_siamese
from pyg_siamex.nn.training import pair_auc
from pyg_siamex.recipe import Settings
from pyg_siamex.recipe import plain_training as plain
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining, bare
from pyg_siamex.recipe.connectomes.demo import ConnectomeDemo
from pyg_siamex.recipe.connectomes.folds import folds_of
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import MatrixReading
from pyg_siamex.recipe.molecules import training as molecules
from pyg_siamex.recipe.rows import training as rows

Tested = tuple[SiameseGNN, PairDataset, float]
"""A trained model, pairs of graphs that it has not seen, and its pair AUC on them."""


class Scale(_BatchNorm):
    """Divides each channel by its root mean square over the batch, or by its running average."""

    def __init__(self, channels: int, eps: float) -> None:
        super().__init__(channels, eps, affine=False)
        self.weight = nn.Parameter(torch.ones(channels))

    def _check_input_dim(self, x: Tensor) -> None:
        """Any number of rows."""

    def forward(self, x: Tensor) -> Tensor:
        """``[N, C]``."""
        if not self.training:
            zero, square = torch.zeros_like(self.running_var), self.running_var
            return nn.functional.batch_norm(x, zero, square, self.weight, eps=self.eps)
        square = x.square().mean(0)
        self.num_batches_tracked += 1
        share = self.momentum or 1 / float(self.num_batches_tracked)
        self.running_var.lerp_(square.detach(), share)
        return x * (square + self.eps).rsqrt() * self.weight


class Shifted(nn.Module):
    """Node embeddings less the ones of the graph without features."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.out_channels = encoder, encoder.out_channels

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """``[N, D]``."""
        return self.encoder(x, edge_index) - self.encoder(torch.zeros_like(x), edge_index)


def changed(model: SiameseGNN, training: str) -> SiameseGNN:
    """The model as it is trained."""
    if training == "as advised":
        return model
    if training == "shifted by h(0)":
        return SiameseGNN(Shifted(model.encoder), model.pool, model.similarity)
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, _BatchNorm):
                norm = Scale(child.num_features, child.eps)
                setattr(module, name, nn.Identity() if training.endswith("no norm") else norm)
        if isinstance(getattr(module, "bias", None), nn.Parameter):
            module.register_parameter("bias", None)
    return model


def tested(unit: dict) -> list[Tested]:
    """Train on a set, once, or once for each fold of connectomes."""
    torch.manual_seed(unit["seed"])
    if unit["set"] == "HCP-68":
        return _brains(unit)
    if unit["set"] == "planted connectomes":
        demo = ConnectomeDemo(unit["epochs"] or None, unit["seed"])
        model, _ = demo.train()
        return [(model, demo.parts[2], pair_auc(model, demo.parts[2]))]
    return [_cells(unit) if unit["set"] == "breast cancer cells" else _molecules(unit)]


def _molecules(unit: dict) -> Tested:
    seed, settings = unit["seed"], Settings(seed=unit["seed"])
    if unit["set"] == "NCI functional groups":
        table = FunctionalGroups()
        parts = PairDataset(table, seed=seed).split(seed=seed)
    else:
        table = _table(unit["set"])
        values = torch.stack([table[k].y for k in range(len(table))])
        pairs = PairDataset.from_difference(table, float(values.std()) / 2, seed=seed)
        parts = pairs.split((0.8, 0.1, 0.1), seed=seed, together=table.canonical_smiles)
    model = changed(molecules.advised_model(table, settings), unit["training"])
    epochs = unit["epochs"] or molecules.EPOCHS
    return _fitted(model, parts, epochs=epochs, lr=molecules.LR, seed=seed)


def _table(name: str) -> MoleculeTable:
    if name == "ESOL":
        label = "measured log solubility in mols per litre"
        return MoleculeTable(data_file("esol/raw/delaney-processed.csv"), "smiles", label)
    folder = Path(RDConfig.RDContribDir) / "FreeWilson" / "data"
    names = ["smiles", "Name"]
    smiles = pd.read_csv(folder / "CHEMBL2321810.smi", sep=r"\s+", header=None, names=names)
    joined = smiles.merge(pd.read_csv(folder / "CHEMBL2321810_act.csv"), on="Name")
    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "table.csv")
        joined.to_csv(path, index=False)
        return MoleculeTable(path, "smiles", "Act")


def _cells(unit: dict) -> Tested:
    seed = unit["seed"]
    table = TableRows(load_breast_cancer(as_frame=True).frame, "target")
    split = table.split((0.8, 0.1, 0.1), seed)
    torch.manual_seed(seed)
    model = build_siamese(
        *("GIN", "mean", "cosine"), in_channels=30, hidden_channels=16, num_layers=rows.LAYERS
    )
    parts = [PairDataset(part, seed=seed) for part in split]
    epochs = unit["epochs"] or plain.EPOCHS
    return _fitted(changed(model, unit["training"]), parts, epochs=epochs, lr=plain.LR, seed=seed)


def _fitted(model: SiameseGNN, parts: list[PairDataset], **options: float) -> Tested:
    learn, validation, test = parts
    fit(model, learn, validation=validation, progress=False, accelerator="cpu", **options)
    return model, test, pair_auc(model, test)


class _Training(ConnectomeTraining):
    """The advised training of a changed model."""

    changes: str

    def model(self, eps: float | None = None) -> SiameseGNN:
        """A fresh model."""
        return changed(super().model(eps), self.changes)

    @property
    def by_profiles(self) -> bool:
        """Changed encoders read whole graphs."""
        return False


def _brains(unit: dict) -> list[Tested]:
    reading = MatrixReading(array="adjacency")
    path = data_file("connectomes/hcp68_spatial_orientation.npz")
    subjects = MatrixSource.of(path, reading).read_labelled("label", reading, False)
    graphs = GraphRecipe().graphs(subjects)
    training = _Training.of(graphs, Settings(seed=unit["seed"]))
    object.__setattr__(training, "changes", unit["training"])
    every: list[Data] = bare(graphs)
    classes = torch.stack([data.y for data in every])
    inputs = training.inputs(graphs, classes)
    out = []
    for fold in folds_of(len(every), 5, unit["seed"], classes):
        learn, validation = (
            training.pairs([inputs[k] for k in part]) for part in (fold.learn, fold.validation)
        )
        model = training.train(learn, validation, unit["epochs"] or None).model
        test = training.pairs([every[k] for k in fold.test])
        out.append((model, test, pair_auc(model, test)))
    return out
