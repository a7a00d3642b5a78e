"""`scan --camera`: a network camera that is real, is cut, and comes back; frames that are none."""

import http.server
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import scan_world
from scan_world import Bgr, black, frame, jpeg, recording, running, scan, text

from statusqr_verifier.scanning.cameras import Camera
from statusqr_verifier.scanning.captures import Capture, CaptureFailed, open_capture
from statusqr_verifier.scanning.events import Change, Event, Frame

SMALL = (640, 480)


class NetworkCamera:
    """Serves what it sees as an MJPEG stream over HTTP; can be unplugged and plugged in again."""

    def __init__(self, sees: Bgr) -> None:
        self.sees = jpeg(sees)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._address = probe.getsockname()
        self._server: http.server.ThreadingHTTPServer | None = None
        self.plug_in()

    @property
    def url(self) -> str:
        return f"http://guard:secret@127.0.0.1:{self._address[1]}/stream"

    def look_at(self, picture: Bgr) -> None:
        self.sees = jpeg(picture)

    def plug_in(self) -> None:
        camera, unplugged = self, threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    while not unplugged.wait(0.02):
                        picture = camera.sees
                        head = (
                            f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}"
                        )
                        self.wfile.write(head.encode() + b"\r\n\r\n" + picture + b"\r\n")
                except OSError:  # who looked has gone
                    pass

            def log_message(self, format: str, *args: object) -> None:
                """Nothing to the terminal."""

        self._unplugged = unplugged
        self._server = http.server.ThreadingHTTPServer(self._address, Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def pull_out(self) -> None:
        if self._server is not None:
            self._unplugged.set()
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()  # waits for the stream to end
            self._server = None


@contextmanager
def network_camera(sees: Bgr) -> Iterator[NetworkCamera]:
    camera = NetworkCamera(sees)
    try:
        yield camera
    finally:
        camera.pull_out()


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    return scan_world.write_trust(tmp_path)


def next_where(events: Iterator[Event], wanted: Callable[[Event], object]) -> Event:
    return next(event for event in events if wanted(event))


def test_a_shift(trust: Path) -> None:
    """Shown, cut, back again without a restart, dark, and the end; the address stays secret."""
    with network_camera(frame(text())) as camera:
        with running("--camera", camera.url, "--trust", trust, "--json") as command:
            command.told("Покажите код камере")
            report = command.report()
            assert (report["verdict"], report["source"]) == ("VALID", "camera")
            camera.pull_out()
            command.told("Камера отключена. Жду её возвращения.")
            camera.look_at(frame(text("R08")))
            camera.plug_in()
            command.told("Камера снова работает.")
            assert command.report()["verdict"] == "VALID"
            camera.look_at(black())
            command.told("Больше света")
            status, out, err = command.end()
        assert (status, out, err) == (0, "", "")
        assert "secret" not in "".join(command.lines)


def test_frames_changes_and_time() -> None:
    with (
        network_camera(black(SMALL)) as plugged,
        Camera(lambda: open_capture(plugged.url), retry=0.05) as camera,
    ):
        events = camera.events()
        seen = next_where(events, lambda event: event.frame is not None)
        assert seen.frame is not None
        assert seen.frame.shape == (480, 640, 3)
        plugged.pull_out()
        lost = next_where(events, lambda event: event.change)
        assert lost.change is Change.LOST
        waiting = list(itertools.islice(events, 3))
        assert [(event.frame, event.change) for event in waiting] == [(None, None)] * 3
        assert lost.at < waiting[0].at < waiting[2].at
        plugged.plug_in()
        assert next_where(events, lambda event: event.change).change is Change.BACK
        again = next_where(events, lambda event: event.frame is not None)
        assert again.at > waiting[2].at


def test_a_stream_that_ends_and_is_there_again_at_once(tmp_path: Path) -> None:
    """A file stands for a camera: it ends after three frames, and each time it opens again."""
    path = recording(tmp_path / "three.avi", [black((64, 48))] * 3)
    with Camera(lambda: open_capture(str(path)), retry=0.01) as camera:
        changes = (event.change for event in camera.events() if event.change)
        assert list(itertools.islice(changes, 4)) == [Change.LOST, Change.BACK] * 2


def test_a_slow_reader_gets_the_newest_frame() -> None:
    """A source that counts; whoever looks late sees what is there now, and nothing between."""
    taken = threading.Event()

    class Counter:
        rate = 25.0
        count = 0

        def frame(self) -> Frame | None:
            if self.count == 100:
                taken.set()
                threading.Event().wait(0.01)  # goes on showing the last
            else:
                self.count += 1
            return np.full((4, 4), self.count, np.uint8)

        def close(self) -> None:
            """Nothing to give back."""

    def open_counter() -> Capture:
        return Counter()

    with Camera(open_counter) as camera:
        events = camera.events()
        next(events)
        assert taken.wait(60)
        next(events)
        late = next(events)
        assert late.frame is not None
        assert late.frame[0, 0] == 100


def test_a_camera_that_never_was_is_a_mistake(trust: Path) -> None:
    nowhere = ("97", "9" * 30, "-1", "", "²", "/dev/nowhere", __file__, "http://127.0.0.1:9/none")
    for address in nowhere:
        status, out, err = scan("--camera", address, "--trust", trust)
        assert (status, out) == (2, "")
        assert err == "Ошибка [CAMERA]: камера не открывается: проверьте её номер и подключение\n"
    with pytest.raises(CaptureFailed):
        Camera(lambda: None)


def test_frames_that_cannot_be_read_are_told_once(tmp_path: Path, trust: Path) -> None:
    """Wider than the reader takes: it says so and lives on."""
    path = recording(tmp_path / "wide.avi", [black((20_480, 16))] * 3)
    status, out, err = scan("--video", path, "--trust", trust, "--json")
    assert (status, out) == (4, "")
    assert err.splitlines() == [
        "Камера даёт кадры, которые не читаются: проверьте её настройки.",
        "В записи не прочитан ни один код.",
    ]
