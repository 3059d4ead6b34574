"""The page: `dashboard.html`, which every publish writes into the snapshot and anyone opens from disk.

`data` takes it from a built file, `pinyin` makes names findable by their letters, `write` puts it together; `web/` is
what the browser runs: the template, one style sheet, scripts in a fixed order, the words of both languages, and the
chart library as its makers ship it. No value is computed here or in the browser: rates least of all.
"""

# Its name in a snapshot's folder.
PAGE = "dashboard.html"
