"""Templates: what people wrote is escaped, commands stand out, tables stay tables."""

import re

from mesodash.ui.parts.markup import render


def test_a_command_stands_out_and_the_rest_is_escaped():
    text = render("empty", title="<b>", text="Type `mesodash <init>`, then <go>.")
    assert (
        "<strong>&lt;b&gt;</strong>Type <code>mesodash &lt;init&gt;</code>, then &lt;go&gt;."
        in text
    )


def test_a_table_says_what_it_is_and_each_cell_its_column():
    """Rows that are shown as blocks lose a table's roles where these are not written out."""
    columns = [{"label": label, "number": n == 3, "help": ""} for n, label in enumerate("ABCD")]
    text = render(
        "table", title="T", aside="", caption="C", columns=columns, rows=[["<1>", 2, 3, 4]]
    )
    assert re.findall('role="(.*?)"', text) == (
        ["region", "table", "rowgroup", "row", *["columnheader"] * 4, "rowgroup", "row"]
        + ["cell"] * 4
    )
    assert re.findall('data-label="(.)"', text) == list("ABCD")
    assert "&lt;1&gt;" in text
    assert 'class="md-table md-stacks"' in text


def test_a_narrow_table_stays_one():
    columns = [{"label": label, "number": False, "help": ""} for label in "ABC"]
    text = render("table", title="T", aside="", caption="C", columns=columns, rows=[])
    assert 'class="md-table"' in text
