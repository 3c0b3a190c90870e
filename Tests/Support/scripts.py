"""Prints the hashes of the scripts that stand in an HTML page, as a content security policy names them: scripts.py FILE"""

import base64
import hashlib
import html.parser
import pathlib
import sys


class Scripts(html.parser.HTMLParser):
    """Collects the text of every script without a source."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.texts = []
        self.is_inside = False

    def handle_starttag(self, tag, attributes):
        self.is_inside = tag == "script" and "src" not in dict(attributes)
        if self.is_inside:
            self.texts.append("")

    def handle_data(self, data):
        if self.is_inside:
            self.texts[-1] += data

    def handle_endtag(self, tag):
        self.is_inside = False


def main():
    page = Scripts()
    page.feed(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    digests = [hashlib.sha256(text.encode()).digest() for text in page.texts]
    print(" ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests))


main()
