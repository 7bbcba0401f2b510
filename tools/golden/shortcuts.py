"""The five-layer network of section 4.4: how large the gradients are, layer by layer, with shortcuts and without.

    python tools/golden/shortcuts.py

Layers 3-3-3-3-3-1, each a Linear and a GELU (tanh); a shortcut wherever input and output have one shape. PyTorch
seed 123, input [1, 0, -1], target 0, mean squared error. The book prints the mean absolute gradient of each weight.
"""

import torch
from torch import nn

from chapter import GELU
from common import GOLDEN, origin, write_json

SIZES, INPUT, TARGET, SEED = [3, 3, 3, 3, 3, 1], [[1.0, 0.0, -1.0]], [[0.0]], 123
PRINTED = {
    False: [0.00020173587836325169, 0.0001201116101583466, 0.0007152041653171182, 0.001398873864673078,
            0.005049646366387606],
    True: [0.22169792652130127, 0.20694106817245483, 0.32896995544433594, 0.2665732502937317, 1.3258541822433472],
}


class DeepNetwork(nn.Module):
    def __init__(self, sizes: list[int], shortcuts: bool):
        super().__init__()
        self.shortcuts = shortcuts
        pairs = zip(sizes, sizes[1:])
        self.layers = nn.ModuleList(nn.Sequential(nn.Linear(i, o), GELU()) for i, o in pairs)

    def forward(self, x):
        self.outputs = []
        for layer in self.layers:
            y = layer(x)
            x = x + y if self.shortcuts and x.shape == y.shape else y
            self.outputs.append(x)
        return x


def measure(shortcuts: bool) -> dict:
    torch.manual_seed(SEED)
    network = DeepNetwork(SIZES, shortcuts)
    with torch.enable_grad():
        output = network(torch.tensor(INPUT))
        loss = nn.MSELoss()(output, torch.tensor(TARGET))
        loss.backward()
    linears = [layer[0] for layer in network.layers]
    means = [float(linear.weight.grad.abs().mean()) for linear in linears]
    torch.testing.assert_close(means, PRINTED[shortcuts], rtol=1e-5, atol=0)
    return {
        "weights": [linear.weight.tolist() for linear in linears], "biases": [linear.bias.tolist() for linear in linears],
        "layerOutputs": [y[0].tolist() for y in network.outputs], "output": output.item(), "loss": loss.item(),
        "meanAbsoluteGradients": means, "printedInTheBook": PRINTED[shortcuts],
        "weightGradients": [linear.weight.grad.tolist() for linear in linears],
        "biasGradients": [linear.bias.grad.tolist() for linear in linears],
    }


if __name__ == "__main__":
    write_json(GOLDEN / "shortcuts.json", {
        **origin("shortcuts.py", seed=SEED), "layerSizes": SIZES, "input": INPUT[0], "target": TARGET[0],
        "without": measure(False), "with": measure(True)})
