"""Occlusion of functions of SMILES, exact where the function is additive."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from rdkit import Chem
from rdkit.Chem import Descriptors, rdFingerprintGenerator

from pyg_siamex.chemistry import ecfp4, functional_groups, parse_smiles, tanimoto
from pyg_siamex.explain import explain_smiles
from pyg_siamex.visualize import draw_molecules, report

ELEMENTS = ("C", "N", "O", "S", "F", "Cl")
QUERY, REFERENCE = "CC(=O)Nc1ccc(OCC(F)CS)cc1", "NCC(=O)Oc1ccccc1Cl"


def counts(smiles):
    """Atoms of each element: an additive fingerprint."""
    found = Counter(atom.GetSymbol() for atom in Chem.MolFromSmiles(smiles).GetAtoms())
    return [found[element] for element in ELEMENTS]


def symbols(smiles):
    return [atom.GetSymbol() for atom in parse_smiles(smiles).GetAtoms()]


def test_an_additive_function_is_explained_exactly():
    found = explain_smiles(counts, QUERY, REFERENCE, compare="dot")
    whole = float(np.dot(counts(QUERY), counts(REFERENCE)))
    assert found.prediction == whole
    for side, own, other in (
        (found.query, QUERY, REFERENCE),
        (found.reference, REFERENCE, QUERY),
    ):
        there = dict(zip(ELEMENTS, counts(other), strict=True))
        assert side.node_mask.flatten().tolist() == [float(there[s]) for s in symbols(own)]
        assert float(side.node_mask.sum()) == whole  # the parts sum to the similarity


def test_groups_of_an_additive_function_have_the_sum_of_their_atoms():
    atoms = explain_smiles(counts, QUERY, REFERENCE, compare="dot").query.node_mask.flatten()
    found = explain_smiles(counts, QUERY, REFERENCE, compare="dot", groups="functional_groups")
    labels = functional_groups(QUERY)
    for name, value in found.info["groups_query"].items():
        inside = [k for k, label in enumerate(labels) if label == name]
        assert value == pytest.approx(float(atoms[inside].sum()))
        assert all(float(found.query.node_mask[k]) == value for k in inside)
    assert set(found.info["groups_reference"]) == set(functional_groups(REFERENCE))


def test_a_function_of_two_is_explained_in_the_same_way():
    def score(one, other):
        return float(np.dot(counts(one), counts(other)))

    by_two = explain_smiles(score, QUERY, REFERENCE)
    by_one = explain_smiles(counts, QUERY, REFERENCE, compare="dot")
    assert (by_two.query.node_mask == by_one.query.node_mask).all()
    assert (by_two.reference.node_mask == by_one.reference.node_mask).all()


def test_leaving_out_is_what_the_function_says_of_the_rest():
    def weight(one, other):
        return -abs(Descriptors.MolWt(Chem.MolFromSmiles(one)) - 100.0)

    found = explain_smiles(weight, "CCO", "C")
    expected = weight("CCO", "") - weight("CC", "")
    assert float(found.query.node_mask[2]) == pytest.approx(expected, rel=1e-5)
    assert float(found.reference.node_mask[0]) == pytest.approx(found.prediction)  # nothing is left


def test_masked_atoms_keep_the_shape():
    seen = []

    def remember(smiles):
        seen.append(smiles)
        return [len(smiles)]

    explain_smiles(remember, "CCO", "CCN", compare="dot", leave_out="mask")
    assert {"*CO", "*CC", "C*O"} <= set(seen) and len(seen) == len(set(seen))


def test_comparisons():
    vectors = {"C": [1, 2, 0], "N": [0, 2, 3], "O": [0, 0, 0]}
    by = {
        name: explain_smiles(vectors.__getitem__, "C", "N", compare=name).prediction
        for name in ("cosine", "dot", "tanimoto")
    }
    assert by["dot"] == 4 and by["cosine"] == pytest.approx(4 / np.sqrt(5 * 13))
    assert by["tanimoto"] == pytest.approx(2 / 6)
    assert explain_smiles(vectors.__getitem__, "C", "O", compare="tanimoto").prediction == 0
    own = explain_smiles(
        vectors.__getitem__, "C", "N", compare=lambda a, b: float(a.max() - b.max())
    )
    assert own.prediction == -1


def test_the_same_pictures_and_pages_show_it(tmp_path):
    found = explain_smiles(counts, QUERY, REFERENCE, compare="cosine", name="elements")
    svg = draw_molecules(found, tmp_path / "pair.png")
    assert "Occlusion of elements" in svg and "pushes apart" in svg
    report(found, tmp_path / "pair.html")
    assert (tmp_path / "pair.html").read_text().count("<svg") > 1
    assert "Occlusion" in repr(found) and found.signed


def test_what_fails_is_named():
    def broken(smiles):
        if len(smiles) < 3:
            raise RuntimeError("no such token")
        return [len(smiles), 1]

    with pytest.raises(ValueError, match=r"failed for 'CO' \(no such token\).*leave_out="):
        explain_smiles(broken, "CCO", "CCN", compare="dot")
    with pytest.raises(ValueError, match="the similarity of 'CCO' and 'CCN' is nan"):
        explain_smiles(lambda a, b: float("nan"), "CCO", "CCN")
    with pytest.raises(ValueError, match="`compare` must be one of cosine, dot, tanimoto"):
        explain_smiles(counts, "CCO", "CCN", compare="angle")
    with pytest.raises(ValueError, match="`groups` must be one of functional_groups"):
        explain_smiles(counts, "CCO", "CCN", compare="dot", groups="halves")
    with pytest.raises(ValueError, match="groups gave 1 names for 3 atoms"):
        explain_smiles(counts, "CCO", "CCN", compare="dot", groups=lambda graph: ["a"])
    with pytest.raises(ValueError, match="`leave_out` must be one of"):
        explain_smiles(counts, "CCO", "CCN", compare="dot", leave_out="drop")


@pytest.mark.parametrize(
    ("function", "compare", "message"),
    [
        (counts, lambda a, b: 1 / 0, "`compare` failed with ZeroDivisionError"),
        (counts, lambda a, b: "1", r"a similarity must be a number \(got '1'\)"),
        (counts, lambda a, b: a, r"a similarity must be a number \(got ndarray\)"),
        (counts, lambda a, b: None, r"a similarity must be a number \(got NoneType\)"),
        (lambda smiles: ["a"], "cosine", "`function` failed with ValueError"),
        (
            lambda smiles: None,
            "dot",
            "`function` returned None for 'CCO', and must return a vector",
        ),
        (lambda one, other: None, None, "None for 'CCO' and 'CCN', and must return a similarity"),
        (lambda smiles: float(len(smiles)), "cosine", "gives one number for 'CCO', and the cosine"),
        (lambda smiles: [[1.0]], "cosine", "gives one number for 'CCO'"),
        (lambda one, other: 1j, None, r"a similarity must be a number \(got complex\)"),
    ],
)
def test_what_functions_return_is_checked(function, compare, message):
    with pytest.raises((TypeError, ValueError), match=message):
        explain_smiles(function, "CCO", "CCN", compare=compare)


@pytest.mark.parametrize("leave_out", ["delete", "mask"])
def test_molecules_that_take_minutes_are_refused_before_the_function_is_called(leave_out):
    asked = []
    long = "C" * 5_000
    with pytest.raises(ValueError, match=r"5,000 parts of 5,000 atoms .* about 7 minutes"):
        explain_smiles(asked.append, long, "CCO", compare="dot", leave_out=leave_out)
    assert not asked


def test_long_molecules_of_few_groups_are_explained():
    found = explain_smiles(
        lambda smiles: [len(smiles)],
        "C" * 3_000,
        "CCO",
        compare="dot",
        groups=lambda graph: ["first"] + ["rest"] * (graph.num_nodes - 1),
    )
    assert found.query.node_mask.flatten()[:2].tolist() == [3.0, 3.0 * 2_999]


@pytest.mark.parametrize("as_given", [lambda print_: print_, list, lambda print_: print_[None]])
@pytest.mark.parametrize(("one", "other"), [("CCO", "CCN"), ("Cc1ccccc1[N+](=O)[O-]", "CCO")])
def test_packed_fingerprints_are_compared_by_their_bits(as_given, one, other):
    def packed(smiles):
        return as_given(ecfp4([smiles])[0])

    def bits(smiles):
        generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
        return generator.GetFingerprintAsNumPy(Chem.MolFromSmiles(smiles))

    for compare in ("tanimoto", "cosine", "dot"):
        found = explain_smiles(packed, one, other, compare=compare)
        expected = explain_smiles(bits, one, other, compare=compare)
        assert found.prediction == expected.prediction
        assert torch.equal(found.query.node_mask, expected.query.node_mask)
    found = explain_smiles(packed, one, other, compare="tanimoto")
    assert found.prediction == pytest.approx(float(tanimoto(ecfp4([one]), ecfp4([other]))[0, 0]))


@pytest.mark.parametrize("found", [[1j, 2.0], [], np.zeros((0, 3))], ids=["complex", "empty", "0"])
def test_vectors_that_cannot_be_compared_are_refused(found):
    with pytest.raises(ValueError, match=r"complex numbers|without numbers"):
        explain_smiles(lambda _: found, "CCO", "CCN", compare="dot")


def _of_list(smiles: list[str]) -> Any:
    assert isinstance(smiles, list)
    return [[float(len(text))] * 2 for text in smiles]


def _of_one(smiles: str) -> Any:
    return [float(len(smiles)), 1.0]


def _of_two(one: str, other: str) -> float:
    return float(len(one) + len(other))


@pytest.mark.parametrize(
    ("function", "compare", "advice"),
    [
        (_of_list, "dot", r"list of SMILES: give a function of one, lambda smiles: .*\[0\]$"),
        (_of_list, None, r"list of SMILES: .*\[0\], and compare='tanimoto'"),
        (ecfp4, "tanimoto", r"list of SMILES: give a function of one"),
        (_of_one, None, r"takes one SMILES: give `compare` as well"),
        (_of_two, "dot", r"takes two SMILES: leave `compare` out"),
        (lambda: 1.0, None, r"must take two SMILES as text"),
        (lambda: 1.0, "dot", r"must take one SMILES as text"),
    ],
    ids=["list", "list alone", "ecfp4", "one", "two", "none", "none compared"],
)
def test_a_function_of_something_else_is_told_what_it_takes(function, compare, advice):
    with pytest.raises(ValueError, match=advice):
        explain_smiles(function, "CCO", "CCN", compare=compare)


@pytest.mark.parametrize("compare", ["dot", "cosine", "tanimoto"])
def test_vectors_of_different_lengths_are_not_compared(compare):
    with pytest.raises(ValueError, match=r"gives 4 numbers for 'CCCO' and 3 for 'CCN'"):
        explain_smiles(lambda text: [1.0] * len(text), "CCCO", "CCN", compare=compare)


def _compared(one, other):
    return float(one @ other)


def _each_atom(graph):
    return list(range(graph.num_nodes))


def test_settings_name_functions_as_in_every_run():
    found = explain_smiles(_of_one, "CCO", "CCN", compare=_compared, groups=_each_atom)
    named = found.settings["algorithm"]
    assert (named["compare"], named["groups"]) == ("_compared", "_each_atom")
    plain = explain_smiles(_of_two, "CCO", "CCN").settings["algorithm"]
    assert (plain["compare"], plain["groups"]) == ("", "")


@pytest.mark.parametrize(
    ("vector", "compare", "message"),
    [
        ([-1.0, 2.0], "tanimoto", "numbers below 0 for 'CCO', and compare='tanimoto' is of bits"),
        (["1", "2"], "dot", "it gives texts, and real numbers are compared"),
        ("12", "dot", "it gives texts"),
        ([b"1", b"2"], "cosine", "it gives bytes"),
    ],
    ids=["negative", "texts", "a text", "bytes"],
)
def test_vectors_that_a_comparison_is_not_of_are_refused(vector, compare, message):
    with pytest.raises(ValueError, match=message):
        explain_smiles(lambda text: vector, "CCO", "CCN", compare=compare)
    found = explain_smiles(lambda text: [0.0, 2.0], "CCO", "CCN", compare="tanimoto")
    assert found.prediction == 1.0


def test_a_text_is_no_group_of_each_atom():
    with pytest.raises(TypeError, match="groups must be a list, a label for each node"):
        explain_smiles(_of_two, "CCO", "CCN", groups=lambda graph: graph.smiles)
