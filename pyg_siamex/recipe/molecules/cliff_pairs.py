"""Pairs of molecules that are alike and differ in activity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.chemistry import canonical_smiles, ecfp4, tanimoto
from pyg_siamex.chemistry.matched_pairs import MatchedPair, matched_pairs
from pyg_siamex.explain.cliffs import landscape_index
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.similarity import compare


class Likeness(NamedTuple):
    """How alike one molecule is to those after it.

    Attributes:
        tanimoto: Of ECFP4, ``[m]``.
        similarity: The model's, ``[m]``.
        probability: Calibrated probability that the two are alike, ``[m]``.
    """

    tanimoto: np.ndarray
    similarity: np.ndarray
    probability: np.ndarray


@dataclass(frozen=True)
class Candidate:
    """A pair that is alike and differs in activity.

    Attributes:
        one: Position of the first molecule.
        other: Position of the second.
        tanimoto: Of ECFP4.
        similarity: The model's.
        probability: That the two are alike.
        sali: Structure-activity landscape index by what alike means.
        match: The substituents that differ, if that is all.
    """

    one: int
    other: int
    tanimoto: float
    similarity: float
    probability: float
    sali: float
    match: MatchedPair | None


class CliffPairs:
    """Compares all molecules of a table.

    Args:
        model: The model.
        embeddings: ``[N, D]``.
        smiles: N molecules.
        values: Their activities, ``[N]``.
    """

    def __init__(
        self, model: SiameseGNN, embeddings: Tensor, smiles: Sequence[str], values: np.ndarray
    ) -> None:
        self.model = model
        self.embeddings = embeddings
        self.values = values
        self.prints: np.ndarray = ecfp4(smiles)
        self.canonical: list[str] = [canonical_smiles(text) for text in smiles]
        self.matches: dict[tuple[int, int], MatchedPair] = {
            (pair.one, pair.other): pair for pair in matched_pairs(smiles)
        }

    def candidates(
        self, by: str, least_similarity: float, least_difference: float
    ) -> tuple[list[Candidate], int]:
        """Cliffs, the steepest first, and the number of pairs that are alike.

        Args:
            by: ``"structure"`` or ``"model"``.
            least_similarity: Least Tanimoto similarity, or probability.
            least_difference: Least difference in activity.
        """
        found: list[Candidate] = []
        alike_pairs = 0
        for one in range(len(self.values) - 1):
            alike = self.likeness(one)
            measure = alike.tanimoto if by == "structure" else alike.probability
            for step in self._alike(one, measure, by, least_similarity):
                other = one + 1 + step
                alike_pairs += 1
                difference = float(self.values[other] - self.values[one])
                if abs(difference) >= least_difference:
                    found.append(
                        Candidate(
                            one,
                            other,
                            tanimoto=float(alike.tanimoto[step]),
                            similarity=float(alike.similarity[step]),
                            probability=float(alike.probability[step]),
                            sali=landscape_index(difference, float(measure[step])),
                            match=self.matches.get((one, other)),
                        )
                    )
        found.sort(key=lambda pair: (-pair.sali, pair.one, pair.other))
        return found, alike_pairs

    @torch.no_grad()
    def likeness(self, one: int) -> Likeness:
        """How alike a molecule is to all those after it.

        Args:
            one: Its position.
        """
        device = device_of(self.model, self.embeddings.device)
        place = self.embeddings[one : one + 1].to(device)
        others = self.embeddings[one + 1 :].to(device)
        similarity = compare(self.model.similarity, place, others)
        probability = self.model.calibration(similarity).sigmoid()
        structure = tanimoto(self.prints[one : one + 1], self.prints[one + 1 :])[0]
        return Likeness(structure, similarity.cpu().numpy(), probability.cpu().numpy())

    def _alike(self, one: int, measure: np.ndarray, by: str, least: float) -> list[int]:
        """Steps to the molecules that are alike; copies of the molecule are none."""
        own = self.canonical[one]
        steps = set(np.flatnonzero(measure >= least).tolist())
        if by == "structure":
            later = range(one + 1, len(self.values))
            steps |= {other - one - 1 for other in later if (one, other) in self.matches}
        return sorted(step for step in steps if self.canonical[one + 1 + step] != own)
