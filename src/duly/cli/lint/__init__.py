"""The parts of `duly lint` that have to do with this machine: settings, git, files that change."""
