"""Trajectories of the convergence experiment."""

from convergence.measure import QUANTITIES, _sampled


def test_a_pair_that_ended_early_stays_where_it_is():
    long, short = [5.0, 4.0, 3.0, 2.0, 1.0], [7.0, 0.0]
    found = [dict.fromkeys(QUANTITIES, values) for values in (long, short)]
    rows = list(_sampled("any", found, 4, 2))
    assert {row[2] for row in rows} == set(QUANTITIES)
    of = {pair: [row[4] for row in rows if row[1:3] == (pair, "objective")] for pair in (0, 1)}
    assert of == {0: [5.0, 3.0, 1.0], 1: [7.0, 0.0, 0.0]}
