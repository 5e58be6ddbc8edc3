"""From files of text to trained models of it: corpora, training runs, what a run reaches.

Students write nothing here: it runs on what they write in `language`.
It imports modules of the root and of `files`, `kernels`, `language`, `recurrent`, `seeing`,
`training`, `drawn`, `data`, and, to read sentences about pictures, `captioning`.
"""
