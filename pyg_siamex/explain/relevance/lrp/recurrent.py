"""LSTM and GRU: gates are held constant, and the values they weigh are linear steps.

The rule of Arras et al. (arXiv 1706.07206, section 3.2): in a product of a gate and a signal, the
signal takes all relevance.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from pyg_siamex.explain.relevance.lrp.arguments import carries
from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


class _Weights(NamedTuple):
    """Weights of one layer and direction, gates one below the other, ``[G * H, I]``."""

    inputs: Tensor
    state: Tensor
    input_bias: Tensor | None
    state_bias: Tensor | None

    def gate(self, position: int, count: int) -> "_Weights":
        """The weights of one of ``count`` gates."""
        biases = (self.input_bias, self.state_bias)
        return _Weights(
            self.inputs.chunk(count)[position],
            self.state.chunk(count)[position],
            *[None if bias is None else bias.chunk(count)[position] for bias in biases],
        )

    def value(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """What inputs and state give to all gates, ``[rows, G * H]`` each."""
        linear = nn.functional.linear
        return linear(x, self.inputs, self.input_bias), linear(state, self.state, self.state_bias)


def lstm_cell(
    lrp: Propagation, cell: nn.LSTMCell, value: Any, x: Tensor, hx: Any = None
) -> tuple[Tensor, Tensor]:
    r"""One LSTM step: :math:`c' = f c + i \tanh(z_g)` and :math:`h' = o \tanh(c')`."""
    state = hx if hx is not None else (_zeros(x, cell.hidden_size),) * 2
    h, c = _lstm_step(lrp, _of_cell(cell), x, state)
    return h, c


def gru_cell(
    lrp: Propagation, cell: nn.GRUCell, value: Tensor, x: Tensor, hx: Tensor | None = None
) -> Tensor:
    r"""One GRU step: :math:`h' = (1 - z) \tanh(W x + r\,U h + b) + z h`."""
    state = hx if hx is not None else _zeros(x, cell.hidden_size)
    return _gru_step(lrp, _of_cell(cell), x, (state,))[0]


def lstm(
    lrp: Propagation, module: nn.LSTM, value: Any, x: Tensor, hx: Any = None
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """LSTM over a sequence, step by step."""
    out, (h, c) = _unrolled(lrp, module, x, hx, _lstm_step)
    return out, (h, c)


def gru(
    lrp: Propagation, module: nn.GRU, value: Any, x: Tensor, hx: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """GRU over a sequence, step by step."""
    out, (h,) = _unrolled(lrp, module, x, None if hx is None else (hx,), _gru_step)
    return out, h


_State = tuple[Tensor, ...]
_Step = Callable[[Propagation, _Weights, Tensor, Any], _State]


def _lstm_step(lrp: Propagation, weights: _Weights, x: Tensor, state: _State) -> _State:
    h, c = state
    with lrp.unseen(), torch.no_grad():
        from_inputs, from_state = weights.value(x, h)
        i, f, _, o = (from_inputs + from_state).chunk(4, -1)
        i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()
    step, rest = _maps(lrp, weights.gate(2, 4), x, h)
    with lrp.unseen():
        step = step.plus(rest)
    c = f * c + i * lrp.emit(step).tanh()
    return o * c.tanh(), c


def _gru_step(lrp: Propagation, weights: _Weights, x: Tensor, state: _State) -> _State:
    (h,) = state
    with lrp.unseen(), torch.no_grad():
        from_inputs, from_state = (part.chunk(3, -1) for part in weights.value(x, h))
        r, z = ((from_inputs[k] + from_state[k]).sigmoid() for k in (0, 1))
    step, rest = _maps(lrp, weights.gate(2, 3), x, h)
    with lrp.unseen():
        step = step.plus(rest.scaled(r))
    return ((1 - z) * lrp.emit(step).tanh() + z * h,)


def _maps(
    lrp: Propagation, weights: _Weights, x: Tensor, h: Tensor
) -> tuple[LinearStep, LinearStep]:
    """The maps of inputs and state, which are summed to one. Constants go to their biases."""
    first = lrp.step(lrp.origins.signal(x), weights.inputs, weights.input_bias)
    second = lrp.branch(lrp.origins.signal(h), weights.state, weights.state_bias, first.gamma)
    return _fixed(first, x), _fixed(second, h)


def _fixed(step: LinearStep, x: Tensor) -> LinearStep:
    if carries(x):
        return step
    zero = torch.zeros_like(step.linear)
    positive = None if step.positive is None else zero
    return LinearStep(zero, positive, step.value(), step.gamma, step.kind, step.layer)


def _unrolled(
    lrp: Propagation, module: nn.LSTM | nn.GRU, x: Tensor, hx: Any, step: _Step
) -> tuple[Tensor, _State]:
    """Outputs and last states of all layers and directions."""
    if not isinstance(x, Tensor) or getattr(module, "proj_size", False):
        raise lrp.running.refusal("a packed sequence, or an LSTM with proj_size,")
    alone = x.dim() == 2
    time = 0 if alone or not module.batch_first else 1
    sequence = [row.unsqueeze(0) if alone else row for row in x.unbind(time)]
    count = 1 if isinstance(module, nn.GRU) else 2
    states: list[_State] = []
    for layer in range(module.num_layers):
        outputs = []
        for back in range(1 + module.bidirectional):
            place = len(states)
            start = _zeros(sequence[0], module.hidden_size)
            state: _State = (start,) * count
            if hx is not None:
                state = tuple(part[place].unsqueeze(0) if alone else part[place] for part in hx)
            found = []
            for row in reversed(sequence) if back else sequence:
                state = step(lrp, _of_layer(module, layer, back), row, state)
                found.append(state[0])
            outputs.append(found[::-1] if back else found)
            states.append(state)
        sequence = [torch.cat(rows, -1) for rows in zip(*outputs, strict=True)]
    out = torch.stack([row[0] if alone else row for row in sequence], dim=time)
    last = (
        torch.cat(parts) if alone else torch.stack(parts) for parts in zip(*states, strict=True)
    )
    return out, tuple(last)


def _of_cell(cell: nn.LSTMCell | nn.GRUCell) -> _Weights:
    return _Weights(cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)


def _of_layer(module: nn.LSTM | nn.GRU, layer: int, back: int) -> _Weights:
    ending = f"_l{layer}{'_reverse' if back else ''}"
    weights = (getattr(module, name + ending) for name in ("weight_ih", "weight_hh"))
    biases = (getattr(module, name + ending, None) for name in ("bias_ih", "bias_hh"))
    return _Weights(*weights, *biases)


def _zeros(x: Tensor, width: int) -> Tensor:
    return x.new_zeros(*x.shape[:-1], width)
