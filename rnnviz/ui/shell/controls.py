"""The settings' widgets, built from the settings' own declarations: label, bounds, choices and help."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from rnnviz.cells import CELLS
from rnnviz.cost import too_big
from rnnviz.language import N_, BadValue, Message, Text, _, counted, listed, say, sentences
from rnnviz.plots import available_states
from rnnviz.plots.forecast import forecasts
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import GROUPS, NETWORK, SEQUENCE, Link
from rnnviz.settings.race import Terms
from rnnviz.settings.setting import Choice, Number, Phrase, Setting, Switch
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.task import Task
from rnnviz.ui.shell import upload
from rnnviz.ui.shell.address import chosen
from rnnviz.ui.shell.whole import whole

LIVE = [name for name, setting in Experiment.SETTINGS.items() if setting.live]
"""The settings that act on a running network."""
FEW = 3
"""Up to so many choices stand side by side; more go into a list."""
STEPS = {
    "learning_rate": [float(f"{m}e{e}") for e in range(-5, 1) for m in (1, 2, 5)] + [10.0],
    "clip_norm": [0.0, 0.01, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0],
    "goal": [0.0, *(float(f"{m}e{e}") for e in range(-4, 1) for m in (1, 2, 5)), 10.0],
}
"""The stops of the sliders of numbers whose size matters more than their difference."""
WITH_RADIUS = ("orthogonal", "spectral")
"""Initial weights that have a chosen spectral radius."""


_FOR_SOME = {name for task in TASKS.values() for name in task.own_settings}
"""Settings that mean something to some tasks alone."""
OWN: dict[str, Callable[[], dict[str, Any] | None]] = {"series": upload.series, "text": upload.text}
"""What shows where a visitor's own data can be brought, by the task's name, and returns what an Experiment takes of
them; None while it can't be trained."""


def experiment(adjust: Callable[[dict[str, Any]], None]) -> Experiment:
    """Show the settings of the experiment and return it; where they make none, say why and return the last one.

    adjust: called with the live settings as soon as one of them changes, before anything else of the page is made.
    """
    for message in st.session_state.pop("told", []):
        st.toast(say(message))
    widget("task", on_change=whole(lambda: take_task(st.session_state["task"])))
    task = TASKS[st.session_state["task"]]
    st.caption(say(task.sentence))
    own = OWN.get(st.session_state["task"], dict)()
    draft = chosen(Experiment, **(own or {}))
    known = _own_settings(task, draft)

    _header(_("Network"), NETWORK)
    widget("cell")
    cell = CELLS[draft.cell]
    st.caption(say(cell.help))
    if means("nonlinearity", draft):
        widget("nonlinearity")
    if known:
        widget("embedding_size")
    widget("hidden_size")
    widget("num_layers")
    if means("bidirectional", draft):
        widget("bidirectional")

    _header(_("Sequence"), SEQUENCE)
    longest = (Task if own is None else task).longest(draft)
    if draft.seq_len > longest:
        st.session_state["seq_len"] = longest
        text = counted(
            "The data allow sequences of one step; that is used.",
            "The data allow sequences of up to {n} steps; {n} is used.",
            longest,
        )
        st.info(say(text))
    if task.form.has_length and task.has_length:
        widget("seq_len", most=max(longest, 3))  # a slider needs two stops
    for name in ("batch_size", "loss_at", "carry_state", "difference", "truncation"):
        if means(name, draft):
            widget(name)

    if _header(_("Training"), GROUPS["training"][1]):
        st.caption(
            _("Learning rate and clipping act on the running network. Any other setting starts a new one, at step 0.")
        )
    for name in LIVE:
        widget(name, on_change=whole(lambda: adjust({name: getattr(chosen(Experiment), name) for name in LIVE})))
    widget("optimizer")
    if means("dropout", draft):
        widget("dropout")
    if means("initialisation", draft):
        widget("initialisation")
        widget("spectral_radius", on_change=_take_radius)
    if means("forget_bias", draft):
        widget("forget_bias")
    widget("seed")
    return _agreed(chosen(Experiment, **(own or {})), ready=own is not None and known is not None)


