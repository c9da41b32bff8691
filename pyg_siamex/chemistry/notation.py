"""Tell other notations of molecules from SMILES."""

import re

from rdkit import Chem, rdBase

_TOKEN = re.compile(r"\[[^\[\]]*\]|\.")
_ONLY_SELFIES = re.compile(r"\[[=#]?(Branch|Ring|Expl)\w*\]|\[[=#/\\-]+[A-Z]\w*\]|\[nop\]")
_ONLY_SMARTS = re.compile(r"\[[^\[\]]*[;,!&][^\[\]]*\]|\[[^\[\]]*\$\(|![@:=#~-]|~|@[A-Za-z(\[]")
_NON_METALS = {0, 1, 2, *range(5, 11), *range(14, 19), *range(33, 37), *range(52, 55), 85, 86}
"""Atomic numbers; 0 is of ``*``."""
_BARE = {f"[{symbol}]" for symbol in ("C", "N", "O", "S", "P", "F", "Cl", "Br", "I", "B")}


def other_notation(text: str) -> str | None:
    """What a text is if it is clearly no SMILES of a molecule, else ``None``.

    Args:
        text: The text, without surrounding blanks.

    Example:
        >>> other_notation("CCO>>CC=O")
        'a reaction SMILES'
        >>> other_notation("[C][=C][Branch1][C][O]")
        'SELFIES'
        >>> other_notation("N->[Cu]")
    """
    if text.startswith(("InChI=", "AuxInfo=")):
        return "an InChI"
    if re.fullmatch(r"[A-Z]{14}-[A-Z]{10}-[A-Z]", text):
        return "an InChIKey"
    if text.replace("->", "").count(">") == 2:
        return "a reaction SMILES"
    if _is_selfies(text):
        return "SELFIES"
    return None


def is_pattern(text: str, mol: Chem.Mol) -> bool:
    """Whether what was read as a molecule has bonds of any kind, ``~``, as patterns have.

    Such bonds to metals are taken for those of a complex.

    Args:
        text: The text.
        mol: The molecule, in which RDKit leaves out such bonds that close a ring.

    Example:
        >>> [is_pattern(text, Chem.MolFromSmiles(text)) for text in ("[#6]~[#8]", "C~[Fe]", "CC")]
        [True, False, False]
    """
    if "~" not in text:
        return False
    metals = {a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum() not in _NON_METALS}
    ends = ({b.GetBeginAtomIdx(), b.GetEndAtomIdx()} for b in mol.GetBonds() if b.HasQuery())
    return not metals or any(not metals & both for both in ends)


def reads_as_pattern(text: str) -> bool:
    """Whether a text that is no SMILES is a pattern, written as SMARTS alone are.

    Args:
        text: The text.

    Example:
        >>> reads_as_pattern("[C;H2]"), reads_as_pattern("C1CC")
        (True, False)
    """
    if _ONLY_SMARTS.search(text) is None:
        return False
    with rdBase.BlockLogs():
        return Chem.MolFromSmarts(text) is not None


def _is_selfies(text: str) -> bool:
    tokens = _TOKEN.findall(text)
    if len(tokens) < 2 or "".join(tokens) != text:
        return False
    if any(_ONLY_SELFIES.fullmatch(token) for token in tokens):
        return True
    # Read as SMILES, these would be atoms without a hydrogen.
    return "[C]" in tokens and set(tokens) <= _BARE
