"""Fingerprints and their similarity."""

import numpy as np
import pytest

from pyg_siamex.chemistry import ecfp4, tanimoto

SMILES = ["CCO", "OCC", "CC(=O)Oc1ccccc1C(=O)O", "c1ccccc1", "C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"]


def test_tanimoto_is_shared_over_all_bits():
    bits = ecfp4(SMILES)
    sets = [set(b.GetOnBits()) for b in bits]
    wanted = [[len(a & b) / len(a | b) for b in sets] for a in sets[:3]]
    np.testing.assert_allclose(tanimoto(bits[:3], bits), wanted)


def test_the_same_molecule_has_the_same_fingerprint_and_chirality_is_not_read():
    bits = ecfp4(SMILES)
    assert tanimoto(bits[:1], bits[1:2]) == 1 and tanimoto(bits[4:5], bits[5:]) == 1
    assert tanimoto([], bits).shape == (0, len(SMILES))


def test_what_is_no_molecule_is_named():
    with pytest.raises(ValueError, match="invalid SMILES 'C1CC'"):
        ecfp4(["C1CC"])
