# Stock nbgrader commands work from here; the settings are in grading/.
load_subconfig("grading/release/nbgrader_config.py")  # noqa: F821  traitlets hands it to this file
