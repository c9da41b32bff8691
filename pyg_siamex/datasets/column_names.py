"""Columns of molecules, names and activities by what chemists' programs call them."""

import re
from collections.abc import Sequence

from pyg_siamex._one_column import check_one_column

_SMILES = (
    *("smiles", "canonicalsmiles", "isomericsmiles", "smi", "smilesstring", "rdkitsmiles"),
    *("compoundsmiles", "moleculesmiles", "ligandsmiles", "structuresmiles", "standardizedsmiles"),
    *("canonicalsmilesrdkit", "connectivitysmiles", "absolutesmiles", "cxsmiles", "pubchemsmiles"),
    *("pubchemopeneyeisosmiles", "pubchemopeneyecansmiles", "pubchemextdatasourcesmiles"),
    *("structure", "molecule", "mol", "rdkitmol", "romol"),
)
_NAMES = (
    *("name", "compoundname", "title", "id", "compoundid", "moleculechemblid", "chemblid"),
    *(
        "moleculename",
        "moleculeprefname",
        "compound",
        "moleculeid",
        "molecule",
        "pubchemcid",
        "cid",
    ),
    *("drugbankid", "zincid", "idnumber", "catalogid", "registryno", "structureno", "rowid"),
)
_ACTIVITIES = (
    *("pchemblvalue", "pic50", "pec50", "pki", "pkd", "pactivity", "standardvalue"),
    *("activity", "act", "activityoutcome", "pubchemactivityoutcome", "active", "activityclass"),
    *("ic50", "ec50", "ki", "kd", "label", "class", "target", "outcome", "y"),
)
_MEASURED = (
    *("ic50", "ec50", "ki", "kd", "ac50", "xc50", "gi50", "cc50", "ed50", "ld50", "lc50", "mic"),
    *("potency", "activity", "act"),
)
"""What activities with a unit are called."""

_LOGARITHM = re.compile(rf"(neg|minus)?(p|log10|log|ln)({'|'.join(_MEASURED)})")
"""What their logarithms are called, which have none."""


def smiles_column(columns: Sequence[str]) -> str | None:
    """The column of the SMILES, as ChEMBL, RDKit, KNIME, DataWarrior or PubChem call it.

    Args:
        columns: Names of the columns; case, blanks and punctuation do not matter.

    Raises:
        ValueError: If there are two of that name.

    Example:
        >>> smiles_column(["Molecule ChEMBL ID", "Smiles", "pChEMBL Value"])
        'Smiles'
    """
    found = _first(columns, _SMILES)
    if found is None:
        named = [column for column in columns if "smiles" in _plain(column)]
        return named[0] if len(named) == 1 else None
    return found


def name_column(columns: Sequence[str]) -> str | None:
    """The column of the molecules' names, or ``None``.

    Args:
        columns: Names of the columns.

    Raises:
        ValueError: If there are two of that name.

    Example:
        >>> name_column(["Molecule ChEMBL ID", "Smiles", "pChEMBL Value"])
        'Molecule ChEMBL ID'
    """
    smiles = smiles_column(columns)
    return _first([column for column in columns if column != smiles], _NAMES)


def activity_column(columns: Sequence[str]) -> str | None:
    """The column of the activity, or ``None``.

    Args:
        columns: Names of the columns.

    Raises:
        ValueError: If there are two of that name.

    Example:
        >>> activity_column(["Molecule ChEMBL ID", "Smiles", "pChEMBL Value", "Standard Value"])
        'pChEMBL Value'
    """
    return _first(columns, _ACTIVITIES)


def relation_column(columns: Sequence[str], label: str) -> str | None:
    """The column that says whether values are bounds, such as ChEMBL's ``Standard Relation``.

    It is named like the values, such as ``IC50 relation``, or is ChEMBL's beside an activity or its
    logarithm, such as ``IC50`` or ``pIC50``. ChEMBL has no ``pChEMBL Value`` of bounds.

    Args:
        columns: Names of the columns.
        label: Column of the values.

    Example:
        >>> relation_column(["standard_relation", "standard_value"], "standard_value")
        'standard_relation'
    """
    if _LOGARITHM.fullmatch(_plain(label)):
        return _first(columns, [f"{_plain(label)}relation", "standardrelation"])
    return _beside(columns, label, "relation")


def units_column(columns: Sequence[str], label: str) -> str | None:
    """The column of the values' units, such as ChEMBL's ``Standard Units``.

    It is named like the values, such as ``IC50 units``, or is ChEMBL's beside an activity, such as
    ``IC50``. Logarithms, such as ``pIC50`` and ``pChEMBL Value``, have no unit.

    Args:
        columns: Names of the columns.
        label: Column of the values.

    Example:
        >>> units_column(["Standard Units", "Standard Value"], "Standard Value")
        'Standard Units'
    """
    if _LOGARITHM.fullmatch(_plain(label)):
        return None
    return _beside(columns, label, "units", "unit")


def type_column(columns: Sequence[str], label: str) -> str | None:
    """The column that says what was measured, ChEMBL's ``Standard Type``.

    Args:
        columns: Names of the columns.
        label: Column of the values.

    Example:
        >>> type_column(["Standard Type", "pChEMBL Value"], "pChEMBL Value")
        'Standard Type'
    """
    plain = _plain(label)
    if plain == "pchemblvalue" or _LOGARITHM.fullmatch(plain):
        return _first(columns, ["standardtype"])
    if plain == "standardvalue" or plain in _MEASURED:
        return _beside(columns, label, "type")
    return None


def is_smiles_name(text: str) -> bool:
    """Whether a cell is a usual heading of a column of SMILES.

    Args:
        text: The cell.

    Example:
        >>> is_smiles_name("SMILES"), is_smiles_name("CCO")
        (True, False)
    """
    return _plain(text) in _SMILES


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    plain = {_plain(column): column for column in reversed(columns)}
    found = next((plain[name] for name in wanted if name in plain), None)
    if found is not None:
        check_one_column("the table", columns, found)
    return found


def _beside(columns: Sequence[str], label: str, *what: str) -> str | None:
    """The column that is named like the values with another last word, or ChEMBL's for them.

    ChEMBL's are about its ``Standard Value`` where the table has it.
    """
    plain = _plain(label)
    starts = [plain.removesuffix("value"), plain]
    if plain in _MEASURED and "standardvalue" not in map(_plain, columns):
        starts.append("standard")
    others = [column for column in columns if column != label]
    return _first(others, [start + word for start in dict.fromkeys(starts) for word in what])