def means(name: str, draft: Experiment) -> bool:
    """Say whether a setting is to be chosen: whether it means something to the task and the cell; where the task
    refuses it, it can be put back to its default."""
    task, cell = TASKS[draft.task], CELLS[draft.cell]
    meaning = {
        "nonlinearity": cell.chooses,
        "embedding_size": task.reads_tokens(),
        "batch_size": not task.by_heart,
        "loss_at": not task.form.one_answer,
        "carry_state": task.consecutive,
        "difference": task.differences,
        "truncation": task.form.has_length and (not draft.bidirectional or draft.truncation > 0),
        "initialisation": cell.from_hidden,
        "spectral_radius": cell.from_hidden,
        "forget_bias": cell.forgets,
        **dict.fromkeys(_FOR_SOME, False),
        **dict.fromkeys(task.own_settings, True),
    }
    usual = name not in task.refused or getattr(draft, name) != Experiment.DEFAULTS[name]
    return meaning.get(name, True) and usual


def _own_settings(task: type[Task], draft: Experiment) -> tuple[Text, ...] | None:
    """Show the settings that mean something to this task alone, and return its vocabulary, () if it has none.

    None, saying why, where a visitor's own words don't do.
    """
    for name in task.own_settings:
        more: dict[str, Any] = {"placeholder": task.usual} if name == "phrase" else {}
        widget(name, **more)
    try:
        return task.known(draft) or ()
    except BadValue as error:
        st.error(say(sentences(error.message, N_("The network before goes on."))))
        return None


def _header(words: str, names: Iterable[str]) -> bool:
    """Show a heading, if anything can be below it, and say whether."""
    if shown := not all(map(chosen(Link).hides, names)):
        st.subheader(words)
    return shown


def view(shown: Experiment) -> View:
    """Show how the pictures may be looked at, and return what is chosen."""
    names = ("states", "layer", "direction", "scale", *(["beyond"] if forecasts(shown) else []))
    if all(map(chosen(Link).hides, names)):
        return chosen(View)
    help = _("What the map of the states and the forecast show.")
    with st.popover(_("Pictures"), icon=":material/tune:", key="view", help=help):
        states = available_states(shown)
        if len(states) > 1:
            widget("states", only=states)
        if shown.num_layers > 1:
            widget("layer", most=shown.num_layers)
        if shown.bidirectional or (TASKS[shown.task].source_vocabulary and shown.encoder_directions == 2):
            widget("direction")
        widget("scale")
        if forecasts(shown):
            widget("beyond")
    return chosen(View)


def choose_tint(shown: Experiment, only: tuple[str, ...]) -> View:
    """Show what may colour the words, of these, and of which unit or layer; return what is chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        widget("tint", only=only, width=340)
        tint = st.session_state["tint"]
        if tint == "unit" and shown.hidden_size > 1:
            widget("unit", most=shown.hidden_size, width=200)
        if tint in ("unit", "share"):
            if shown.num_layers > 1:
                widget("layer", most=shown.num_layers, width=140)
            if shown.bidirectional:
                widget("direction")
    return chosen(View)


@whole
def _take_radius() -> None:
    """A chosen spectral radius asks for weights that have one."""
    if st.session_state["initialisation"] not in WITH_RADIUS:
        st.session_state["initialisation"] = "spectral"
        tell(_changed("initialisation"))


def _agreed(draft: Experiment, ready: bool) -> Experiment:
    """Return `draft` if a network can be trained on it, else the last one that could, saying what is wrong."""
    last = st.session_state.get("experiment", Experiment())
    last = dataclasses.replace(last, **{name: getattr(draft, name) for name in LIVE})
    if not ready:
        return last
    if draft != last and (problem := unfit(draft)):
        st.error(say(sentences(problem, N_("The network before goes on."))))
        return last
    st.session_state["experiment"] = draft
    return draft


def unfit(draft: Experiment) -> Text | None:
    """Say why a network can't be trained here; None if it can."""
    try:
        if problem := too_big(draft) or _contradiction(draft):
            return problem
        task_of(draft)
    except BadValue as error:
        return error.message
    return None


