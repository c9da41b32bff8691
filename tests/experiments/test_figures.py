from figures.readme_pair import NAMES, main


def test_the_pictures_of_the_readme_are_drawn(tmp_path, capsys):
    main(tmp_path, epochs=1)
    assert "test pair AUC" in capsys.readouterr().out
    for picture, method in (("pair.svg", "MaskOptimization"), ("links.svg", "BiLRP")):
        drawn = (tmp_path / picture).read_text()
        assert all(text in drawn for text in (*NAMES, method))
