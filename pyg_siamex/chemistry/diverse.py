"""Some molecules of many that differ most from one another."""

from collections.abc import Sequence

from rdkit.SimDivFilters import rdSimDivPickers

from pyg_siamex.chemistry.fingerprints import ecfp4, paired_tanimoto


def most_diverse(smiles: Sequence[str], count: int) -> list[int]:
    """Positions of molecules that differ most, by RDKit's MaxMin picker, ascending.

    Starting from the first molecule, each next one is the farthest from those already chosen, in
    Tanimoto distance of ECFP4 (Ashton et al., QSAR 2002).

    Args:
        smiles: The molecules.
        count: How many to choose; all if there are fewer.

    Raises:
        ValueError: If a SMILES is invalid, or ``count`` is below 1.

    Example:
        >>> most_diverse(["CCCCO", "CCCCCO", "c1ccccc1"], 2)
        [0, 2]
    """
    if count < 1:
        raise ValueError(f"at least 1 molecule must be chosen (got {count})")
    if count >= len(smiles):
        return list(range(len(smiles)))
    picker = rdSimDivPickers.MaxMinPicker()
    bits = ecfp4(smiles)

    def distance(i: int, j: int) -> float:
        return float(1 - paired_tanimoto(bits[i : i + 1], bits[j : j + 1])[0])

    return sorted(picker.LazyPick(distance, len(bits), count, firstPicks=[0], seed=0))
