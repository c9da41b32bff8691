from pyg_siamex.recipe.progress import steps


def test_items_pass_and_nothing_is_written_without_a_terminal(capsys):
    assert list(steps(iter([3, 1, 2]), 3, "counting")) == [3, 1, 2]
    written = capsys.readouterr()
    assert written.out == "" and written.err == ""


def test_work_is_done_step_by_step():
    done = []
    items = steps((done.append(k) or k for k in range(3)), 3, "counting")
    assert next(items) == 0 and done == [0]
