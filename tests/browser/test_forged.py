"""What no browser sends: values that a widget can't have get a sentence, and the session goes on with its network."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import loops
import pytest
from server import ROOT, Server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

FORGED: dict[str, list[Any]] = {
    "trigger_value": [True],
    "bool_value": [True],
    "double_value": [float("nan"), 1e300],
    "int_value": [-7, 2**62],
    "string_value": ["<b>", "{"],
    "bytes_value": [b"\xff"],
    "json_value": ["{", "[1]"],
    "json_trigger_value": ["{", "[1]"],
    "arrow_value": [{}],
    "double_array_value": [{}, {"data": [1e300, float("nan")]}],
    "int_array_value": [{}, {"data": [99]}],
    "string_array_value": [{}, {"data": ["<b>"]}],
    "string_trigger_value": [{"data": "<b>"}],
    "file_uploader_state_value": [{"uploaded_file_info": [{"file_id": "none"}]}],
    "chat_input_value": [{}],
}
"""By each field in which a widget's value may come."""
LEAKS = rb"Traceback|site-packages|\.py\b|" + re.escape(str(ROOT)).encode()


def test_every_way_to_send_a_value_is_tried():
    fields = {field.name for field in WidgetState.DESCRIPTOR.oneofs_by_name["value"].fields}
    assert fields == set(FORGED)


class Visit:
    """A session on the first page, spoken to as Streamlit's own script does."""

    def __init__(self, socket: ClientConnection):
        self._socket = socket

    async def run(self, *states: WidgetState) -> list[ForwardMsg]:
        """Send the widgets' values, and return all that is sent until the script is through."""
        asking = BackMsg()
        asking.rerun_script.widget_states.CopyFrom(WidgetStates(widgets=states))
        asking.rerun_script.query_string = "speed=1"
        await self._socket.send(asking.SerializeToString())
        sent: list[ForwardMsg] = []
        while not sent or sent[-1].WhichOneof("type") != "script_finished":
            sent.append(ForwardMsg.FromString(await self._socket.recv(decode=False)))
        return sent


def shown(messages: list[ForwardMsg]) -> bytes:
    """What of the messages is put on the page; a new session's tells Streamlit's script where the app's lies."""
    return b"".join(m.SerializeToString() for m in messages if m.WhichOneof("type") == "delta")


def widgets(part: Any) -> Iterator[tuple[str, str]]:
    """Every widget in a message: its kind and its id."""
    for field, value in part.ListFields():
        if field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for inner in value if field.is_repeated else [value]:
                if str(getattr(inner, "id", "")).startswith("$$ID"):
                    yield inner.DESCRIPTOR.name, inner.id
                yield from widgets(inner)


async def forge(stream: str) -> dict[str, int]:
    """Send a widget of every kind on the bench all there is; return how often each kind got a sentence."""
    told: dict[str, int] = {}
    async with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        visit = Visit(socket)
        page = await visit.run()
        [token] = set(re.findall(rb"\./live/bench/([\w-]+)", shown(page)))
        for kind, widget in dict(found for message in page for found in widgets(message)).items():
            told[kind] = 0
            for field, values in FORGED.items():
                for value in values:
                    answer = shown(await visit.run(WidgetState(id=widget, **{field: value})))
                    assert not re.search(LEAKS, answer), (kind, field, value)
                    told[kind] += b"could not build this page" in answer or b"what was sent" in answer
                after = shown(await visit.run())
                assert b"could not build" not in after, (kind, field)
                assert token in after, (kind, field)
    return told


def test_forged_values_get_a_sentence_and_the_session_goes_on(below: Server):
    told = loops.run(forge(f"ws://{below.host}/kept/_stcore/stream"))
    for kind in ("Slider", "Selectbox", "NumberInput", "ButtonGroup", "Checkbox", "Button", "MenuButton"):
        assert told[kind], told


@pytest.mark.parametrize(("parts", "code"), [([2**18], 1002), ([2**18 + 1], 1009), ([2**17, 2**17, 1], 1009)])
def test_a_message_is_read_no_further_than_one_may_be_long(below: Server, parts: list[int], code: int):
    cut_off = {1006} if code == 1009 else set()  # while the rest of a message was on its way, no reason need arrive

    async def closed_with() -> int | None:
        stream = f"ws://{below.host}/kept/_stcore/stream"
        async with connect(stream, subprotocols=[Subprotocol("streamlit")]) as socket:
            with contextlib.suppress(ConnectionClosed):
                await socket.send(
                    [bytes(length) for length in parts]
                )  # what is read whole is no message of Streamlit's
            await socket.wait_closed()
            return socket.close_code

    assert loops.run(closed_with()) in {code} | cut_off


@pytest.mark.parametrize("path", ["/kept/_stcore/stream", "/kept/live/bench/none"])
@pytest.mark.parametrize("origin", ["http://[", "http://elsewhere"])
def test_a_socket_of_another_page_is_refused_without_a_traceback(below: Server, path: str, origin: str):
    before = len(below.output)

    async def knock():
        async with connect(f"ws://{below.host}{path}", origin=Origin(origin)):
            pass

    with pytest.raises(InvalidStatus, match="403"):
        loops.run(knock())
    assert "Traceback" not in below.output[before:]
