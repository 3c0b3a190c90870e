"""The systemd units: they are correct, and what they run is locked up well."""

import shutil
import subprocess

import pytest
from clean_root import REPOSITORY

# Of systemd's scale from 0 to 10: "OK" ends at 2.
EXPOSURE = 1.5
SERVICES = [
    "swiftlet-worker@web",
    "swiftlet-worker@slow",
    "swiftlet-worker@password",
    "swiftlet-turns@1",
    "swiftlet-jobs@1",
    "swiftlet-streamd",
    "swiftlet-migrate",
]
pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: it is in Debian's package systemd"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A directory with systemd's own units, ours, and programs in the places that they name."""
    root = tmp_path_factory.mktemp("root")
    units = root / "usr/lib/systemd/system"
    shutil.copytree("/usr/lib/systemd/system", units, symlinks=True)
    for path in (REPOSITORY / "systemd").glob("swiftlet*"):
        if path.is_dir():
            shutil.copytree(path, units / path.name, dirs_exist_ok=True)
        else:
            shutil.copy(path, units)
    (root / "usr/bin").mkdir()
    for name in ["swiftlet", "swiftlet-worker", "swiftlet-streamd", "kill"]:
        shutil.copy("/bin/true", root / "usr/bin" / name)
    (root / "lib").symlink_to("usr/lib")
    (root / "bin").symlink_to("usr/bin")
    return root


def test_systemd_has_nothing_to_say(root):
    units = [path.name for path in (REPOSITORY / "systemd").glob("*.socket")]
    units += ["swiftlet.target", *(f"{name}.service" for name in SERVICES)]
    command = ["systemd-analyze", "verify", "--man=no", f"--root={root}", *units]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_exposure(root, name):
    command = ["systemd-analyze", "security", "--offline=true", f"--root={root}", "--no-pager", f"{name}.service"]
    answer = subprocess.run(command, text=True, capture_output=True, timeout=120).stdout
    (line,) = [line for line in answer.splitlines() if "Overall exposure level" in line]
    level = float(line.rpartition(": ")[2].split()[0])
    assert level <= EXPOSURE, answer


def test_every_directive_is_explained():
    """A comment stands before each directive, or before the first of a few that belong together."""
    for path in (REPOSITORY / "systemd").rglob("*"):
        if path.suffix not in {".service", ".socket", ".target", ".conf"}:
            continue
        lines = path.read_text().splitlines()
        plain = {"Description", "Documentation", "WantedBy"}
        for index, line in enumerate(lines):
            name = line.partition("=")[0]
            if "=" not in line or line.startswith("#") or name in plain:
                continue
            above = index - 1
            while lines[above] and not lines[above].startswith(("#", "[")):
                above -= 1
            assert lines[above].startswith("#"), f"{path.name}: {line}"
