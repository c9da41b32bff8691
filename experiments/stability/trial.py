"""A trained model and the pairs that are explained with it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN

BONDS = {"edge_mask_type": "object", "undirected": True}
ATOMS = {"node_mask_type": "object"}
COLUMNS = {"node_mask_type": "attributes"}


@dataclass(frozen=True)
class Drawn:
    """Queries, each with references of its class and of another one.

    Attributes:
        queries: The query of each pair.
        references: The reference of each pair.
        query_ids: Number of each pair's query.
        labels: Class of each pair's reference.
        alike: Whether it is the query's.
    """

    queries: list[Data]
    references: list[Data]
    query_ids: list[int]
    labels: list[int]
    alike: list[bool]

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.queries)


@dataclass(frozen=True)
class Trial:
    """What is explained, and what is true of it.

    Attributes:
        model: The trained model.
        auc: Its pair AUC on graphs it has not seen.
        pool: Unlabelled graphs, those the model was trained on.
        pairs: The pairs.
        masks: Which masks are asked for.
        shared: Whether graphs share their nodes or columns.
        truth: What is true of each query's elements, where it is known.
        effects: For each pair the similarity that an ideal model loses without each element, where
            it is known.
        rivals: For each pair the elements of all motifs, among which the truth is to stand out.
    """

    model: SiameseGNN
    auc: float
    pool: Sequence[Data]
    pairs: Drawn
    masks: dict[str, Any]
    shared: bool
    truth: list[Tensor | None] | None = None
    effects: list[Tensor] = field(default_factory=list)
    rivals: list[Tensor] = field(default_factory=list)


def draw(
    asked: Sequence[Data],
    others: Sequence[Data],
    queries: int,
    references: int,
    of_another: int,
    seed: int,
) -> Drawn:
    """Draw queries, ``references`` of each one's class, and ``of_another`` of other classes.

    Raises:
        ValueError: If there are not enough graphs.
    """
    drawn, out = random.Random(seed), Drawn([], [], [], [], [])
    if len(asked) < queries:
        raise ValueError(f"{len(asked)} graphs can be queries, {queries} are wanted")
    for number, query in enumerate(drawn.sample(list(asked), queries)):
        own = int(query.y)
        same = [g for g in others if int(g.y) == own and g is not query]
        other = [g for g in others if int(g.y) != own]
        for reference in drawn.sample(same, references) + drawn.sample(other, of_another):
            out.queries.append(query)
            out.references.append(reference)
            out.query_ids.append(number)
            out.labels.append(int(reference.y))
            out.alike.append(int(reference.y) == own)
    return out
