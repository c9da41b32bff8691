"""How molecules become graphs."""

from pyg_siamex.recipe import Preparation


def test_steps_and_features_are_those_that_were_asked():
    plain = Preparation()
    assert not any(plain.standardisation().to_dict().values())
    assert "cip" not in plain.transform().node_features
    asked = Preparation(largest_fragment=True, neutral=True, stereo=True)
    assert asked.standardisation().smiles("[Na+].CC(=O)[O-]") == "CC(=O)O"
    assert asked.transform().node_feature_names[-4:] == ["cip=R", "cip=S", "cip=E", "cip=Z"]
