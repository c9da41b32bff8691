"""An atlas is a known name or a file."""

import pytest

from pyg_siamex.recipe.connectomes.reading import ATLASES, check_atlas


def test_known_names_and_files_are_accepted(tmp_path):
    (tmp_path / "atlas.csv").touch()
    for choice in (None, *ATLASES, str(tmp_path / "atlas.csv")):
        check_atlas(choice)
    for choice in ("yeo", str(tmp_path), "Dosenbach"):
        with pytest.raises(ValueError, match="`atlas` must be dosenbach, power or a CSV file"):
            check_atlas(choice)
