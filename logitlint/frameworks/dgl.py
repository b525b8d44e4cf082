"""DGL: convolutions that end in a linear map and a sum over neighbours, and in an activation where one is given.

Left out: `GINConv`, which ends in the network it is given.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Axes, Depends, Function, Layer, Row, subject
from logitlint.kinds import Kind

_SOURCE: Final = "https://www.dgl.ai/dgl_docs/en/2.1.x/api/python/nn-pytorch.html"
_PLAIN: Final = Depends("activation", {None: Kind.LOGITS})
# Asked for its attention, the layer gives a tuple; its result has an axis for the heads.
_ATTENTION: Final = Depends("get_attention", {False: _PLAIN})
_HEADS: Final = (
    "in_feats, out_feats, num_heads, feat_drop=0.0, attn_drop=0.0, negative_slope=0.2, residual=False, "
    "activation=None, allow_zero_in_degree=False, bias=True"
)


def _convolution(
    module: str, name: str, init: str, call: str, gives: Kind | Depends, *, units: str | None = "out_feats"
) -> Layer:
    qualified = f"dgl.nn.pytorch.conv.{name}"
    return Layer(
        name=qualified,
        init=init,
        call=Function(
            name=qualified,
            signature=call,
            takes={"feat": subject()},
            gives=gives,
            axes=Axes.KEPT if units else Axes.RESHAPED,
            units=units,
            source=_SOURCE,
        ),
        aliases=(f"dgl.nn.{name}", f"dgl.nn.pytorch.{name}", f"dgl.nn.pytorch.conv.{module}.{name}"),
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    _convolution(
        "graphconv",
        "GraphConv",
        "in_feats, out_feats, norm='both', weight=True, bias=True, activation=None, allow_zero_in_degree=False",
        # The call takes a `weight` too, which under that name would hide the constructor's flag: a call that gives it
        # by name is not followed. Without a weight of its own the layer only sums.
        "graph, feat, other_weight=None, edge_weight=None",
        Depends("weight", {True: _PLAIN}),
    ),
    _convolution(
        "sageconv",
        "SAGEConv",
        "in_feats, out_feats, aggregator_type, feat_drop=0.0, bias=True, norm=None, activation=None",
        "graph, feat, edge_weight=None",
        Depends("norm", {None: _PLAIN}),
    ),
    _convolution(
        "gatconv",
        "GATConv",
        _HEADS,
        "graph, feat, edge_weight=None, get_attention=False",
        _ATTENTION,
        units=None,
    ),
    _convolution(
        "gatv2conv",
        "GATv2Conv",
        f"{_HEADS}, share_weights=False",
        "graph, feat, get_attention=False",
        _ATTENTION,
        units=None,
    ),
    _convolution(
        "tagconv",
        "TAGConv",
        "in_feats, out_feats, k=2, bias=True, activation=None",
        "graph, feat, edge_weight=None",
        _PLAIN,
    ),
    _convolution(
        "sgconv",
        "SGConv",
        "in_feats, out_feats, k=1, cached=False, bias=True, norm=None, allow_zero_in_degree=False",
        "graph, feat, edge_weight=None",
        Depends("norm", {None: Kind.LOGITS}),
    ),
)
