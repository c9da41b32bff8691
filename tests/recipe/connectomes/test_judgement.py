import pytest

from pyg_siamex.recipe.connectomes.judgement import Judging, split_names


def test_names_stand_between_commas():
    assert Judging(confounds=" age, sex ").columns == ["age", "sex"]
    assert Judging().columns == []
    for text in ("age,,sex", ""):
        with pytest.raises(ValueError, match=r"^`confounds` must be names with commas between"):
            split_names("confounds", text)
    with pytest.raises(ValueError, match=r"^`confounds` has 'age' twice"):
        split_names("confounds", "age,sex,age ")


def test_negative_permutations_are_refused():
    with pytest.raises(ValueError, match="`permutations` must be at least 0"):
        Judging(permutations=-1)
