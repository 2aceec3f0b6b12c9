"""A case encrypted at rest: the whole folder as one file, `case.locked`, that each of several people can open."""
