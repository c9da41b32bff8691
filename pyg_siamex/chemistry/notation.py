"""Tell other notations of molecules from SMILES."""

import re

_TOKEN = re.compile(r"\[[^\[\]]*\]|\.")
_ONLY_SELFIES = re.compile(r"\[[=#]?(Branch|Ring|Expl)\w*\]|\[[=#/\\-]+[A-Z]\w*\]|\[nop\]")
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


def _is_selfies(text: str) -> bool:
    tokens = _TOKEN.findall(text)
    if len(tokens) < 2 or "".join(tokens) != text:
        return False
    if any(_ONLY_SELFIES.fullmatch(token) for token in tokens):
        return True
    # Read as SMILES, these would be atoms without a hydrogen.
    return "[C]" in tokens and set(tokens) <= _BARE
