"""Everything that is drawn on the spot: `pictures10`, ten classes, and `scenes`, with sentences.

Students write nothing here.
It imports `files` and `language`.
"""
