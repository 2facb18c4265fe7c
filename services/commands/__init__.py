"""The commands of `python -m services`, a module each, imported when it is asked for: `run(options, settings)`."""
