"""What each connection of new subjects says for each class, block by block of a study."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.split import split_graphs
from pyg_siamex.metric.edge_evidence import edge_evidence
from pyg_siamex.nn.training import embed_all
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.edge_table import edge_table, full_matrices
from pyg_siamex.recipe.connectomes.study import Study
from pyg_siamex.recipe.progress import steps

BLOCKS = 4
"""Blocks of a study: each but the first is explained by models of all blocks before it."""


@dataclass(frozen=True)
class GroupEvidence:
    """Evidence of subjects by models that learned from the blocks before theirs alone.

    Attributes:
        subjects: Positions of the explained subjects, ``[n]``.
        block: Number of the block of each, ``[n]``.
        values: By retrained model, subject, class and connection, ``[models, n, C, E]``. Subjects
            of one block share a unit, in which values have variance 1 on average.

    A subject's own label has no part in its values, so labels can be permuted within a block.
    """

    subjects: np.ndarray
    block: np.ndarray
    values: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Mean over retrained models, ``[n, C, E]``."""
        mean: np.ndarray = self.values.mean(0)
        return mean


def group_evidence(study: Study, training: ConnectomeTraining, models: int) -> GroupEvidence:
    """Explain three quarters of the subjects, each by models that have not seen its block.

    The subjects are split into four blocks of persons. Models learn from the first block and
    explain the second, learn from both and explain the third, and so on.

    Args:
        study: The subjects, with classes.
        training: The model and its training.
        models: How many models are trained on the same subjects, with other seeds.

    Raises:
        ValueError: If there are too few subjects for four blocks with every class.
    """
    labels, size = study.labels, len(study.graphs)
    shares, seed = [1 / BLOCKS] * BLOCKS, training.settings.seed
    blocks = [part.tolist() for part in split_graphs(size, shares, seed, labels, study.together)]
    _check_blocks(blocks, study)
    inputs = training.inputs(study.graphs, labels)
    todo = [(number, of) for number in range(1, BLOCKS) for of in range(models)]
    found: dict[int, list[np.ndarray]] = {}
    for number, of in steps(todo, len(todo), "models of the blocks before"):
        known = [k for block in blocks[:number] for k in block]
        reseeded = training.reseeded(seed + of)
        evidence = _of_block(reseeded, inputs, labels, known, blocks[number])
        found.setdefault(number, []).append(evidence)
    explained = [np.stack(found[number]) for number in range(1, BLOCKS)]
    sizes = [len(block) for block in blocks[1:]]
    subjects = np.array([k for block in blocks[1:] for k in block])
    block = np.repeat(np.arange(1, BLOCKS), sizes)
    return GroupEvidence(subjects, block, np.concatenate(explained, axis=1))


def _of_block(
    training: ConnectomeTraining,
    inputs: list[Data],
    labels: Tensor,
    known: list[int],
    asked: list[int],
) -> np.ndarray:
    """Evidence of the asked subjects, ``[n, C, E]``."""
    pairs = training.pairs([inputs[k] for k in known])
    reader = training.train(pairs, pairs).reader
    embedded = embed_all(reader, [inputs[k] for k in known])
    of_known = labels[known]
    references = [embedded[of_known == kind] for kind in range(int(labels.max()) + 1)]
    matrices = torch.from_numpy(full_matrices(edge_table(inputs))).float()
    middle = matrices[known].mean(0)
    graph_of = training.graph_of(matrices)
    found = edge_evidence(reader, matrices[asked], middle, references, graph_of)
    return found / max(float(np.sqrt(found.var(0).mean())), 1e-12)


def _check_blocks(blocks: Sequence[Sequence[int]], study: Study) -> None:
    names = study.graphs.class_names or []
    for number, name in enumerate(names):
        counts = [int((study.labels[list(block)] == number).sum()) for block in blocks]
        if min(counts) < 2:
            raise ValueError(
                f"class '{name}' has {sum(counts)} subjects, and each of {BLOCKS} blocks needs two "
                f"of every class: leave the class out, or choose two with `classes`"
            )
