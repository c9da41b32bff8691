"""Scaled, turned and weighted voices against small tables worked out by hand."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.explain.self_learned.invariance import Voices
from pyg_siamex.explain.self_learned.invariance.levels import certain

D = torch.double
NAN = float("nan")


def voices(rows: list[list[float]], weight: list[float] | None = None) -> Voices:
    """Voices of one graph as they are, with equal weights by default."""
    values = torch.tensor(rows, dtype=D)
    count = values.size(1)
    weights = torch.full((1, count), 1 / count, dtype=D) if weight is None else None
    return Voices(
        values,
        torch.zeros(len(values), dtype=torch.long),
        torch.tensor([weight], dtype=D) if weights is None else weights,
        torch.zeros(1, count, dtype=D),
    )


def column(values: list[float]) -> Voices:
    return voices([[value] for value in values])


class TestOf:
    def test_each_graph_is_divided_by_its_largest_magnitude_and_turned_by_its_sign(self) -> None:
        importance = torch.tensor([[2.0, -4.0], [-1.0, 2.0], [5.0, 1.0]], dtype=D)
        graph = torch.tensor([0, 0, 1])
        sign = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
        found = Voices.of(importance, graph, sign, torch.zeros(2, dtype=D))
        expected = torch.tensor([[1.0, 1.0], [-0.5, -0.5], [-1.0, 1.0]], dtype=D)
        torch.testing.assert_close(found.values, expected)
        torch.testing.assert_close(found.weight, torch.full((2, 2), 0.5, dtype=D))

    def test_a_voice_within_rounding_is_left_out_and_the_others_share_the_weight(self) -> None:
        importance = torch.tensor([[1.0, 1e-9, 2.0], [0.5, 2e-9, 1.0]], dtype=D)
        found = Voices.of(importance, torch.zeros(2).long(), torch.ones(1, 3), torch.tensor([1e-9]))
        assert found.values[:, 1].isnan().all()
        assert found.weight.tolist() == [[0.5, 0.0, 0.5]]

    def test_gradients_are_rounded_by_a_share_of_the_largest(self) -> None:
        importance = torch.tensor([[1e-4], [5e-6], [2e-6]])
        given = torch.zeros(3, dtype=torch.long), torch.ones(1, 1), torch.tensor([1e-6])
        assert float(Voices.of(importance, *given).rounding) == pytest.approx(1e-2)
        found = Voices.of(importance, *given, differences=False)
        assert float(found.rounding) == pytest.approx(certain(torch.float32))
        assert torch.equal(found.values, Voices.of(importance, *given).values)
        assert not Voices.of(importance / 1000, *given, differences=False).values.any()

    def test_if_all_voices_are_within_rounding_all_are_zero(self) -> None:
        importance = torch.full((3, 2), 1e-9, dtype=D)
        found = Voices.of(importance, torch.zeros(3).long(), torch.ones(1, 2), torch.tensor([1e-9]))
        assert (found.values == 0).all()
        assert (found.score() == 0).all()
        assert found.weight.tolist() == [[0.5, 0.5]]

    def test_what_does_not_apply_stays_unknown(self) -> None:
        found = Voices.of(
            torch.tensor([[2.0, NAN], [1.0, 4.0]], dtype=D),
            torch.zeros(2).long(),
            torch.ones(1, 2),
            torch.zeros(1),
        )
        torch.testing.assert_close(
            found.values, torch.tensor([[1.0, NAN], [0.5, 1.0]], dtype=D), equal_nan=True
        )

    def test_turned_voices_are_scaled_again_without_being_turned(self) -> None:
        rows = torch.tensor([[0.5, -0.2], [-0.25, 0.1]], dtype=D)
        found = Voices.scaled(rows, torch.zeros(2).long(), 1)
        torch.testing.assert_close(found.values, torch.tensor([[1.0, -1.0], [-0.5, 0.5]], dtype=D))


class TestAttuned:
    def test_weights_are_the_eighth_powers_of_cosines_with_the_own_voice(self) -> None:
        """The own voice is (1, 0, 0): cosines are the first entries of the unit columns."""
        own = column([1.0, 0.0, 0.0])
        pooled = voices([[1.0, 0.6, 0.0], [0.0, 0.8, 1.0], [0.0, 0.0, 0.0]])
        found = pooled.attuned(own, 0.1)
        total = 1 + 0.6**8
        expected = [1 / total, 0.6**8 / total, 0.0, 0.1]  # the first voice agrees in full
        torch.testing.assert_close(found.weight, torch.tensor([expected], dtype=D))
        torch.testing.assert_close(found.values, torch.cat([pooled.values, own.values], dim=1))

    def test_other_voices_count_by_the_fourth_power_of_the_best_cosine(self) -> None:
        own = column([1.0, 0.0])
        found = voices([[0.6, -0.8], [0.8, 0.6]]).attuned(own, 0.5)
        assert float(found.weight[0, :2].sum()) == pytest.approx(0.8**4)
        assert float(found.weight[0, 2]) == 0.5

    def test_the_own_voice_counts_in_a_population_as_far_as_it_is_confirmed(self) -> None:
        own = column([1.0, 0.0])
        pooled = voices([[0.6, -0.8], [0.8, 0.6]])
        found = pooled.attuned(own, 0.5, torch.tensor([0, 1]))
        assert float(found.weight[0, :2].sum()) == pytest.approx(1)
        assert float(found.weight[0, 2]) == pytest.approx(0.5 * 0.8**4)

    def test_cosines_of_voices_of_any_size_are_meant(self) -> None:
        own = column([1.0, 0.5])
        found = voices([[1.0, 0.2], [0.0, 1.0]]).attuned(own, 0.25)
        first = 1 / math.sqrt(1.25)
        second = (0.2 + 0.5) / (math.sqrt(1.25) * math.sqrt(1.04))
        total = first**8 + second**8
        best = first**4
        expected = [best * first**8 / total, best * second**8 / total, 0.25]
        torch.testing.assert_close(found.weight, torch.tensor([expected], dtype=D))

    def test_earlier_weights_are_kept_as_factors(self) -> None:
        own = column([1.0, 0.0])
        found = voices([[1.0, 0.6], [0.0, 0.8]], weight=[0.2, 0.8]).attuned(own, 0.0)
        total = 0.2 + 0.8 * 0.6**8
        torch.testing.assert_close(
            found.weight, torch.tensor([[0.2 / total, 0.8 * 0.6**8 / total, 0.0]], dtype=D)
        )

    def test_voices_of_one_reference_count_by_their_mean(self) -> None:
        """Voices 0 and 2 are of one reference, their mean is (0.5, 0.5); voice 1 is of another."""
        own = column([1.0, 0.0])
        pooled = voices([[1.0, 0.6, 0.0], [0.0, 0.8, 1.0]])
        found = pooled.attuned(own, 0.1, torch.tensor([0, 1, 0]))
        rho = torch.tensor([math.sqrt(0.5), 0.6, math.sqrt(0.5)], dtype=D)
        expected = rho**8 / (rho**8).sum()
        torch.testing.assert_close(found.weight[0, :3], expected)
        assert float(found.weight[0, 3]) == pytest.approx(0.1 * 0.25)

    def test_the_mean_of_a_reference_is_over_the_voices_that_apply(self) -> None:
        """At the second element only voice 1 speaks for the reference."""
        own = column([1.0, 1.0])
        pooled = voices([[1.0, 0.0], [NAN, 1.0]])
        found = pooled.attuned(own, 1.0, torch.tensor([0, 0]))
        rho = 1.5 / math.sqrt(2 * 1.25)
        assert float(found.weight[0, 2]) == pytest.approx(rho**4)
        torch.testing.assert_close(found.weight[0, :2], torch.full((2,), 0.5, dtype=D))

    def test_a_voice_that_says_the_opposite_is_turned(self) -> None:
        own = column([1.0, -0.5])
        pooled = voices([[-1.0, 1.0], [0.5, -0.5]])
        found = pooled.attuned(own, 0.1)
        torch.testing.assert_close(
            found.values[:, :2], torch.tensor([[1.0, 1.0], [-0.5, -0.5]], dtype=D)
        )
        torch.testing.assert_close(found.weight, torch.tensor([[0.5, 0.5, 0.1]], dtype=D))

    def test_a_silent_own_voice_leaves_the_weights(self) -> None:
        pooled = voices([[1.0, -1.0], [0.0, 0.0]])
        found = pooled.attuned(column([0.0, 0.0]), 0.1)
        torch.testing.assert_close(found.weight, torch.tensor([[0.5, 0.5, 0.1]], dtype=D))
        torch.testing.assert_close(found.values[:, :2], pooled.values)

    def test_an_own_voice_that_none_agrees_with_decides(self) -> None:
        found = voices([[1.0, -1.0], [0.0, 0.0]]).attuned(column([0.0, 1.0]), 0.1)
        torch.testing.assert_close(found.score(), torch.tensor([0.0, 1.0], dtype=D))

    def test_a_small_agreement_has_weights_in_single_precision(self) -> None:
        pooled, own = voices([[4e-5, 8e-5], [1.0, 1.0]]), column([1.0, 0.0])
        parts = [
            replace(
                v, values=v.values.float(), weight=v.weight.float(), rounding=v.rounding.float()
            )
            for v in (pooled, own)
        ]
        weight = parts[0].attuned(parts[1], 0.0).weight[0]
        assert float(weight[0] / weight[1]) == pytest.approx(0.5**8, rel=1e-4)

    def test_cosines_are_over_the_elements_that_a_voice_applies_to(self) -> None:
        """Without the second element, the first voice agrees with the own one in full."""
        own = column([1.0, 1.0, 0.0])
        found = voices([[1.0, 1.0], [NAN, 0.0], [0.0, 1.0]]).attuned(own, 0.1)
        rho = torch.tensor([1.0, 1 / 2], dtype=D)
        expected = rho**8 / (rho**8).sum()
        torch.testing.assert_close(found.weight[0, :2], expected)
        assert found.values[1, 0].isnan()
        score = (expected[1] * 0.0 + 0.1 * 1.0) / (expected[1] + 0.1)
        torch.testing.assert_close(found.score()[1], score)

    def test_a_voice_without_any_element_has_no_weight(self) -> None:
        found = voices([[1.0, NAN], [0.5, NAN]]).attuned(column([1.0, 0.5]), 0.1)
        torch.testing.assert_close(found.weight, torch.tensor([[1.0, 0.0, 0.1]], dtype=D))

    def test_without_other_voices_the_own_voice_is_all(self) -> None:
        own = column([1.0, -0.5])
        none = Voices(own.values[:, :0], own.graph, own.weight[:, :0], own.rounding[:, :0])
        found = none.attuned(own, 1.0)
        torch.testing.assert_close(found.score(), torch.tensor([1.0, 0.25], dtype=D))
        assert found.direction().tolist() == [1, -1]

    @given(st.integers(0, 10_000))
    @settings(max_examples=25, deadline=None)
    def test_graphs_are_weighed_apart(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        values = torch.rand(9, 4, generator=generator, dtype=D) * 2 - 1
        own = torch.rand(9, 1, generator=generator, dtype=D) * 2 - 1
        graph = torch.tensor([0, 1, 0, 1, 0, 1, 1, 0, 1])
        zeros, ones = torch.zeros(2, dtype=D), torch.ones(2, 4)
        together = Voices.of(values, graph, ones, zeros).attuned(
            Voices.of(own, graph, ones[:, :1], zeros), 0.1
        )
        for g in (0, 1):
            inside = graph == g
            place = torch.zeros(int(inside.sum())).long()
            alone = Voices.of(values[inside], place, ones[:1], zeros[:1])
            alone = alone.attuned(Voices.of(own[inside], place, ones[:1, :1], zeros[:1]), 0.1)
            torch.testing.assert_close(together.weight[g], alone.weight[0])
            torch.testing.assert_close(together.values[inside], alone.values)


def test_opposing_elements_count_half() -> None:
    found = voices([[1.0, -1.0], [-0.4, 0.2]])
    torch.testing.assert_close(found.importance(), torch.tensor([[1.0, 0.5], [0.2, 0.2]], dtype=D))
    torch.testing.assert_close(found.score(), torch.tensor([0.75, 0.2], dtype=D))


def test_the_direction_is_the_sign_of_the_weighted_mean() -> None:
    rows = [[1.0, -1.0], [-0.4, 0.8], [NAN, -0.1], [NAN, NAN], [0.0, 0.0]]
    found = voices(rows, weight=[0.75, 0.25])
    assert found.direction().tolist() == [1, -1, -1, 1, 1]
    assert found.score()[3].isnan()


def test_confidence_is_the_weight_of_the_voices_that_agree() -> None:
    found = voices([[1.0, 0.2, 0.5], [0.5, 0.4, NAN]], weight=[0.5, 0.3, 0.2])
    first, second = torch.tensor([0]), torch.tensor([1])
    assert float(found.confidence(0.0)(first, second)) == pytest.approx(0.5 / 0.8)
    assert float(found.confidence(0.0)(second, first)) == pytest.approx(0.3 / 0.8)
    assert float(found.confidence(0.6)(first, second)) == 0


def test_the_tolerance_is_the_weighted_mean_of_the_rounding() -> None:
    base = voices([[1.0, 1.0]], weight=[0.75, 0.25])
    found = Voices(base.values, base.graph, base.weight, torch.tensor([[0.1, 0.3]], dtype=D))
    assert float(found.tolerance()) == pytest.approx(0.15, abs=1e-9)


def test_taken_voices_are_the_ones_asked_for() -> None:
    found = voices([[1.0, 0.2, 0.5], [0.5, 0.4, 0.1]], weight=[0.5, 0.3, 0.2])
    some = found.take(torch.tensor([2, 0]))
    assert some.values.tolist() == [[0.5, 1.0], [0.1, 0.5]]
    assert some.weight.tolist() == [[0.2, 0.5]]
    parts = [found.take(torch.tensor([k])) for k in range(3)]
    assert torch.equal(Voices.joined(parts).values, found.values)
    assert torch.equal(Voices.joined(parts).weight, found.weight)
