"""Stack: layers of cells over one time axis, with torch's parameter names and random draws."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from rnnviz.kernels import kernel_of
from rnnviz.kernels.scan import State, run
from rnnviz.kernels.tape import Tape
from rnnviz.model.initial import INITIALISATIONS
from rnnviz.settings.experiment import Experiment


class Stack(nn.Module):
    """num_layers layers of cells, in one or two directions, each reading the h_t of the one below.

    The parameters have the names torch.nn.RNN, GRU and LSTM give theirs. weights: those of every layer and direction,
    L*D of them in torch's order: weight_ih, weight_hh, bias_ih, bias_hh, or what else the cell has (kernel.names).

    inputs: how many numbers the first layer reads at a step.
    """

    def __init__(self, experiment: Experiment, inputs: int, directions: int):
        super().__init__()
        self.experiment, self.inputs, self.directions = experiment, inputs, directions
        self.kernel = kernel_of(experiment)
        for name, shape in self._shapes().items():
            self.register_parameter(name, nn.Parameter(torch.empty(shape)))
        self.weights: list[tuple[Tensor, ...]] = list(zip(*[self.parameters()] * len(self.kernel.names), strict=True))

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        H = self.experiment.hidden_size
        shapes = {}
        for layer in range(self.experiment.num_layers):
            columns = self.directions * H if layer else self.inputs
            for end in [f"_l{layer}", f"_l{layer}_reverse"][: self.directions]:
                shapes |= {f"{name}{end}": shape for name, shape in self.kernel.cell.parameters(columns, H).items()}
        return shapes

    @property
    def features(self) -> int:
        """How many numbers the last layer's h_t of all directions are, M = D*H."""
        return self.directions * self.experiment.hidden_size

    @torch.no_grad()
    def draw(self, generator: torch.Generator) -> None:
        """Draw the weights as torch.nn does."""
        bound = 1 / math.sqrt(self.experiment.hidden_size)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound, generator=generator)

    @torch.no_grad()
    def suit(self, generator: torch.Generator) -> None:
        """Change the drawn weights as `experiment.initialisation` and `forget_bias` say."""
        experiment, cell, H = self.experiment, self.kernel.cell, self.experiment.hidden_size
        for weights in self.weights:
            named = dict(zip(self.kernel.names, weights, strict=True))
            if cell.from_hidden:
                for block in named["weight_hh"].split(H):
                    INITIALISATIONS[experiment.initialisation](block, experiment, generator)
                if experiment.initialisation == "identity":
                    named["bias_ih"].zero_()
                    named["bias_hh"].zero_()
            if cell.forgets:
                named["bias_ih"].split(H)[cell.from_input.index("f")].add_(experiment.forget_bias)

    def forward(
        self,
        x: Tensor,
        state: Sequence[State | None] | None = None,
        tapes: list[Tape] | None = None,
        *,
        padding: Tensor | None = None,
        keep: Sequence[Tensor] = (),
    ) -> tuple[Tensor, list[State]]:
        """Run over x (T, B, I); return the last layer's h_t (T, B, D*H), and the states the cells end in.

        state: what to start from, L*D of them, layer by layer, forward before backward; None is zero. The cells
        append their tapes, L*D of them in the same order, to `tapes` if it is given. padding: as in Batch, where it is
        to be skipped. keep: what each layer's inputs are multiplied by, (B, I) of each layer, or nothing.
        """
        starts = iter(state or [None] * len(self.weights))
        ends = []
        for layer in range(self.experiment.num_layers):
            if keep:
                x = x * keep[layer]
            passes = [
                run(
                    self.kernel,
                    x,
                    self.weights[layer * self.directions + d],
                    next(starts),
                    reverse=d == 1,
                    padding=padding,
                    tapes=tapes,
                )
                for d in range(self.directions)
            ]
            x = torch.cat([hidden for hidden, _ in passes], dim=2) if self.directions == 2 else passes[0][0]
            ends += [end for _, end in passes]
        return x, ends
