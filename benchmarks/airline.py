"""Row 17: one-step test error of the airline task after 500 iterations, beside that of repeating the last value."""

import torch

from rnnviz import Experiment, Trainer
from rnnviz.tasks import TASKS

ITERATIONS = 500
SEEDS = range(3)


def errors(cell: str, seed: int) -> tuple[float, float]:
    """Return the RMSE of the network's one-step forecast and of "repeat the last value", in thousand passengers."""
    trainer = Trainer(Experiment(task="airline", cell=cell, seed=seed, **TASKS["airline"].suggested))
    trainer.step(ITERATIONS)
    forecast = trainer.snapshot().forecast
    assert forecast is not None
    return forecast.rmse(forecast.one_step), forecast.rmse(forecast.repeat_last)


def main():
    torch.set_num_threads(1)
    print(f"{'cell':6}{'seed':>5}{'network':>9}{'repeat':>8}   below?   (RMSE, {TASKS['airline'].unit})")
    for cell in ("rnn", "gru", "lstm"):
        for seed in SEEDS:
            network, repeat = errors(cell, seed)
            print(f"{cell:6}{seed:5}{network:9.1f}{repeat:8.1f}   {'yes' if network < repeat else 'NO'}")


if __name__ == "__main__":
    main()
