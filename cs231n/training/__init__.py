"""What makes a training run succeed, stop and go on: the recipe, the solvers' state, curves.

Students write `training_recipe.py`.
It imports `optim` and `vis_utils` of the root, `files` and `language`. The solvers import it.
"""
