"""The training of a script: the optimizer, and what one step does."""

import numpy as np

from rnnviz.cells import CELLS
from rnnviz.export.cell import drops_between, why
from rnnviz.export.network import padded
from rnnviz.export.numbers import number
from rnnviz.export.pairs import PARAMETERS, loss_of_two
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import Task

_OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}


def training(experiment: Experiment, task: Task) -> list[str]:
    """Return the paragraph that trains the network on batch(step)."""
    if task.source_vocabulary:
        parameters, before, run, after = PARAMETERS, [], loss_of_two(experiment), []
    else:
        embedded = "*embedding.parameters(), " if task.vocabulary and experiment.embedding_size else ""
        parameters = f"{embedded}*recurrent.parameters(), *readout.parameters()"
        before, run, after = _of_one(experiment, task)
    optimizer, rate = _OPTIMIZERS[experiment.optimizer], number(experiment, "learning_rate")
    clip = [f"nn.utils.clip_grad_norm_(parameters, {number(experiment, 'clip_norm')})"] if experiment.clip_norm else []
    step = [
        *run,
        "optimizer.zero_grad()",
        "loss.backward()",
        *clip,
        "optimizer.step()",
        *after,
        "print(step + 1, loss.item())",
    ]
    lines = [
        f"parameters = [{parameters}]",
        f"optimizer = torch.optim.{optimizer}(parameters, lr={rate})",
        *before,
        "for step in range(STEPS):",
        *(f"    {line}" for line in step),
    ]
    return ["\n".join(lines)]


def _of_one(experiment: Experiment, task: Task) -> tuple[list[str], list[str], list[str]]:
    """Write what is done with one sequence: before training, in a step up to its loss, and after the update."""
    carries = task.consecutive and experiment.carry_state
    inputs = "read(inputs)" if task.vocabulary else "inputs"
    masks, more = [], ""
    if experiment.dropout:
        masks.append("keep = kept(step, inputs.shape[1])")
        inputs, more = (inputs, ", keep=keep") if drops_between(experiment) else (f"{inputs} * keep", "")
    if padded(experiment, task):
        masks.append(f"there = (inputs != {task.padding})[..., None]  # where a sequence has begun, (T, B, 1)")
        more += ", there=there"
    given, end = (f"{inputs}, state", "state") if carries else (inputs, "_")
    shape = f"  # h_t of all steps, (T, B, {'2H' if experiment.bidirectional else 'H'})"
    truncates = 0 < experiment.truncation < task.steps
    if truncates:
        run = [*([] if carries else ["state = None"]), *_truncated(experiment, task, inputs, more, shape)]
    else:
        run = [f"hidden, {end} = recurrent({given}{more}){shape}"]
    return (
        ["state = None"] if carries else [],
        ["inputs, targets = batch(step)", *masks, *run, _loss(task)],
        _carried(experiment, task) if carries and not truncates else [],
    )


def _loss(task: Task) -> str:
    """Write the mean over the answers of the marked steps, which are the last ones of a sequence."""
    count = np.count_nonzero(task.marked(task.asked))
    marked = "hidden[-1]" if count == 1 else "hidden" if count == task.steps else f"hidden[-{count}:]"
    outputs, targets = f"readout({marked})", "targets"
    if task.classes and count > 1:
        outputs, targets = f"{outputs}.flatten(0, 1)", "targets.flatten()"
    return f"loss = nn.functional.{'cross_entropy' if task.classes else 'mse_loss'}({outputs}, {targets})"


def _truncated(experiment: Experiment, task: Task, inputs: str, more: str, shape: str) -> list[str]:
    """Write truncated BPTT: one window after another, from a state without its gradient."""
    windows = f"{f'({inputs})' if '*' in inputs else inputs}.split(TRUNCATION)"
    each = f"window, there in zip({windows}, there.split(TRUNCATION))" if "there" in more else f"window in {windows}"
    return [
        "windows = []",
        f"for {each}:",
        f"    hidden, state = recurrent(window, state{more})",
        f"    state = {_detached(experiment, task)}  # the gradient stops here",
        "    windows.append(hidden)",
        f"hidden = torch.cat(windows){shape}",
    ]


def _detached(experiment: Experiment, task: Task) -> str:
    return "tuple(part.detach() for part in state)" if _several(experiment, task) else "state.detach()"


def _several(experiment: Experiment, task: Task) -> bool:
    """Say whether the state is a tuple: of h_n and c_n, or as the module that is written out has it."""
    return CELLS[experiment.cell].has_c or bool(why(experiment, padded(experiment, task)))


def _carried(experiment: Experiment, task: Task) -> list[str]:
    """Write how the state goes on to the next batch."""
    lines = [f"state = {_detached(experiment, task)}  # carried on to the next batch, without its gradient"]
    if experiment.bidirectional:
        lines += ["for part in state:", "    part[1::2] = 0"] if _several(experiment, task) else ["state[1::2] = 0"]
        lines[-1] += "  # but not backwards: nothing has come before a batch's end"
    return lines
