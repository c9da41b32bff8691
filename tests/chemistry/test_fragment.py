"""The organic part of a salt or mixture is kept."""

import pytest

from pyg_siamex.chemistry import largest_fragment, parse_smiles


@pytest.mark.parametrize(
    ("mixture", "kept"),
    [
        ("CC(=O)[O-].[Na+]", "CC(=O)[O-]"),
        ("[I-].[I-].[I-].[I-].[I-].C", "C"),  # organic before large
        ("C1CC1.CCCCO", "CCCCO"),
        ("OCC", "CCO"),
    ],
)
def test_the_largest_organic_part_is_kept(mixture, kept):
    assert largest_fragment(parse_smiles(mixture)) == kept
