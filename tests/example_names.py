"""What the examples in docstrings take for granted: names of small real objects, and files."""

import csv
import re
from collections.abc import Sequence
from copy import deepcopy
from doctest import DocTest
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

MOLECULES = {
    "yes": "CCO CCCO CC(C)O CCCCO OCCO CC(O)CC OC1CCCCC1 OCc1ccccc1 Oc1ccccc1 OCC(O)CO CC(C)(C)O",
    "no": "CCN CCCN CC(C)N CCCCN NCCN CC(N)CC NC1CCCCC1 NCc1ccccc1 Nc1ccccc1 CCC CC(C)C",
}
"""SMILES by whether they are alcohols."""

PACKAGES = [
    "pyg_siamex",
    "pyg_siamex.chemistry",
    "pyg_siamex.data",
    "pyg_siamex.datasets",
    "pyg_siamex.datasets.connectome",
    "pyg_siamex.explain",
    "pyg_siamex.metric",
    "pyg_siamex.nn",
    "pyg_siamex.recipe",
    "pyg_siamex.visualize",
]
"""Packages whose public names every example may use."""


def write_files(folder: Path) -> None:
    """``molecules.csv`` and more tables, ``study`` and the models of all three domains."""
    from sklearn.datasets import load_breast_cancer
    from study import write_study

    rows = [(smiles, active) for active, words in MOLECULES.items() for smiles in words.split()]
    _write(folder / "molecules.csv", ["smiles", "active"], rows)
    library = {"ethanol": "CCO", "aspirin": "CC(=O)Oc1ccccc1C(=O)O", "butane": "CCCC"}
    _write(folder / "library.csv", ["name", "smiles"], [*library.items()])
    measured = [(smiles, f"{-0.3 * k}") for k, (smiles, _) in enumerate(rows)]
    _write(folder / "measured.csv", ["smiles", "logS"], measured)
    load_breast_cancer(as_frame=True).frame[:60].to_csv(folder / "cells.csv", index=False)
    (folder / "study").mkdir()
    write_study(folder / "study")
    _train_molecules(folder).save(folder / "model.siamex")
    _train_brains(folder).save(folder / "brains.siamex")
    _train_cells(folder).save(folder / "cells.siamex")


