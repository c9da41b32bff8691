"""An atlas is a known name or a file."""

import pytest

from pyg_siamex.recipe.connectomes.reading import (
    ATLASES,
    MatrixReading,
    check_atlas,
    check_reading,
    check_triangles,
)


def test_known_names_and_files_are_accepted(tmp_path):
    (tmp_path / "atlas.csv").touch()
    for choice in (None, *ATLASES, "schaefer-400", "schaefer-1000-17", str(tmp_path / "atlas.csv")):
        check_atlas(choice)
    for choice in ("yeo", "schaefer-450", str(tmp_path), "Dosenbach"):
        with pytest.raises(ValueError, match=r"`atlas` must be aal, desikan, .*schaefer-100"):
            check_atlas(choice)


def test_atlases_of_others_are_named_with_the_way_to_their_table():
    with pytest.raises(ValueError, match=r"atlas-Gordon_dseg\.tsv in the folder atlases/"):
        check_reading(MatrixReading(atlas="Gordon"))


def test_a_table_needs_the_order_of_its_triangles(tmp_path):
    check_triangles(tmp_path / "a.csv", MatrixReading(triangle="upper"))
    check_triangles(tmp_path, MatrixReading())
    with pytest.raises(FileNotFoundError, match=r"no file at .*a\.csv"):
        check_triangles(tmp_path / "a.csv", MatrixReading())
    (tmp_path / "a.csv").write_text("0.1,0.2,0.3\n")
    with pytest.raises(ValueError, match="say with `triangle`"):
        check_triangles(tmp_path / "a.csv", MatrixReading())


def test_kinds_and_triangles_are_known_names():
    check_reading(MatrixReading(kind="tangent", triangle="upper"))
    for name, value in (("kind", "pearson"), ("triangle", "left")):
        with pytest.raises(ValueError, match=f"`{name}` must be one of"):
            check_reading(MatrixReading(**{name: value}))
