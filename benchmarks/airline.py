"""Row 17: one-step test error of the airline task after 500 iterations, beside that of repeating the last value.

Once where the network learns the values, as the texts do, and once where it learns their changes.
"""

import torch

from rnnviz import Experiment, Trainer
from rnnviz.tasks import TASKS

ITERATIONS = 500
SEEDS = range(3)


def errors(cell: str, seed: int, difference: bool) -> tuple[float, float]:
    """Return the RMSE of the network's one-step forecast and of "repeat the last value", in thousand passengers."""
    suggested = TASKS["airline"].suggested
    trainer = Trainer(Experiment(task="airline", cell=cell, seed=seed, difference=difference, **suggested))
    trainer.step(ITERATIONS)
    forecast = trainer.snapshot().forecast
    assert forecast is not None
    return forecast.rmse(forecast.one_step), forecast.rmse(forecast.repeat_last)


def main():
    torch.set_num_threads(1)
    print(f"{'cell':6}{'seed':>5}{'values':>9}{'changes':>9}{'repeat':>8}   below?     (RMSE, {TASKS['airline'].unit})")
    for cell in ("rnn", "gru", "lstm"):
        for seed in SEEDS:
            (values, repeat), (changes, _repeat) = (errors(cell, seed, difference) for difference in (False, True))
            below = ", ".join("yes" if network < repeat else "NO" for network in (values, changes))
            print(f"{cell:6}{seed:5}{values:9.1f}{changes:9.1f}{repeat:8.1f}   {below}")


if __name__ == "__main__":
    main()