def _write(path: Path, header: list[str], rows: list[tuple]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def _train_molecules(folder: Path) -> Any:
    from pyg_siamex.recipe import MoleculeColumns, Settings, train_molecules

    columns = MoleculeColumns(smiles="smiles")
    return train_molecules(
        folder / "molecules.csv", "active", columns, settings=Settings(epochs=1, hidden=8, layers=2)
    )


def _train_brains(folder: Path) -> Any:
    from pyg_siamex.recipe import Connections, MatrixReading, Settings, train_connectomes

    study = folder / "study"
    reading = MatrixReading(labels=study / "labels.csv", atlas=str(study / "atlas.csv"))
    settings = Settings(folds=2, epochs=1, hidden=8)
    return train_connectomes(
        study / "matrices", "group", reading, Connections(density=0.15), settings=settings
    )


def _train_cells(folder: Path) -> Any:
    from dataclasses import replace

    from pyg_siamex.recipe import ROW_SETTINGS, train_rows

    return train_rows(folder / "cells.csv", "target", settings=replace(ROW_SETTINGS, epochs=1))


def names_of(test: DocTest) -> dict[str, Any]:
    """The names that an example may use besides the names of its own module.

    Run it where the files are.
    """
    words = {word for example in test.examples for word in re.findall(r"\w+", example.source)}
    objects = next(found for part, found in _OBJECTS.items() if part in test.name)
    made = {
        word: getattr(objects, word)
        for word in words
        if isinstance(getattr(type(objects), word, None), cached_property)
    }
    return _public() | made


@cache
def _public() -> dict[str, Any]:
    found: dict[str, Any] = {"Path": Path, "torch": import_module("torch")}
    for package in map(import_module, PACKAGES):
        found |= {name: getattr(package, name) for name in package.__all__}
    return found


class _Objects:
    """A trained model, and graphs that it compares."""

    graphs: Sequence[Any]
    trained: Any

    @cached_property
    def model(self) -> Any:
        return self.trained.model

    @cached_property
    def query(self) -> Any:
        return self.graphs[0]

    @cached_property
    def reference(self) -> Any:
        return self.graphs[1]

    @cached_property
    def labels(self) -> list[int]:
        return [int(graph.y) for graph in self.graphs]

    @cached_property
    def dataset(self) -> Sequence[Any]:
        return self.graphs


class _Molecules(_Objects):
    @cached_property
    def twin(self) -> Any:
        return deepcopy(self.model)

    @cached_property
    def a(self) -> Any:
        return self.query

    @cached_property
    def b(self) -> Any:
        return self.reference

    @cached_property
    def trained(self) -> Any:
        return _public()["Trained"].load("model.siamex")

    @cached_property
    def graphs(self) -> Sequence[Any]:
        return list(_public()["MoleculeTable"]("molecules.csv", "smiles", "active"))

    @cached_property
    def table(self) -> Any:
        return _public()["MoleculeTable"]("molecules.csv", "smiles", "active")

    @cached_property
    def columns(self) -> Any:
        return _public()["MoleculeColumns"](smiles="smiles")

    @cached_property
    def path(self) -> Path:
        return Path("molecules.csv")

    @cached_property
    def queries(self) -> Sequence[Any]:
        return self.graphs[:3]

    @cached_property
    def references(self) -> Sequence[Any]:
        return self.graphs[11:14]

    @cached_property
    def explainer(self) -> Any:
        public = _public()
        return public["PairExplainer"](
            self.model, public["Occlusion"](), edge_mask_type="object", undirected=True
        )

    @cached_property
    def explanations(self) -> Sequence[Any]:
        return self.explainer.explain(self.queries, self.references)

    @cached_property
    def explanation(self) -> Any:
        return self.explanations[0]

    @cached_property
    def truths(self) -> Sequence[Any]:
        """Bonds of the oxygen, the last atom of the first alcohols."""
        return [(e.query.edge_index == e.query.num_nodes - 1).any(0) for e in self.explanations]

    @cached_property
    def bonds(self) -> Any:
        return lambda graph: (graph.edge_index == graph.num_nodes - 1).any(0)

    @cached_property
    def explained(self) -> Any:
        from pyg_siamex.recipe import explain

        return explain(self.trained, "CCO", "CCN", method="occlusion")


class _Brains(_Objects):
    @cached_property
    def trained(self) -> Any:
        return _public()["Trained"].load("brains.siamex")

    @cached_property
    def subjects(self) -> Any:
        from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource

        return MatrixSource("study/matrices").read_labelled("group", self.reading, False)

    @cached_property
    def graphs(self) -> Sequence[Any]:
        from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe

        return GraphRecipe.from_dict(self.trained.metadata["graphs"]).graphs(self.subjects)

    @cached_property
    def found(self) -> Any:
        from pyg_siamex.recipe import group

        reading = self.reading
        return group(self.trained, label="group", permutations=20, models=1, reading=reading)

    @cached_property
    def atlas(self) -> Any:
        return self.graphs.atlas

    @cached_property
    def path(self) -> Path:
        return Path("study/matrices")

    @cached_property
    def reading(self) -> Any:
        return _public()["MatrixReading"](labels="study/labels.csv", atlas="study/atlas.csv")

    @cached_property
    def explained(self) -> Any:
        from pyg_siamex.recipe import explain

        return explain(self.trained, "sub-01", "sub-02", method="saliency")


class _Cells(_Objects):
    @cached_property
    def trained(self) -> Any:
        return _public()["Trained"].load("cells.siamex")

    @cached_property
    def frame(self) -> Any:
        import pandas as pd

        return pd.read_csv("cells.csv")

    @cached_property
    def graphs(self) -> Sequence[Any]:
        from pyg_siamex.recipe.rows.scaling import Scaling

        scaling = Scaling(**self.trained.metadata["rows"]["scaling"])
        return scaling.rows(self.frame, "target")

    @cached_property
    def explained(self) -> Any:
        from pyg_siamex.recipe import RowView, explain

        view = RowView(table="cells.csv")
        return explain(self.trained, "line 2", "line 3", method="occlusion", view=view)


_BRAINS = _Brains()
_OBJECTS: dict[str, _Objects] = {
    **dict.fromkeys((".connectome", ".roi", ".population", ".group_map", ".group_page"), _BRAINS),
    ".rows": _Cells(),
    "": _Molecules(),
}
"""Objects by a part of the name of the module that has the example."""
