"""Explanations as they were, from the rows that are kept of them."""

import pandas as pd
import torch
from case_studies.regions import desikan
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.datasets import molecule
from pyg_siamex.datasets.connectome import OnAtlas
from pyg_siamex.explain.group_relevance import GroupRelevance


def explained(rows: pd.DataFrame, method: str) -> PairExplanation:
    """The pair as a method explained it.

    Args:
        rows: Rows of one case and of the seed that is pictured.
        method: A method, or ``"missed"`` for the pair that the model misjudges.
    """
    own, other = rows[rows["method"] == method], "missed" if method == "missed" else "reference"
    sides = [_side(rows, own, "query", "query"), _side(rows, own, "reference", other)]
    similarity = "similarity to the missed molecule" if method == "missed" else "similarity"
    facts = rows[rows["kind"].eq("fact") & rows["name"].eq(similarity)]
    relevance = own[own["kind"] == "relevance"]
    return PairExplanation(
        query=sides[0],
        reference=sides[1],
        prediction=float(facts["value"].iloc[0]),
        relevance=_matrix(relevance) if len(relevance) else None,
        algorithm="integrated gradients" if method == "missed" else method,
    )


def groups(rows: pd.DataFrame, method: str) -> GroupRelevance:
    """Relevance between groups of nodes."""
    own = rows[rows["kind"].eq("group") & rows["method"].eq(method)]
    rows_of = own.drop_duplicates("i").sort_values("i")["name"].tolist()
    columns_of = own.drop_duplicates("j").sort_values("j")["text"].tolist()
    return GroupRelevance(_matrix(own), rows_of, columns_of)


def _side(rows: pd.DataFrame, own: pd.DataFrame, side: str, graph: str) -> Explanation:
    kept = rows[rows["kind"].eq("graph") & rows["side"].eq(graph)].iloc[0]
    own = own[own["side"] == side]
    if isinstance(kept["text"], str):
        data = molecule(kept["text"])
        atoms = own[own["kind"] == "atom"].sort_values("i")
        if len(atoms):
            data.node_mask = torch.tensor(atoms["value"].to_numpy()).float().view(-1, 1)
        return Explanation(**data.to_dict())
    edges = own[own["kind"] == "edge"]
    ends = torch.tensor(edges[["i", "j"]].to_numpy(dtype="int64")).T
    data = Explanation(x=torch.eye(68), edge_index=torch.cat([ends, ends.flip(0)], dim=1))
    data.edge_mask = torch.tensor(edges["value"].to_numpy()).float().repeat(2)
    return OnAtlas(desikan())(data)


def _matrix(cells: pd.DataFrame) -> Tensor:
    wide = cells.pivot_table(index="i", columns="j", values="value")
    return torch.tensor(wide.to_numpy()).float()
