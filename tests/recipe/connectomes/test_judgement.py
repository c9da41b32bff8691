import pytest

from pyg_siamex.recipe.connectomes.judgement import Judging, split_names


def test_names_stand_between_commas():
    assert Judging(confounds=" age, sex ").columns == ["age", "sex"]
    assert Judging().columns == []
    for text in ("age,,sex", "age,age", ""):
        with pytest.raises(ValueError, match="once each"):
            split_names(text, "confounds")


def test_negative_permutations_are_refused():
    with pytest.raises(ValueError, match="`permutations` must be at least 0"):
        Judging(permutations=-1)
