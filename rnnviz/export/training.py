"""The training of a script: the optimizer, and what one step does."""

import numpy as np

from rnnviz.cells import CELLS
from rnnviz.export.numbers import number
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import Task

_OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}


def training(experiment: Experiment, task: Task) -> list[str]:
    """Return the paragraph that trains `recurrent` and `readout` on batch(step)."""
    carries = task.consecutive and experiment.carry_state
    inputs = "read(inputs)" if task.vocabulary else "inputs"
    given, end = (f"{inputs}, state", "state") if carries else (inputs, "_")
    optimizer, rate = _OPTIMIZERS[experiment.optimizer], number(experiment, "learning_rate")
    clip = [f"nn.utils.clip_grad_norm_(parameters, {number(experiment, 'clip_norm')})"] if experiment.clip_norm else []
    shape = f"  # h_t of all steps, (T, B, {'2H' if experiment.bidirectional else 'H'})"
    truncates = 0 < experiment.truncation < task.steps
    if truncates:
        run = [*([] if carries else ["state = None"]), *_truncated(experiment, inputs, shape)]
    else:
        run = [f"hidden, {end} = recurrent({given}){shape}"]
    step = [
        "inputs, targets = batch(step)",
        *run,
        _loss(task),
        "optimizer.zero_grad()",
        "loss.backward()",
        *clip,
        "optimizer.step()",
        *(_carried(experiment) if carries and not truncates else []),
        "print(step + 1, loss.item())",
    ]
    embedded = "*embedding.parameters(), " if task.vocabulary and experiment.embedding_size else ""
    lines = [
        f"parameters = [{embedded}*recurrent.parameters(), *readout.parameters()]",
        f"optimizer = torch.optim.{optimizer}(parameters, lr={rate})",
        *(["state = None"] if carries else []),
        "for step in range(STEPS):",
        *(f"    {line}" for line in step),
    ]
    return ["\n".join(lines)]


def _loss(task: Task) -> str:
    """Write the mean over the answers of the marked steps, which are the last ones of a sequence."""
    count = np.count_nonzero(task.marked(task.asked))
    marked = "hidden[-1]" if count == 1 else "hidden" if count == task.steps else f"hidden[-{count}:]"
    outputs, targets = f"readout({marked})", "targets"
    if task.classes and count > 1:
        outputs, targets = f"{outputs}.flatten(0, 1)", "targets.flatten()"
    return f"loss = nn.functional.{'cross_entropy' if task.classes else 'mse_loss'}({outputs}, {targets})"


def _truncated(experiment: Experiment, inputs: str, shape: str) -> list[str]:
    """Write truncated BPTT: one window after another, from a state without its gradient."""
    return [
        "windows = []",
        f"for window in {inputs}.split(TRUNCATION):",
        "    hidden, state = recurrent(window, state)",
        f"    state = {_detached(experiment)}  # the gradient stops here",
        "    windows.append(hidden)",
        f"hidden = torch.cat(windows){shape}",
    ]


def _detached(experiment: Experiment) -> str:
    return "tuple(part.detach() for part in state)" if _several(experiment) else "state.detach()"


def _several(experiment: Experiment) -> bool:
    """Say whether the state is a tuple: of h_n and c_n, or as the module that is written out has it."""
    cell = CELLS[experiment.cell]
    return cell.has_c or not cell.in_torch(experiment.nonlinearity)


def _carried(experiment: Experiment) -> list[str]:
    """Write how the state goes on to the next batch."""
    lines = [f"state = {_detached(experiment)}  # carried on to the next batch, without its gradient"]
    if experiment.bidirectional:
        lines += ["for part in state:", "    part[1::2] = 0"] if _several(experiment) else ["state[1::2] = 0"]
        lines[-1] += "  # but not backwards: nothing has come before a batch's end"
    return lines
