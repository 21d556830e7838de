"""The network of a script: its modules as PyTorch draws them, and what becomes of their weights."""

from rnnviz.cells import CELLS
from rnnviz.export.cell import MODULE, module
from rnnviz.export.numbers import number, times
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import Task


def network(experiment: Experiment, task: Task) -> list[str]:
    """Return the paragraphs that define `recurrent` and `readout`."""
    cell, both = CELLS[experiment.cell], experiment.bidirectional
    if cell.in_torch(experiment.nonlinearity):
        classes, made = [], f"nn.{cell.torch}({', '.join(_arguments(experiment, task.inputs))})"
    else:
        classes, made = [module(experiment, task.inputs)], f"{MODULE}()"
    drawn = f"""
    torch.manual_seed(SEED)
    recurrent = {made}
    readout = nn.Linear({times(1 + both, "HIDDEN_SIZE")}, {task.outputs})
    """
    return [*classes, drawn, *_initialisation(experiment)]


def _arguments(experiment: Experiment, inputs: int) -> list[str]:
    chosen = CELLS[experiment.cell].chooses and experiment.nonlinearity != "tanh"
    return [
        f"{inputs}",
        "HIDDEN_SIZE",
        *([f"num_layers={number(experiment, 'num_layers')}"] if experiment.num_layers > 1 else []),
        *([f'nonlinearity="{experiment.nonlinearity}"'] if chosen else []),
        *(["bidirectional=True"] if experiment.bidirectional else []),
    ]


def _initialisation(experiment: Experiment) -> list[str]:
    """Write what becomes of the weights once they are drawn, if anything does."""
    cell, lines = CELLS[experiment.cell], []
    if cell.from_hidden and experiment.initialisation in _CHANGES:
        change = _CHANGES[experiment.initialisation].format(radius=number(experiment, "spectral_radius"))
        remark = "  # one for each gate" if len(cell.from_hidden) > 1 else ""
        lines += [
            'if name.startswith("weight_hh"):',
            f"    for W_hh in parameter.split(HIDDEN_SIZE):{remark}",
            f"        {change}",
        ]
        if experiment.initialisation == "identity":
            lines += ['if name.startswith("bias"):', "    nn.init.zeros_(parameter)"]
    if cell.forgets and experiment.forget_bias:
        f = cell.from_input.index("f")
        rows = f"{times(f, 'HIDDEN_SIZE')} : {times(f + 1, 'HIDDEN_SIZE')}" if f else ":HIDDEN_SIZE"
        lines += [
            'if name.startswith("bias_ih"):',
            f"    parameter[{rows}] += {number(experiment, 'forget_bias')}  # the forget gate",
        ]
    loop = ["with torch.no_grad():", "    for name, parameter in recurrent.named_parameters():"]
    return ["\n".join(loop + [" " * 8 + line for line in lines])] if lines else []


_CHANGES = {
    "orthogonal": "nn.init.orthogonal_(W_hh, gain={radius})",
    "identity": "nn.init.eye_(W_hh)",
    "spectral": "W_hh *= {radius} / torch.linalg.eigvals(W_hh).abs().max()",
}
"""What becomes of each H x H block of the drawn weight_hh; the default is left as it is."""
