"""Lays the web frontend of the reference package out for nginx: frontend.py WHEEL SHA256 DIRECTORY

DIRECTORY must not exist yet. It gets `site` (what the browser asks for, each text file also as .gz and .br) and
`CHANGELOG.md`, and `licenses`, which go where they go. The wheel is refused unless its SHA-256 is the given one. Needs Debian's python3-brotli.
"""

import gzip
import hashlib
import multiprocessing
import os
import pathlib
import shutil
import sys
import zipfile

import brotli

TEXT = {".html", ".js", ".mjs", ".css", ".json", ".svg", ".xml", ".txt", ".md", ".csv", ".webmanifest", ".wasm", ".ttf", ".ico"}
# Source maps are for developers. The fonts of PDF export are read by the server and by no browser.
LEFT_OUT = (".map", ".d.ts")
UNCOMPRESSED = "site/static/fonts/"
SMALLEST = 500  # bytes; nginx compresses nothing smaller either
LARGE = 4_000_000  # bytes; above it the best quality of brotli takes a second per megabyte and saves little


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def destination(name):
    """Where a file of the wheel goes, or None. The frontend's own /static wins over the server's, which has more."""
    if name.endswith("/") or name.endswith(LEFT_OUT):
        return None
    if name == "open_webui/CHANGELOG.md":
        return "CHANGELOG.md"
    if ".dist-info/licenses/" in name:
        return "licenses/" + name.rpartition("/")[2]
    if name.startswith("open_webui/frontend/"):
        return "site/" + name.removeprefix("open_webui/frontend/")
    if name.startswith("open_webui/static/"):
        return "site/static/" + name.removeprefix("open_webui/static/")
    return None


def extract(wheel, directory):
    root = directory.resolve()
    with zipfile.ZipFile(wheel) as archive:
        # Sorted: "frontend" before "static"; what is there already is kept.
        for name in sorted(archive.namelist()):
            place = destination(name)
            if place is None:
                continue
            path = (root / place).resolve()
            if not path.is_relative_to(root):
                raise SystemExit(f"{wheel}: the name {name!r} leads out of the package")
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, open(path, "wb") as target:
                shutil.copyfileobj(source, target)


def compress(path):
    """Writes path.gz and path.br. A form that is no smaller than the file is left out."""
    data = path.read_bytes()
    forms = {
        ".gz": gzip.compress(data, 9, mtime=0),
        ".br": brotli.compress(data, quality=9 if len(data) > LARGE else 11),
    }
    for suffix, form in forms.items():
        if len(form) < len(data):
            path.with_name(path.name + suffix).write_bytes(form)


def compressible(directory):
    """The files worth compressing, largest first, so that all cores end at about the same time."""
    files = [
        path
        for path in directory.joinpath("site").rglob("*")
        if path.suffix in TEXT
        and path.is_file()
        and path.stat().st_size >= SMALLEST
        and not path.relative_to(directory).as_posix().startswith(UNCOMPRESSED)
    ]
    return sorted(files, key=lambda path: path.stat().st_size, reverse=True)


def main():
    wheel, expected, directory = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    found = digest(wheel)
    if found != expected:
        raise SystemExit(f"{wheel}: SHA-256 is {found}, expected {expected}; not used")
    unfinished = directory.with_name(f"{directory.name}.{os.getpid()}")
    try:
        extract(wheel, unfinished)
        if not unfinished.joinpath("site/index.html").is_file():
            raise SystemExit(f"{wheel}: there is no frontend in it")
        with multiprocessing.Pool() as pool:
            for _ in pool.imap_unordered(compress, compressible(unfinished), chunksize=4):
                pass
        unfinished.rename(directory)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


if __name__ == "__main__":
    main()
