"""A fresh Debian 12 in a directory, with systemd as the first process of its own namespaces.

The base system is made once by debootstrap and kept in var/cache; each use works on a copy. Commands that need the network run before
systemd does: inside there is none, so that nothing here can meet the host's services.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
MIRROR = "http://deb.debian.org/debian"
BASE = REPOSITORY / "var" / "cache" / "bookworm.tar"
# What the first process needs of a container; /proc/sys stays the host's and is not written.
BOOT = r"""
set -e
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
    mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd" "$root/sys/fs/cgroup/unified"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified"
fi
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
    touch "$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ip link set lo up
hostname chat
# No chroot: in one the kernel makes no user namespaces, which the units ask for.
cd "$root"
pivot_root . mnt
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . sh -c 'umount -l /mnt && mount --make-rshared / && exec /lib/systemd/systemd'
"""
NAMESPACES = ["--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup"]


class Failed(Exception):
    pass


def run(*command, timeout=900, **options):
    """The output of a command; an error has it too."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, **options)
    if done.returncode:
        raise Failed(f"{command}: {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


class CleanRoot:
    def __init__(self, directory):
        self.path = pathlib.Path(directory)
        self.process = None
        if not BASE.exists():
            self._make_base()
        self.path.mkdir()
        run("tar", "-C", str(self.path), "-xf", str(BASE))

    def _make_base(self):
        made = self.path.with_name("base")
        run("debootstrap", "bookworm", str(made), MIRROR, timeout=1800)
        BASE.parent.mkdir(parents=True, exist_ok=True)
        run("tar", "-C", str(made), "-cf", f"{BASE}.new", ".")
        os.rename(f"{BASE}.new", BASE)
        shutil.rmtree(made)

    def prepare(self, command):
        """Runs a command in the root before systemd does, with the host's network."""
        shutil.copy("/etc/resolv.conf", self.path / "etc" / "resolv.conf")
        script = 'mount -t proc proc "$1/proc" && exec chroot "$1" /bin/bash -ec "$2"'
        return run("unshare", "--mount", "--pid", "--fork", "sh", "-ec", script, "sh", str(self.path), command, env=environment())

    def boot(self):
        groups = []
        for tree in ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"]:
            if (pathlib.Path(tree) / "cgroup.procs").exists():
                groups.append(pathlib.Path(tree) / f"swiftlet-test-{os.getpid()}")
        self.groups = groups
        for group in groups:
            group.mkdir(exist_ok=True)

        def enter():
            for group in groups:
                (group / "cgroup.procs").write_text(str(os.getpid()))

        self.process = subprocess.Popen(
            ["unshare", *NAMESPACES, "--fork", "--kill-child", "bash", "-c", BOOT, "bash", str(self.path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=enter,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"systemd did not start: {self.process.stderr.read()}")
            try:
                if "running" in self.command("systemctl is-system-running --wait || true", timeout=60):
                    return
            except (Failed, IndexError, subprocess.TimeoutExpired):
                pass
            time.sleep(0.5)
        raise Failed("systemd does not come up")

    @property
    def first(self):
        """The process that is the first inside."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return children[0]

    def command(self, text, timeout=900):
        """Runs a command inside, as root at a terminal would."""
        enter = ["nsenter", "--target", self.first, "--root", *NAMESPACES]
        return run(*enter, "/bin/bash", "-c", f"cd /root; {text}", timeout=timeout, env=environment())

    def stop(self):
        if self.process and self.process.poll() is None:
            os.kill(int(self.first), signal.SIGKILL)
            self.process.wait(30)
        for group in getattr(self, "groups", []):
            for below in sorted(group.glob("**/"), reverse=True):
                try:
                    below.rmdir()
                except OSError:
                    pass


def environment():
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": "/root", "LC_ALL": "C.UTF-8", "TERM": "dumb", "DEBIAN_FRONTEND": "noninteractive"}
