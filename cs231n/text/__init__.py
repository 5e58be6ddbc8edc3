"""From files of text to trained models of it: corpora, training runs, what a run reaches.

Students write nothing here: it runs on what they write in `language`.
It imports modules of the root and `files`, `kernels`, `language`, `seeing`, `training`, `drawn`,
`data`.
"""
