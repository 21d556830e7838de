"""Continuation: a recorded network goes on, one step at a time, from any step of the recording."""

from rnnviz.kernels.tape import Tape
from rnnviz.model.network import SequenceModel
from rnnviz.model.recording import Recording
from rnnviz.snapshot import Array


class Continuation:
    """Goes on after step `start` of a recording, one step at a time and outside autograd, with the weights of then.

    There is room for `steps` steps. Raises ValueError for a bidirectional model, whose backward half would have to
    begin at the end.
    """

    def __init__(self, model: SequenceModel, recording: Recording, start: int, steps: int):
        if model.directions == 2:
            raise ValueError("a bidirectional network can't go on step by step: it reads from both ends")
        self._layers: list[tuple[Tape, Array, Array]] = []
        """Each with views of its x and h, (steps, 1, I) and (steps + 1, 1, H)."""
        for before in recording.tapes:
            tape = Tape(model.kernel, before.W, before.P, steps, 1)
            tape.begin(*(state[start] for state in before.states))
            self._layers.append((tape, tape.x, tape.h))
        self._weight, self._bias = (part.detach().numpy() for part in (model.readout.weight, model.readout.bias))
        self._done = 0

    def step(self, x: Array) -> Array:
        """Take one input (I,) and return the output (O,)."""
        t = self._done
        for tape, inputs, hidden in self._layers:
            inputs[t] = x
            tape.kernel.forward(tape, t, t + 1)
            x = hidden[t + 1, 0]
        self._done += 1
        return self._weight.dot(x) + self._bias  # for so few numbers in a quarter of the time of @
