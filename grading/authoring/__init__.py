"""How the course is written: notebooks from Markdown, markers, figures, reference weights."""
