"""Writes a manual page from what a program says of its commands: manual.py PROGRAM SECTION ENDING

PROGRAM answers `--experimental-dump-help` with JSON; ENDING is a file with the sections that come after the commands.
The date is SOURCE_DATE_EPOCH, so that the same source gives the same page.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

# What every command has.
COMMON = {"help", "version"}


def roff(text):
    """A text that can not be taken for a command or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return "\\&" + text if text.startswith((".", "'")) else text


def spelled(argument):
    if argument["kind"] == "positional":
        return f"\\fI{roff(argument['valueName'])}\\fR"
    name = argument["preferredName"]
    option = f"\\fB{roff('-' if name['kind'] == 'short' else '--')}{roff(name['name'])}\\fR"
    return option if argument["kind"] == "flag" else f"{option} \\fI{roff(argument['valueName'])}\\fR"


def shown(command):
    return [
        argument
        for argument in command.get("arguments", [])
        if argument["shouldDisplay"] and argument.get("preferredName", {}).get("name") not in COMMON
    ]


def arguments(command):
    for argument in shown(command):
        yield ".TP"
        yield spelled(argument)
        if argument.get("abstract"):
            yield roff(argument["abstract"])
        if argument.get("discussion"):
            yield roff(argument["discussion"])
        if argument.get("defaultValue"):
            yield f"Default: {roff(argument['defaultValue'])}."


def leaves(command, path=()):
    """The commands that do something, with the words that lead to them."""
    below = [child for child in command.get("subcommands", []) if child["shouldDisplay"] and child["commandName"] != "help"]
    if path and not below:
        yield path, command
    for child in below:
        yield from leaves(child, (*path, child["commandName"]))


def usage(program, path, command):
    words = [f"\\fB{roff(' '.join((program, *path)))}\\fR"]
    for argument in shown(command):
        words.append(f"[{spelled(argument)}]" if argument["isOptional"] else spelled(argument))
    return " ".join(words)


def page(program, section, ending, document):
    root = document["command"]
    commands = list(leaves(root)) or [((), root)]
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"])))
    yield f'.TH {program.upper()} {section} {date} "Swiftlet" "System administration"'
    yield ".SH NAME"
    yield f"{roff(program)} \\- {roff(root['abstract'][0].lower() + root['abstract'][1:].rstrip('.'))}"
    yield ".SH SYNOPSIS"
    for index, (path, command) in enumerate(commands):
        if index:
            yield ".br"
        yield usage(program, path, command)
    if root.get("discussion"):
        yield ".SH DESCRIPTION"
        yield from (roff(line) for line in root["discussion"].split("\n"))
    yield ".SH COMMANDS" if commands[0][0] else ".SH OPTIONS"
    for path, command in commands:
        if path:
            yield f".SS {roff(' '.join(path))}"
            yield roff(command["abstract"])
            if command.get("discussion"):
                yield roff(command["discussion"])
        yield from arguments(command)
    yield pathlib.Path(ending).read_text(encoding="utf-8").rstrip()


def main():
    program, section, ending = sys.argv[1:]
    answer = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True).stdout
    print("\n".join(page(pathlib.Path(program).name, section, ending, json.loads(answer))))


main()
