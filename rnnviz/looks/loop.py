"""Loop: where a decoder's states come back to it as contexts, gradients go back through all its layers together."""

from collections.abc import Sequence

from rnnviz.kernels.decoder import Pass, back_through
from rnnviz.kernels.tape import Tape
from rnnviz.model.recording import Recording
from rnnviz.snapshot import Array


class Loop:
    """The pass of such a decoder over one sequence, after a backward pass.

    ways: dctx_t/dh_(t-1) of the last layer, (T, M, H).
    """

    def __init__(self, passed: Pass, ways: Array):
        self.tapes, self._ways = list(passed.tapes), ways

    def back(self, wide: Sequence[Tape], first: int = 0) -> None:
        """Go back over a part of the pass, spread, that begins at step `first`; dh holds what comes from outside."""
        ways = self._ways.astype(wide[0].W.dtype)

        def asked(t: int, d_context: Array) -> None:
            wide[-1].dh[t] += d_context @ ways[first + t]

        back_through(wide, ways.shape[1], asked)


def loop_of(recording: Recording) -> Loop | None:
    """Return a recorded network's loop; None where no state comes back as a context."""
    passed, look = recording.passed, recording.look
    return Loop(passed, look.ways) if passed and look and look.asks_before else None
