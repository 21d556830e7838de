"""The network of a script: its modules as PyTorch draws them, and what becomes of their weights."""

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import Task

_MODULES = {"rnn": "nn.RNN", "gru": "nn.GRU", "lstm": "nn.LSTM"}


def sigmoid(experiment: Experiment) -> bool:
    """Say whether it is the RNN that torch does not have."""
    return experiment.cell == "rnn" and experiment.nonlinearity == "sigmoid"


def network(experiment: Experiment, task: Task) -> list[str]:
    """Return the paragraphs that define `recurrent` and `readout`."""
    both = experiment.bidirectional
    arguments = [f"{task.inputs}", "HIDDEN_SIZE"]
    if experiment.num_layers > 1:
        arguments.append(f"num_layers={number(experiment, 'num_layers')}")
    if experiment.cell == "rnn" and experiment.nonlinearity == "relu":
        arguments.append('nonlinearity="relu"')
    if both:
        arguments.append("bidirectional=True")
    module, classes = _MODULES[experiment.cell], []
    if sigmoid(experiment):
        module, classes = "SigmoidRNN", [_SIGMOID_RNN + (_BOTH_WAYS if both else _ONE_WAY)]
    drawn = f"""
    torch.manual_seed(SEED)
    recurrent = {module}({", ".join(arguments)})
    readout = nn.Linear({"2 * HIDDEN_SIZE" if both else "HIDDEN_SIZE"}, {task.outputs})
    """
    return [*classes, drawn, *_initialisation(experiment)]


_SIGMOID_RNN = '''
class SigmoidRNN(nn.RNN):
    """torch.nn.RNN, which knows tanh and relu alone, with a sigmoid: its parameters, and a loop of our own."""

    def scan(self, inputs, weights, h_t):
        """Return the h_t of all steps, (T, B, H)."""
        W_ih, W_hh, b_ih, b_hh = weights
        hidden = []
        for x_t in inputs:
            h_t = torch.sigmoid(x_t @ W_ih.T + b_ih + h_t @ W_hh.T + b_hh)
            hidden.append(h_t)
        return torch.stack(hidden)

    def forward(self, inputs, state):
        """Return the h_t of the last layer, and the state each layer ends in."""
        ends = []
'''
_ONE_WAY = """\
        for weights, h_0 in zip(self.all_weights, state):
            inputs = self.scan(inputs, weights, h_0)
            ends.append(inputs[-1])
        return inputs, torch.stack(ends)
"""
_BOTH_WAYS = """\
        for i in range(0, len(state), 2):
            forwards = self.scan(inputs, self.all_weights[i], state[i])
            backwards = self.scan(inputs.flip(0), self.all_weights[i + 1], state[i + 1])
            inputs = torch.cat([forwards, backwards.flip(0)], dim=2)
            ends += [forwards[-1], backwards[-1]]
        return inputs, torch.stack(ends)
"""


def _initialisation(experiment: Experiment) -> list[str]:
    """Write what becomes of the weights once they are drawn, if anything does."""
    lines = []
    if experiment.initialisation in _CHANGES:
        change = _CHANGES[experiment.initialisation].format(radius=number(experiment, "spectral_radius"))
        remark = "" if experiment.cell == "rnn" else "  # one for each gate"
        lines += [
            'if name.startswith("weight_hh"):',
            f"    for W_hh in parameter.split(HIDDEN_SIZE):{remark}",
            f"        {change}",
        ]
    if experiment.initialisation == "identity":
        lines += ['if name.startswith("bias"):', "    nn.init.zeros_(parameter)"]
    if experiment.cell == "lstm" and experiment.forget_bias:
        lines += [
            'if name.startswith("bias_ih"):',
            f"    parameter[HIDDEN_SIZE : 2 * HIDDEN_SIZE] += {number(experiment, 'forget_bias')}  # the forget gate",
        ]
    loop = ["with torch.no_grad():", "    for name, parameter in recurrent.named_parameters():"]
    return ["\n".join(loop + [" " * 8 + line for line in lines])] if lines else []


_CHANGES = {
    "orthogonal": "nn.init.orthogonal_(W_hh, gain={radius})",
    "identity": "nn.init.eye_(W_hh)",
    "spectral": "W_hh *= {radius} / torch.linalg.eigvals(W_hh).abs().max()",
}
"""What becomes of each H x H block of the drawn weight_hh; the default is left as it is."""


def number(experiment: Experiment, name: str) -> str:
    """Write the value of a setting."""
    return Experiment.SETTINGS[name].format(getattr(experiment, name))
