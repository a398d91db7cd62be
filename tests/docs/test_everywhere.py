"""What the reference shows holds on every store, in process and through gRPC, with the same decisions."""

from __future__ import annotations

import re

import pytest

from tests.docs.blocks import DOCS, Block, blocks
from tests.scripts import test_scripts as scripts

stopping, targets = scripts.stopping, scripts.targets
PAGES = sorted(page.name for page in DOCS.glob("*.md"))
RIGHT = [block for page in PAGES for block in blocks(page, "duly") if not block.marks]
TESTED = [block for block in RIGHT if re.search(r"^test ", block.text, re.MULTILINE)]


@pytest.mark.parametrize("block", TESTED, ids=lambda block: block.place)
def test_an_example_of_the_reference_holds_everywhere(block: Block, tmp_path, targets):
    script = tmp_path / "example.duly"
    script.write_text(block.text, "utf-8")
    scripts.test_every_script_holds_everywhere_with_the_same_decisions(script, targets)
