"""Training speed of two sequences: our Trainer, watched, against the same network in bare torch.

`python -m benchmarks.pairs_training` runs both in turns, as benchmarks.training does. The network has an encoder that
reads both ways and additive attention. Bare torch has nn.GRU for the encoder, and for the decoder, whose every step
waits for what it looks at, nn.GRUCell or a step of nn.GRU, whichever is quicker here; its batches are made beforehand.
Ours has trained for a minute or so before, as the networks of benchmarks.training have when they are timed: in the
first steps of a run every one of them is measured for the curves, and then fewer and fewer.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import sys
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn
from typing_extensions import override

from benchmarks.training import in_turns, told, turn
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer

BAR = 1.2
NETWORK = Experiment(
    task="reverse",
    cell="gru",
    attention="additive",
    bidirectional_encoder=True,
    embedding_size=32,
    learning_rate=0.005,
    clip_norm=1.0,
)
SIZES = [(64, 64), (32, 32)]
"""Hidden size and batch size."""
BATCHES, BEFORE, WARM_UP = 50, 2000, 50


class Bare(nn.Module):
    """The network as anybody would write it. Sources begin together, and are packed where they are shorter."""

    def __init__(self, trainer: Trainer, *, one_step: bool):
        super().__init__()
        H, E, task = trainer.experiment.hidden_size, NETWORK.embedding_size, trainer.task
        self.one_step = one_step
        self.source, self.target = nn.Embedding(len(task.source_vocabulary), E), nn.Embedding(task.inputs, E)
        self.encoder = nn.GRU(E, H, bidirectional=True)
        self.query, self.key, self.score = nn.Linear(H, H, bias=False), nn.Linear(2 * H, H), nn.Linear(H, 1, bias=False)
        self.decoder = (nn.GRU if one_step else nn.GRUCell)(E + 2 * H, H)
        self.readout = nn.Linear(3 * H, task.outputs)

    @override
    def forward(self, source: Tensor, inputs: Tensor) -> Tensor:
        there = source >= 0
        lengths = there.sum(0)
        packed = nn.utils.rnn.pack_padded_sequence(self.source(source.clamp(0)), lengths, enforce_sorted=False)
        states, end = self.encoder(packed)
        states, _ = nn.utils.rnn.pad_packed_sequence(states)
        h, keys, absent, seen = end[0], self.key(states), ~there[..., None], []
        for x in self.target(inputs):
            scores = self.score(torch.tanh(self.query(h) + keys)).masked_fill(absent, -torch.inf)
            context = (scores.softmax(0) * states).sum(0)
            read = torch.cat([x, context], 1)
            h = self.decoder(read[None], h[None])[1][0] if self.one_step else self.decoder(read, h)
            seen.append(torch.cat([h, context], 1))
        return self.readout(torch.stack(seen))


def bare(trainer: Trainer, *, one_step: bool) -> Callable[[], None]:
    """Return one training step of bare torch."""
    batches = [trainer.task.training_batch(step) for step in range(BATCHES)]
    prepared = []
    for batch in batches:
        assert batch.source is not None
        source = torch.from_numpy(batch.source)
        order = torch.argsort((source < 0).int(), dim=0, stable=True)
        tensors = source.gather(0, order), torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets)
        prepared.append(tensors)
    model, steps = Bare(trainer, one_step=one_step), 0
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)

    def step() -> None:
        nonlocal steps
        source, inputs, targets = prepared[steps % BATCHES]
        steps += 1
        outputs = model(source, inputs)
        loss = nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step


def main() -> int:
    torch.set_num_threads(1)
    print(f"{'task':10}{'H':>4}{'B':>4}{'torch/s':>9}{'ours/s':>9}{'ratio':>8}{'least':>8}{'most':>8}{'bar':>8}")
    met = True
    for task in ("reverse", "dates"):
        for hidden_size, batch_size in SIZES:
            trainer = Trainer(replace(NETWORK, task=task, hidden_size=hidden_size, batch_size=batch_size))
            loops = [bare(trainer, one_step=one_step) for one_step in (False, True)]
            quickest = max(loops, key=lambda loop: max(turn(loop) for _ in range(5)))
            trainer.step(BEFORE)
            rounds = in_turns(quickest, trainer, WARM_UP)
            met &= told(f"{task:10}{hidden_size:4}{batch_size:4}", rounds, BAR)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
