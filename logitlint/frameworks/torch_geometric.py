"""PyTorch Geometric: convolutions that end in a linear map and a sum over neighbours, without an activation.

Left out: `ARMAConv` (ReLU by default), `GINConv` and `EdgeConv` (they end in the network they are given).
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Axes, Depends, Function, Layer, Row, SameAs, subject
from logitlint.kinds import Kind

_SOURCE: Final = "https://pytorch-geometric.readthedocs.io/en/latest/modules/nn.html"


def _convolution(
    module: str,
    name: str,
    init: str,
    call: str,
    *,
    gives: Kind | Depends = Kind.LOGITS,
    units: str | None = "out_channels",
) -> Layer:
    qualified = f"torch_geometric.nn.{name}"
    return Layer(
        name=qualified,
        init=init,
        call=Function(name=qualified, signature=call, takes={"x": subject()}, gives=gives, units=units, source=_SOURCE),
        aliases=(f"torch_geometric.nn.conv.{name}", f"torch_geometric.nn.conv.{module}.{name}"),
        source=_SOURCE,
    )


# Asked for its attention weights, the layer gives a tuple; with several heads it gives `heads * out_channels` units.
_ATTENTION: Final = Depends("return_attention_weights", {None: Kind.LOGITS})
_HEADS: Final = "in_channels, out_channels, heads=1, concat=True"


def _pool(name: str, axes: Axes) -> SameAs:
    return SameAs(
        name=f"torch_geometric.nn.{name}",
        signature="x, batch=None, size=None",
        subject="x",
        axes=axes,
        axis=0,
        aliases=(f"torch_geometric.nn.pool.{name}", f"torch_geometric.nn.glob.{name}"),
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    _convolution(
        "gcn_conv",
        "GCNConv",
        "in_channels, out_channels, improved=False, cached=False, add_self_loops=None, normalize=True, bias=True, "
        "**kwargs",
        "x, edge_index, edge_weight=None",
    ),
    _convolution(
        "sage_conv",
        "SAGEConv",
        "in_channels, out_channels, aggr='mean', normalize=False, root_weight=True, project=False, bias=True, **kwargs",
        "x, edge_index, size=None",
        # `normalize=True` divides each row by its length.
        gives=Depends("normalize", {False: Kind.LOGITS}),
    ),
    _convolution(
        "gat_conv",
        "GATConv",
        f"{_HEADS}, negative_slope=0.2, dropout=0.0, add_self_loops=True, edge_dim=None, fill_value='mean', bias=True, "
        "residual=False, **kwargs",
        "x, edge_index, edge_attr=None, size=None, return_attention_weights=None",
        gives=_ATTENTION,
        units=None,
    ),
    _convolution(
        "gatv2_conv",
        "GATv2Conv",
        f"{_HEADS}, negative_slope=0.2, dropout=0.0, add_self_loops=True, edge_dim=None, fill_value='mean', bias=True, "
        "share_weights=False, residual=False, **kwargs",
        "x, edge_index, edge_attr=None, return_attention_weights=None",
        gives=_ATTENTION,
        units=None,
    ),
    _convolution(
        "transformer_conv",
        "TransformerConv",
        f"{_HEADS}, beta=False, dropout=0.0, edge_dim=None, bias=True, root_weight=True, **kwargs",
        "x, edge_index, edge_attr=None, return_attention_weights=None",
        gives=_ATTENTION,
        units=None,
    ),
    _convolution(
        "graph_conv",
        "GraphConv",
        "in_channels, out_channels, aggr='add', bias=True, **kwargs",
        "x, edge_index, edge_weight=None, size=None",
    ),
    _convolution(
        "cheb_conv",
        "ChebConv",
        "in_channels, out_channels, K, normalization='sym', bias=True, **kwargs",
        "x, edge_index, edge_weight=None, batch=None, lambda_max=None",
    ),
    _convolution(
        "sg_conv",
        "SGConv",
        "in_channels, out_channels, K=1, cached=False, add_self_loops=True, bias=True, **kwargs",
        "x, edge_index, edge_weight=None",
    ),
    _convolution(
        "tag_conv",
        "TAGConv",
        "in_channels, out_channels, K=3, bias=True, normalize=True, **kwargs",
        "x, edge_index, edge_weight=None",
    ),
    _convolution(
        "le_conv", "LEConv", "in_channels, out_channels, bias=True, **kwargs", "x, edge_index, edge_weight=None"
    ),
    _convolution(
        "cluster_gcn_conv",
        "ClusterGCNConv",
        "in_channels, out_channels, diag_lambda=0.0, add_self_loops=True, bias=True, **kwargs",
        "x, edge_index",
    ),
    _convolution(
        "rgcn_conv",
        "RGCNConv",
        "in_channels, out_channels, num_relations, num_bases=None, num_blocks=None, aggr='mean', root_weight=True, "
        "is_sorted=False, bias=True, **kwargs",
        "x, edge_index, edge_type=None",
    ),
    Layer(
        name="torch_geometric.nn.Linear",
        init="in_channels, out_channels, bias=True, weight_initializer=None, bias_initializer=None",
        call=Function(
            name="torch_geometric.nn.Linear",
            signature="x",
            takes={"x": subject()},
            gives=Kind.LOGITS,
            units="out_channels",
            source=_SOURCE,
        ),
        aliases=("torch_geometric.nn.dense.Linear", "torch_geometric.nn.dense.linear.Linear"),
        source=_SOURCE,
    ),
    _pool("global_mean_pool", Axes.POOLED),
    _pool("global_add_pool", Axes.SUMMED),
)
