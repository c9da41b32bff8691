from torch import nn
from torch_geometric.nn import GINConv

from pyg_siamex.explain.relevance.lrp.running import RunningModules


def test_maps_inside_a_convolution_are_of_its_layer():
    running, inner = RunningModules(), nn.Linear(2, 2)
    assert running.innermost is None and running.convolution is None and running.layer == ""
    running.enter("encoder", nn.Identity())
    assert running.layer == "encoder" and running.convolution is None
    running.enter("encoder.conv", GINConv(inner))
    running.enter("encoder.conv.nn", inner)
    assert running.innermost is inner
    assert running.convolution == running.layer == "encoder.conv"
    running.leave()
    running.leave()
    assert running.layer == "encoder"


def test_a_refusal_names_the_module_that_runs():
    running = RunningModules()
    assert "operation 'exp' in 'the model' has no relevance rule" in str(
        running.refusal("operation 'exp'")
    )
    running.enter("encoder.act", nn.Sigmoid())
    assert "in 'encoder.act' (Sigmoid)" in str(running.refusal("operation 'sigmoid'"))
