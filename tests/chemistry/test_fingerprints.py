"""Fingerprints and their similarity."""

import numpy as np
import pytest
from rdkit import DataStructs
from rdkit.Chem import MolFromSmiles, rdFingerprintGenerator

from pyg_siamex.chemistry import bits_of, ecfp4, paired_tanimoto, tanimoto

SMILES = ["CCO", "OCC", "CC(=O)Oc1ccccc1C(=O)O", "c1ccccc1", "C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"]


def test_tanimoto_is_rdkits():
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    theirs = [generator.GetFingerprint(MolFromSmiles(text)) for text in SMILES]
    wanted = [DataStructs.BulkTanimotoSimilarity(bits, theirs) for bits in theirs]
    bits = ecfp4(SMILES)
    np.testing.assert_allclose(tanimoto(bits, bits), wanted)
    np.testing.assert_allclose(paired_tanimoto(bits[:3], bits[3:]), np.diag(wanted, 3))


def test_the_same_molecule_has_the_same_fingerprint_and_chirality_is_not_read():
    bits = ecfp4(SMILES)
    assert tanimoto(bits[:1], bits[1:2]) == 1 and tanimoto(bits[4:5], bits[5:]) == 1
    assert tanimoto(bits[:0], bits).shape == (0, len(SMILES))
    assert ecfp4([]).shape == (0, 128)


def test_what_is_no_molecule_is_named():
    with pytest.raises(ValueError, match="invalid SMILES 'C1CC'"):
        ecfp4(["C1CC"])


def test_bits_are_those_of_rdkit():
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    expected = [generator.GetFingerprintAsNumPy(MolFromSmiles(text)) for text in SMILES]
    assert np.array_equal(bits_of(ecfp4(SMILES)), expected)
    assert np.array_equal(bits_of(ecfp4(SMILES)[0]), expected[0])
    assert np.array_equal(bits_of(ecfp4(SMILES)[::2]), expected[::2])
    for other in (np.zeros((2, 128)), np.zeros((2, 64), np.uint16), np.uint16(3)):
        with pytest.raises((ValueError, TypeError), match="`fingerprints` must be"):
            bits_of(other)
