"""The database of the server under test: bulk rows, what it is asked, and what it counts."""

import contextlib
import pathlib
import re
import tempfile
import time

from processes import run

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


class Database:
    """A database in the cluster of a running `./dev up`."""

    def __init__(self, state, name="swiftlet"):
        self.log = pathlib.Path(state) / "log" / "postgres.log"
        self.sockets = pathlib.Path(state).resolve() / "run" / "pg"
        self.target = ("-h", str(self.sockets), "-U", "postgres", name)

    def create(self):
        run(str(BIN / "createdb"), *self.target)

    def sql(self, *statements, given=None):
        """Runs statements one by one; returns what they print. `given` is the input of a `copy … from stdin`."""
        commands = [option for statement in statements for option in ("-c", statement)]
        return run(str(BIN / "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", *self.target, *commands, input=given).strip()

    def copy(self, table, columns, lines):
        """Adds rows that are given in the text format of COPY."""
        self.sql(f"copy {table} ({columns}) from stdin", given="".join(lines))

    @contextlib.contextmanager
    def without_text_indexes(self, table):
        """Makes the GIN indexes of a table anew afterwards, which is quicker than to add 300,000 texts to them."""
        found = self.sql(
            "select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid"
            f" join pg_am a on a.oid = c.relam where i.indrelid = '{table}'::regclass and a.amname = 'gin'"
        ).splitlines()
        for definition in found:
            self.sql(f"drop index {definition.split()[2]}")
        try:
            yield
        finally:
            self.sql("set maintenance_work_mem = '256MB'", *found)

    def rows_written(self):
        """Rows inserted, changed and deleted since the database was made."""
        # Each process reports its counts a second after it became idle.
        time.sleep(1.5)
        text = self.sql(
            "select tup_inserted + tup_updated + tup_deleted from pg_stat_database where datname = current_database()"
        )
        return int(text)

    def statements(self, call, containing):
        """What the connection that ran a statement with these words was asked during a call, values in their places."""
        self._log_statements("all")
        start = self.log.stat().st_size
        call()
        time.sleep(0.2)
        self._log_statements("none")
        with self.log.open(errors="replace") as file:
            file.seek(start)
            asked = list(self._logged(file.read()))
        worker = next(process for process, text in asked if containing in text)
        return [text for process, text in asked if process == worker]

    def _log_statements(self, which):
        self.sql(f"alter system set log_statement = '{which}'", "select pg_reload_conf()")
        time.sleep(0.5)

    @staticmethod
    def _logged(text):
        """(process, statement) of each that a log tells of."""
        pattern = r"\[(\d+)\] LOG:  execute [^:\n]*: (.*(?:\n\t.*)*)(?:\n.*DETAIL:  parameters: (.*(?:\n\t.*)*))?"
        for process, statement, parameters in re.findall(pattern, text):
            values = dict(re.findall(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", parameters))
            yield process, re.sub(r"\$(\d+)", lambda found: values[found[1]], statement)

    def pgbench(self, statements, mode, clients=8, seconds=2):
        """Transactions a second of these statements."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write("".join(f"{statement};\n" for statement in statements))
            script.flush()
            options = ("-n", f"-c{clients}", "-j2", f"-T{seconds}", f"-M{mode}", "-f", script.name)
            text = run(str(BIN / "pgbench"), *options, *self.target)
        return float(text.partition("tps = ")[2].split()[0])
