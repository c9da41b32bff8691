from pyg_siamex.visualize.report.pair_list import pair_list


def test_the_table_has_the_columns_that_say_anything(alike, bonds):
    names = [("a" * 200, "b"), ("c", "d")]
    found = pair_list([alike, bonds], names, {0: {}, 1: {}}, {0: "pair-1"}, [0, 1], "note")
    assert found.columns == ["pair", "query", "reference", "similarity", "carried share",
                             "completeness error"]  # fmt: skip
    assert len(found.data["rows"][0][1]) <= 70
    assert found.data["drawn"] == ["pair-1", None]
    assert found.first[1][:3] == ["2", "c", "d"] and found.total == 2
    masks = pair_list([bonds, bonds], names, {0: {}, 1: {}}, {}, [1, 0], "")
    assert masks.columns == ["pair", "query", "reference", "similarity"]
    assert [row[0] for row in masks.data["rows"]] == [2, 1]
