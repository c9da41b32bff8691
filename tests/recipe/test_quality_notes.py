from pyg_siamex.recipe.quality_notes import quality_notes

JUDGED = {
    "pair_auc": [0.6, 0.8],
    "baselines": {"linear model": {"pair AUC": [0.9, 0.9]}},
}


def test_notes_say_how_good_the_model_is_and_who_is_better():
    notes = quality_notes({"cross_validation": JUDGED, "permutation_p": 0.01})
    assert notes[0] == "the model's pair AUC on held-out subjects is 0.700 ± 0.141 over 2 folds"
    assert notes[1] == "a linear model of the connections has 0.900"
    assert notes[2].endswith("0.0100")


def test_spread_and_stability_are_said():
    notes = quality_notes({"cross_validation": JUDGED | {"stability": 0.614}, "spread": 0.123})
    assert notes[2].endswith("rank correlation of 0.61 on average")
    assert notes[3].startswith("embeddings of two subjects have a mean cosine of 0.12")
    assert len(quality_notes({"training_pair_auc": 0.9, "spread": 0.5})) == 3


def test_folds_of_one_kind_do_not_count():
    notes = quality_notes({"cross_validation": {"pair_auc": [0.6, float("nan")]}})
    assert notes == ["the model's pair AUC on held-out subjects is 0.600 over 1 folds"]


def test_models_that_were_not_held_out_say_so_and_others_nothing():
    assert "learned from" in quality_notes({"training_pair_auc": 0.9})[1]
    assert "no molecule was held out" in quality_notes({"training_pair_auc": 1, "features": {}})[1]
    assert quality_notes({"test_pair_auc": 0.8125}) == ["the model's test pair AUC is 0.812"]
    assert quality_notes({}) == []
