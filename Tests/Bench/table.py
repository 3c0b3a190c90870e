"""The one table that a run prints. Each row is a ratio of two things that were measured in this run."""

HEAD = ("what", "measured", "to", "ratio", "goal", "")


class Table:
    """Rows as they come; `print(table)` lays them out."""

    def __init__(self):
        self.rows = []
        self.has_failed = False

    def at_least(self, what, measured, other, ratio, goal):
        """A row whose ratio is to reach a goal."""
        self._add(what, measured, other, ratio, f"≥ {goal:g}", "ok" if ratio >= goal else "missed")

    def at_most(self, what, measured, other, ratio, goal):
        """A row whose ratio is not to pass a goal."""
        self._add(what, measured, other, ratio, f"≤ {goal:g}", "ok" if ratio <= goal else "missed")

    def without_goal(self, what, measured, other, ratio):
        """A row that puts the others into proportion."""
        self._add(what, measured, other, ratio, "", "")

    def left_out(self, what, why):
        """A row that can not be measured here."""
        self.rows.append((what, why, "", "", "", "left out"))

    def failed(self, what, why):
        """A row that broke; it does not take the others with it, but the run ends with an error."""
        self.has_failed = True
        self.rows.append((what, " ".join(why.split())[:60], "", "", "", "FAILED"))

    def _add(self, what, measured, other, ratio, goal, verdict):
        digits = 0 if ratio >= 100 else 1 if ratio >= 10 else 2
        self.rows.append((what, measured, other, f"{ratio:,.{digits}f}", goal, verdict))

    def __str__(self):
        rows = [HEAD, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([lines[0], "  ".join("-" * width for width in widths).rstrip(), *lines[1:]])
