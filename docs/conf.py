"""How the pages of docs/ become a site: `make docs`."""

project = "Schooling-and-Farming Cloud"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "校农云"
html_copy_source = False
# Headings can be linked to, as on GitHub; a link that leads nowhere is a warning, and warnings fail.
myst_heading_anchors = 3
# A page that no list names is found by the search; an ellipsis in a piece of code is meant.
suppress_warnings = ["misc.highlighting_failure", "toc.not_included"]
exclude_patterns = ["api", "site"]
