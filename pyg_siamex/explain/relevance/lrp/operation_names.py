"""Names of the tensor operations that relevance passes through, by what they do to it."""

REARRANGING = frozenset(
    [
        "view",
        "view_as",
        "reshape",
        "reshape_as",
        "expand",
        "expand_as",
        "transpose",
        "swapaxes",
        "swapdims",
        "permute",
        "t",
        "squeeze",
        "unsqueeze",
        "flatten",
        "unflatten",
        "ravel",
        "contiguous",
        "clone",
        "index_select",
        "getitem",
        "get",
        "select",
        "narrow",
        "split",
        "split_with_sizes",
        "chunk",
        "unbind",
        "tensor_split",
        "hsplit",
        "vsplit",
        "gather",
        "repeat",
        "tile",
        "repeat_interleave",
        "flip",
        "roll",
        "to",
        "type",
        "type_as",
        "float",
        "double",
        "half",
        "bfloat16",
        "cpu",
        "cuda",
        "movedim",
        "moveaxis",
        "masked_select",
        "take_along_dim",
        "atleast_2d",
        "identity",
        "broadcast_to",
        "broadcast_tensors",
        "requires_grad",
        "nan_to_num",
    ]
)
"""Move values about."""

JOINING = frozenset(["cat", "concat", "concatenate", "hstack", "vstack", "dstack", "stack"])
"""Put tensors together."""

MULTIPLYING = frozenset(
    [
        "mul",
        "multiply",
        "rmul",
        "imul",
        "div",
        "divide",
        "true_divide",
        "truediv",
        "idiv",
        "rtruediv",
        "rdiv",
        "matmul",
        "mm",
        "bmm",
        "rmatmul",
        "einsum",
    ]
)
"""Products and quotients, which may have weights as factors."""

SUMMING = frozenset(
    [
        "sum",
        "mean",
        "neg",
        "negative",
        "positive",
        "scatter_add",
        "index_add",
        "index_copy",
        "cumsum",
        "segment_reduce",
        "setitem",
    ]
)
"""Fixed linear maps: relevance splits in proportion."""

SELECTING = frozenset(["max", "min", "amax", "amin", "maximum", "minimum", "fmax", "fmin"])
"""The winner takes all relevance, in equal parts where several win."""

EXACT_ACTIVATIONS = frozenset(["relu", "leaky_relu", "prelu"])
"""Piecewise linear through 0: the gradient passes relevance on as it is."""

ACTIVATIONS = frozenset(
    [
        "gelu",
        "silu",
        "mish",
        "tanh",
        "elu",
        "selu",
        "celu",
        "relu6",
        "hardtanh",
        "hardswish",
        "softsign",
        "tanhshrink",
        "softshrink",
        "hardshrink",
        "arctan",
        "atan",
        "sin",
        "asinh",
        "erf",
        "softplus",
        "logsigmoid",
    ]
)
"""Elementwise: relevance is passed on unchanged, and f(0) is a bias."""
