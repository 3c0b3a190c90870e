"""Counts what the JUnit reports of a directory say, in one closing line; fails when a test failed or none ran."""

import pathlib
import sys
import xml.etree.ElementTree as xml


def count(report):
    """(passed, failed, skipped) of one report."""
    failed = skipped = total = 0
    for case in xml.parse(report).getroot().iter("testcase"):
        total += 1
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
    return total - failed - skipped, failed, skipped


def main():
    directory = pathlib.Path(sys.argv[1])
    passed = failed = skipped = 0
    failed_parts = set()
    for report in sorted(directory.glob("*.xml")):
        try:
            counts = count(report)
        except xml.ParseError as error:
            print(f"{report.name}: {error}", file=sys.stderr)
            counts = 0, 1, 0
        if counts[1]:
            failed_parts.add(report.stem.removesuffix("-swift-testing"))
        passed, failed, skipped = passed + counts[0], failed + counts[1], skipped + counts[2]
    for broken in sorted(directory.glob("*.broken")):
        if broken.stem not in failed_parts:
            print(f"{broken.stem}: ended badly, though none of its reported tests failed", file=sys.stderr)
            failed += 1
    if passed + failed == 0:
        print("no test ran", file=sys.stderr)
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    sys.exit(1 if failed or passed == 0 else 0)


main()
