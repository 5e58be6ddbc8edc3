"""From images with sentences to a captioner: inputs, features, training, evaluation, predictions.

Students write nothing here: it runs on their layers, recipe, decoders and scores.
It imports modules of the root, `classifiers` and every topic folder, but neither `pages` nor
`commands`.
"""