def _contradiction(draft: Experiment) -> Message | None:
    if not (draft.bidirectional and draft.truncation):
        return None
    return N_(
        "Truncated BPTT carries a state on in time, so it needs a network that reads one way: switch off Bidirectional "
        "or set the truncation to 0."
    )


@whole
def take_task(name: str) -> None:
    """Take a task, with the settings that suit it, but for those that the link holds where they are."""
    st.session_state["task"] = name
    task, link = TASKS[name], chosen(Link)
    some_suggest = {
        setting
        for any_task in TASKS.values()
        for setting in (*any_task.suggested, *any_task.own_settings, *task.refused)
    }
    suited = {name: task.suggested.get(name, default) for name, default in Experiment.DEFAULTS.items()}
    free = [n for n in suited if n in some_suggest and not (link.hides(n) or link.locks(n))]
    changed = [n for n in free if st.session_state[n] != suited[n]]
    take({name: suited[name] for name in changed})
    if changed:
        names = listed([Experiment.SETTINGS[name].label for name in changed])
        tell(N_("Chosen to suit this task: {names}.", names=names))


@whole
def take(settings: dict[str, Any]) -> None:
    """Take several settings at once."""
    for name, value in settings.items():
        st.session_state[name] = value


def widget(
    key: str, *, most: float | None = None, only: tuple[str, ...] | None = None, typed: bool = False, **more: Any
) -> None:
    """Show the widget of one setting, unless the link hides it; its value stands in the session under its key.

    key: the setting's name, or that of a setting of another network of a race, such as b.cell. typed: whether a number
    is typed, not slid.
    """
    (setting, name), link = _declared(key), chosen(Link)
    if link.hides(name):
        return
    common: dict[str, Any] = {
        "label": say(setting.label),
        "help": say(setting.help),
        "key": key,
        "persist_state": "session",
        "disabled": link.locks(name),
    } | more
    match setting:
        case Switch():
            st.toggle(**common)
        case Choice():
            _choose(common, setting, only or tuple(setting.options))
        case Phrase():
            st.text_input(max_chars=setting.most, **common)
        case Number() if name in STEPS:
            # A value from the URL that is none of the stops becomes one.
            options = sorted({*STEPS[name], st.session_state[key]})
            st.select_slider(options=options, format_func=lambda value: say(setting.words(value)), **common)
        case Number() if typed or name == "seed":
            st.number_input(min_value=int(setting.least), max_value=int(setting.most), step=1, **common)
        case Number():
            kind, step = (int, 1) if setting.whole else (float, 0.05)
            end = kind(most or setting.most)
            _keep_below(key, end)
            st.slider(min_value=kind(setting.least), max_value=end, step=step, **common)


def _declared(key: str) -> tuple[Setting, str]:
    """Return the setting that a widget's key means, and its name."""
    name = key.rpartition(".")[2]
    return (Experiment.SETTINGS | View.SETTINGS | Terms.SETTINGS)[name], name


def _keep_below(name: str, end: float) -> None:
    """Keep a slider's value when its end moves: to the browser that is another slider, which begins at its least."""
    ends = st.session_state.setdefault("ends", {})
    if ends.get(name) != end:
        ends[name] = end
        larger = st.session_state[name] > end
        st.session_state[name] = min(st.session_state[name], end)
        if larger:
            st.toast(say(_changed(name)))


def _changed(name: str) -> Message:
    """Say that a setting was changed by the page, not by the visitor."""
    setting, value = _declared(name)[0], st.session_state[name]
    return N_("{setting} is now {value}, to fit the rest.", setting=setting.label, value=setting.words(value))


def tell(message: Message) -> None:
    """Have the page say this when it is built anew: for a callback, which knows no reader."""
    st.session_state.setdefault("told", []).append(message)


def _choose(common: dict[str, Any], setting: Choice, options: tuple[str, ...]) -> None:
    if st.session_state[common["key"]] not in options:
        st.session_state[common["key"]] = options[0]
        st.toast(say(_changed(common["key"])))
    words = {name: say(setting.words(name)) for name in setting.options}
    if len(options) <= FEW:
        st.segmented_control(options=options, format_func=words.__getitem__, required=True, **common)
    else:
        st.selectbox(options=options, format_func=words.__getitem__, placeholder=_("Choose one"), **common)
