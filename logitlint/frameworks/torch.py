"""PyTorch: all its rows, the conventional names, and the modules under which it hides what it documents elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks import (
    torch_activations,
    torch_distributions,
    torch_layers,
    torch_losses,
    torch_operations,
)
from logitlint.frameworks.vocabulary import Relation, Row
from logitlint.kinds import Kind

CONVENTIONAL: Mapping[str, str] = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional"}
"""Names that stand for a module when a snippet never binds them."""

SYNONYMS: Mapping[str, str] = {"axis": "dim", "keepdims": "keepdim"}
"""Keywords that PyTorch's operations accept in NumPy's spelling."""

OPERATORS: Mapping[str, str] = {
    "torch.add": "+",
    "torch.sub": "-",
    "torch.subtract": "-",
    "torch.rsub": "-r",
    "torch.mul": "*",
    "torch.multiply": "*",
    "torch.div": "/",
    "torch.divide": "/",
    "torch.true_divide": "/",
    "torch.matmul": "@",
    "torch.mm": "@",
    "torch.bmm": "@",
    "torch.spmm": "@",
    "torch.sparse.mm": "@",
    "torch.pow": "**",
    **{
        f"torch.Tensor.{name}{place}": sign
        for place in ("", "_")
        for name, sign in (
            ("add", "+"),
            ("sub", "-"),
            ("subtract", "-"),
            ("mul", "*"),
            ("multiply", "*"),
            ("div", "/"),
            ("divide", "/"),
            ("true_divide", "/"),
            ("pow", "**"),
        )
    },
    "torch.Tensor.__rsub__": "-r",
    "torch.Tensor.matmul": "@",
    "torch.Tensor.mm": "@",
    "torch.Tensor.bmm": "@",
}
"""Functions and methods that are an operator by another name, when they are called with nothing but its operands."""

FACTOR: Final = "alpha"
"""The keyword by which such a function, if it adds or takes away, multiplies its second operand first."""

HOMES: Mapping[str, str] = {
    "torch.nn.modules": "torch.nn",
    "torch.nn.modules.*": "torch.nn",
    "torch.nn.parallel": "torch.nn",
    "torch.nn.parallel.data_parallel": "torch.nn",
    "torch.nn.parallel.distributed": "torch.nn.parallel",
    "torch.distributions.*": "torch.distributions",
    "torch.functional": "torch",
    "torch.autograd.variable": "torch.autograd",
    "torch.autograd.grad_mode": "torch.autograd",
    "torch.amp.autocast_mode": "torch.amp",
    "torch._C._nn": "torch.nn.functional",
}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

COUNTERPARTS: Mapping[Relation, Mapping[str, str]] = {
    Relation.LOGARITHM: {
        "torch.softmax": "torch.log_softmax",
        "torch.nn.functional.softmax": "torch.nn.functional.log_softmax",
        "torch.nn.Softmax": "torch.nn.LogSoftmax",
        "torch.sigmoid": "torch.nn.functional.logsigmoid",
        "torch.nn.functional.sigmoid": "torch.nn.functional.logsigmoid",
        "torch.nn.Sigmoid": "torch.nn.LogSigmoid",
    },
    Relation.EXPONENTIAL: {
        "torch.log_softmax": "torch.softmax",
        "torch.nn.functional.log_softmax": "torch.nn.functional.softmax",
        "torch.nn.LogSoftmax": "torch.nn.Softmax",
        "torch.nn.functional.logsigmoid": "torch.sigmoid",
        "torch.nn.LogSigmoid": "torch.nn.Sigmoid",
    },
    Relation.ON_LOGITS: {
        "torch.nn.functional.nll_loss": "torch.nn.functional.cross_entropy",
        "torch.nn.NLLLoss": "torch.nn.CrossEntropyLoss",
        "torch.nn.NLLLoss2d": "torch.nn.CrossEntropyLoss",
        "torch.nn.functional.binary_cross_entropy": "torch.nn.functional.binary_cross_entropy_with_logits",
        "torch.nn.BCELoss": "torch.nn.BCEWithLogitsLoss",
    },
    Relation.EACH_BY_ITSELF: {
        "torch.softmax": "torch.sigmoid",
        "torch.nn.functional.softmax": "torch.sigmoid",
        "torch.nn.Softmax": "torch.nn.Sigmoid",
        "torch.log_softmax": "torch.nn.functional.logsigmoid",
        "torch.nn.functional.log_softmax": "torch.nn.functional.logsigmoid",
        "torch.nn.LogSoftmax": "torch.nn.LogSigmoid",
    },
    Relation.CALLED: {
        "torch.nn.Softmax": "torch.softmax",
        "torch.nn.functional.softmax": "torch.softmax",
        "torch.nn.LogSoftmax": "torch.log_softmax",
        "torch.nn.functional.log_softmax": "torch.log_softmax",
        "torch.nn.Sigmoid": "torch.sigmoid",
        "torch.nn.functional.sigmoid": "torch.sigmoid",
        "torch.nn.LogSigmoid": "torch.nn.functional.logsigmoid",
        "torch.nn.ReLU": "torch.relu",
        "torch.nn.functional.relu": "torch.relu",
        "torch.nn.Tanh": "torch.tanh",
        "torch.nn.functional.tanh": "torch.tanh",
    },
    Relation.NOTHING: {"torch.*": "torch.nn.Identity"},
}
"""What may stand in the place of what, in a repair."""

GIVING: Mapping[tuple[str, Kind], str] = {
    ("torch", Kind.SOFTMAX): "torch.softmax",
    ("torch", Kind.SIGMOID): "torch.sigmoid",
    ("torch", Kind.LOG_SOFTMAX): "torch.log_softmax",
}
"""What a repair applies to get a kind."""

ROWS: tuple[Row, ...] = (
    *torch_activations.ROWS,
    *torch_losses.ROWS,
    *torch_losses.ADAPTIVE,
    *torch_layers.ROWS,
    *torch_operations.ROWS,
    *torch_distributions.ROWS,
)
